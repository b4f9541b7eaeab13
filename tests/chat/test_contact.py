"""Where somebody is answered who has left: only at an address to which they agreed, or for which the shop vouches."""

from dataclasses import dataclass, field
from typing import Any

import pytest

from app.chat import contact

MARIA, OTHER = "maria@mail.example", "other@mail.example"
AGREED = contact.agreed(MARIA, 1000, before={})
BOUNCED = {"bounced": {"email": MARIA, "reason": "550 5.1.1 User unknown", "at": 2000}}


@dataclass(frozen=True)
class Kept:
    email: str
    mail: dict[str, Any] = field(default_factory=dict)
    identity: dict[str, Any] = field(default_factory=dict)


@pytest.mark.parametrize(
    ("visitor", "address"),
    [
        (Kept(""), ""),
        (Kept(MARIA), ""),  # entered, and no word of mail was said
        (Kept(MARIA, AGREED), MARIA),
        (Kept(OTHER, AGREED), ""),  # another was entered since, to which nobody agreed
        (Kept(MARIA, AGREED | BOUNCED), ""),
        (Kept(OTHER, contact.agreed(OTHER, 1, before={}) | BOUNCED), OTHER),
        (Kept(MARIA, identity={"email": MARIA}), MARIA),
        (Kept(MARIA, BOUNCED, {"email": MARIA}), ""),
        (Kept(MARIA, identity={"name": "Maria"}), ""),  # whom the shop knows, but not by an address
        (Kept("", BOUNCED), ""),
    ],
)
def test_where_answers_go(visitor: Kept, address: str) -> None:
    assert contact.address(visitor) == address
    assert contact.address(visitor, stopped=True) == ""


def test_who_agrees_again_agreed_then_but_an_address_that_failed_is_tried_anew() -> None:
    anew = {"agreed": 5000, "by": "", "language": "de"}
    assert contact.agreed(MARIA, 5000, language="fr", before=AGREED) == AGREED | {"language": "fr"}
    assert contact.agreed(MARIA, 5000, by="a7", before=AGREED) == AGREED
    assert contact.agreed(MARIA, 5000, language="de", before=AGREED | BOUNCED) == {"email": MARIA, **anew}
    assert contact.agreed(OTHER, 5000, before=AGREED | {"language": "de"}) == {"email": OTHER, **anew}
    noted = contact.agreed(OTHER, 5000, by="a7", before=AGREED)
    assert contact.agreed(OTHER, 6000, language="de", before=noted) == {"email": OTHER, **anew, "agreed": 6000}


def test_what_agents_are_told() -> None:
    assert contact.told(Kept(MARIA)) == {"agreed": False}
    assert contact.told(Kept(OTHER, AGREED)) == {"agreed": False}
    reason = {"bounced": "550 5.1.1 User unknown"}
    assert contact.told(Kept(MARIA, AGREED | BOUNCED)) == {"agreed": True, "at": 1000, "by": "", **reason}
    stopped = Kept(MARIA, {"email": MARIA, "stopped": True}, {"email": MARIA})
    assert (contact.told(stopped), contact.address(stopped)) == ({"agreed": True, "stopped": True}, "")
    assert contact.told(Kept(OTHER, {"email": MARIA, "stopped": True}, {"email": OTHER})) == {"agreed": True}


def test_an_address_is_shown_to_who_knows_it_and_told_to_nobody() -> None:
    assert [contact.masked(one) for one in (MARIA, "a@b.de", "张伟@例子.公司", "")] == [
        "m…@mail.example",
        "a…@b.de",
        "张…@例子.公司",
        "",
    ]
