"""Pictures as they are kept: whole, without what tells of a place or a person, and nothing that is none."""

import io
import random
import struct
from pathlib import Path

import pytest

from app.chat.pictures import NotAPicture, clean
from tests.attacks.fuzz_pictures import fuzz
from tests.pictures import JPEG, chunk, photograph, png
from tests.samples import MEDIA_TYPES, SAMPLES, SECRET, media_type

BEHIND = b"<script>alert('behind')</script>"
UPRIGHT = (32, 20)
ON_ITS_SIDE = {"alpha.png", "mirrored.jpg", "progressive.jpg"}


def cleaned(media_type: str, picture: bytes) -> tuple[tuple[int, int], bytes]:
    target = io.BytesIO()
    size = clean(media_type, io.BytesIO(picture), target)
    return size, target.getvalue()


def refused(media_type: str, picture: bytes) -> bool:
    try:
        cleaned(media_type, picture)
    except NotAPicture:
        return True
    return False


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.name)
def test_a_picture_is_kept_without_what_it_tells(path: Path) -> None:
    picture, type = path.read_bytes(), media_type(path)
    size, kept = cleaned(type, picture + BEHIND)
    assert size == (UPRIGHT[::-1] if path.name in ON_ITS_SIDE else UPRIGHT)
    assert SECRET not in kept
    assert BEHIND not in kept
    assert len(kept) <= len(picture)
    assert cleaned(type, kept) == (size, kept)
    assert [cut for cut in range(len(kept)) if not refused(type, kept[:cut])] == []
    assert [other for other in MEDIA_TYPES.values() if other != type and not refused(other, picture)] == []


def sample(name: str) -> bytes:
    return next(path for path in SAMPLES if path.name == name).read_bytes()


def riff(name: bytes, data: bytes) -> bytes:
    return name + struct.pack("<I", len(data)) + data + bytes(len(data) % 2)


def webp(*chunks: bytes, flags: int = 0, width: int = 32, height: int = 20) -> bytes:
    """Of the extended kind."""
    canvas = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    return riff(b"RIFF", b"WEBP" + riff(b"VP8X", bytes((flags, 0, 0, 0)) + canvas) + b"".join(chunks))


GIF = sample("still.gif")
IMAGE = sample("lossy.webp")[12:]
FRAME = bytes(6) + bytes((31, 0, 0, 19, 0, 0)) + bytes(4)
SECOND = (2).to_bytes(3, "little") + FRAME[3:]  # begins four pixels to the right
HEAD, FRAME_OF_12_BITS = JPEG.index(b"\xff\xc0"), b"\xff\xc0\0\x11\x0c"
NO_PICTURES = {
    "nothing": ("image/jpeg", b""),
    "HTML": ("image/png", b"<!doctype html><script>alert(1)</script>"),
    "SVG": ("image/png", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"),
    "HTML behind the beginning of a JPEG": ("image/jpeg", b"\xff\xd8\xff<script>alert(1)</script>\xff\xd9"),
    "a JPEG without pixels": ("image/jpeg", JPEG[: JPEG.index(b"\xff\xda")] + b"\xff\xd9"),
    "a JPEG without a size": ("image/jpeg", JPEG[:2] + JPEG[JPEG.index(b"\xff\xda") :]),
    "a JPEG in a JPEG": ("image/jpeg", JPEG[:2] + b"\xff\xd8\0\2" + JPEG[2:]),
    "a JPEG with two frames": ("image/jpeg", JPEG[:HEAD] + JPEG[HEAD : HEAD + 19] + JPEG[HEAD:]),
    "a JPEG of 12 bits": ("image/jpeg", JPEG.replace(JPEG[HEAD : HEAD + 5], FRAME_OF_12_BITS)),
    "a JPEG without height": ("image/jpeg", JPEG[: HEAD + 5] + b"\0\0" + JPEG[HEAD + 7 :]),
    "a PNG without width": ("image/png", png(0, 8)),
    "a PNG of a wrong checksum": ("image/png", png(8, 8)[:-1] + b"\0"),
    "a PNG with a wrong checksum of text": ("image/png", png(8, 8, chunk(b"tEXt", b"a\0b")[:-1] + b"\0")),
    "a PNG with two headers": ("image/png", png(8, 8, png(8, 8)[8:33])),
    "a PNG that browsers know nothing of": ("image/png", png(8, 8, chunk(b"CgBI", b"abcd"))),
    "a PNG without pixels": ("image/png", png(8, 8)[:33] + png(8, 8)[-12:]),
    "a GIF without an image": ("image/gif", GIF[: GIF.index(b"!\xf9")] + b";"),
    "a GIF whose screen is empty": ("image/gif", b"GIF89a" + bytes(7) + b"," + bytes(9) + b"\2\1\0\0;"),
    "a GIF of what is no block": ("image/gif", GIF[:-1] + b"?;"),
    "a WebP shorter than it says": ("image/webp", riff(b"RIFF", b"WEBP" + IMAGE)[:-2]),
    "a chunk longer than its WebP": ("image/webp", b"RIFF\x20\0\0\0WEBP" + IMAGE),
    "a WebP that is a sound": ("image/webp", riff(b"RIFF", b"WAVE" + IMAGE)),
    "a WebP without an image": ("image/webp", webp()),
    "a WebP of two images": ("image/webp", webp(IMAGE, IMAGE)),
    "a WebP whose image is larger": ("image/webp", webp(IMAGE, width=31)),
    "a frame that leaves its WebP": ("image/webp", webp(riff(b"ANMF", SECOND + IMAGE), flags=2)),
    "a frame of no image": ("image/webp", webp(riff(b"ANMF", FRAME + riff(b"ALPH", b"ab")), flags=2)),
    "a PDF": ("application/pdf", b"%PDF-1.7"),
}


@pytest.mark.parametrize("name", NO_PICTURES)
def test_what_is_none_is_refused(name: str) -> None:
    assert refused(*NO_PICTURES[name])


def test_the_size_is_told_of_a_picture_that_nobody_could_show() -> None:
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 65_535, 65_535, 1, 0, 0, 0, 0))
    assert cleaned("image/png", png(8, 8)[:8] + head + png(8, 8)[33:])[0] == (65_535, 65_535)


@pytest.mark.parametrize("orientation", [*range(10), 65_535])
def test_of_exif_the_orientation_stays_where_there_is_one(orientation: int) -> None:
    size, kept = cleaned("image/jpeg", photograph(orientation))
    turned = orientation in range(2, 9)
    assert size == ((8, 16) if orientation in range(5, 9) else (16, 8))
    assert kept.count(b"Exif\0\0") == turned
    assert len(kept) == len(JPEG) + 36 * turned


@pytest.mark.parametrize(
    "tiff", [b"", b"II*\0", b"II*\0\xff\xff\xff\xff", b"MM\0*\0\0\0\x08\xff\xff\x01\x12", b"XX*\0\x08\0\0\0\1\0"]
)
def test_exif_that_breaks_off_turns_nothing(tiff: bytes) -> None:
    assert cleaned("image/png", png(16, 8, chunk(b"eXIf", tiff))) == ((16, 8), png(16, 8))


def test_a_webp_says_anew_how_long_it_is_and_what_it_has() -> None:
    told = riff(b"EXIF", b"no TIFF"), riff(b"XMP ", SECRET + b"!"), riff(b"junk", SECRET)
    frame = riff(b"ANMF", FRAME + IMAGE + told[1])
    assert cleaned("image/webp", webp(IMAGE, *told, flags=0x2C))[1] == webp(IMAGE)
    assert cleaned("image/webp", webp(told[2], frame, *told, flags=0x0E))[1] == webp(
        riff(b"ANMF", FRAME + IMAGE), flags=0x02
    )


def test_a_gif_keeps_of_extensions_how_long_and_how_often() -> None:
    looping = b"!\xff\x0bNETSCAPE2.0\x03\1\7\0"
    others = b"!\xff\x0bXMP DataXMP\3abc\0!\xfe\6Kilroy\0!\1\x0c" + bytes(12) + b"\6Kilroy\0!\xff\x0bNETSCAPE2.0\0"
    start = GIF.index(b"!\xf9")
    bare = cleaned("image/gif", GIF)[1]
    kept = cleaned("image/gif", GIF[:start] + others + looping + b"\6Kilroy\0" + GIF[start:])[1]
    assert kept == bare[: bare.index(b"!\xf9")] + looping + b"\0" + bare[bare.index(b"!\xf9") :]


def test_a_gif_is_as_large_as_its_first_image_where_its_screen_is_smaller() -> None:
    def image(width: int, height: int) -> bytes:
        return b"," + struct.pack("<4HB", 0, 0, width, height, 0) + b"\2\2\x4c\1\0"

    screen = b"GIF89a\1\0\1\0\0\0\0"
    assert cleaned("image/gif", screen + image(3, 2) + image(5, 5) + b";")[0] == (3, 2)


def test_nothing_that_is_bent_breaks_a_walker() -> None:
    seed = random.SystemRandom().randrange(1 << 24)
    print(f"seed {seed}: python -m tests.attacks.fuzz_pictures --seed {seed}")
    seen = fuzz(seed, 8_000)
    assert all(seen[f"{type} {end}"] > 10 for type in MEDIA_TYPES.values() for end in ("kept", "refused"))
