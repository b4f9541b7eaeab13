"""Reading a container from its beginning, in pieces of bounded size."""

from typing import BinaryIO

PIECE = 64 * 1024  # bytes held at once


class NotAPicture(Exception):
    """It is not of the type that it should be, or ends too early."""


def exactly(source: BinaryIO, count: int) -> bytes:
    """The next bytes. Raises NotAPicture where there are fewer."""
    found = source.read(count)
    if len(found) != count:
        raise NotAPicture
    return found


def pass_on(source: BinaryIO, target: BinaryIO, count: int) -> None:
    """Copy the next bytes. Raises NotAPicture where there are fewer."""
    while count:
        piece = exactly(source, min(count, PIECE))
        target.write(piece)
        count -= len(piece)


def skip(source: BinaryIO, count: int) -> None:
    """Read past the next bytes. Raises NotAPicture where there are fewer."""
    while count:
        count -= len(exactly(source, min(count, PIECE)))
