"""WebP (RFC 9649): RIFF, whose chunks have a name and a length, and a byte more where that is odd."""

import struct
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO

from app.chat.pictures import exif
from app.chat.pictures.reading import MOST_PARTS, PIECE, NotAPicture, Reader

_EXTENDED, _PROFILE, _ALPHA, _LOSSY, _LOSSLESS = b"VP8X", b"ICCP", b"ALPH", b"VP8 ", b"VP8L"
_MOVING, _FRAME, _EXIF = b"ANIM", b"ANMF", b"EXIF"
# Bits of the first byte of VP8X: what the file has. Nobody reads what it does not announce.
_HAS_PROFILE, _HAS_ALPHA, _HAS_EXIF, _MOVES = 0x20, 0x10, 0x08, 0x02
_EXTENDED_LENGTH, _FRAME_HEAD, _IMAGE_HEAD = 10, 16, {_LOSSY: 10, _LOSSLESS: 5}
_FRAME_PARTS = 8  # chunks in one frame, which has need of two


def walk(reader: Reader, target: BinaryIO) -> tuple[int, int]:
    """Copy what is seen of a WebP; its width and height. Raises NotAPicture.

    The orientation is kept for whoever saves the picture, but browsers show it as it lies, so that is its size.
    """
    riff, length, webp = struct.unpack("<4sI4s", reader.take(12))
    if (riff, webp) != (b"RIFF", b"WEBP"):
        raise NotAPicture
    with _chunk(target, riff):
        target.write(webp)
        parts = _parts(reader, length - len(webp))
        for name, size in parts:
            if name != _EXTENDED:
                return _image(reader, target, name, size)
            return _extended(reader, target, size, parts)
    raise NotAPicture


def _extended(reader: Reader, target: BinaryIO, length: int, parts: Iterator[tuple[bytes, int]]) -> tuple[int, int]:
    """A file that says first what it has, with all that follows."""
    if length != _EXTENDED_LENGTH:
        raise NotAPicture
    head = reader.take(length)
    announced, canvas, images = head[0], _size(head[4:]), 0
    kept = announced & (_HAS_ALPHA | _MOVES)
    with _chunk(target, _EXTENDED):
        flags_at = target.tell()
        target.write(bytes(4) + head[4:])  # what is kept is known at the end
    for name, size in parts:
        if name == _PROFILE and announced & _HAS_PROFILE:
            _copy(reader, target, name, size)
            kept |= _HAS_PROFILE
        elif name == _EXIF and announced & _HAS_EXIF and not kept & _HAS_EXIF:
            if (orientation := _orientation(reader, size)) != exif.UPRIGHT:
                _write(target, _EXIF, exif.only(orientation))
                kept |= _HAS_EXIF
        elif name == _FRAME and announced & _MOVES:
            _frame(reader, target, size, canvas)
            images += 1
        elif name == _MOVING and announced & _MOVES:
            _copy(reader, target, name, size)
        elif name in _IMAGE_HEAD and not announced & _MOVES and not images:
            if _image(reader, target, name, size) != canvas:
                raise NotAPicture
            images = 1
        elif name == _ALPHA and not announced & _MOVES:
            _copy(reader, target, name, size)
        else:
            _skip(reader, size)
    if not images:
        raise NotAPicture
    _patch(target, flags_at, bytes((kept,)))
    return canvas


def _frame(reader: Reader, target: BinaryIO, length: int, canvas: tuple[int, int]) -> None:
    """One of a picture that moves: where it stands, and its pixels in chunks of their own."""
    if length < _FRAME_HEAD:
        raise NotAPicture
    head = reader.take(_FRAME_HEAD)
    size, images = _size(head[6:]), 0
    left, top = (2 * (int.from_bytes(head[at : at + 3], "little")) for at in (0, 3))
    if left + size[0] > canvas[0] or top + size[1] > canvas[1]:
        raise NotAPicture
    with _chunk(target, _FRAME):
        target.write(head)
        for name, part in _parts(reader, length - _FRAME_HEAD, _FRAME_PARTS):
            if name == _ALPHA and not images:
                _copy(reader, target, name, part)
            elif name in _IMAGE_HEAD and not images:
                if _image(reader, target, name, part) != size:
                    raise NotAPicture
                images = 1
            else:
                _skip(reader, part)
    if not images:
        raise NotAPicture


def _image(reader: Reader, target: BinaryIO, name: bytes, length: int) -> tuple[int, int]:
    """Copy the pixels of one image; its width and height."""
    if name not in _IMAGE_HEAD or length < _IMAGE_HEAD[name]:
        raise NotAPicture
    head = reader.take(_IMAGE_HEAD[name])
    if name == _LOSSY:
        if head[0] & 1 or head[3:6] != b"\x9d\x01\x2a":
            raise NotAPicture
        width, height = (side & 0x3FFF for side in struct.unpack_from("<HH", head, 6))
    else:
        if head[0] != 0x2F:
            raise NotAPicture
        bits = int.from_bytes(head[1:], "little")
        width, height = (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if not (width and height):
        raise NotAPicture
    with _chunk(target, name):
        target.write(head)
        target.writelines(reader.pieces(length - len(head)))
    return width, height


def _size(sides: bytes) -> tuple[int, int]:
    """Two sides as the extended header and frames say them: 24 bits each, less one."""
    return int.from_bytes(sides[:3], "little") + 1, int.from_bytes(sides[3:6], "little") + 1


def _orientation(reader: Reader, length: int) -> int:
    """What a chunk of Exif says, which it does at its beginning."""
    beginning = b""
    for piece in reader.pieces(length):
        beginning += piece[: PIECE - len(beginning)]
    return exif.orientation(beginning)


def _parts(reader: Reader, left: int, most: int = MOST_PARTS) -> Iterator[tuple[bytes, int]]:
    """Name and length of each chunk in so many bytes; whoever asks for the next has read its data."""
    for _ in range(most):
        if left < 8:
            return
        name, length = struct.unpack("<4sI", reader.take(8))
        left -= 8 + length + length % 2
        if left < 0:
            raise NotAPicture
        yield name, length
        reader.take(length % 2)
    raise NotAPicture


@contextmanager
def _chunk(target: BinaryIO, name: bytes) -> Iterator[None]:
    """Write a chunk, and its length once its data is written."""
    target.write(name + bytes(4))
    start = target.tell()
    yield
    length = target.tell() - start
    target.write(bytes(length % 2))
    _patch(target, start - 4, struct.pack("<I", length))


def _patch(target: BinaryIO, at: int, data: bytes) -> None:
    end = target.tell()
    target.seek(at)
    target.write(data)
    target.seek(end)


def _write(target: BinaryIO, name: bytes, data: bytes) -> None:
    with _chunk(target, name):
        target.write(data)


def _copy(reader: Reader, target: BinaryIO, name: bytes, length: int) -> None:
    with _chunk(target, name):
        target.writelines(reader.pieces(length))


def _skip(reader: Reader, length: int) -> None:
    for _ in reader.pieces(length):
        pass
