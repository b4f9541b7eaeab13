"""Names: what may be one, when two are the same, and which are kept for the shop."""

import unicodedata

import pytest
from confusable_homoglyphs import confusables
from hypothesis import given
from hypothesis import strategies as st

from app.chat import names
from app.chat.errors import Refusal

ANY_TEXT = st.text(st.characters(codec="utf-8"), max_size=40)
# Letters that no other name is made of by case, width or composition.
PLAIN = st.text("abcdefghjkmopqrtuvwxyz", min_size=2, max_size=20)
UNSEEN = "\u200b\u200c\u200d\u2060\ufeff\u00ad\u034f\u115f\u3164\ufe0f\U000e0100\u202e\u2066"


def refused(name: str) -> bool:
    try:
        names.clean(name)
    except Refusal as refusal:
        return refusal.code == "bad_nickname"
    return False


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("Anna", "Anna"),
        ("  Anna  ", "Anna"),
        ("Anna   Maria", "Anna Maria"),
        ("Ａｎｎａ", "Anna"),
        ("é" * 2, "é" * 2),
        ("e\u0301va", "éva"),
        ("小明", "小明"),
        ("@:{}*/\\", "@:{}*/\\"),
        ("<img onerror=x>", "<img onerror=x>"),
        ("{{constructor}}", "{{constructor}}"),
        ("مريم", "مريم"),
        ("👩‍👩‍👧", "👩‍👩‍👧"),
    ],
)
def test_a_name_is_shown_as_it_was_meant(typed: str, shown: str) -> None:
    assert names.clean(typed) == shown


@pytest.mark.parametrize(
    "typed",
    [
        "",
        " ",
        "A",
        "A ",
        "a" * 21,
        "\u200b" * 5,
        "\u3164\u3164",
        "\u2800\u2800\u2800",
        "A\u200b",
        "a\r\nb",
        "ab\x00",
        "ab\x1b[31m",
        "ab\u2028cd",
        "\u0301\u0301\u0301",
        "x" * 1_000_000,
        "\ufdfa" * 2,  # one character that NFKC makes eighteen
    ],
)
def test_what_cannot_be_seen_or_breaks_a_line_is_no_name(typed: str) -> None:
    assert refused(typed)


@given(ANY_TEXT)
def test_a_name_that_is_shown_is_shown_the_same_again(typed: str) -> None:
    if not refused(typed):
        shown = names.clean(typed)
        assert names.clean(shown) == shown
        assert 2 <= len(shown) <= 20
        assert shown.isprintable() or any(unicodedata.category(c) in ("Cf", "Co", "Cn") for c in shown)


@given(ANY_TEXT)
def test_a_key_folds_to_itself(typed: str) -> None:
    key = names.fold(typed)
    assert names.fold(key) == key


@given(PLAIN, st.data())
def test_case_width_and_the_unseen_make_no_other_name(name: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(name)))
    unseen = data.draw(st.sampled_from(UNSEEN))
    wide = "".join(chr(ord(letter) + 0xFEE0) for letter in name)
    for other in (name.upper(), name.title(), wide, wide.upper(), name[:at] + unseen + name[at:], f" {name} "):
        assert names.fold(other) == names.fold(name)
        assert names.reserved(other, [name])


@given(PLAIN, PLAIN)
def test_other_letters_make_another_name(one: str, other: str) -> None:
    assert (names.fold(one) == names.fold(other)) == (one == other)


@pytest.mark.parametrize(
    "name",
    [
        "admin",
        "ADMIN",
        "ａｄｍｉｎ",
        "ad\u200bmin",
        "аdmin",  # Cyrillic а
        "аԁmіп"[:4] + "n",
        "αdmin",
        "ad min",
        "a.d.m.i.n",
        "ádmín",
        "4dm1n",
        "adm!n",
        "adrnin",
        "𝓪𝓭𝓶𝓲𝓷",
        "ⓐⓓⓜⓘⓝ",
        "ADMIΝ",  # Greek capital nu
        "Administrator",
        "аdministrаtor",
        "sуstem",  # Cyrillic у
        "ѕystem",
        "5ystem",
        "olga",
        "0lga",
        "оlga",
        "o1ga",
        "OIga",  # a capital i
        "ölga",
    ],
)
def test_what_looks_like_the_team_is_kept_for_it(name: str) -> None:
    assert names.reserved(name, ["Olga"])


@pytest.mark.parametrize("name", ["Anna", "Adam", "Minna", "administrate", "sys", "Olgar", "Волга", "小明", "👩", "!!"])
def test_other_people_keep_their_names(name: str) -> None:
    assert not names.reserved(name, ["Olga"])


def test_agents_with_names_of_other_scripts_are_kept_too() -> None:
    assert names.reserved("小明", ["小明"])
    assert names.reserved("ОЛЬГА", ["Ольга"])
    assert not names.reserved("小红", ["小明"])
    assert not names.reserved("!!", ["??"])


def test_the_letters_we_know_to_look_alike_are_those_of_unicode() -> None:
    """All of the consortium's list for a to z, but digits and signs of scripts that no keyboard has."""
    missed = set()
    for letter in "abcdefghijklmnopqrstuvwxyz":
        for entry in [*confusables.confusables_data[letter], *confusables.confusables_data[letter.upper()]]:
            other = entry["c"]
            if len(other) == 1 and names.skeleton(f"x{other}") != names.skeleton(f"x{letter}"):
                missed.add(other)
    assert missed <= set("ϲϹ🝌𑣲𑣩ſ𝈓˛𐌠𝈪۵𝈖🝨𝈍۷𑣯𑣦𐌢𑣬𑣜𑣄𐋵𑣥")


def test_no_more_is_folded_than_may_be_a_name() -> None:
    assert len(names.fold("Olga" + "\u0591\u05ae" * 30_000)) == names.LONGEST_NICKNAME * 8
