"""What visitors say of themselves: what may be an address, and what is told of it all."""

import pytest

from app.chat.entered import Entered
from app.chat.errors import Refusal

TERMS = "I agree."
NO_ADDRESSES = """
    a a@ @b.de a@b a@b. a@.de a@b..de a@b.d a@b@c.de a,b@c.de a;b@c.de <a@b.de> "a"@b.de a(b)@c.de a@[127.0.0.1]
    mailto:a@b.de a@b.de/c a@b.de,c@d.de a\\b@c.de
"""
HOSTILE = ["a b@c.de", "a@b c.de", "a@b.de\nx", "a@b.de\r\nBcc:c@d.de", "a@b.de\0", "a\u202e@b.de", "a\u200b@b.de"]
HOSTILE += ["a\u2028@b.de", "\u00ad", f"{'a' * 65}@b.de", f"a@{'b' * 64}.de", f"a@{'b.' * 126}de", "@" * 5000]


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("a@b.de", "a@b.de"),
        ("  Maria.Lopez+shop@mail.Example.COM ", "Maria.Lopez+shop@mail.Example.COM"),
        ("o'neill_!#$%&*/=?^`{|}~-9@example.co.uk", "o'neill_!#$%&*/=?^`{|}~-9@example.co.uk"),
        ("taro..1.@docomo.ne.jp", "taro..1.@docomo.ne.jp"),  # no RFC allows it, and people have it
        ("ｔａｒｏ＠ｅｘａｍｐｌｅ．ｊｐ", "taro@example.jp"),
        ("用户@例子.公司", "用户@例子.公司"),
        ("अजय@डाटा.भारत", "अजय@डाटा.भारत"),
        (f"{'a' * 64}@{'b' * 63}.{'c' * 63}.example.com", f"{'a' * 64}@{'b' * 63}.{'c' * 63}.example.com"),
        ("", ""),
        (" \t\n", ""),
    ],
)
def test_what_may_be_an_address(typed: str, kept: str) -> None:
    assert Entered(email=typed).checked().email == kept


@pytest.mark.parametrize("typed", [*NO_ADDRESSES.split(), *HOSTILE])
def test_what_is_no_address(typed: str) -> None:
    with pytest.raises(Refusal) as refused:
        Entered(email=typed).checked()
    assert (refused.value.code, refused.value.detail) == ("bad_form", {"field": "email"})


def test_what_is_told_is_what_was_entered() -> None:
    now, former = "2026-11-29T03:00:00.000+00:00", {"consent": {"text": TERMS, "at": "before"}}
    assert Entered().told(now, former) == {}
    assert Entered(consent=True).told(now, {}) == {}, "to nothing"
    agreed = Entered("Lin", "a@b.de", "Returns", True, TERMS)
    assert agreed.told(now, {}) == {
        "name": "Lin",
        "email": "a@b.de",
        "choice": "Returns",
        "consent": {"text": TERMS, "at": now},
    }
    assert agreed.told(now, former)["consent"] == former["consent"]
    other = {"consent": {"text": "Another sentence.", "at": "before"}}
    assert agreed.told(now, other)["consent"]["at"] == now
