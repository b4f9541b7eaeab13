"""`python -m tests.attacks.fuzz_pictures`: bend pictures of every kind from a seed, and have them walked.

Whatever comes is either refused as no picture, or what is kept of it is a picture that is kept as it is. It was read
once, in pieces of bounded size, and what is kept is no longer than what came but for the few bytes of an orientation.
"""

import argparse
import io
import json
import os
import random
import struct
import sys
import time
import zlib
from collections import Counter

from app.chat.pictures import NotAPicture, clean
from app.chat.pictures.reading import PIECE
from tests.samples import MEDIA_TYPES, SAMPLES, media_type

# Numbers that lengths and sizes are bent to, in two bytes or four.
NUMBERS = (0, 1, 2, 7, 8, 0x7F, 0xFF, 0x7FFF, 0xFFFF, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFF)
LONGER = 8


class Bender:
    """Everything is drawn from one seed."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)
        self._whole = [(media_type(path), path.read_bytes()) for path in SAMPLES]

    def next(self) -> tuple[str, bytes]:
        """A media type, and what is called a picture of it."""
        type, picture = self._random.choice(self._whole)
        for _ in range(self._random.randrange(1, 6)):
            picture = self._bent(type, picture)
        if self._random.random() < 0.7:
            picture = _repaired(type, picture)
        return (type if self._random.random() < 0.98 else self._random.choice([*MEDIA_TYPES.values()])), picture

    def _bent(self, type: str, picture: bytes) -> bytes:
        pick = self._random
        at, end = sorted(pick.randrange(len(picture) + 1) for _ in range(2))
        match pick.randrange(8):
            case 0:
                return picture[:at] + bytes((pick.randrange(256),)) + picture[at + 1 :]
            case 1:
                return picture[:at] + pick.choice((b"\xff", b"\0", b"\xff\xd9", b"\x3b", b"IEND")) + picture[at:]
            case 2:
                return picture[:at] + picture[at + pick.randrange(1, 20) :]
            case 3:
                return picture[:end] + picture[at:end] + picture[end:]
            case 4:
                return picture[:at]
            case 5:
                order = ">" if type in ("image/png", "image/jpeg") else "<"
                form, bits = pick.choice((("H", 16), ("I", 32)))
                number = struct.pack(order + form, pick.choice(NUMBERS) & ((1 << bits) - 1))
                return picture[:at] + number + picture[at + len(number) :]
            case 6:
                other = pick.choice([whole for kind, whole in self._whole if kind == type])
                return picture[:at] + other[pick.randrange(len(other)) :]
            case _:
                return picture[:at] + picture[end:]


def _repaired(type: str, picture: bytes) -> bytes:
    """With checksums and the whole length as they should be, so that a walker comes to what is behind them."""
    if type == "image/webp":
        return picture[:4] + struct.pack("<I", max(len(picture) - 8, 0)) + picture[8:]
    if type != "image/png":
        return picture
    at, whole = 8, picture[:8]
    while at + 12 <= len(picture):
        (length,) = struct.unpack_from(">I", picture, at)
        data = picture[at + 4 : at + 8 + length]
        whole += picture[at : at + 4] + data + struct.pack(">I", zlib.crc32(data))
        at += 12 + length
    return whole


class Watched(io.BytesIO):
    """A file that is read in bounded pieces, and once."""

    reads = 0

    def read(self, count: int | None = -1, /) -> bytes:
        assert count is not None
        assert 0 < count <= PIECE
        self.reads += 1
        return super().read(count)

    def seek(self, *where: int) -> int:
        raise AssertionError(where)


def walked(type: str, picture: bytes) -> tuple[tuple[int, int], bytes] | None:
    """Its size and what is kept of it, None where it is refused. Raises whatever should not be raised."""
    source, target = Watched(picture), io.BytesIO()
    try:
        size = clean(type, source, target)
    except NotAPicture:
        return None
    finally:
        assert source.reads <= len(picture) // PIECE + 2
    return size, target.getvalue()


def judge(type: str, picture: bytes) -> bool:
    """Whether it was kept. Raises AssertionError where something is wrong with that."""
    found = walked(type, picture)
    if found:
        assert min(found[0]) > 0
        assert len(found[1]) <= len(picture) + LONGER
        assert walked(type, found[1]) == found
    return found is not None


def fuzz(seed: int, count: int, seconds: float = float("inf")) -> Counter[str]:
    """Bend and judge so many, or for so long: how many of each kind were kept and refused."""
    bender, seen, end = Bender(seed), Counter[str](), time.monotonic() + seconds
    for _ in range(count):
        type, picture = bender.next()
        try:
            seen[f"{type} {'kept' if judge(type, picture) else 'refused'}"] += 1
        except BaseException as error:
            error.add_note(f"seed {seed}, {type}, {picture.hex()}")
            raise
        if time.monotonic() > end:
            break
    return seen


def main() -> int:
    """Fuzz and print what was seen."""
    parser = argparse.ArgumentParser(prog="python -m tests.attacks.fuzz_pictures", description=__doc__)
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("--seed", type=int, default=int.from_bytes(os.urandom(3), "big"))
    asked = parser.parse_args()
    print(f"seed {asked.seed}", file=sys.stderr, flush=True)
    print(json.dumps(fuzz(asked.seed, sys.maxsize, asked.seconds), indent=1, sort_keys=True))
    return 0


if __name__ == "__main__":
    sys.exit(main())
