"""WebP (RFC 9649): one image as it is, or a header that says what there is, and then frames, colours, Exif."""

import struct
from collections.abc import Iterator
from typing import BinaryIO

from app.chat.pictures import exif, riff
from app.chat.pictures.reading import NotAPicture, Reader, beginning, skip

_EXTENDED, _PROFILE, _ALPHA, _LOSSY, _LOSSLESS = b"VP8X", b"ICCP", b"ALPH", b"VP8 ", b"VP8L"
_MOVING, _FRAME, _EXIF = b"ANIM", b"ANMF", b"EXIF"
_OF_STILL, _OF_MOVING = frozenset({_ALPHA, _LOSSY, _LOSSLESS}), frozenset({_MOVING, _FRAME})
# Bits of the first byte of VP8X: what the file has. Nobody reads what it does not announce.
_HAS_PROFILE, _HAS_ALPHA, _HAS_EXIF, _MOVES = 0x20, 0x10, 0x08, 0x02
_EXTENDED_LENGTH, _FRAME_HEAD, _IMAGE_HEAD = 10, 16, {_LOSSY: 10, _LOSSLESS: 5}
_FRAME_PARTS = 8  # chunks in one frame, which has need of two


def walk(reader: Reader, target: BinaryIO) -> tuple[int, int]:
    """Copy what is seen of a WebP; its width and height. Raises NotAPicture.

    The orientation is kept for whoever saves the picture, but browsers show it as it lies, so that is its size.
    """
    head, length, webp = struct.unpack("<4sI4s", reader.take(12))
    if (head, webp) != (b"RIFF", b"WEBP"):
        raise NotAPicture
    with riff.chunk(target, head):
        target.write(webp)
        parts = riff.parts(reader, length - len(webp))
        name, size = next(parts, (b"", 0))
        return _extended(reader, target, size, parts) if name == _EXTENDED else _image(reader, target, name, size)


def _extended(reader: Reader, target: BinaryIO, length: int, parts: Iterator[tuple[bytes, int]]) -> tuple[int, int]:
    """A file that says first what it has, with all that follows."""
    if length != _EXTENDED_LENGTH:
        raise NotAPicture
    head = reader.take(length)
    announced, canvas, images = head[0], _size(head[4:]), 0
    kept = announced & (_HAS_ALPHA | _MOVES)
    with riff.chunk(target, _EXTENDED):
        flags_at = target.tell()
        target.write(bytes(4) + head[4:])  # what is kept is known at the end
    shown = _OF_MOVING if announced & _MOVES else _OF_STILL
    for name, size in parts:
        if name == _PROFILE and announced & _HAS_PROFILE:
            riff.copy(reader, target, name, size)
            kept |= _HAS_PROFILE
        elif name == _EXIF and announced & _HAS_EXIF and not kept & _HAS_EXIF:
            if (orientation := exif.orientation(beginning(reader.pieces(size)))) != exif.UPRIGHT:
                with riff.chunk(target, _EXIF):
                    target.write(exif.only(orientation))
                kept |= _HAS_EXIF
        elif name in shown:
            images += _shown(reader, target, name, size, canvas)
        else:
            skip(reader.pieces(size))
    if not images or (images > 1 and shown is _OF_STILL):
        raise NotAPicture
    riff.patch(target, flags_at, bytes((kept,)))
    return canvas


def _shown(reader: Reader, target: BinaryIO, name: bytes, length: int, canvas: tuple[int, int]) -> bool:
    """Copy a chunk that makes up what is seen; whether it is an image."""
    if name == _FRAME:
        _frame(reader, target, length, canvas)
    elif name in _IMAGE_HEAD:
        if _image(reader, target, name, length) != canvas:
            raise NotAPicture
    else:
        riff.copy(reader, target, name, length)
        return False
    return True


def _frame(reader: Reader, target: BinaryIO, length: int, canvas: tuple[int, int]) -> None:
    """One of a picture that moves: where it stands, and its pixels in chunks of their own."""
    if length < _FRAME_HEAD:
        raise NotAPicture
    head = reader.take(_FRAME_HEAD)
    size, images = _size(head[6:]), 0
    left, top = (2 * (int.from_bytes(head[at : at + 3], "little")) for at in (0, 3))
    if left + size[0] > canvas[0] or top + size[1] > canvas[1]:
        raise NotAPicture
    with riff.chunk(target, _FRAME):
        target.write(head)
        for name, part in riff.parts(reader, length - _FRAME_HEAD, _FRAME_PARTS):
            if name == _ALPHA and not images:
                riff.copy(reader, target, name, part)
            elif name in _IMAGE_HEAD and not images:
                if _image(reader, target, name, part) != size:
                    raise NotAPicture
                images = 1
            else:
                skip(reader.pieces(part))
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
    with riff.chunk(target, name):
        target.write(head)
        target.writelines(reader.pieces(length - len(head)))
    return width, height


def _size(sides: bytes) -> tuple[int, int]:
    """Two sides as the extended header and frames say them: 24 bits each, less one."""
    return int.from_bytes(sides[:3], "little") + 1, int.from_bytes(sides[3:6], "little") + 1
