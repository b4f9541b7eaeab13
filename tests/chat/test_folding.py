"""Two spellings are one where keyboards and habits alone tell them apart, and two where they are two words."""

import sys
import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.chat.folding import fold, joins

LETTERS = [
    character
    for character in map(chr, range(sys.maxunicode + 1))
    if unicodedata.category(character) not in ("Cn", "Co", "Cs")
]


@pytest.mark.parametrize(
    ("typed", "plain"),
    [
        ("it’s ‘so’ it‘s ‚so‛ l´eau 6′ ʼn ՚", "it's 'so' it's 'so' l'eau 6' 'n '"),
        ("“so” „so‟ «so» 5″ 〝so〞 ＂", '"so" "so" "so" 5" "so" "'),
        ("צה״ל ג׳", "צה\"ל ג'"),
        ("−1 a–b a—b a‑b a‐b a－b תל־אביב ˗", "-1 a-b a-b a-b a-b a-b תל-אביב -"),
        ("10×20 ½ ２〜３", "10x20 1/2 2~3"),
        ("Ørsted Łódź Đà Nẵng Ħal ıstanbul İstanbul ISTANBUL", "orsted lodz da nang hal istanbul istanbul istanbul"),
        ("Æsop Œuvre Straße STRAẞE Þórður ﬁn ǆ ŀ ŉ", "aesop oeuvre strasse strasse thordur fin dz l 'n"),
        ("Crème BRÛLÉE cafe\u0301 ŝi", "creme brulee cafe si"),
        ("Ἀθῆναι ΆΛΦΑ ᾳ ς", "αθηναι αλφα α σ"),
        ("Ёлка Їжак", "елка іжак"),
        ("سَلَامٌ ســـلام سلٰام", "سلام سلام سلام"),
        ("أحمد إلى آمال ٱلله مؤمن شيئ", "احمد الي امال الله مومن شيي"),
        ("مدرسة علی على کتاب ہم ۀ ﷲ ﻻ", "مدرسه علي علي كتاب هم ه الله لا"),
        ("١٢٣ ۴۵۶ ४५ ๑๒ ①② ²", "123 456 45 12 12 2"),
        ("٣٫٥ ٢٠٪", "3.5 20%"),
        ("שָׁלוֹם בְּרֵאשִׁית שׁ", "שלום בראשית ש"),
        ("ｶﾞﾗｽ か゛ カ\u3099 ＡＢＣ", "ガラス が ガ abc"),
        ("한국 \u1112\u1161\u11ab ㅎㅏ", "한국 한 하"),
        (
            "soft\u00adhyphen zero\u200bwidth \u202eturned\u2069 bom\ufeff a\u034fb",
            "softhyphen zerowidth turned bom ab",
        ),
        ("❤️ 1️⃣ 👨‍👩‍👧", "❤ 1 👨👩👧"),
        ("No-Break\u00a0Space\u202fnarrow", "no-break space narrow"),
    ],
)
def test_spellings_of_one_thing(typed: str, plain: str) -> None:
    assert fold(typed) == fold(plain) == plain


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("が", "か"),
        ("ぱ", "ば"),
        ("หมู่", "หมู"),
        ("กิน", "กน"),
        ("ผัด", "ผด"),
        ("हिन्दी", "हन्द"),
        ("कि", "की"),
        ("क़लम", "कलम"),
        ("தமிழ்", "தமழ"),
        ("ދިވެހި", "ދވހ"),
        ("བོད", "བད"),
        ("ء", "ا"),
        ("退货", "货退"),
        ("👍", "👎"),
        ("ö", "oe"),
        ("ш", "щ"),
    ],
)
def test_marks_and_letters_that_tell_words_apart(one: str, other: str) -> None:
    assert fold(one) != fold(other)


def test_folding_what_is_folded_changes_nothing() -> None:
    assert [hex(ord(letter)) for letter in LETTERS[::7] if fold(fold(letter)) != fold(letter)] == []


@given(
    st.text(
        st.sampled_from("aÉ´e\u0301\u0327שָׁ־סَلـ\u200b\u3099かｶﾞ゛क़\u093cน้ำ한\u1161\u11ab\u1112ㅏ“½ﷲ👍\ufe0f \n"),
        max_size=40,
    )
)
def test_a_text_is_folded_as_its_pieces_are(text: str) -> None:
    """A piece ends where the next character does not join."""
    ends = [at for at in range(1, len(text)) if not joins(text[at])] + [len(text)]
    starts = [0, *ends[:-1]]
    assert "".join(fold(text[start:end]) for start, end in zip(starts, ends, strict=True)) == fold(text)


@pytest.mark.parametrize("marks", ["\u3099\u093c\u094d", "\u0301", "\u05b0\u064b", "\u0e38\u0e48"])
def test_marks_without_end_take_no_time_of_their_square(marks: str) -> None:
    def cost(length: int) -> float:
        text = "か" + (marks * length)[:length]
        fold(text)
        began = time.process_time()
        for _ in range(5):
            fold(text)
        return time.process_time() - began

    assert cost(64_000) <= 12 * cost(8_000)


def test_strange_characters_cost_no_more_than_their_number() -> None:
    """Each is looked up once: eight thousand that nobody has typed yet are one message."""

    def cost(length: int) -> float:
        joins.cache_clear()
        began = time.process_time()
        fold("".join(LETTERS[20_000 : 20_000 + length]))
        return time.process_time() - began

    cost(10_000)
    assert cost(80_000) <= 12 * cost(10_000)
