"""What a shop has its pages say: texts on one line or on several, by language; nothing in them that cannot be seen."""

from typing import TypeVar

from app.chat import names
from app.chat.errors import Refusal

T = TypeVar("T")


def line(text: str, limit: int, code: str, **detail: object) -> str:
    """A text on one line, of at most `limit` characters, spaces folded into one; "" for none.

    Raises Refusal `code` with the limit and `detail`.
    """
    found = " ".join(text[: limit * 8].split())
    if len(found) > limit or len(text) > limit * 8 or any(map(names.forbidden, found)) or not _seen(found):
        raise Refusal(code, limit=limit, **detail)
    return found


def lines(text: str, limit: int, code: str, **detail: object) -> str:
    """The same on several lines, if they like."""
    found = text.replace("\r\n", "\n").strip()
    if len(found) > limit or any(map(names.control, found.replace("\n", " "))) or not _seen(found):
        raise Refusal(code, limit=limit, **detail)
    return found


def _seen(text: str) -> bool:
    return not text or any(map(names.visible, text))


def by_language(texts: dict[str, T]) -> dict[str, T]:
    """Those that say something, English first and then by code, so that every node has the same first one."""
    return {to: texts[to] for to in sorted(texts, key=lambda code: (code != "en", code)) if texts[to]}


def told(texts: dict[str, T], language: str, none: T) -> T:
    """What is said to who reads `language`: in the shop's first where it wrote nothing in it; `none` where it wrote
    nothing."""
    return texts.get(language) or next(iter(texts.values()), none)
