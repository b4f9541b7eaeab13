"""When two spellings are one to a search, and which characters of a text belong together for that.

Case, width, accents, points, what cannot be seen, and the shapes that keyboards give to quotes, dashes, digits and some
letters do not count. A character is folded by itself, by what Unicode says of it: its decomposition, category,
combining class and name. What tells one word from another stays: signs of vowels and tones in the scripts of India and
Thailand, the marks of kana (が is not か).
"""

import re
import unicodedata
from functools import lru_cache

from app.chat.skeletons import FILLERS

# Marks that are accents or points, by their combining class: strokes through letters (1), Hebrew, Arabic and Syriac
# points (10 to 36), and what stands above or below a letter (200 and more). Between them are those that are letters.
_ACCENT_CLASSES = frozenset({1, *range(10, 37), *range(200, 241)})
# The last widens a word in Arabic.
_UNSEEN = re.compile(f"[{FILLERS}\u0640]")
# Kinds of signs that are one sign, by their names: ’ ‘ ′ ׳ and “ ” ″ ״ «.
_QUOTE = re.compile(r"^(?!LATIN ).*\b(QUOTATION MARK|APOSTROPHE|PRIME|GERESH|GERSHAYIM|TURNED COMMA)\b|^ACUTE ACCENT$")
_DOUBLE_QUOTE = re.compile("DOUBLE|GERSHAYIM|FULLWIDTH QUOTATION")
# Latin letters that Unicode takes for letters of their own, by the letters they are written with: ø, ł, đ, ı, æ.
_LATIN = re.compile(r"LATIN (?:SMALL|CAPITAL) (?:LETTER|LIGATURE) (?:DOTLESS )?([A-Z]{1,2})(?: WITH .+)?")
# What has no such name: signs; letters as CLDR's Latin-ASCII has them; and as Lucene's Arabic and Persian filters do.
_OTHER = dict(zip("−˗×✕⁄∕〜٪٫٬゛゜", "--xx//~%.,\u3099\u309a", strict=True))
_OTHER |= {"ð": "d", "þ": "th", "ŋ": "n", "ə": "e"}
_OTHER |= dict(zip("ٱىیےکڪةہھە", "اييي\u0643\u0643هههه", strict=True))
# Marks in a row that are looked at (UAX 15, 13: no writing has as many). Composing takes the square of their number.
_MAX_MARKS = 30
_SIGNS = re.compile(rf"[^\w\s\x00-\x7f]{{{_MAX_MARKS + 1},}}")  # among which those rows are


def fold(text: str) -> str:
    """The text by which two spellings are one."""
    if text.isascii():
        return text.lower()
    return unicodedata.normalize("NFC", _SIGNS.sub(_thinned, "".join(map(_folded, text))))


@lru_cache(2**14)  # those of everyday's language
def joins(character: str) -> bool:
    """Whether it is folded together with what stands before it: a mark, the later part of a Korean syllable, or what
    leaves nothing."""
    folded = _folded(character)
    return not folded or unicodedata.category(folded[0])[0] == "M" or "\u1160" <= folded[0] <= "\u11ff"


@lru_cache(2**14)
def _folded(character: str) -> str:
    """What a character becomes, not composed with its neighbours."""
    if not _counts(character):
        return ""
    sign = _plain(character)  # first, as ″ decomposes into two, and ´ into a space with an accent
    if sign != character:
        return sign
    parts = filter(_counts, unicodedata.normalize("NFKD", character))
    return "".join(map(_plain, "".join(parts).casefold()))


def _counts(character: str) -> bool:
    """Whether it makes a difference at all."""
    category = unicodedata.category(character)
    accent = category == "Mn" and unicodedata.combining(character) in _ACCENT_CLASSES
    return not accent and category not in ("Cf", "Me") and not _UNSEEN.match(character)


def _plain(character: str) -> str:
    """The plain form of a sign, a digit or a letter that has several."""
    category = unicodedata.category(character)
    if other := _OTHER.get(character):
        return other
    if category == "Nd":
        return str(unicodedata.decimal(character))
    if category == "Pd":
        return "-"
    if category in ("Lo", "Mn", "Mc") or character.isascii():
        return character
    name = unicodedata.name(character, "")
    if latin := _LATIN.fullmatch(name):
        return latin[1].lower()
    if _QUOTE.search(name):
        return '"' if _DOUBLE_QUOTE.search(name) else "'"
    return character


def _thinned(signs: re.Match[str]) -> str:
    """The signs without the marks that are too many in a row."""
    kept, row = [], 0
    for sign in signs[0]:
        row = row + 1 if unicodedata.combining(sign) else 0
        if row <= _MAX_MARKS:
            kept.append(sign)
    return "".join(kept)
