"""Customers of whom the shop says who they are, by tokens that its own server signs.

A visitor is never made one with another by what they are called, or by an address: what counts is the shop's word, and
what a page proves by that it began the conversation it comes with.
"""

import secrets
from dataclasses import dataclass, replace
from typing import Any

from app.chat import contact, names
from app.chat.entered import Entered
from app.chat.identity import Identity
from app.live.forms import Forms
from app.live.identity_keys import IdentityKeys
from app.live.linking import Linking
from app.store.hashes import hash_of
from app.store.linking import Place
from app.store.people import Visitor
from app.store.sessions import CameWith, Proof, Session
from app.store.store import Store


@dataclass(frozen=True)
class Arrival:
    """Who came. `token`: that of the session, "" where it is the one they came with. `joined`: `adopted`, or the
    conversation that was `linked` to theirs just now and where that stands, where they came as somebody anonymous."""

    session: Session
    token: str
    joined: dict[str, object]


class Identities:
    """What they raise beside what is said: what the store does."""

    def __init__(self, store: Store, keys: IdentityKeys, forms: Forms, linking: Linking) -> None:
        self._store, self._keys, self._forms, self._linking = store, keys, forms, linking

    async def enter(
        self,
        jwt: str,
        entered: Entered,
        language: str,
        *,
        writes: bool,
        current: Session | None,
        adopt: str,
        known: CameWith,
    ) -> Arrival | None:
        """Whom the shop vouches for by the token `jwt`; None for whom nobody knows yet and who has nothing to say:
        `writes`. `current`, `adopt`: the session they came with, and what proves that it began its conversation: that
        becomes theirs, or is linked to theirs. `known`: their `browser` and `page`.

        Raises Refusal bad_identity, bad_form, blocked.
        """
        identity = await self._keys.judge(jwt)
        before = await self._store.people.visitor(current.uid) if current else None
        if current and current.kid and before and before.sub != hash_of(identity.sub):
            await self._store.sessions.revoke(current)  # the page presents somebody else now
            current = before = None
        mine = before if current and before and not before.sub and current.was_begun_with(adopt) else None
        uid, entered = await self._who(identity, mine, entered, language, writes=writes)
        if not uid:
            return None
        await self._store.conversations.refuse_blocked(uid)
        # Who was long away may find that somebody else has their nickname by now.
        await self._store.people.reclaim_nickname(uid, names.anonymous())
        place: Place | None = None
        if mine and mine.uid != uid:
            place = await self._linking.link(mine.uid, await self._store.people.known(uid))
        visitor = await self._vouch(await self._store.people.known(uid), identity)
        visitor = await self._forms.keep(visitor, entered)
        joined: dict[str, object] = {"linked": {"uid": mine.uid, "seq": place.seq}} if mine and place else {}
        proof = Proof(identity.kid, hash_of(jwt), identity.expires_at)
        if current and current.uid == uid and current.kid:
            return Arrival(replace(await self._store.sessions.prove(current, proof), name=visitor.name), "", joined)
        token, session = await self._store.sessions.create(visitor, proof=proof, **known)
        await self._store.people.touch(uid, **known)
        # Last, since by one of them whoever was cut off asks again; and each time, should they never have.
        await self._store.sessions.revoke_unproven(uid)
        return Arrival(session, token, {"adopted": True} if current and current.uid == uid else joined)

    async def _who(
        self, identity: Identity, mine: Visitor | None, entered: Entered, language: str, *, writes: bool
    ) -> tuple[str, Entered]:
        """The uid of the visitor that is, or becomes, whom the shop knows so; "" for nobody. And what they entered, as
        it is to be kept."""
        identities = self._store.identities
        uid = await identities.uid(identity.sub)
        newcomer = writes and not uid and mine is None
        entered = self._forms.judged(entered, language, newcomer=newcomer, vouched=identity.told)
        if not uid and mine is not None:
            await self._store.conversations.refuse_blocked(mine.uid)
            uid = await identities.identify(identity.sub, mine.uid)
        if not uid and writes:
            made = await self._forms.make(self._forms.free(identity.name) or entered.name)
            uid = await identities.identify(identity.sub, made.uid)
            if uid != made.uid:  # another page of theirs was faster
                await self._store.people.release_nickname(made.uid)
        return uid, entered

    async def _vouch(self, visitor: Visitor, identity: Identity) -> Visitor:
        """Keep what the shop vouches for, and tell it once. Returns who they are now. Raises Refusal blocked."""
        told = replace(identity, name=self._forms.free(identity.name, visitor.name)).told
        now = replace(
            visitor,
            sub=hash_of(identity.sub),
            name=told.get("name", visitor.name),
            email=told.get("email", visitor.email),
            identity=told,
        )
        # First what is kept: whoever hears of the event looks it up.
        if told != visitor.identity:
            await self._store.identities.vouch(visitor.uid, told)
        if now.email != visitor.email:  # whoever reads at the former one is let in no more
            await self._store.sessions.revoke_mailed(visitor.uid, but=contact.known_by(now.email))
        if now.name != visitor.name:
            await self._store.sessions.rename(visitor.uid, now.name)
        # What the shop knows beside that changes with every page: no line of a thread's own.
        again = {"again": True} if visitor.identity and _of_who(told) == _of_who(visitor.identity) else {}
        await self._forms.tell("identified", now, sorted(told.items()), **told, **again)
        return now

    async def standing(self, session: Session) -> dict[str, object]:
        """The conversations that are linked to theirs, where the shop vouches for whoever has the session, or for the
        address whose letter let them in; of others there is nothing to say."""
        if not session.proof and (not session.mailed or session.since):
            return {}
        visitor = await self._store.people.known(session.uid)
        linked = [{"uid": link["uid"], "seq": link["seq"]} for link in visitor.linked if link["seq"]]
        return {"linked": linked}


def _of_who(told: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in told.items() if key != "attributes"}


def new_secret() -> str:
    """What a page proves by, later, that it began the conversation."""
    return secrets.token_urlsafe(24)
