"""What a shop may decide about itself, and what a canned reply may be."""

import pytest

from app.chat import replies
from app.chat.errors import Refusal
from app.chat.replies import Reply
from app.chat.shop import Change, Shop


def code(change: Change) -> str:
    with pytest.raises(Refusal) as refused:
        change.checked()
    return refused.value.code


def test_what_is_sound_is_kept_as_people_mean_it() -> None:
    asked = Change("  Tea &\tKettle ", {"zh": "您好！", "en": "Hello!\r\nWe are here. 👋\n"}, "#2F5BD3", 30)
    kept = asked.checked()
    assert kept == Change("Tea & Kettle", {"en": "Hello!\nWe are here. 👋", "zh": "您好！"}, "#2f5bd3", 30)
    assert kept.greetings is not None
    assert list(kept.greetings) == ["en", "zh"]
    assert Change("", {"en": " \n"}, "", 0).checked() == Change("", {}, "", 0)
    assert Change(name="茶").checked().decided() == {"name": "茶"}


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (Change(name="x" * 61), "bad_shop_name"),
        (Change(name=" " * 1000 + "x"), "bad_shop_name"),
        (Change(name="Tea\x1b[31m"), "bad_shop_name"),
        (Change(name="\u200b"), "bad_shop_name"),
        (Change(greetings={"en": "Hello", "zh": "x" * 501}), "bad_greeting"),
        (Change(greetings={"en": "\u200b\u200b"}), "bad_greeting"),
        (Change(greetings={"en": "a\x00b"}), "bad_greeting"),
        (Change(accent="blue"), "bad_colour"),
        (Change(retention_days=-1), "bad_retention"),
        (Change(retention_days=3651), "bad_retention"),
    ],
)
def test_what_is_not_is_refused_by_name(change: Change, expected: str) -> None:
    assert code(change) == expected


def test_everybody_is_greeted_in_their_language_or_in_the_shop_s_first() -> None:
    shop = Shop(greetings={"en": "Hello!", "zh": "您好！"})
    assert [shop.greeting(language) for language in ("en", "zh", "fr", "")] == ["Hello!", "您好！", "Hello!", "Hello!"]
    assert Shop(greetings={"zh": "您好！"}).greeting("en") == "您好！"
    assert Shop().greeting("en") == ""


@pytest.mark.parametrize("shortcut", ["hi", "/hi", " hi ", "ｈｉ"])
def test_a_shortcut_is_one_word(shortcut: str) -> None:
    assert replies.checked(Reply("", shortcut, " Hello! ", shared=True), 100) == Reply("", "hi", "Hello!", shared=True)


@pytest.mark.parametrize("shortcut", ["", "/", " ", "two words", "x" * 33, "a\u200bb", "\u0301", "a\nb"])
def test_nothing_else_is(shortcut: str) -> None:
    with pytest.raises(Refusal) as refused:
        replies.checked(Reply("", shortcut, "Hello", shared=True), 100)
    assert refused.value.code == "bad_shortcut"


@pytest.mark.parametrize(("text", "expected"), [("", "bad_reply"), (" \n", "bad_reply"), ("x" * 101, "too_long")])
def test_a_reply_is_as_long_as_a_message(text: str, expected: str) -> None:
    with pytest.raises(Refusal) as refused:
        replies.checked(Reply("", "hi", text, shared=True), 100)
    assert refused.value.code == expected
