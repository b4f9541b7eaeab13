"""Reading a container from its beginning, in pieces of bounded size."""

import re
from collections.abc import Iterable, Iterator
from typing import BinaryIO

# Bytes read at once. At most twice as many are held: the longest segment of a JPEG is as long.
PIECE = 64 * 1024
# Chunks, segments or frames in one picture. Those that people send have a few thousand; a hundred thousand of the
# shortest kind take a walker a fraction of a second.
MOST_PARTS = 100_000


class NotAPicture(Exception):
    """It is not of the type that it should be, or ends too early."""


class Reader:
    """What is left of a file. Every method raises NotAPicture where the file ends too early for it."""

    def __init__(self, source: BinaryIO) -> None:
        self._source = source
        self._held, self._at = b"", 0

    def take(self, count: int) -> bytes:
        """The next bytes, of which there may be PIECE at most."""
        while len(self._held) - self._at < count:
            self._more()
        self._at += count
        return self._held[self._at - count : self._at]

    def pieces(self, count: int) -> Iterator[bytes]:
        """The next bytes, however many, in pieces."""
        while count:
            if self._at == len(self._held):
                self._more()
            piece = self._held[self._at : self._at + count]
            self._at += len(piece)
            count -= len(piece)
            yield piece

    def up_to(self, mark: re.Pattern[bytes]) -> Iterator[bytes]:
        """What stands before the next mark, in pieces; the last one is the mark. It has two bytes, the first 0xFF."""
        while not (found := mark.search(self._held, self._at)):
            end = len(self._held) - self._held.endswith(b"\xff", self._at)
            yield self._held[self._at : end]
            self._at = end
            self._more()
        yield self._held[self._at : found.start()]
        self._at = found.end()
        yield found[0]

    def blocks(self) -> Iterator[bytes]:
        """GIF's blocks, each behind a byte that says its length, with the empty one that ends them, in pieces."""
        while True:
            held, end = self._held, self._at
            while end < len(held) and held[end] and end + held[end] < len(held):
                end += held[end] + 1
            yield held[self._at : end]
            self._at = end
            if end < len(held) and not held[end]:
                yield self.take(1)
                return
            self._more()

    def _more(self) -> None:
        piece = self._source.read(PIECE)
        if not piece:
            raise NotAPicture
        self._held, self._at = self._held[self._at :] + piece, 0


def skip(pieces: Iterable[bytes]) -> None:
    """Read past all of it."""
    for _ in pieces:
        pass


def beginning(pieces: Iterable[bytes]) -> bytes:
    """The first PIECE bytes, all of it having been read."""
    first = b""
    for piece in pieces:
        first += piece[: PIECE - len(first)]
    return first
