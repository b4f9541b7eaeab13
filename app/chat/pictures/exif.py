"""Which way up a photograph is, the one thing that is kept of its Exif (CIPA DC-008), a small TIFF."""

import struct

UPRIGHT = 1
HEAD = b"Exif\0\0"  # stands before the TIFF in JPEG, and by mistake in others

_TAG, _SHORT = 0x0112, 3
_ORDERS = {b"II*\0": "<", b"MM\0*": ">"}


def is_one(segment: bytes) -> bool:
    """Whether a segment of a JPEG is Exif. The last byte of its head only fills it up; browsers do not look at it."""
    return segment.startswith(HEAD[:-1])


def orientation(exif: bytes) -> int:
    """What its beginning says of it, 1 to 8; UPRIGHT where it says nothing that can be understood."""
    tiff = exif[len(HEAD) :] if is_one(exif) else exif
    order = _ORDERS.get(tiff[:4])
    if order is None or len(tiff) < 8:
        return UPRIGHT
    (start,) = struct.unpack_from(order + "I", tiff, 4)
    if start + 2 > len(tiff):
        return UPRIGHT
    (count,) = struct.unpack_from(order + "H", tiff, start)
    for at in range(start + 2, min(start + 2 + 12 * count, len(tiff) - 11), 12):
        tag, kind, number, value = struct.unpack_from(order + "HHIH", tiff, at)
        if (tag, kind, number) == (_TAG, _SHORT, 1):
            return value if 1 <= value <= 8 else UPRIGHT
    return UPRIGHT


def only(orientation: int) -> bytes:
    """A TIFF that says this and nothing more."""
    return b"MM\0*" + struct.pack(">IHHHIHHI", 8, 1, _TAG, _SHORT, 1, orientation, 0, 0)


def shown(size: tuple[int, int], orientation: int) -> tuple[int, int]:
    """Width and height as they are shown: those of a picture that lies on its side change places."""
    return (size[1], size[0]) if orientation >= 5 else size
