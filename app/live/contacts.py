"""Where answers go to who has left: an address that a visitor gives, or an agent for them."""

from dataclasses import replace
from typing import Any

from app.chat import contact, protocol
from app.chat.entered import Entered
from app.chat.errors import Refusal
from app.live.clock import now_ms
from app.live.forms import Forms
from app.store.people import Visitor
from app.store.store import Store


class Contacts:
    """What they raise beside what is said: what the store does. `by_mail`: whether the shop sends any."""

    def __init__(self, store: Store, forms: Forms, *, by_mail: bool) -> None:
        self._store, self._forms, self.by_mail = store, forms, by_mail

    async def put(self, visitor: Visitor, typed: str, *, by: str = "", language: str = "") -> dict[str, object]:
        """From now on the visitor is answered at the address that was `typed`, "" for none; as `view` has it. They
        agree by that, in that language, or the agent `by` says that they do.

        Raises Refusal mail_not_set_up, bad_form, verified where the shop vouches for another address, linked, blocked.
        """
        if not self.by_mail:
            raise Refusal("mail_not_set_up")
        if visitor.linked_to:
            raise Refusal("linked")
        await self._store.conversations.refuse_blocked(visitor.uid)
        email, mail = Entered(email=typed).checked().email, dict[str, Any]()
        if email:
            mail = contact.agreed(email, now_ms(), by=by, language=language, before=visitor.mail)
        # First what is kept: whoever hears of the event looks it up.
        if not await self._store.contacts.put(visitor.uid, email, mail):
            raise Refusal("verified")
        now = replace(visitor, email=email, mail=mail)
        await self._forms.tell_form(now, {"email": email, "mail": contact.agreement(mail)})
        return self.view(now)

    def view(self, visitor: Visitor) -> dict[str, object]:
        """Where a visitor is answered: `email`, `agreed` (when, null where that is not known) and `by` whom that is
        said; `shown`: how the address is shown to them, "" where nothing is sent there."""
        mail: dict[str, Any] = contact.agreement(visitor.mail) if contact.has_agreed(visitor) else {}
        return {
            "email": visitor.email,
            "agreed": protocol.timestamp(mail["agreed"]) if mail else None,
            "by": mail.get("by", ""),
            "shown": contact.masked(contact.address(visitor)),
        }

    async def shown(self, uid: str) -> dict[str, str]:
        """The same for the visitor's own page, as far as it is shown to them; {} where no mail is sent."""
        visitor = await self._store.people.visitor(uid) if self.by_mail else None
        return {"contact": contact.masked(contact.address(visitor))} if visitor else {}
