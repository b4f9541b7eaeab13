"""Where mail reaches an agent, and what the links in it are for."""

from typing import Literal

import msgspec

from app.chat.entered import Entered
from app.chat.errors import Refusal

# What a link in a mail to an agent does: it shows that an address is theirs; it lets in who was invited, or who forgot
# the password. And within how many milliseconds.
Purpose = Literal["confirm", "join", "help"]
_MINUTE_MS = 60 * 1000
LIFE_MS: dict[Purpose, int] = {
    "confirm": 24 * 60 * _MINUTE_MS,
    "join": 7 * 24 * 60 * _MINUTE_MS,
    "help": 15 * _MINUTE_MS,
}


class Mailbox(msgspec.Struct, frozen=True, omit_defaults=True):
    """`email`: the address that mail goes to, "" for none; it is theirs, as a link that was mailed there has shown.
    `asked`: one of which that has not been shown yet, "" for none. `language`: in which they are written to. `used`:
    how many links have let them in; each ends all others that were made before."""

    email: str = ""
    asked: str = ""
    language: str = "en"
    used: int = 0

    def asking(self, email: str, language: str) -> "Mailbox":
        """The same once another address was named: it has to be confirmed, and the former stands until it is. An empty
        one takes both away. Raises Refusal bad_form."""
        email = clean(email)
        if not email:
            return msgspec.structs.replace(self, email="", asked="")
        known = same(email, self.email)
        return msgspec.structs.replace(self, asked="" if known else email, language=language)

    def after(self, link: "MailedLink", language: str) -> "Mailbox":
        """The same once such a link was used. Raises Refusal link_over where it is for another mailbox."""
        if not self.admits(link):
            raise Refusal("link_over")
        if link.purpose == "confirm":
            return msgspec.structs.replace(self, email=link.email, asked="", language=language)
        asked = "" if link.purpose == "join" else self.asked
        return msgspec.structs.replace(self, email=link.email, asked=asked, language=language, used=self.used + 1)

    def admits(self, link: "MailedLink") -> bool:
        """Whether the link is still for this mailbox."""
        if link.purpose == "confirm":
            return self.asked == link.email
        return link.used == self.used and link.email == (self.email if link.purpose == "help" else self.asked)


class MailedLink(msgspec.Struct, frozen=True):
    """Of a link that was mailed: what for, to whom (uid) and where, and how many had let them in by then."""

    purpose: Purpose
    uid: str
    email: str
    used: int


def clean(typed: str) -> str:
    """An address as it is kept; blanks alone are "". Raises Refusal bad_form."""
    return Entered(email=typed).checked().email


def same(one: str, other: str) -> bool:
    """Whether mail to both is taken to reach the same people: nobody remembers how they wrote theirs."""
    return bool(one) and one.casefold() == other.casefold()
