"""What a visitor says of themselves: in a form, or by the shop's page for them. None of it is proven."""

import re
import unicodedata
from collections.abc import Mapping
from typing import Any

import msgspec

from app.chat import names
from app.chat.errors import Refusal
from app.chat.skeletons import unseen

# Characters of an address (RFC 5321, 4.5.3.1.3, less its brackets).
LONGEST_EMAIL = 254
# As HTML has it for what is typed into a form; but there is a dot behind the @, and letters may be any script's.
_PUNCTUATION = re.escape('@<>()[]\\,;:"')
_EMAIL = re.compile(rf"[^\s{_PUNCTUATION}]{{1,64}}@([^\s./{_PUNCTUATION}]{{1,63}}\.)+[^\s./{_PUNCTUATION}]{{2,63}}")


class Entered(msgspec.Struct, frozen=True, omit_defaults=True):
    """Each field "" where nothing was entered. `consent`: to what the form asks it for; `terms`: to which sentence, ""
    for none. `attributes`: what else the shop's page tells of them, in their name (chat/identity.py). `mail`: in
    which language the page said beside the address that answers come there, "" where it did not."""

    name: str = ""
    email: str = ""
    choice: str = ""
    consent: bool = False
    terms: str = ""
    attributes: dict[str, Any] = {}
    mail: str = ""

    def checked(self) -> "Entered":
        """The same as it is kept; blanks alone are nothing. Raises Refusal bad_form, naming the field."""
        return msgspec.structs.replace(self, name=_name(self.name), email=_email(self.email))

    def beside(self, vouched: Mapping[str, Any]) -> "Entered":
        """The same, and where it lacks a name or an address the one that the shop vouches for."""
        return msgspec.structs.replace(
            self, name=self.name or vouched.get("name", ""), email=self.email or vouched.get("email", "")
        )

    def without(self, vouched: Mapping[str, Any]) -> "Entered":
        """The same without a name or an address for which the shop vouches with another, or that one."""
        return msgspec.structs.replace(
            self, name="" if "name" in vouched else self.name, email="" if "email" in vouched else self.email
        )

    def told(self, now: str, before: dict[str, Any]) -> dict[str, Any]:
        """What there is of it, as agents are told; empty where nothing was entered.

        `now`: RFC 3339. `before`: what they had entered: who agrees again agreed then.
        """
        found: dict[str, Any] = {name: getattr(self, name) for name in ("name", "email", "choice", "attributes")}
        if self.terms:
            former = before.get("consent", {})
            found["consent"] = former if former.get("text") == self.terms else {"text": self.terms, "at": now}
        return {name: value for name, value in found.items() if value}


def _name(typed: str) -> str:
    if not typed.strip():
        return ""
    try:
        return names.clean_name(typed)
    except Refusal:
        raise Refusal("bad_form", field="name") from None


def _email(typed: str) -> str:
    """An address that may be one, its full-width signs made plain: whether anybody reads mail there nobody knows."""
    if len(typed) > LONGEST_EMAIL * 2:
        raise Refusal("bad_form", field="email")
    email = unicodedata.normalize("NFKC", typed.strip())
    if email and not (len(email) <= LONGEST_EMAIL and _EMAIL.fullmatch(email) and all(map(_shown, email))):
        raise Refusal("bad_form", field="email")
    return email


def _shown(character: str) -> bool:
    return not names.forbidden(character) and not unseen(character)
