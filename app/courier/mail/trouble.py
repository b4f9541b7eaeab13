"""Why a letter was not taken, and by whose fault."""

import re
import ssl
from typing import Literal

import aiosmtplib

# Characters of what a server says that are kept.
_LONGEST_REASON = 200
# Who may send, and not whom to: codes and a class of enhanced ones (RFC 3463), and what those say that have none.
_NOT_ALLOWED = (530, 534, 535, 538)
_POLICY = "5.7."
_RELAYING = "relay"
# A mailbox that is full.
_FULL = re.compile(r"552 |\d+ 5\.2\.2")


class SmtpTrouble(Exception):
    """A letter was not taken: `reason`, in the server's words where it has said some, at most 200 characters.

    `again`: another try may help. `whose`: the address is to blame, or the server, which then will not take others
    either. `unsure`: it may have been taken all the same, since the answer was lost.
    """

    def __init__(
        self, reason: str, *, again: bool, whose: Literal["server", "address"] = "server", unsure: bool = False
    ) -> None:
        reason = " ".join(reason.split())[:_LONGEST_REASON]
        super().__init__(reason)
        self.reason, self.again, self.whose, self.unsure = reason, again, whose, unsure

    @property
    def bounced(self) -> bool:
        """Whether the address takes no mail at all: a mailbox that is full may be emptied."""
        return self.whose == "address" and not self.again and not _FULL.match(self.reason)


def trouble_of(error: Exception, *, unsure: bool = False) -> SmtpTrouble:
    """What went wrong, and whether another try may help; `unsure`: the letter itself was on its way."""
    if isinstance(error, aiosmtplib.SMTPRecipientRefused):
        return _refused(error)
    if isinstance(error, aiosmtplib.SMTPResponseException):
        refused = isinstance(error, aiosmtplib.SMTPDataError) and error.code >= 500  # this letter, whoever it is to
        return SmtpTrouble(_said(error), again=not refused)
    if isinstance(error, ssl.SSLCertVerificationError):
        return SmtpTrouble(f"certificate not accepted: {error.verify_message}", again=True)
    return SmtpTrouble(str(error) or type(error).__name__, again=True, unsure=unsure)


def _refused(error: aiosmtplib.SMTPRecipientRefused) -> SmtpTrouble:
    """The address was: but a server that lets us write to nobody says so here too, and then no address is to blame."""
    said = _said(error)
    if error.code < 500:
        return SmtpTrouble(said, again=True, whose="address")
    if error.code in _NOT_ALLOWED or error.message.startswith(_POLICY) or _RELAYING in error.message.lower():
        return SmtpTrouble(said, again=True)
    return SmtpTrouble(said, again=False, whose="address")


def _said(error: aiosmtplib.SMTPResponseException) -> str:
    return f"{error.code} {error.message}"
