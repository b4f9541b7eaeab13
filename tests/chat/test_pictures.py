"""Pictures as they are kept: whole, without what tells of a place or a person, and nothing that is none."""

import io
from pathlib import Path

import pytest

from app.chat.pictures import NotAPicture, clean
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
