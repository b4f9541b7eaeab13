"""The connections on which commands are given: one where all keys are on one server, one for each shard in a cluster.

One for each shard, and not for each server, so that a shard that moves takes its commands along in their order and
no other shard waits for it.
"""

import asyncio
from collections.abc import Callable

from app.store.keys import Keys
from app.store.link import Link, Troubles
from app.store.topology import Topology

# Seconds between two attempts at what a store within reach refuses.
PAUSE = 0.5


class Links:
    """The links of a store."""

    def __init__(self, topology: Topology, keys: Keys) -> None:
        self.topology, self._keys = topology, keys
        self.troubles = Troubles()
        tags = keys.tags()
        self._all = [Link(topology, tag, self.troubles) for tag in (tags if topology.spread else tags[:1])]
        self._links = dict(zip(tags, self._all if topology.spread else self._all * len(tags), strict=True))

    def start(self) -> None:
        """Begin to connect, and to keep connected."""
        for link in self._all:
            link.start()

    def of(self, uid: str) -> Link:
        """The link for a conversation."""
        return self._links[self._keys.tag(uid)]

    def at(self, tag: str) -> Link:
        """The link for a shard."""
        return self._links[tag]

    def each(self) -> list[Link]:
        """Every link once."""
        return self._all

    def on_change(self, changed: Callable[[bool], None]) -> None:
        """Call `changed(up)` whenever a server is reached or lost."""
        for link in self._all:
            link.on_change.append(changed)

    @property
    def up(self) -> bool:
        """Whether every shard is within reach."""
        return all(link.up for link in self._all)

    @property
    def some_up(self) -> bool:
        """Whether any shard is within reach: a cluster without one of its servers is still of use to most."""
        return any(link.up for link in self._all)

    async def ready(self) -> None:
        """Wait until every shard is within reach."""
        for link in self._all:
            await link.ready()

    async def again(self, uid: str = "") -> None:
        """Wait until what was refused is worth another attempt: the conversation, or all, within reach, and a moment
        later, since a store that is there may still refuse."""
        await asyncio.sleep(PAUSE)
        await (self.of(uid).ready() if uid else self.ready())

    async def close(self) -> None:
        """End the connections. What was not answered is answered StoreAway."""
        for link in self._all:
            await link.close()
