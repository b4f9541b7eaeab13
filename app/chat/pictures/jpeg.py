"""JPEG (ITU-T T.81): segments that begin with a marker, and between them the pixels, in which no marker stands."""

import re
import struct
from io import SEEK_CUR
from typing import BinaryIO

from app.chat.pictures import exif
from app.chat.pictures.reading import PIECE, NotAPicture, exactly

_SOI, _EOI, _SOS, _APP0, _APP1, _APP2, _APP14, _APP15, _COMMENT = 0xD8, 0xD9, 0xDA, 0xE0, 0xE1, 0xE2, 0xEE, 0xEF, 0xFE
_RESTARTS = range(0xD0, 0xD8)
# The frames' headers, in which the size stands; what else lies in between are tables and the like.
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
# Among pixels: 0xFF as itself is followed by 0, restarts are theirs, and a marker may have more of 0xFF before it.
_BEHIND_PIXELS = re.compile(rb"\xff[^\x00\xff\xd0-\xd7]")
# Of what programs add, that without which colours would be others.
_KEPT = {_APP2: b"ICC_PROFILE\0", _APP14: b"Adobe"}


def walk(source: BinaryIO, target: BinaryIO) -> tuple[int, int]:
    """Copy what is seen of a JPEG; its width and height, upright. Raises NotAPicture."""
    if exactly(source, 2) != bytes((0xFF, _SOI)):
        raise NotAPicture
    target.write(bytes((0xFF, _SOI)))
    size, orientation, has_pixels = (0, 0), exif.UPRIGHT, False
    marker = _marker(source)
    while marker != _EOI:
        segment = _segment(source)
        if marker in _FRAMES:
            if any(size):
                raise NotAPicture
            size = _size(segment)
        elif marker == _APP1 and orientation == exif.UPRIGHT:
            orientation = exif.orientation(segment)
            if orientation != exif.UPRIGHT:
                _write(target, _APP1, exif.only(orientation))
        if _is_seen(marker, segment):
            _write(target, marker, segment[:12] + b"\0\0" if marker == _APP0 else segment)
        if marker == _SOS:
            if not any(size):
                raise NotAPicture
            marker, has_pixels = _pixels(source, target), True
        else:
            marker = _marker(source)
    if not has_pixels:
        raise NotAPicture
    target.write(bytes((0xFF, _EOI)))
    width, height = size
    return (height, width) if orientation in exif.ON_ITS_SIDE else (width, height)


def _marker(source: BinaryIO) -> int:
    """The next marker's code; any number of 0xFF may stand before it."""
    if exactly(source, 1) != b"\xff":
        raise NotAPicture
    code = 0xFF
    while code == 0xFF:
        code = exactly(source, 1)[0]
    return _checked(code)


def _checked(code: int) -> int:
    if code < 0xC0 or code in _RESTARTS or code == _SOI:  # what has no length, or is no marker
        raise NotAPicture
    return code


def _segment(source: BinaryIO) -> bytes:
    (length,) = struct.unpack(">H", exactly(source, 2))
    if length < 2:
        raise NotAPicture
    return exactly(source, length - 2)


def _write(target: BinaryIO, marker: int, segment: bytes) -> None:
    target.write(struct.pack(">BBH", 0xFF, marker, len(segment) + 2) + segment)


def _size(segment: bytes) -> tuple[int, int]:
    if len(segment) < 6:
        raise NotAPicture
    height, width = struct.unpack_from(">HH", segment, 1)
    if not (width and height):
        raise NotAPicture
    return width, height


def _is_seen(marker: int, segment: bytes) -> bool:
    """Whether it is needed to show the picture. JFIF's head is, but not the small picture that may be in it."""
    if marker == _APP0:
        return segment.startswith(b"JFIF\0") and len(segment) >= 14
    if _APP0 <= marker <= _APP15:
        return marker in _KEPT and segment.startswith(_KEPT[marker])
    return marker != _COMMENT


def _pixels(source: BinaryIO, target: BinaryIO) -> int:
    """Copy them up to the next marker, which is none of their own; its code."""
    held = b""
    while piece := source.read(PIECE):
        held += piece
        if found := _BEHIND_PIXELS.search(held):
            target.write(held[: found.start()])
            source.seek(found.end() - len(held), SEEK_CUR)
            return _checked(found[0][1])
        whole = len(held) - held.endswith(b"\xff")
        target.write(held[:whole])
        held = held[whole:]
    raise NotAPicture
