"""What files are called and taken for: nothing that misleads who sees one, or saves it."""

import pytest

from app.chat.errors import Refusal
from app.chat.file_names import LONGEST, clean
from app.chat.file_types import MOST_PIXELS, TYPES, UNSHOWN, by_media_type, by_name
from tests.samples import SAMPLES, media_type

JPEG = next(type for type in TYPES if type.media_type == "image/jpeg")
PICTURES = ("image/jpeg", "image/png", "image/gif", "image/webp")
CLEANED = {
    "kettle.jpg": "kettle.jpg",
    "IMG_0001.JPEG": "IMG_0001.JPEG",
    "Cafe\u0301.jpg": "Café.jpg",
    "C:\\fakepath\\kettle.jpg": "kettle.jpg",
    "../../etc/passwd": "passwd.jpg",
    "photo\u202egpj.exe": "photogpj.exe.jpg",
    "a\u2066b\u2069\u200f.jpg": "ab.jpg",
    'a\r\nSet-Cookie: b=1\x00\x7f".jpg': 'a Set-Cookie: b=1".jpg',
    "  two\t words .jpg": "two words.jpg",
    ".htaccess": "htaccess.jpg",
    "kettle.jpg. . ": "kettle.jpg",
    "kettle.html": "kettle.html.jpg",
    "kettle.png": "kettle.png.jpg",
    "kettle": "kettle.jpg",
    "水壶.jpg": "水壶.jpg",
    "lone\ud800.jpg": "lone.jpg",
    "👩\u200d🔧.jpg": "👩\u200d🔧.jpg",
}


@pytest.mark.parametrize(("typed", "shown"), CLEANED.items(), ids=ascii)
def test_a_name_is_shown_so_that_it_misleads_nobody(typed: str, shown: str) -> None:
    assert clean(typed, JPEG) == shown


@pytest.mark.parametrize("typed", ["", "/", "kettle.jpg/", ".", "..", "\u202e", "\u200b\u200d.jpg", " . "], ids=ascii)
def test_a_name_of_nothing_that_can_be_seen_is_refused(typed: str) -> None:
    with pytest.raises(Refusal) as refused:
        clean(typed, JPEG)
    assert refused.value.code == "bad_name"


def test_a_long_name_is_cut_before_its_extension() -> None:
    assert clean("é" * 300 + ".jpeg", JPEG) == "é" * (LONGEST - 5) + ".jpeg"
    assert clean("e\u0301" * 500 + ".jpeg", JPEG) == "é" * (LONGEST - 5) + ".jpeg"


TAKEN = {
    ("kettle.jpg", ""): "image/jpeg",
    ("KETTLE.JPG", "text/html"): "image/jpeg",
    ("kettle", "image/png; charset=x"): "image/png",
    ("Screenshot at 10.15", "Image/PNG"): "image/png",
    ("voice.webm", "audio/webm"): "audio/webm",
    ("film.webm", "audio/mpeg"): "video/webm",
    ("letter.docx", ""): "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ("page.html", "text/html"): None,
    ("kettle.svg", "image/svg+xml"): None,
    ("kettle.heic", "image/heic"): None,
    ("setup.exe", "application/octet-stream"): None,
    ("kettle", ""): None,
}


@pytest.mark.parametrize(("sent", "taken"), TAKEN.items(), ids=str)
def test_the_name_says_what_a_file_is_or_else_its_sender(sent: tuple[str, str], taken: str | None) -> None:
    found = by_name(*sent)
    assert (found and found.media_type) == taken


def test_what_is_shown_in_place_is_a_picture_of_bounded_size() -> None:
    assert JPEG.inline(1, MOST_PIXELS)
    assert not JPEG.inline(65_535, 65_535)
    assert JPEG.served_as == "image/jpeg"
    for name, served in {"a.mp4": "video/mp4", "a.mp3": "audio/mpeg", "a.pdf": UNSHOWN, "a.txt": UNSHOWN}.items():
        type = by_name(name, "")
        assert type
        assert type.served_as == served
        assert not type.inline(1, 1)


BEGINNINGS = {
    "a.mp4": b"\0\0\0\x20ftypisom\0\0\2\0",
    "a.mov": b"\0\0\0\x14ftypqt  ",
    "a.m4a": b"\0\0\0\x20ftypM4A ",
    "a.webm": b"\x1a\x45\xdf\xa3\x9f\x42\x86\x81",
    "a.ogg": b"OggS\0\2",
    "a.mp3": b"ID3\4\0\0",
    "b.mp3": b"\xff\xfb\x90\x64",
    "a.wav": b"RIFF\x24\0\0\0WAVEfmt ",
    "a.zip": b"PK\3\4",
    "a.xls": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
}


@pytest.mark.parametrize("name", BEGINNINGS)
def test_a_file_must_begin_as_its_kind_does(name: str) -> None:
    type = by_name(name, "")
    assert type
    assert type.agrees(BEGINNINGS[name])
    assert not type.agrees(b"<!doctype html><script>")
    assert not type.agrees(b"")


def test_pictures_begin_as_their_kind_does() -> None:
    for path in SAMPLES:
        kinds = {other: (type := by_media_type(other)) and type.agrees(path.read_bytes()[:16]) for other in PICTURES}
        assert [kind for kind, agrees in kinds.items() if agrees] == [media_type(path)]
