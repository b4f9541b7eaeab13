"""JPEG (ITU-T T.81): segments that begin with a marker, and between them the pixels, in which no marker stands."""

import re
import struct
from typing import BinaryIO

from app.chat.pictures import exif
from app.chat.pictures.reading import MOST_PARTS, NotAPicture, Reader

_SOI, _EOI, _SOS, _APP0, _APP1, _APP2, _APP14 = 0xD8, 0xD9, 0xDA, 0xE0, 0xE1, 0xE2, 0xEE
# Frames as browsers show them, of 8 bits: baseline, extended and progressive. The others may not stand in for them.
_FRAMES, _OTHER_FRAMES = range(0xC0, 0xC3), frozenset(range(0xC3, 0xD0)) - {0xC4, 0xC8, 0xCC}
# What else is needed to read the pixels: tables of Huffman's and arithmetic codes, of quantisation, lines, restarts.
_TABLES = frozenset({0xC4, 0xCC, 0xDB, 0xDC, 0xDD})
# Among pixels 0xFF as itself is followed by 0, restarts (D0 to D7) are theirs, and any number of 0xFF may stand before
# a marker. Elsewhere decoders pass over what is none.
_MARKER = re.compile(rb"\xff[^\x00\xff\xd0-\xd7]")
# Of what programs add, that without which colours would be others.
_COLOURS = {_APP2: b"ICC_PROFILE\0", _APP14: b"Adobe"}
_JFIF, _JFIF_LENGTH = b"JFIF\0", 14


def walk(reader: Reader, target: BinaryIO) -> tuple[int, int]:
    """Copy what is seen of a JPEG; its width and height, upright. Raises NotAPicture."""
    start = reader.take(2)
    if start != bytes((0xFF, _SOI)):
        raise NotAPicture
    target.write(start)
    size, orientation, has_pixels = (0, 0), exif.UPRIGHT, False
    marker = _next_marker(reader, None)
    for _ in range(MOST_PARTS):
        if marker == _EOI:
            break
        segment = _segment(reader)
        if marker in _FRAMES and not any(size):
            size = _size(segment)
        elif marker in _FRAMES or marker in _OTHER_FRAMES or (marker == _SOS and not any(size)):
            raise NotAPicture
        if marker == _APP1 and exif.is_one(segment) and orientation == exif.UPRIGHT and not has_pixels:
            orientation = exif.orientation(segment)
            if orientation != exif.UPRIGHT:
                _write(target, _APP1, exif.HEAD + exif.only(orientation))
        elif (kept := _seen(marker, segment)) is not None:
            _write(target, marker, kept)
        has_pixels = has_pixels or marker == _SOS
        marker = _next_marker(reader, target if marker == _SOS else None)
    if marker != _EOI or not has_pixels:
        raise NotAPicture
    target.write(bytes((0xFF, _EOI)))
    return exif.shown(size, orientation)


def _next_marker(reader: Reader, target: BinaryIO | None) -> int:
    """Pass on what stands before it, which is pixels where there is a target, and nothing of worth elsewhere."""
    last = b""
    for piece in reader.up_to(_MARKER):
        if target:
            target.write(last)
        last = piece
    code = last[1]
    if code < 0xC0 or code == _SOI:  # what has no length, or is no marker
        raise NotAPicture
    return code


def _segment(reader: Reader) -> bytes:
    (length,) = struct.unpack(">H", reader.take(2))
    if length < 2:
        raise NotAPicture
    return reader.take(length - 2)


def _write(target: BinaryIO, marker: int, segment: bytes) -> None:
    target.write(struct.pack(">BBH", 0xFF, marker, len(segment) + 2) + segment)


def _size(segment: bytes) -> tuple[int, int]:
    if len(segment) < 6 or segment[0] != 8 or len(segment) != 6 + 3 * segment[5]:
        raise NotAPicture
    height, width = struct.unpack_from(">HH", segment, 1)
    if not (width and height):
        raise NotAPicture
    return width, height


def _seen(marker: int, segment: bytes) -> bytes | None:
    """What of a segment is needed to show the picture; of JFIF's head not the small picture that may be in it."""
    if marker == _APP0:
        is_head = segment.startswith(_JFIF) and len(segment) >= _JFIF_LENGTH
        return segment[: _JFIF_LENGTH - 2] + b"\0\0" if is_head else None
    if marker in _COLOURS:
        return segment if segment.startswith(_COLOURS[marker]) else None
    return segment if marker in _TABLES or marker in _FRAMES or marker == _SOS else None
