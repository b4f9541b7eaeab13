"""GIF (89a): a screen, and on it images, each with what says how long it stands; the data of all is in small blocks."""

import struct
from typing import BinaryIO

from app.chat.pictures.reading import MOST_PARTS, NotAPicture, Reader, skip

_EXTENSION, _IMAGE, _END = b"!", b",", b";"
_CONTROL, _APPLICATION = b"\xf9", b"\xff"
# How often one that moves begins again: the one thing that browsers heed of what applications add.
_LOOPING = (b"NETSCAPE2.0", b"ANIMEXTS1.0")
_LOOP_BLOCK, _LOOP_LENGTH = 1, 3
_CODE_SIZES = range(1, 9)  # bits of LZW's first codes


def walk(reader: Reader, target: BinaryIO) -> tuple[int, int]:
    """Copy what is seen of a GIF; its width and height. Raises NotAPicture."""
    head = reader.take(13)
    if head[:6] not in (b"GIF87a", b"GIF89a"):
        raise NotAPicture
    target.write(head + reader.take(_colours(head[10])))
    width, height = struct.unpack_from("<HH", head, 6)
    images, kind = 0, b""
    for _ in range(MOST_PARTS):
        kind = reader.take(1)
        if kind == _IMAGE:
            right, bottom = _image(reader, target)
            if not images:  # what browsers do where the first is larger than the screen
                width, height = max(width, right), max(height, bottom)
            images += 1
        elif kind == _EXTENSION:
            _extension(reader, target)
        else:
            break
    if kind != _END or not (images and width and height):
        raise NotAPicture
    target.write(_END)
    return width, height


def _colours(flags: int) -> int:
    """Bytes of the table of colours that follows."""
    return 3 << (flags & 7) + 1 if flags & 0x80 else 0


def _image(reader: Reader, target: BinaryIO) -> tuple[int, int]:
    """Copy one; where on the screen it ends, to the right and below."""
    place = reader.take(9)
    colours, code_size = reader.take(_colours(place[8])), reader.take(1)
    if code_size[0] not in _CODE_SIZES:
        raise NotAPicture
    target.write(_IMAGE + place + colours + code_size)
    target.writelines(reader.blocks())
    left, top, width, height = struct.unpack_from("<4H", place)
    return left + width, top + height


def _extension(reader: Reader, target: BinaryIO) -> None:
    label = reader.take(1)
    if label == _CONTROL:
        control = reader.take(6)
        if control[0] != 4 or control[5]:
            raise NotAPicture
        target.write(_EXTENSION + label + control)
    elif label == _APPLICATION:
        name = _block(reader)
        first = name and _block(reader)
        if first:  # else that was the empty one, which ends them
            skip(reader.blocks())
        if name in _LOOPING and len(first) == _LOOP_LENGTH and first[0] == _LOOP_BLOCK:
            target.write(_EXTENSION + label + bytes((len(name),)) + name + bytes((_LOOP_LENGTH,)) + first + b"\0")
    else:
        skip(reader.blocks())


def _block(reader: Reader) -> bytes:
    return reader.take(reader.take(1)[0])
