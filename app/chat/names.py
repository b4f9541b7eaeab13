"""Names: what may be one, when two are the same, and which are kept for the shop."""

import unicodedata
from collections.abc import Iterable

from app.chat.confusables import GREEK_CAPITALS, LATIN_LETTERS
from app.chat.errors import Refusal

SHORTEST_NICKNAME, LONGEST_NICKNAME = 2, 20
# Characters that are looked at of what may be a name: normalising more is not worth a refusal, and marks in a row take
# the square of their number.
_LONGEST_TYPED = LONGEST_NICKNAME * 8
_RESERVED = ("admin", "administrator", "system")
# Digits and signs that pass for letters: 4dmin, adm1n, adm!n.
_LEET = str.maketrans("01345!|$@", "oleasllsa")
# Letters no pair of eyes tells apart in every typeface: capital i, small L.
_TWINS = str.maketrans("i", "l")
# Two letters that are read as one.
_PAIRS = (("rn", "m"), ("vv", "w"))


def clean(name: str) -> str:
    """The name as it is shown: NFKC, trimmed, spaces folded into one.

    2 to 20 code points (not graphemes: what a store and a log must hold is bounded too), of which at least two can
    be seen. Line breaks and other control characters are refused, not folded: a name is shown in logs and terminals.
    Raises Refusal bad_nickname.
    """
    text = " ".join(unicodedata.normalize("NFKC", name[:_LONGEST_TYPED]).split())
    if not SHORTEST_NICKNAME <= len(text) <= LONGEST_NICKNAME or len(name) > _LONGEST_TYPED:
        raise Refusal("bad_nickname")
    if any(forbidden(character) for character in name.strip()) or sum(map(visible, text)) < SHORTEST_NICKNAME:
        raise Refusal("bad_nickname")
    return text


def fold(name: str) -> str:
    """The key by which two spellings are one name: case, width and what cannot be seen do not count."""
    text = unicodedata.normalize("NFKC", name[:_LONGEST_TYPED]).casefold()
    return " ".join("".join(c for c in unicodedata.normalize("NFKC", text) if not _invisible(c)).split())


def skeleton(name: str) -> str:
    """What a name looks like: marks, spaces and signs dropped, letters of other scripts as the Latin they resemble."""
    text = fold(unicodedata.normalize("NFKC", name).translate(GREEK_CAPITALS))
    text = "".join(map(_digit, unicodedata.normalize("NFKD", text).translate(LATIN_LETTERS))).translate(_LEET)
    text = "".join(character for character in text if character.isalnum()).translate(_TWINS)
    for pair, letter in _PAIRS:
        text = text.replace(pair, letter)
    return text


def reserved(name: str, agents: Iterable[str]) -> bool:
    """Whether a visitor may not have this name: the shop's own, an agent's, or one that looks like them."""
    seen = skeleton(name)
    kept = (*_RESERVED, *agents)
    return bool(seen and seen in map(skeleton, kept)) or fold(name) in map(fold, kept)


def forbidden(character: str) -> bool:
    """Control characters and line breaks: they would end up in logs and terminals."""
    return unicodedata.category(character) in ("Cc", "Zl", "Zp", "Cs")


def _invisible(character: str) -> bool:
    """Format characters, fillers and variation selectors: present, and not to be seen."""
    return (
        unicodedata.category(character) in ("Cf", "Cc", "Co", "Cn")
        or character in "\u115f\u1160\u3164\uffa0\u2800\u034f\u17b4\u17b5\u180b\u180c\u180d\u180f"
        or "\ufe00" <= character <= "\ufe0f"
        or "\U000e0100" <= character <= "\U000e01ef"
    )


def _digit(character: str) -> str:
    """A digit of any script as 0 to 9."""
    value = unicodedata.decimal(character, None)
    return character if value is None else str(value)


def visible(character: str) -> bool:
    """Whether there is something to see."""
    return not _invisible(character) and not character.isspace() and not unicodedata.combining(character)
