"""Pictures made to cost more than their size: time grows with the bytes, memory does not."""

import io
import struct
import time
import tracemalloc
from collections.abc import Callable
from typing import BinaryIO, cast

import pytest

from app.chat.pictures import NotAPicture, clean
from app.chat.pictures.reading import MOST_PARTS, PIECE
from tests.pictures import JPEG, chunk, png
from tests.samples import SAMPLES

_SCAN = JPEG.index(b"\xff\xda")
_HEAD = JPEG[: _SCAN + 2 + struct.unpack_from(">H", JPEG, _SCAN + 2)[0]]
_STILL = next(path for path in SAMPLES if path.name == "lossy.webp").read_bytes()[12:]


def jpeg(inside: bytes) -> bytes:
    return _HEAD + inside + b"\xff\xd9"


def gif(blocks: bytes) -> bytes:
    return b"GIF89a\1\0\1\0\0\0\0,\0\0\0\0\1\0\1\0\0\2" + blocks + b"\0;"


def webp(chunks: bytes, flags: int = 0) -> bytes:
    data = b"WEBPVP8X\x0a\0\0\0" + bytes((flags, 0, 0, 0, 31, 0, 0, 19, 0, 0)) + chunks
    return b"RIFF" + struct.pack("<I", len(data)) + data


def times(piece: bytes, size: int) -> bytes:
    return piece * (size // len(piece))


_FRAME = b"ANMF" + struct.pack("<I", 16 + len(_STILL)) + bytes((0,) * 6 + (31, 0, 0, 19, 0, 0, 0, 0, 0, 0)) + _STILL
COSTLY: dict[str, tuple[str, Callable[[int], bytes]]] = {
    "scans": ("image/jpeg", lambda size: jpeg(times(_HEAD[_SCAN:] + b"\0", size))),
    "segments": ("image/jpeg", lambda size: _HEAD[:2] + times(b"\xff\xfe\0\4ab", size) + _HEAD[2:] + b"\0\xff\xd9"),
    "restarts": ("image/jpeg", lambda size: jpeg(times(b"\xff\xd0", size))),
    "filled up": ("image/jpeg", lambda size: jpeg(times(b"\xff", size))),
    "stuffed": ("image/jpeg", lambda size: jpeg(times(b"\xff\0", size))),
    "chunks": ("image/png", lambda size: png(8, 8, times(chunk(b"tEXt", b""), size))),
    "long chunk": ("image/png", lambda size: png(8, 8, chunk(b"eXIf", bytes(size)))),
    "blocks": ("image/gif", lambda size: gif(times(b"\1\0", size))),
    "images": ("image/gif", lambda size: gif(times(gif(b"")[13:-1], size)[11:-1])),
    "comments": ("image/gif", lambda size: gif(b"\0" + times(b"!\xfe\3abc\0", size) + gif(b"")[13:-2])),
    "junk": ("image/webp", lambda size: webp(times(b"junk\0\0\0\0", size) + _STILL)),
    "frames": ("image/webp", lambda size: webp(times(_FRAME, size), 2)),
}


@pytest.mark.parametrize("name", COSTLY)
def test_eight_times_the_bytes_cost_at_most_twelve_times_the_time(name: str) -> None:
    type, make = COSTLY[name]

    def cost(size: int) -> float:
        picture, best = make(size), float("inf")
        for _ in range(3):
            began = time.process_time()
            for _ in range(8 * PIECE // size):
                clean(type, io.BytesIO(picture), io.BytesIO())
            best = min(best, time.process_time() - began)
        return best / (8 * PIECE // size)

    assert cost(8 * PIECE) <= 12 * cost(PIECE)


class Nowhere(io.RawIOBase):
    """Knows how much was written, and keeps nothing."""

    _at = 0

    def write(self, data: bytes, /) -> int:  # type: ignore[override]
        self._at += len(data)
        return len(data)

    def seek(self, at: int, whence: int = 0, /) -> int:
        self._at = at
        return at

    def tell(self) -> int:
        return self._at


@pytest.mark.parametrize("name", COSTLY)
def test_a_walker_holds_a_few_pieces(name: str) -> None:
    type, make = COSTLY[name]
    source = io.BytesIO(make(8 * PIECE))
    tracemalloc.start()
    try:
        clean(type, source, cast(BinaryIO, Nowhere()))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 5 * PIECE  # of eight


def test_there_are_only_so_many_parts() -> None:
    most = png(8, 8, chunk(b"tEXt", b"") * (MOST_PARTS - 2))
    clean("image/png", io.BytesIO(most), io.BytesIO())
    with pytest.raises(NotAPicture):
        clean("image/png", io.BytesIO(most[:33] + chunk(b"tEXt", b"") + most[33:]), io.BytesIO())
