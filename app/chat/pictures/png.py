"""PNG (ISO 15948): chunks of a length, a name, data and a checksum."""

import struct
from typing import BinaryIO
from zlib import crc32

from app.chat.pictures.reading import NotAPicture, exactly, pass_on, skip

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
# What is seen: pixels, palette, transparency, colours, and the frames of a moving picture. Text, times, Exif go.
_KEPT = frozenset(
    {b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"cHRM", b"gAMA", b"iCCP", b"sBIT", b"sRGB", b"cICP", b"bKGD"}
    | {b"pHYs", b"acTL", b"fcTL", b"fdAT"}
)
_LONGEST = 2**31 - 1


def walk(source: BinaryIO, target: BinaryIO) -> tuple[int, int]:
    """Copy what is seen of a PNG; its width and height. Raises NotAPicture."""
    if exactly(source, len(_SIGNATURE)) != _SIGNATURE:
        raise NotAPicture
    target.write(_SIGNATURE)
    size, has_pixels, name = (0, 0), False, b""
    while name != b"IEND":
        head = exactly(source, 8)
        length, name = struct.unpack(">I4s", head)
        if length > _LONGEST or (name == b"IHDR") == any(size):  # first, and once
            raise NotAPicture
        if name == b"IHDR":
            size = _header(head, length, source, target)
        elif name in _KEPT:
            target.write(head)
            pass_on(source, target, length + 4)
        else:
            skip(source, length + 4)
        has_pixels = has_pixels or (name == b"IDAT" and length > 0)
    if not has_pixels:
        raise NotAPicture
    return size


def _header(head: bytes, length: int, source: BinaryIO, target: BinaryIO) -> tuple[int, int]:
    if length != 13:
        raise NotAPicture
    rest = exactly(source, length + 4)
    width, height = struct.unpack_from(">II", rest)
    (checksum,) = struct.unpack_from(">I", rest, length)
    if not (0 < width <= _LONGEST and 0 < height <= _LONGEST) or checksum != crc32(head[4:] + rest[:length]):
        raise NotAPicture
    target.write(head + rest)
    return width, height
