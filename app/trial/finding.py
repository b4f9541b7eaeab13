"""What is to be tried, and what came of each step."""

from typing import Literal

import msgspec

from app.config import MailServer

# Characters of what a server says that are shown.
_LONGEST = 200

Step = Literal["resolve", "connect", "encrypt", "login", "send", "spf", "dmarc"]


class Asked(msgspec.Struct, frozen=True):
    """A mail of `sender` to `to`, "" for none, by that server. `anywhere`: its operator named the server, else it has
    to be where `app/outbound.py` lets us go; `private` as there. `host`: as whom we greet. `shop`: its name;
    `language`: of the mail."""

    server: MailServer
    sender: str
    to: str
    host: str
    shop: str
    language: str
    anywhere: bool = False
    private: bool = False


class Finding(msgspec.Struct, frozen=True):
    """Of one step: `outcome` names a sentence of the catalogue (`trial.<step>.<outcome>`).

    `verdict`: a `warn` does not keep mail from being sent, but perhaps from arriving. `said`: what the other side said,
    `needed`: what a DNS record should have.
    """

    step: Step
    verdict: Literal["ok", "warn", "fail"]
    outcome: str
    said: str = ""
    needed: str = ""


class Failed(Exception):
    """A step that ends the trial."""

    def __init__(self, step: Step, outcome: str, said: object = "") -> None:
        super().__init__(outcome)
        self.finding = Finding(step, "fail", outcome, one_line(said))


def one_line(said: object) -> str:
    """For people to see: without line breaks and without end."""
    text = " ".join(str(said).split())
    return "".join(sign for sign in text if sign.isprintable())[:_LONGEST]
