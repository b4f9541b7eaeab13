"""RIFF, in which WebP is kept: chunks of a name, a length and data, and a byte more where that is odd."""

import struct
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO

from app.chat.pictures.reading import MOST_PARTS, NotAPicture, Reader

_HEAD = 8


def parts(reader: Reader, left: int, most: int = MOST_PARTS) -> Iterator[tuple[bytes, int]]:
    """Name and length of each chunk in so many bytes; whoever asks for the next has read its data.

    Raises NotAPicture where one is longer than what is left, or there are too many.
    """
    for _ in range(most):
        if left < _HEAD:
            return
        name, length = struct.unpack("<4sI", reader.take(_HEAD))
        left -= _HEAD + length + length % 2
        if left < 0:
            raise NotAPicture
        yield name, length
        reader.take(length % 2)
    raise NotAPicture


@contextmanager
def chunk(target: BinaryIO, name: bytes) -> Iterator[None]:
    """Write a chunk, and its length once its data is written."""
    target.write(name + bytes(4))
    start = target.tell()
    yield
    length = target.tell() - start
    target.write(bytes(length % 2))
    patch(target, start - 4, struct.pack("<I", length))


def patch(target: BinaryIO, at: int, data: bytes) -> None:
    """Write over what is at a place, and go on where it was."""
    end = target.tell()
    target.seek(at)
    target.write(data)
    target.seek(end)


def copy(reader: Reader, target: BinaryIO, name: bytes, length: int) -> None:
    """Pass on a chunk as it is."""
    with chunk(target, name):
        target.writelines(reader.pieces(length))
