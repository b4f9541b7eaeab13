"""When a shop speaks by itself, and to whom."""

from typing import Any

import pytest

from app.chat import triggers
from app.chat.triggers import Trigger

PAGE = "https://shop.example/Tee/Gr%C3%BCn?utm_source=mail"
TEXT = {"en": "May I help?", "zh": "需要帮助吗？"}


def due(*all: Trigger, **more: Any) -> tuple[str, float] | None:
    asked: dict[str, Any] = {"page": PAGE, "seconds_here": 0, "attended": True, "had": set(), "had_here": set()}
    found = triggers.due(all, **asked | more)
    return found and (found[0].id, found[1])


@pytest.mark.parametrize(
    ("trigger", "more", "after_s"),
    [
        (Trigger("a", TEXT, 20), {}, 20),
        (Trigger("a", TEXT, 20), {"seconds_here": 15}, 5),
        (Trigger("a", TEXT, 20), {"seconds_here": 21}, 0),
        (Trigger("a", TEXT, 20, on=False), {}, None),
        (Trigger("a", TEXT, 0, part="/tee/grün"), {}, 0),
        (Trigger("a", TEXT, 0, part="UTM_source"), {}, 0),
        (Trigger("a", TEXT, 0, part="gr%c3%bcn"), {}, 0),
        (Trigger("a", TEXT, 0, part="/kasse"), {}, None),
        (Trigger("a", TEXT, 0), {"attended": False}, None),
        (Trigger("a", TEXT, 0, attended=False), {"attended": False}, 0),
        (Trigger("a", TEXT, 0), {"had": {"a"}}, None),
        (Trigger("a", TEXT, 0, once=False), {"had": {"a"}}, 0),
        (Trigger("a", TEXT, 0, once=False), {"had": {"a"}, "had_here": {"a"}}, None),
    ],
)
def test_one_is_due_where_all_that_the_shop_said_is_so(
    trigger: Trigger, more: dict[str, Any], after_s: int | None
) -> None:
    assert due(trigger, **more) == (None if after_s is None else ("a", after_s))


def test_of_several_the_one_that_comes_first_is_next_and_of_equals_the_shop_s_first() -> None:
    late, soon, other = Trigger("late", TEXT, 60), Trigger("soon", TEXT, 10), Trigger("other", TEXT, 10)
    assert due(late, soon, other) == ("soon", 10)
    assert due(late, soon, other, had={"soon"}) == ("other", 10)
    assert due(late, soon, other, seconds_here=90) == ("late", 0)
    assert due() is None


def test_it_speaks_the_reader_s_language_or_the_shop_s_first() -> None:
    assert [Trigger("a", TEXT).said(language) for language in ("zh", "en", "fr")] == [
        TEXT["zh"],
        TEXT["en"],
        TEXT["en"],
    ]


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (" /checkout ", "/checkout"),
        ("https://shop.example/checkout?step=2#form", "https://shop.example/checkout"),
        ("/tea?a=b&utm_campaign=may", "/tea?utm_campaign=may"),
        ("", ""),
    ],
)
def test_a_part_of_an_address_is_one_that_pages_tell(typed: str, kept: str) -> None:
    assert triggers.part(typed) == kept
