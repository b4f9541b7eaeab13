"""One-time links: back into a conversation whose session was lost, or on with it at another device."""

from app.chat.errors import Refusal
from app.live.clock import now_ms
from app.store.people import Visitor
from app.store.sessions import Proof, Session
from app.store.store import Store

# Milliseconds within which a conversation is gone on with elsewhere, on the phone that is at hand; and within which
# whoever lost the cookie is back.
_OWN_MS, _AGENTS_MS = 10 * 60 * 1000, 24 * 3600 * 1000


class Links:
    """Each leads to a visitor; where the shop vouches for them, for as long as its word counts."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def own(self, session: Session) -> str:
        """The secret of one to the conversation of the visitor who has the session, for ten minutes.

        Raises Refusal blocked; bad_identity where the shop's word for them has ended: it has to be given again.
        """
        await self._store.conversations.refuse_blocked(session.uid)
        left = session.jwt_until - now_ms() if session.proof else _OWN_MS
        if left <= 0:
            raise Refusal("bad_identity", reason="expired")
        by = session.hash if session.proof else ""
        return await self._store.links.make(session.uid, min(_OWN_MS, left), by=by)

    async def by_agent(self, visitor: Visitor) -> str:
        """The secret of one that lets a visitor back in, for a day. Raises Refusal forbidden for one of whom the shop
        says who they are: it is for the shop to say so again; linked for one who is somebody by now."""
        if visitor.linked_to:
            raise Refusal("linked")
        if visitor.verified:
            raise Refusal("forbidden")
        return await self._store.links.make(visitor.uid, _AGENTS_MS)

    async def opened(self, secret: str) -> tuple[Visitor, Proof | None]:
        """Whom a secret lets in, and by what the shop vouches for them. Raises Refusal link_over."""
        uid, by = await self._store.links.find(secret)
        visitor = await self._store.people.visitor(uid) if uid else None
        session = await self._store.sessions.by_hash(by) if by else None
        proof = session.proof if session else None
        if visitor is None or visitor.linked_to or (visitor.verified and not (proof and proof.jwt_until > now_ms())):
            raise Refusal("link_over")
        if not visitor.verified and (await self._store.conversations.state(uid)).status == "here":
            await self._store.sessions.disown(uid)  # what is written first need not be theirs who began
        return visitor, proof

    async def use(self, secret: str) -> bool:
        """A secret is worth nothing from now on; whether it was until now."""
        return await self._store.links.use(secret)
