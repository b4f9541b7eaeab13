"""Who comes in with the first message, and what visitors enter of themselves: kept, and told to agents."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import msgspec

from app.chat import contact, names, protocol, wording
from app.chat.entered import Entered
from app.chat.errors import Refusal
from app.live.claims import event
from app.live.clock import now_ms
from app.live.shop_settings import ShopSettings
from app.live.widget_settings import WidgetSettings
from app.store.changes import Told
from app.store.hashes import hash_of
from app.store.people import Visitor
from app.store.sessions import Session
from app.store.store import Store


class Forms:
    """What they raise beside what is said: what the store does."""

    def __init__(self, store: Store, shop: ShopSettings, widget: WidgetSettings) -> None:
        self._store, self._shop, self._widget = store, shop, widget

    async def newcomer(self, entered: Entered, language: str, *, id: str, prove_by: int) -> Visitor:
        """Somebody new who reads `language`, called as they say, if they may be, else by a number.

        `id`: of this log-in, "" for none: a repeat, whose answer was lost, is by the same visitor. `prove_by`: as of
        People.login_named. Raises Refusal bad_form, also where something is lacking that the shop requires; blocked.
        """
        entered = self.judged(entered, language, newcomer=True)
        visitor = await self._made(id) if id else None
        if visitor and (visitor.verified or visitor.linked_to):  # who it is has turned out since, and is not asked here
            visitor, id = None, ""
        return await self.keep(visitor or await self.make(entered.name, id, prove_by), entered)

    async def _made(self, id: str) -> Visitor | None:
        """Whom an earlier log-in by this id made."""
        uid = await self._store.sessions.attempted(id)
        if not uid:
            return None
        await self._store.conversations.refuse_blocked(uid)
        return await self._store.people.visitor(uid)

    async def make(self, name: str, id: str = "", prove_by: int = 0) -> Visitor:
        """Somebody new who is called so, or by a number; `id`, `prove_by`: as of `newcomer`."""
        people, shop = self._store.people, self._shop.settings.name
        if name:
            visitor = await people.login_named(name, None, shop=shop, prove_by=prove_by)
        else:
            visitor = await people.login_anonymous(prove_by=prove_by)
        uid = await self._store.sessions.attempt(id, visitor.uid) if id else visitor.uid
        if uid == visitor.uid:
            return visitor
        await people.release_nickname(visitor.uid)  # its repeat was faster
        return await people.known(uid)

    async def more(self, session: Session, entered: Entered, language: str) -> Session:
        """A visitor who is known enters something: what is given is as given from now on.

        Raises Refusal bad_form, blocked.
        """
        entered = self.judged(entered, language, newcomer=False, now=session.name)
        visitor = await self._store.people.known(session.uid)
        return replace(session, name=(await self.keep(visitor, entered)).name)

    def judged(
        self,
        entered: Entered,
        language: str,
        *,
        newcomer: bool,
        now: str = "",
        vouched: Mapping[str, Any] | None = None,
    ) -> Entered:
        """What is to be kept. A name that nobody may have (`free`) is left out: what they have to say is heard all the
        same. What the shop has `vouched` for nobody need enter.

        Raises Refusal bad_form, also where something is lacking of a `newcomer`.
        """
        entered, form = entered.checked(), self._widget.settings.form
        form.check(entered.beside(vouched or {}), newcomer=newcomer)
        if entered.consent:
            entered = msgspec.structs.replace(entered, terms=wording.told(form.consent, language, ""))
        return msgspec.structs.replace(entered, name=self.free(entered.name, now))

    def free(self, name: str, now: str = "") -> str:
        """The name, "" where it is a word of office, or the shop's. Who is called so `now` was here before the shop
        was."""
        kept = [] if names.fold(name) == names.fold(now) else [self._shop.settings.name]
        return "" if names.reserved(name, kept) else name

    async def keep(self, before: Visitor, entered: Entered) -> Visitor:
        """Keep it beside what is known, and tell it once: it may come again, since its answer was lost, or since the
        shop's page says it each time. Returns who they are now. Raises Refusal blocked."""
        entered = entered.without(before.identity)
        told = entered.told(protocol.timestamp(now_ms()), before.fields)
        if not told:
            return before
        uid, fields = before.uid, {key: told[key] for key in told.keys() - {"name", "email"}}
        mail = await self.agreed(before, entered.email, language=entered.mail) if entered.mail else {}
        now = replace(
            before,
            name=entered.name or before.name,
            email=entered.email or before.email,
            fields=before.fields | fields,
            mail=mail or before.mail,
        )
        # First what is kept, each part of which may be written again: whoever hears of the event looks it up. And no
        # more than was given: something else may be entered beside this.
        kept = now.fields if fields else {}
        await self._store.people.describe(uid, name=entered.name, email=entered.email, fields=kept, mail=mail)
        if entered.name:
            await self._store.sessions.rename(uid, now.name)
        if now.email != before.email:  # whoever reads at the former one is let in no more
            await self._store.sessions.revoke_mailed(uid, but=contact.known_by(now.email))
        # What a shop's page tells may change with every page: no line of a thread's own.
        again = {"again": True} if told.keys() == {"attributes"} else {}
        await self.tell_form(now, told | ({"mail": contact.agreement(mail)} if mail else {}), **again)
        return now

    async def agreed(self, before: Visitor, email: str, *, by: str = "", language: str) -> dict[str, Any]:
        """What is kept of it that they agree to be written to there now, as contact.agreed; {} for no address."""
        if not email:
            return {}
        mail = contact.agreed(email, now_ms(), by=by, language=language, before=before.mail)
        return mail | ({"stopped": True} if await self._store.mail.stopped([email]) else {})

    async def tell_form(self, now: Visitor, fields: Mapping[str, object], **more: object) -> None:
        """Have agents hear which `fields` were entered, unless they did: this is who the visitor is by that. Raises
        Refusal blocked."""
        known = [now.name, now.email, sorted(now.fields.items()), *filter(None, [contact.agreement(now.mail)])]
        await self.tell("form", now, known, fields=fields, **more)

    async def tell(self, kind: Told, visitor: Visitor, known: object, **told: object) -> None:
        """Have agents hear of it, unless what is `known` so by now is what they heard last. Raises Refusal blocked."""
        digest = hash_of(protocol.encode(known).decode())
        outcome = await self._store.changes.introduce(visitor.uid, kind, digest, event(visitor.user, **told))
        if outcome.word == "blocked":
            raise Refusal("blocked")
