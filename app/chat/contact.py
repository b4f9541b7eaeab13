"""By what address somebody is answered who has left: whether there is one, and whether they agreed to that."""

from collections.abc import Mapping
from hashlib import sha256
from typing import Any, Protocol

# Characters shown of the part before the @.
_SHOWN = 1


class Reachable(Protocol):
    """A visitor, or what is kept of one. `email`: the one the shop vouches for, else the one that was entered.

    `mail`: what is known of writing to them, {} where nothing is: `email`, to which of theirs they `agreed` (unix ms),
    and `by` whom that is said, "" for themselves, else an agent's uid; the `language` in which they did, "" where that
    is not known; `stopped: True`, whoever reads there wants no mail of this shop; `bounced`, `{email, reason, at}`,
    which address took no mail, in the words of its server, and when (unix ms).
    """

    @property
    def email(self) -> str: ...
    @property
    def identity(self) -> dict[str, Any]: ...
    @property
    def mail(self) -> dict[str, Any]: ...


def agreed(email: str, now: int, *, by: str = "", language: str = "", before: Mapping[str, Any]) -> dict[str, Any]:
    """What is kept of it that at `now` (unix ms) they agree to be written to at that address; `by`, `language` as of
    `Reachable`.

    Who agreed `before`, agreed then, and an agent need not say it for them; but an address that took no mail is tried
    again from now on.
    """
    language = language or before.get("language", "")
    if before.get("email") == email and before.get("by") in ("", by) and "bounced" not in before:
        return {**before, "language": language}
    return {"email": email, "agreed": now, "by": by, "language": language}


def agreement(mail: Mapping[str, Any]) -> dict[str, Any]:
    """Of what is kept, what an event tells beside the address; {} where there is nothing."""
    return {key: mail[key] for key in ("agreed", "by", "stopped") if key in mail}


def has_agreed(visitor: Reachable) -> bool:
    """Whether their address may be written to: the shop vouches for it, or it is the one of which that was said."""
    if not visitor.email:
        return False
    said = "agreed" in visitor.mail and visitor.mail.get("email") == visitor.email
    return said or visitor.identity.get("email") == visitor.email


def bounced(visitor: Reachable) -> str:
    """Why their present address took no mail, "" where it did not refuse any."""
    found = visitor.mail.get("bounced", {})
    return str(found["reason"]) if visitor.email and found.get("email") == visitor.email else ""


def has_stopped(visitor: Reachable) -> bool:
    """Whether whoever reads at their present address wants no mail, as far as it was said of this visitor's."""
    return visitor.mail.get("email") == visitor.email and "stopped" in visitor.mail


def address(visitor: Reachable, *, stopped: bool = False) -> str:
    """Where answers go once they have left, "" for nowhere. `stopped`: whoever reads there said so of all mail."""
    barred = stopped or has_stopped(visitor) or bounced(visitor)
    return visitor.email if has_agreed(visitor) and not barred else ""


def told(visitor: Reachable) -> dict[str, object]:
    """The same, for agents: whether they `agreed`, when (`at`, unix ms) and `by` whom that is said; what is in the
    way of it."""
    found: dict[str, object] = {"agreed": has_agreed(visitor)}
    if visitor.email and visitor.mail.get("email") == visitor.email and "agreed" in visitor.mail:
        found |= {"at": visitor.mail["agreed"], "by": visitor.mail["by"]}
    if reason := bounced(visitor):
        found["bounced"] = reason
    return found | ({"stopped": True} if has_stopped(visitor) else {})


def known_by(email: str) -> str:
    """By what a session knows the address whose reader it is: the same for whatever case it was typed in."""
    return sha256(email.casefold().encode()).hexdigest()


def masked(email: str) -> str:
    """An address so that who knows it knows it again, and nobody else learns it: `a…@shop.example`."""
    name, at, place = email.rpartition("@")
    return f"{name[:_SHOWN]}…{at}{place}" if at else ""
