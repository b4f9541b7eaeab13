"""What is told in a conversation of mail that went to its visitor: private events, of which the shop is the author."""

import secrets
from collections.abc import Sequence
from typing import Literal, NamedTuple

from app.chat import protocol

# Who tells it: nobody of the team.
_SYSTEM = {"name": "system", "uid": "system", "nickname": "system", "role": "system", "enter_at": ""}

Reason = Literal["bounced", "refused", "gave_up"]


class Told(NamedTuple):
    """An event that is written in the step in which what it tells becomes so: its kind, id and body."""

    kind: str
    id: str
    body: bytes


def sent(seqs: Sequence[int]) -> Told:
    """A mail went out with the agents' messages of these `seqs`."""
    return _told("mail.sent", seqs)


def delayed(seqs: Sequence[int], since_ms: int) -> Told:
    """It could not be sent, and is tried again. `since_ms`: since when it should have been, unix ms."""
    return _told("mail.delayed", seqs, since=protocol.timestamp(since_ms))


def failed(seqs: Sequence[int], reason: Reason, told: str, email: str = "") -> Told:
    """It did not go, and is not tried again: it came back, was refused, or was tried in vain for days or given up by a
    person. `told`: what the mail server said, as `550 5.1.1 User unknown`; "" where it said nothing. `email`: which
    address took it not, where that is to blame."""
    return _told("mail.failed", seqs, reason=reason, told=told, **({"email": email} if email else {}))


def put_off(endpoint: str, seqs: Sequence[int], since_ms: int) -> Told | None:
    """What is told where jobs of an endpoint are tried again, as `delayed`; None where it is no conversation's."""
    return delayed(seqs, since_ms) if endpoint == "mail" and seqs else None


def given_up(endpoint: str, seqs: Sequence[int], told: str) -> Told | None:
    """What is told where jobs of an endpoint are given up; None where it is no conversation's."""
    return failed(seqs, "gave_up", told) if endpoint == "mail" and seqs else None


def _told(kind: str, seqs: Sequence[int], **more: object) -> Told:
    body = protocol.event_body(_SYSTEM, first=min(seqs), through=max(seqs), **more)
    return Told(kind, secrets.token_hex(8), body)
