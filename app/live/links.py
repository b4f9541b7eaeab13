"""Links: back into a conversation whose session was lost, on with it at another device, or from a letter to it."""

from typing import NamedTuple

from app.chat import contact
from app.chat.errors import Refusal
from app.live.clock import now_ms
from app.store.people import Visitor
from app.store.sessions import Bounds, Proof, Session
from app.store.store import Store

# Milliseconds within which a conversation is gone on with elsewhere, on the phone that is at hand; and within which
# whoever lost the cookie is back.
_OWN_MS, _AGENTS_MS = 10 * 60 * 1000, 24 * 3600 * 1000
# Milliseconds that a letter to an address which the shop vouches for lets its reader see everything: then it is asked
# for again, as everything by the shop's word is.
_VOUCHED_MS = 24 * 3600 * 1000


class Opened(NamedTuple):
    """Whom a link lets in, by what the shop vouches for them, and what bounds their session."""

    visitor: Visitor
    proof: Proof | None
    bounds: Bounds


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
        by = session.hash if session.proof or session.mailed else ""
        return await self._store.links.make(session.uid, min(_OWN_MS, left), by=by)

    async def by_agent(self, visitor: Visitor) -> str:
        """The secret of one that lets a visitor back in, for a day. Raises Refusal forbidden for one of whom the shop
        says who they are: it is for the shop to say so again; linked for one who is somebody by now."""
        if visitor.linked_to:
            raise Refusal("linked")
        if visitor.verified:
            raise Refusal("forbidden")
        return await self._store.links.make(visitor.uid, _AGENTS_MS)

    async def opened(self, secret: str) -> Opened:
        """Whom a secret lets in; they see what is seen by the session that asked for it. Raises Refusal link_over."""
        uid, by = await self._store.links.find(secret)
        visitor = await self._store.people.visitor(uid) if uid else None
        session = await self._store.sessions.by_hash(by) if by else None
        proof = session.proof if session else None
        if visitor is None or visitor.linked_to or (by and session is None):
            raise Refusal("link_over")
        if session and session.mailed:
            return Opened(visitor, None, session.bounds)
        if visitor.verified and not (proof and proof.jwt_until > now_ms()):
            raise Refusal("link_over")
        if not visitor.verified and (await self._store.conversations.state(uid)).status == "here":
            await self._store.sessions.disown(uid)  # what is written first need not be theirs who began
        return Opened(visitor, proof, Bounds(until=proof.jwt_until) if proof else Bounds())

    async def mailed(self, token: str) -> Opened:
        """Whom a letter lets in by its token: as often as they like, while it is their address that it was sent to. At
        one that the shop vouches for they see everything, for a day; at another what was said since the first letter.

        Raises Refusal link_over, blocked.
        """
        whose = await self._store.mail.whose(token)
        visitor = await self._store.people.visitor(whose.uid) if whose else None
        if whose is None or visitor is None or visitor.linked_to or not whose.since:
            raise Refusal("link_over")
        mailed = contact.known_by(whose.address)
        if mailed != contact.known_by(visitor.email):
            raise Refusal("link_over")
        await self._store.conversations.refuse_blocked(visitor.uid)
        if "email" in visitor.identity:
            return Opened(visitor, None, Bounds(until=now_ms() + _VOUCHED_MS, mailed=mailed))
        now = await self._store.conversations.now(visitor.uid)
        # Of a log that began anew since nothing was told by letter: only what is said from now on.
        since = whose.since if whose.epoch == now.epoch else now.seq + 1
        return Opened(visitor, None, Bounds(mailed=mailed, since=since))

    async def use(self, secret: str) -> bool:
        """A secret is worth nothing from now on; whether it was until now."""
        return await self._store.links.use(secret)
