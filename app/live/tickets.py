"""Tickets: what opens files in an address, where a page has no cookie. A ticket is a session's word for an hour."""

from hashlib import sha256

from itsdangerous import BadSignature, Signer

from app.live.clock import now_ms
from app.store.sessions import Session, Sessions

# Seconds that one lasts: a page that is looked at asks for another before.
_LIFE_MS = 3600 * 1000


class Tickets:
    """`<SHA-256 of the session's token>.<end, unix ms>.<signature>`: with it nobody is logged in, and files can be read
    until that end, or the session's, whichever is first."""

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions
        self._signer: Signer

    async def load(self) -> None:
        """Read what all nodes sign with. Raises what the store raises."""
        self._signer = Signer(await self._sessions.ticket_secret(), salt="ticket", digest_method=sha256)

    def of(self, session: Session) -> tuple[str, int]:
        """A ticket for whoever has the session, and its end (unix ms)."""
        end = now_ms() + _LIFE_MS
        return self._signer.sign(f"{session.hash}.{end}").decode(), end

    async def session(self, ticket: str) -> Session | None:
        """Whose it is, while it and their session are in force. Raises what the store raises."""
        try:
            hash, _, end = self._signer.unsign(ticket).decode().partition(".")
        except (BadSignature, UnicodeError):
            return None
        return await self._sessions.by_hash(hash) if int(end) > now_ms() else None
