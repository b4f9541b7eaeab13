"""Where answers go to who has left: an address that a visitor gives, or an agent for them."""

from contextlib import suppress
from dataclasses import replace
from typing import Any

from app.chat import contact, protocol
from app.chat.entered import Entered
from app.chat.errors import Refusal
from app.live.forms import Forms
from app.store.people import Visitor
from app.store.sessions import Session
from app.store.store import Store


class Contacts:
    """What they raise beside what is said: what the store does. `by_mail`: whether the shop sends any."""

    def __init__(self, store: Store, forms: Forms, *, by_mail: bool) -> None:
        self._store, self._forms, self.by_mail = store, forms, by_mail

    async def put(
        self, visitor: Visitor, typed: str, *, by: Session | None = None, language: str = "", keep: str = ""
    ) -> dict[str, object]:
        """From now on the visitor is answered at the address that was `typed`, "" for none; as `view` has it. They
        agree by that, in that language, or the agent `by` says that they do. Sessions of who reads at another address
        end, but for the one whose hash is `keep`.

        Raises Refusal mail_not_set_up, bad_form, verified where the shop vouches for another address, linked, blocked.
        """
        if not self.by_mail:
            raise Refusal("mail_not_set_up")
        if visitor.linked_to:
            raise Refusal("linked")
        await self._store.conversations.refuse_blocked(visitor.uid)
        email = Entered(email=typed).checked().email
        agent = by.uid if by else ""
        mail = await self._forms.agreed(visitor, email, by=agent, language=language)
        # First what is kept: whoever hears of the event looks it up.
        if not await self._store.contacts.put(visitor.uid, email, mail):
            raise Refusal("verified")
        # Whoever reads at another address by then is let in no more; but this may be said by one who was.
        await self._store.sessions.revoke_mailed(visitor.uid, but=contact.known_by(email), keep=keep)
        now = replace(visitor, email=email, mail=mail)
        told = contact.agreement(mail) or ({"by": agent} if by else {})
        noted = {"by": {"uid": by.uid, "nickname": by.nickname}} if by else {}
        await self._forms.tell_form(now, {"email": email, "mail": told}, **noted)
        return self.view(now)

    async def stop(self, uid: str, email: str) -> None:
        """Whoever reads at the address of a letter to the visitor wants no more of them."""
        if await self._store.contacts.stop(uid, email):
            visitor = await self._store.people.known(uid)
            with suppress(Refusal):  # who is blocked is not written to anyway
                await self._forms.tell_form(visitor, {"mail": contact.agreement(visitor.mail)})

    def view(self, visitor: Visitor) -> dict[str, object]:
        """Where a visitor is answered: `email`, `agreed` (when, null where that is not known) and `by` whom that is
        said; `shown`: how the address is shown to them, "" where nothing is sent there; `stopped`: since whoever reads
        there said so."""
        mail: dict[str, Any] = visitor.mail if visitor.mail.get("email") == visitor.email else {}
        return {
            "email": visitor.email,
            "agreed": protocol.timestamp(mail["agreed"]) if "agreed" in mail else None,
            "by": mail.get("by", ""),
            "shown": contact.masked(contact.address(visitor)),
            **({"stopped": True} if contact.has_stopped(visitor) else {}),
        }

    async def shown(self, uid: str) -> dict[str, str | bool]:
        """The same for the visitor's own page, as far as it is shown to them; {} where no mail is sent."""
        visitor = await self._store.people.visitor(uid) if self.by_mail else None
        if visitor is None:
            return {}
        stopped = {"mail_stopped": True} if contact.has_stopped(visitor) else {}
        return {"contact": contact.masked(contact.address(visitor)), **stopped}
