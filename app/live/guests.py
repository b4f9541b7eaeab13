"""The sessions that have a socket or a stream open on this node: what each may, and how they end."""

from collections import Counter

from app.chat import protocol
from app.chat.errors import Refusal
from app.config import Settings
from app.live.connection import Connection
from app.live.dashboard import Dashboard
from app.live.pace import Pace
from app.store.sessions import Session, Sessions


class Guests:
    """Who is connected here, by session and by address."""

    def __init__(self, settings: Settings, sessions: Sessions, dashboard: Dashboard) -> None:
        self._settings, self._sessions, self._dashboard = settings, sessions, dashboard
        self._paces: dict[str, Pace] = {}
        self._addresses: Counter[str] = Counter()

    def admit(self, session: Session, address: str) -> None:
        """Whether the session may have one more socket or stream. Raises Refusal too_many_connections."""
        limits, pace = self._settings.limits, self._paces.get(session.hash)
        held = (len(pace.connections) if pace else 0) + self._dashboard.readers_of(session.hash)
        if 0 < limits.connections_per_session <= held:
            raise Refusal("too_many_connections")
        if 0 < limits.connections_per_address <= self._addresses[address]:
            raise Refusal("too_many_connections")

    def enter(self, connection: Connection, now: float) -> None:
        """A socket opened."""
        self.pace(connection.session, now).connections.add(connection)
        self._addresses[connection.address] += 1

    def leave(self, connection: Connection, now: float) -> None:
        """A socket is gone."""
        self.pace(connection.session, now).connections.discard(connection)
        self._addresses[connection.address] -= 1
        if self._addresses[connection.address] <= 0:
            del self._addresses[connection.address]

    def pace(self, session: Session, now: float) -> Pace:
        """The session's share, kept for a while after its last connection so that reconnecting buys nothing."""
        pace = self._paces.get(session.hash)
        if pace is None:
            pace = self._paces[session.hash] = Pace(self._settings, now)
        return pace

    def forget(self, now: float) -> None:
        """Once a tick: a share that is whole again says nothing any more."""
        for hash, pace in tuple(self._paces.items()):
            if not pace.connections and pace.messages.full(now) and pace.frames.full(now):
                del self._paces[hash]

    def sessions(self) -> dict[str, Session]:
        """Whose sockets and streams are open, by hash."""
        found = {hash: next(iter(pace.connections)).session for hash, pace in self._paces.items() if pace.connections}
        return found | self._dashboard.sessions()

    def end(self, hash: str) -> None:
        """Close every socket and stream of a session."""
        pace = self._paces.pop(hash, None)
        for connection in tuple(pace.connections) if pace else ():
            connection.close(protocol.SESSION_ENDED, "session ended")
        self._dashboard.end_session(hash)

    async def check(self, session: Session) -> None:
        """See whether a session is still in force; end it, or learn how long it is. Raises what the store raises."""
        current = await self._sessions.by_hash(session.hash)
        if current is None:
            self.end(session.hash)
            return
        pace = self._paces.get(session.hash)
        for connection in tuple(pace.connections) if pace else ():
            connection.session = current
        self._dashboard.renew(current)
