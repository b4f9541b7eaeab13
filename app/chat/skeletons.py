"""What a name looks like: its skeleton, by Unicode's own data. No script, width or style makes another of it."""

import re
import unicodedata
from functools import cache, lru_cache

from app.chat.confusables import ALIKE

# What is there and is not seen, beside the characters of category Cf: the inside of a class of a pattern.
FILLERS = "\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180d\u180f\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef"
_FILLER = re.compile(f"[{FILLERS}\u2800]")  # and the blank of Braille

# Digits and signs that people type for letters: 4dmin, adm1n, adm!n. Unicode has no list of those.
_LEET = str.maketrans("01345!|$@", "oleasllsa")
# Letters no pair of eyes tells apart in every typeface: capital i, small L.
_TWINS = str.maketrans("i", "l")
# Two letters that are read as one.
_PAIRS = (("rn", "m"), ("vv", "w"))
# Whatever the style of a Latin letter (small capital, circled, negative), Unicode's name says which it is; so it does
# of those that flags are made of.
_LATIN = re.compile(r"(?:.*\bLATIN\b.*|REGIONAL INDICATOR SYMBOL )\bLETTER (?:[A-Z-]+ )*?([A-Z])(?: WITH .+)?")


def skeleton(name: str) -> str:
    """The name with its letters as the Latin ones they resemble, without marks, spaces, signs and what cannot be seen.

    Two of which the skeletons are equal cannot be told apart. It is for comparing, never to be shown.
    """
    seen = (character for character in unicodedata.normalize("NFKD", name) if not unseen(character))
    text = unicodedata.normalize("NFKD", "".join(map(_letter, seen)).casefold()).translate(_LEET)
    text = "".join(filter(str.isalnum, text)).translate(_TWINS)
    for pair, letter in _PAIRS:
        text = text.replace(pair, letter)
    return text


def unseen(character: str) -> bool:
    """Format characters, fillers and variation selectors: present, and not to be seen."""
    return unicodedata.category(character) in ("Cf", "Cc", "Co", "Cn") or _FILLER.match(character) is not None


@lru_cache(4096)  # those of everyday's names
def _letter(character: str) -> str:
    """What a character is taken for: a Latin letter or a digit where it looks like one, as it is or as a capital."""
    if character.isascii():
        return character
    alike = _alike()
    taken = [alike.get(one, one) for one in (character, character.upper())]
    for one in taken:
        if one.isascii():
            return one
    if found := _LATIN.fullmatch(unicodedata.name(character, "")):
        return found[1]
    digit = unicodedata.decimal(character, None)
    return taken[0] if digit is None else str(digit)


@cache
def _alike() -> dict[str, str]:
    """What each is taken for. Made when the first name is looked at: half a millisecond."""
    return {character: alike[0] for alike in ALIKE.split() for character in alike[1:]}
