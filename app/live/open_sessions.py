"""The sessions that have a socket or a stream open on this node: what each may, and how they end."""

import asyncio
from collections import Counter

from app.chat import protocol
from app.chat.errors import Refusal
from app.config import Limits
from app.live.connection import Connection
from app.live.event_streams import EventStreams
from app.live.rate_limit import RateLimit
from app.store.sessions import Session, Sessions

# Sessions that the store is asked for at once.
_CHECKED_AT_ONCE = 500


class OpenSessions:
    """Who is connected here, by session and by address."""

    def __init__(self, limits: Limits, sessions: Sessions, streams: EventStreams) -> None:
        self._limits, self._sessions, self._streams = limits, sessions, streams
        self._connections: dict[str, set[Connection]] = {}
        self._rates: dict[str, RateLimit] = {}
        self._addresses: Counter[str] = Counter()

    def admit(self, session: Session, address: str) -> None:
        """Whether the session may have one more socket or stream. Raises Refusal too_many_connections."""
        open = len(self._of(session.hash)) + self._streams.count(session.hash)
        if 0 < self._limits.connections_per_session <= open:
            raise Refusal("too_many_connections")
        if 0 < self._limits.connections_per_address <= self._addresses[address]:
            raise Refusal("too_many_connections")

    def enter(self, connection: Connection, now: float) -> RateLimit:
        """A socket opened: how fast it may go, together with all others of its session."""
        hash = connection.session.hash
        self._connections.setdefault(hash, set()).add(connection)
        self._addresses[connection.address] += 1
        rate = self._rates.get(hash)
        if rate is None:
            rate = self._rates[hash] = RateLimit(self._limits, now)
        return rate

    def leave(self, connection: Connection) -> None:
        """A socket is gone."""
        hash = connection.session.hash
        self._connections[hash].discard(connection)
        if not self._connections[hash]:
            del self._connections[hash]
        self._addresses[connection.address] -= 1
        if self._addresses[connection.address] <= 0:
            del self._addresses[connection.address]

    def forget(self, now: float) -> None:
        """Once a tick: whose last connection is gone keeps its rate until it is whole, so that reconnecting buys
        nothing."""
        for hash, rate in tuple(self._rates.items()):
            if hash not in self._connections and rate.untouched(now):
                del self._rates[hash]

    def all(self) -> dict[str, Session]:
        """Whose sockets and streams are open, by hash."""
        found = {hash: next(iter(connections)).session for hash, connections in self._connections.items()}
        return found | self._streams.sessions()

    def end(self, hash: str) -> None:
        """Close every socket and stream of a session."""
        for connection in self._of(hash):
            connection.close(protocol.SESSION_ENDED, "session ended")
        self._streams.end_session(hash)

    async def check(self, session: Session) -> None:
        """See whether a session is still in force; end it, or learn how long it is. Raises what the store raises."""
        current = await self._sessions.by_hash(session.hash)
        if current is None:
            self.end(session.hash)
            return
        for connection in self._of(session.hash):
            connection.session = current
        self._streams.renew(current)

    async def check_all(self) -> None:
        """See whether each is still in force. Raises what the store raises."""
        sessions = tuple(self.all().values())
        for at in range(0, len(sessions), _CHECKED_AT_ONCE):  # one by one, thousands would take longer than we promise
            await asyncio.gather(*map(self.check, sessions[at : at + _CHECKED_AT_ONCE]))

    def _of(self, hash: str) -> tuple[Connection, ...]:
        return tuple(self._connections.get(hash, ()))
