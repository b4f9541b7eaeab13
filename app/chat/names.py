"""Names: what may be one, when two are the same, and which are kept for the shop."""

import unicodedata
from collections.abc import Iterable
from functools import lru_cache

from app.chat.errors import Refusal
from app.chat.skeletons import skeleton, unseen

SHORTEST_NICKNAME, LONGEST_NICKNAME = 2, 20
LONGEST_NAME = 60
# Characters that a handle takes from a name, and the digits that follow where that is not free: those who are called
# alike are few, mostly. The last are for a name that a hundred thousand have, from a shorter beginning.
_HANDLE_START, _HANDLE_DIGITS = 14, (2, 2, 3, 3, 4, 4, 4, 5, 5, 5, 5, 5, 5, 5, 5)
_LAST_START, _LAST_DIGITS = 9, 10
# Who gave no name: so many random digits, and more where a hundred thousand are kept.
_ANONYMOUS, _ANONYMOUS_DIGITS = "Visitor", (5, 5, 5, 5, 5, 5, 6, 7, 8, 10)
# Characters that are looked at of what may be a name: normalising more is not worth a refusal, and marks in a row take
# the square of their number.
_LONGEST_TYPED = LONGEST_NICKNAME * 8
# Unicode's Bidi_Control. Joiners (U+200C, U+200D) are none: words of Persian and of India need them, and emoji.
DIRECTION_CONTROLS = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
_OFFICES = ("admin", "administrator", "system", "support", "客服", "管理员", "管理員", "系统", "系統")


def clean(nickname: str) -> str:
    """The nickname, or an agent's name, as it is shown: NFKC, trimmed, spaces folded into one.

    2 to 20 code points (not graphemes: what a store and a log must hold is bounded too), of which at least two can
    be seen. Line breaks and other control characters are refused, not folded: a name is shown in logs and terminals.
    Raises Refusal bad_nickname.
    """
    return _clean(nickname, SHORTEST_NICKNAME, LONGEST_NICKNAME)


def clean_name(name: str) -> str:
    """What a visitor is called, as it is shown: as `clean`, but 1 to 60 code points. Raises Refusal bad_nickname."""
    return _clean(name, 1, LONGEST_NAME)


def _clean(name: str, least: int, most: int) -> str:
    typed = most * 8
    text = " ".join(unicodedata.normalize("NFKC", name[:typed]).split())
    bounded = least <= len(text) <= most and len(name) <= typed
    if not bounded or any(map(forbidden, name.strip())) or sum(map(visible, text)) < least:
        raise Refusal("bad_nickname", least=least, limit=most)
    return text


def handles(name: str) -> list[str]:
    """Nicknames that may be made of a clean name, best first: itself, cut where it is long, then with random digits."""
    start = name[:_HANDLE_START].rstrip()
    own = sum(map(visible, start)) >= SHORTEST_NICKNAME and not _is_anonymous(start)
    first = [start] if own else []
    last = f"{name[:_LAST_START].rstrip()} {_digits(_LAST_DIGITS)}"
    return [*first, *(f"{start} {_digits(number)}" for number in _HANDLE_DIGITS), last]


def anonymous() -> list[str]:
    """Nicknames of somebody who gave no name, best first: `Visitor 48213`. A counter would tell how many there are."""
    return [f"{_ANONYMOUS} {_digits(number)}" for number in _ANONYMOUS_DIGITS]


def number_of(nickname: str) -> str:
    """By which number somebody is called who gave no name; "" for anybody else. A page says it in its own language."""
    word, _, number = nickname.partition(" ")
    return number if word == _ANONYMOUS and number.isdecimal() else ""


def _is_anonymous(name: str) -> bool:
    """Whether it looks like one of those: nobody who typed it shall be taken for somebody who gave no name."""
    word, _, number = fold(name).rpartition(" ")
    return number.isdecimal() and alike(word, _ANONYMOUS)


def _digits(number: int) -> str:
    """So many random digits, of which the first is none that a reader would leave out."""
    import secrets  # with OpenSSL's library, of which the main process has no need

    return str(secrets.randbelow(9 * 10 ** (number - 1)) + 10 ** (number - 1))


def fold(name: str) -> str:
    """The key by which two spellings are one name: case, width and what cannot be seen do not count."""
    text = unicodedata.normalize("NFKC", name[:_LONGEST_TYPED]).casefold()
    return " ".join("".join(c for c in unicodedata.normalize("NFKC", text) if not unseen(c)).split())


def reserved(name: str, kept: Iterable[str]) -> bool:
    """Whether a visitor may not have this name: it claims an office, is one of those `kept`, or looks like them."""
    return any(alike(name, one) for one in (*_OFFICES, *filter(None, kept)))


def alike(name: str, other: str) -> bool:
    """Whether one may be taken for the other."""
    return not looks(name).isdisjoint(looks(other))


@lru_cache(2**14)  # those who are here: agents' lists ask of all of them, again and again
def looks(name: str) -> frozenset[str]:
    """What a name reads as: of two that have one of these in common one may be taken for the other."""
    return frozenset(filter(None, (fold(name), skeleton(name))))


def control(character: str) -> bool:
    """Control characters and line breaks: they would end up in logs and terminals."""
    return unicodedata.category(character) in ("Cc", "Zl", "Zp", "Cs")


def forbidden(character: str) -> bool:
    """What no name, tag or title may hold: also what turns around how the text beside it is read."""
    return control(character) or character in DIRECTION_CONTROLS


def permitted(text: str) -> str:
    """The text without what is `forbidden`."""
    return "".join(character for character in text if not forbidden(character))


def undirected(text: str) -> str:
    """A text of before they were refused, without its direction controls, for where nothing sets it apart."""
    return "".join(character for character in text if character not in DIRECTION_CONTROLS)


def visible(character: str) -> bool:
    """Whether there is something to see."""
    return not unseen(character) and not character.isspace() and not unicodedata.combining(character)
