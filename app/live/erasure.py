"""Somebody is erased: what a node has in its memory of them goes at once, and who has their conversation open is told.

The feed tells of it by salted digests, in which nobody can read who it is; each node knows who of those it knows that
is. It is told once as it begins and once as it is done, for what came in between.
"""

from collections.abc import Collection, Iterator

from app.chat import protocol
from app.live.chats import Chats
from app.live.claims import Claims
from app.live.dashboard import Dashboard
from app.live.hub import Hub
from app.live.open_pages import OpenPages
from app.live.presence import PresenceTracker
from app.store.hashes import salted


class Erasure:
    """Forgets people."""

    def __init__(
        self,
        chats: Chats,
        hub: Hub,
        presence: PresenceTracker,
        claims: Claims,
        dashboard: Dashboard,
        pages: OpenPages,
    ) -> None:
        self._chats, self._hub, self._presence = chats, hub, presence
        self._claims, self._dashboard, self._pages = claims, dashboard, pages

    def hear(self, body: bytes) -> None:
        """Forget those who are meant."""
        told = protocol.decode(body)
        digests = set(told["digests"])
        uids = {uid for uid in self._known() if salted(told["salt"], uid) in digests}
        if uids:
            self._forget(uids)

    def _known(self) -> Iterator[str]:
        """The uid of everybody of whom this node has anything, some more than once."""
        yield from (connection.session.uid for connection in self._chats.connections)
        for known in (self._hub, self._presence, self._claims, self._dashboard, self._pages):
            yield from known.uids()

    def _forget(self, uids: Collection[str]) -> None:
        for connection in tuple(self._chats.connections):
            if connection.session.uid in uids:
                connection.erased(connection.session.uid)
        for subscription in self._hub.subscriptions():
            if subscription.room.uid in uids:
                subscription.subscriber.erased(subscription.room.uid)
        self._presence.forget(uids)
        self._claims.forget(uids)
        self._pages.erase(uids)
        self._dashboard.forget(uids)
