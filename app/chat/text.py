"""Text as a search sees it, once it is folded (chat/folding.py): what is looked up for a word, and where it stands.

Chinese and Japanese have no spaces between words, so nothing here knows a language: a word is what stands between two
spaces, and it is looked up by the pairs of neighbouring characters in it.
"""

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple
from zlib import crc32

from app.chat.folding import fold, joins

# Characters of a message that can be found: as many as one may have by default, and a name of its file.
INDEXED_LENGTH = 8121
# Numbers a pair can have: bounds the keys of an index. Two pairs of one number are told apart by reading the message.
BUCKET_COUNT = 2**20
# Characters of a message that are shown around what was found, of which so many stand before it.
EXCERPT_LENGTH, EXCERPT_LEAD = 200, 60

# Han characters and pictures say something alone; a letter or a kana does not.
_ALONE = re.compile("[\u2600-\u27bf\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U0001f000-\U0003ffff]")


def words(text: str) -> list[str]:
    """The words of a folded text, each once."""
    return list(dict.fromkeys(text.split()))


def buckets(words: Iterable[str]) -> set[int]:
    """The numbers under which folded words are looked up: of each pair, and of each character that speaks alone."""
    found: set[str] = set()
    for word in words:
        found.update(map(str.__add__, word, word[1:]))
        if not word.isascii():
            found.update(_ALONE.findall(word))
    return set(map(_number, found))


@lru_cache(2**14)  # those of everyday's language
def _number(token: str) -> int:
    return crc32(token.encode("utf-8", "replace")) % BUCKET_COUNT


class Excerpt(NamedTuple):
    """A piece of a message; what was found stands from `start` to `end` in it (code points)."""

    content: str
    start: int
    end: int


def excerpt(content: str, sought: Iterable[str]) -> Excerpt:
    """At most EXCERPT_LENGTH characters of a message around the first of the folded words that stands in it."""
    folded = fold(content[:INDEXED_LENGTH])
    places = [(at, word) for word in sought if (at := folded.find(word)) >= 0]
    if not places:
        return Excerpt(content[:EXCERPT_LENGTH], 0, 0)
    at, word = min(places)
    start, end = _origin(content, at)[0], _origin(content, at + len(word) - 1)[1]
    first = 0 if len(content) <= EXCERPT_LENGTH else max(0, min(start - EXCERPT_LEAD, len(content) - EXCERPT_LENGTH))
    return Excerpt(content[first : first + EXCERPT_LENGTH], start - first, min(end - first, EXCERPT_LENGTH))


def _origin(content: str, at: int) -> tuple[int, int]:
    """From where to where in a text stands what became the character `at` of the folded one."""
    begin = passed = 0
    for stride in (256, 1):  # characters folded together: many until it is near
        while begin < len(content):
            end = _piece(content, begin + stride)
            size = len(fold(content[begin:end]))
            if passed + size > at:
                break
            begin, passed = end, passed + size
    return begin, _piece(content, begin + 1)


def _piece(content: str, end: int) -> int:
    """The end of a piece that is folded as it would be in the whole: what belongs to its last character goes along."""
    while end < len(content) and joins(content[end]):
        end += 1
    return min(end, len(content))
