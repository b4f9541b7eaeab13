"""What is logged of a store that is away."""

import logging

from app.store.topology import Topology

log = logging.getLogger("chatadmin.store")


class Troubles:
    """What the connections of a store say when a server is away: each thing once, whichever of them finds it."""

    def __init__(self) -> None:
        self._now: dict[object, tuple[str, str]] = {}

    def begin(self, connection: object, place: str, reason: str) -> None:
        """A connection was lost, or could not be opened."""
        if (place, reason) not in self._now.values():
            log.warning("store away at %s: %s", place, reason)
        self._now[connection] = (place, reason)

    def end(self, connection: object, topology: Topology) -> None:
        """A connection is answered again."""
        if self._now.pop(connection, None) and not self._now:
            log.warning("store is back at %s", topology)
