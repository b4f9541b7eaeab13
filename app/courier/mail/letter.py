"""A letter: one mail to one address, as all of ours are, before it is bytes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from time import time

# Seven bits: of servers that take eight not all have said so, and one on the way may not.
_POLICY = SMTP.clone(cte_type="7bit")
# For an address in other letters than those of ASCII (RFC 6532).
_ANY_LETTERS = _POLICY.clone(utf8=True)


class NoAddress(ValueError):
    """Nothing that a mail could be sent to."""


@dataclass(frozen=True)
class Attachment:
    """A file that goes with a letter; `type`: media type. `cid`: a picture of the HTML part, which shows it as
    `cid:<cid>`, and not listed as a file."""

    name: str
    type: str
    content: bytes = field(repr=False)
    cid: str = ""


@dataclass(frozen=True)
class Letter:
    """`to`: an address. `text` and `html` say the same; `language`: the tag of what they are written in.

    `message_id`: of the form `<...@...>`; given again it is the same mail, which mailboxes show once. `sender`: what
    stands before our address, "" for the shop's own name. `headers`: beside those that every letter has.
    """

    to: str
    subject: str
    text: str = field(repr=False)
    html: str = field(repr=False)
    language: str
    message_id: str
    sender: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    attachments: Sequence[Attachment] = ()

    def message(self, sender: str) -> EmailMessage:
        """The mail of `sender`, an address with or without a name before it; answers go there as well.

        Raises NoAddress where `to` is none.
        """
        name, address = parseaddr(sender)
        to = _mailbox("", self.to)
        message = EmailMessage(_POLICY if to.addr_spec.isascii() else _ANY_LETTERS)
        message["From"] = _mailbox(self.sender or name, address)
        message["Reply-To"] = _mailbox(name, address)
        message["To"] = to
        message["Subject"] = _said(self.subject)
        message["Date"] = format_datetime(datetime.fromtimestamp(time(), UTC))
        message["Message-ID"] = self.message_id
        message["X-Auto-Response-Suppress"] = "All"
        for header, value in self.headers.items():
            message[header] = value
        self._fill(message)
        message["Content-Language"] = self.language
        return message

    def _fill(self, message: EmailMessage) -> None:
        message.set_content(self.text)
        message.add_alternative(self.html, subtype="html")
        html = message.get_body(("html",))
        assert html is not None  # it was added just now
        for part in self.attachments:
            main, _, sub = part.type.partition("/")
            name = _said(part.name)
            if part.cid:
                html.add_related(part.content, main, sub, cid=f"<{part.cid}>", filename=name, disposition="inline")
            else:
                message.add_attachment(part.content, main, sub, filename=name)


def _mailbox(name: str, address: str) -> Address:
    """With the domain as mail servers know it: one of another script in its letters for machines. Raises NoAddress."""
    local, _, domain = address.rpartition("@")
    try:
        known = domain.encode("idna").decode()
    except UnicodeError:
        known = ""
    if not local or not known or not address.isprintable() or " " in address or address != _said(address):
        raise NoAddress("not an address")
    return Address(_said(name), local, known)


def _said(text: str) -> str:
    """What people typed, for a header: there `=?...?=` is taken for what it encodes (RFC 2047), by the library as well,
    which so lets line breaks in, and with them headers of their own."""
    return text.replace("=?", "= ?")
