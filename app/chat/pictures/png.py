"""PNG (W3C, third edition): chunks of a length, a name, data and a checksum; the moving kind is among them."""

import struct
from collections.abc import Iterable
from typing import BinaryIO
from zlib import crc32

from app.chat.pictures import exif
from app.chat.pictures.reading import MOST_PARTS, NotAPicture, Reader, beginning, skip

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
# What is seen: pixels and palette, transparency, colours, the shape of pixels, the frames of one that moves.
_CRITICAL = frozenset({b"IHDR", b"PLTE", b"IDAT", b"IEND"})
_KEPT = _CRITICAL | {b"tRNS", b"cHRM", b"gAMA", b"iCCP", b"sBIT", b"sRGB", b"cICP", b"mDCV", b"cLLI", b"bKGD", b"pHYs"}
_KEPT |= {b"acTL", b"fcTL", b"fdAT"}
_EXIF = b"eXIf"
_LONGEST = 2**31 - 1  # of a chunk, and of a side


def walk(reader: Reader, target: BinaryIO) -> tuple[int, int]:
    """Copy what is seen of a PNG; its width and height, upright. Raises NotAPicture."""
    if reader.take(len(_SIGNATURE)) != _SIGNATURE:
        raise NotAPicture
    target.write(_SIGNATURE)
    size, orientation, has_pixels, name = _header(reader, target), exif.UPRIGHT, False, b""
    for _ in range(MOST_PARTS):
        length, name = struct.unpack(">I4s", reader.take(8))
        if length > _LONGEST or name == b"IHDR" or not (name in _CRITICAL or name[0] & 0x20):
            raise NotAPicture
        if name == _EXIF and orientation == exif.UPRIGHT:
            orientation = exif.orientation(beginning(_checked(reader, name, length)))
            if orientation != exif.UPRIGHT:
                _write(target, _EXIF, exif.only(orientation))
        elif name in _KEPT:
            target.write(struct.pack(">I4s", length, name))
            target.writelines(_checked(reader, name, length))
        else:
            skip(_checked(reader, name, length))
        has_pixels = has_pixels or (name == b"IDAT" and length > 0)
        if name == b"IEND":
            break
    if name != b"IEND" or not has_pixels:
        raise NotAPicture
    return exif.shown(size, orientation)


def _checked(reader: Reader, name: bytes, length: int) -> Iterable[bytes]:
    """A chunk's data in pieces, and its checksum, which must be right."""
    checksum = crc32(name)
    for piece in reader.pieces(length):
        checksum = crc32(piece, checksum)
        yield piece
    if reader.take(4) != (right := struct.pack(">I", checksum)):
        raise NotAPicture
    yield right


def _write(target: BinaryIO, name: bytes, data: bytes) -> None:
    target.write(struct.pack(">I", len(data)) + name + data + struct.pack(">I", crc32(name + data)))


def _header(reader: Reader, target: BinaryIO) -> tuple[int, int]:
    if reader.take(8) != struct.pack(">I4s", 13, b"IHDR"):
        raise NotAPicture
    header = b"".join(_checked(reader, b"IHDR", 13))[:13]
    width, height, depth, colours, *methods = struct.unpack(">II5B", header)
    if not (0 < width <= _LONGEST and 0 < height <= _LONGEST) or methods not in ([0, 0, 0], [0, 0, 1]):
        raise NotAPicture
    if colours not in (0, 2, 3, 4, 6) or depth not in (1, 2, 4, 8, 16):
        raise NotAPicture
    _write(target, b"IHDR", header)
    return width, height
