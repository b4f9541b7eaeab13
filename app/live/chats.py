"""The open chats: who gets a connection on this node, what it is given, and how all of them are looked after."""

from collections.abc import Callable, Coroutine
from typing import Any

from app.chat import protocol
from app.chat.errors import Refusal
from app.config import Limits
from app.live.claims import Claims
from app.live.connection import Connection
from app.live.event_streams import EventStreams
from app.live.files import Files
from app.live.full import FullConnection, Resume
from app.live.hub import Hub
from app.live.metrics import Metrics
from app.live.open_sessions import OpenSessions
from app.live.plain import PlainConnection
from app.live.presence import PresenceTracker
from app.live.rate_limit import RateLimit
from app.live.team import Team
from app.live.timings import Timings
from app.live.whereabouts import Whereabouts
from app.store.sessions import Session
from app.store.store import Store


class Chats:
    """The connections, and what they need of the node (`Host`)."""

    whereabouts: Whereabouts

    def __init__(
        self,
        store: Store,
        limits: Limits,
        timings: Timings,
        *,
        clock: Callable[[], float],
        spawn: Callable[[Coroutine[Any, Any, Any]], object],
        hub: Hub,
        team: Team,
        presence: PresenceTracker,
        claims: Claims,
        streams: EventStreams,
        files: Files,
    ) -> None:
        self.store, self.limits, self._timings = store, limits, timings
        self.clock, self.spawn = clock, spawn
        self.hub, self.team, self._presence, self._claims = hub, team, presence, claims
        self.files, self.metrics = files, Metrics()
        self.sessions = OpenSessions(limits, store.sessions, streams)
        self.connections: set[Connection] = set()
        self.draining = False

    def admit(self, session: Session, address: str) -> None:
        """Whether the session may have one more socket or stream. Raises Refusal too_many_connections or draining."""
        if self.draining:
            raise Refusal("draining")
        self.sessions.admit(session, address)

    async def open(
        self,
        session: Session,
        *,
        client: str | None,
        full: bool,
        resume: Resume | None = None,
        language: str = "en",
        address: str = "",
    ) -> Connection:
        """The receiver for a socket that is about to be accepted; an agent who names a `client` claims them by it.

        Raises Refusal unknown_client, claimed, too_many_connections, draining; and what the store raises.
        """
        self.admit(session, address)
        theirs = session.kind == "visitor"
        uid = session.uid if theirs else await self._uid(client)
        if full:
            if uid and not theirs:
                self.hub.learn(uid, (await self._claims.claim(uid, session)).state)
            return FullConnection(self, session, language, address, uid, resume or Resume())
        if uid is None:
            raise Refusal("unknown_client")
        place = await (self.store.conversations.now(uid) if theirs else self._claims.connect_plain(uid, session))
        return PlainConnection(self, session, language, address, uid, place)

    async def _uid(self, client: str | None) -> str | None:
        return None if client is None else (await self.store.people.known(client)).uid

    def connected(self, connection: Connection) -> RateLimit:
        """A socket opened: how fast it may go."""
        self.connections.add(connection)
        self._presence.enter(connection.session)
        return self.sessions.enter(connection, self.clock())

    def disconnected(self, connection: Connection) -> None:
        """A socket is gone."""
        self.connections.discard(connection)
        self.metrics.closed += 1
        self.sessions.leave(connection)
        self._presence.leave(connection.session)
        if connection.claim and not self.draining:
            self.spawn(self._claims.disconnect_plain(connection.claim, connection.session))

    def look(self) -> None:
        """Once a tick: who is silent is asked for a sign of life, then cut."""
        now = self.clock()
        for connection in tuple(self.connections):
            silent = now - connection.heard
            if silent > self._timings.cut:
                self.metrics.silent += 1
                connection.close(protocol.SILENT, "silent too long")
            elif silent > self._timings.ask and not connection.pinged:
                connection.ping()
            if connection.busy:
                connection.offer_again(now)
        self.sessions.forget(now)

    # -- the end ----------------------------------------------------------------------------------------------------

    def goodbye(self) -> None:
        """The node drains: nobody new comes in, and who is here says no more."""
        self.draining = True
        for connection in tuple(self.connections):
            connection.goodbye()

    @property
    def busy(self) -> bool:
        """Whether a message of anybody's is still on its way."""
        return any(connection.busy for connection in self.connections)

    def close(self) -> None:
        """End every socket."""
        for connection in tuple(self.connections):
            connection.close(protocol.RESTART, "restarting")
