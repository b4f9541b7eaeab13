"""Files made to be taken for something else, to harm who opens them, or to reach what is not theirs."""

import io
import itertools
import struct
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote, urlencode

import pytest

from app.chat.file_names import LONGEST
from tests.attacks.beside import attended
from tests.attacks.conftest import Target
from tests.clients import api
from tests.clients.api import Answer, ask
from tests.folders import files_in
from tests.pictures import JPEG, chunk, png
from tests.running import Chatadmin
from tests.samples import MEDIA_TYPES, SAMPLES, SECRET, media_type

NAMES = (f"trickster {n}" for n in itertools.count())
SCRIPT = b"<script>alert(document.cookie)</script>"


def archive(size: int = 3) -> bytes:
    """A zip whose one file takes so many bytes once it is unpacked."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("evil.html", bytes(size))
    return packed.getvalue()


class Sender:
    """A visitor who sends files to the shop that is attacked."""

    def __init__(self, target: Target) -> None:
        self.url, self._files = target.url, target.running.data_dir / "files"
        self.token, self.uid = api.login(target.url, next(NAMES))

    def send(self, content: bytes, name: str, type: str = "") -> Answer:
        query = urlencode({"name": name}, errors="surrogatepass")
        return ask(self.url, f"/v1/files?{query}", content, Authorization=self.token, Content_Type=type)

    def taken(self, content: bytes, name: str, type: str = "") -> tuple[dict[str, object], Answer]:
        """What is said of it, and what is given to who asks for it."""
        answer = self.send(content, name, type)
        assert answer.status == 201, answer.body
        info = answer.json["value"]
        return info, self.get(info["id"])

    def get(self, id: str) -> Answer:
        return ask(self.url, f"/v1/files/{id}", Authorization=self.token)

    def left(self) -> list[Path]:
        return [path for path in files_in(self._files) if path.parent.name == self.uid]


@pytest.fixture(scope="module")
def target() -> Iterator[Target]:
    """As for the other attacks, with room for a visitor of each test."""
    with Chatadmin(config={"limits": {"logins_per_minute": 0}}) as running, attended(running) as admin:
        yield Target(running, running.url, admin)


@pytest.fixture
def sender(target: Target) -> Sender:
    return Sender(target)


def _harmless(answer: Answer) -> None:
    """Whatever it is, a browser runs none of it."""
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-security-policy"].startswith("sandbox; default-src 'none'")
    assert answer.headers["cross-origin-resource-policy"] == "same-origin"


POLYGLOTS = {
    "a JPEG, a page and an archive": ("a.jpg", JPEG[:2] + b"\xff\xfe\0\x29" + SCRIPT + JPEG[2:] + SCRIPT + archive()),
    "a PNG, a page and an archive": ("a.png", png(9, 9, chunk(b"tEXt", SCRIPT), chunk(b"zTXt", SCRIPT)) + archive()),
    **{f"{path.name} and an archive": (path.name, path.read_bytes() + SCRIPT + archive()) for path in SAMPLES},
}


@pytest.mark.parametrize("kind", POLYGLOTS)
def test_a_polyglot_is_a_picture_and_nothing_else_afterwards(sender: Sender, kind: str) -> None:
    name, content = POLYGLOTS[kind]
    info, answer = sender.taken(content, name, "text/html")
    assert answer.headers["content-type"] == info["type"] == media_type(Path(name))
    assert answer.headers["content-disposition"].startswith("inline;")
    assert len(answer.body) == info["size"]
    assert not any(hidden in answer.body for hidden in (b"<script", b"alert(", b"PK\3\4", b"PK\5\6", SECRET))
    _harmless(answer)


@pytest.mark.parametrize("suffix", MEDIA_TYPES)
def test_what_is_no_whole_picture_is_refused_and_not_kept(sender: Sender, suffix: str) -> None:
    whole = next(path for path in SAMPLES if path.suffix == suffix).read_bytes()
    other = next(path for path in SAMPLES if path.suffix != suffix).read_bytes()
    for pretending in (SCRIPT, b"<svg onload='alert(1)'/>", archive(), other, b"", whole[:1], whole[: len(whole) // 2]):
        assert sender.send(pretending, f"kettle{suffix}", MEDIA_TYPES[suffix]).refusal == (415, "bad_type")
    assert sender.left() == []


@pytest.mark.parametrize("side", [7_072, 65_535, 2**31 - 1])
def test_a_picture_of_more_pixels_than_a_browser_should_decode_is_only_saved(sender: Sender, side: int) -> None:
    small = png(9, 9)
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0))
    info, answer = sender.taken(small[:8] + head + small[33:], "kettle.png")
    assert (info["width"], info["height"]) == (side, side)
    assert answer.headers["content-disposition"].startswith("attachment;")


def test_an_archive_is_never_unpacked(sender: Sender) -> None:
    bomb = archive(64 << 20)
    _, answer = sender.taken(bomb, "photos.zip")
    assert answer.body == bomb
    assert answer.headers["content-type"] == "application/octet-stream"
    assert len(sender.left()) == 1
    _harmless(answer)


@pytest.mark.parametrize("name", ["a.html", "a.svg", "a.xhtml", "a.js", "a.exe", "a.jpg.exe", "a.jpg\u202e", "a", "a."])
def test_what_is_run_or_shown_as_a_page_is_not_taken(sender: Sender, name: str) -> None:
    for declared in ("", "text/html", "image/svg+xml", "application/octet-stream", "x" * 2000):
        assert sender.send(JPEG, name, declared).refusal == (415, "bad_type")
    assert sender.left() == []


@pytest.mark.parametrize("name", ["a.html", "a.pdf", "a.txt", "a.csv", "a.mp3", "a.mp4", "a.webm", "a.wav", "a.docx"])
def test_a_page_under_another_name_is_saved_and_not_shown(sender: Sender, name: str) -> None:
    info, answer = sender.taken(SCRIPT, name, "text/plain")
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["content-disposition"].startswith("attachment;")
    assert str(info["name"]) == name.replace(".html", ".html.txt")
    _harmless(answer)


NAMED = {
    "../../../../etc/cron.d/evil.pdf": "evil.pdf",
    "..\\..\\evil.pdf": "evil.pdf",
    "/dev/null.pdf": "null.pdf",
    "a\r\nSet-Cookie: chatadmin=evil\r\n\r\n.pdf": "a Set-Cookie: chatadmin=evil.pdf",
    "a\"; filename*=UTF-8''evil.exe; x=\".pdf": "a\"; filename*=UTF-8''evil.exe; x=\".pdf",
    "fdp\u202efdp.exe.pdf": "fdpfdp.exe.pdf",
    "\u2066a\u2069\u200e\u061c.pdf": "a.pdf",
    "a\0b\x1b[31m\x7f\x85.pdf": "ab[31m.pdf",
    "e\u0301.pdf": "\u00e9.pdf",
    "{s00}:c:*.pdf": "{s00}:c:*.pdf",
    "<img src=x onerror=alert(1)>.pdf": "<img src=x onerror=alert(1)>.pdf",
    "__proto__.pdf": "__proto__.pdf",
    "..pdf": "pdf.pdf",
    "x" * 5000 + ".pdf": "x" * (LONGEST - 4) + ".pdf",
    "x\u0301" * 500 + ".pdf": "x\u0301" * ((LONGEST - 4) // 2) + ".pdf",
    "a\ud800.pdf": "a%ED%A0%80.pdf",
}


@pytest.mark.parametrize("name", NAMED, ids=lambda name: ascii(name)[:30])
def test_a_name_is_shown_clean_and_is_no_part_of_a_path(sender: Sender, name: str) -> None:
    info, given = sender.taken(b"%PDF-1.7", name, "application/pdf")
    assert info["name"] == NAMED[name]
    assert [f"{path.parent.name}.{path.name}" for path in sender.left()] == [info["id"]]
    assert given.body == b"%PDF-1.7"
    assert "set-cookie" not in given.headers
    assert given.headers["content-disposition"].startswith('attachment; filename="')
    assert given.headers["content-disposition"].isascii()


def test_a_name_of_nothing_is_refused(sender: Sender) -> None:
    for name in ("", "/", "..", "\u200b\u200d", "\u202e\u202d", " . . "):
        assert sender.send(b"%PDF-1.7", name, "application/pdf").refusal == (400, "bad_name")


HOSTILE_IDS: list[Callable[[str, str], str]] = [
    lambda own, other: other,
    lambda own, other: f"{other.partition('.')[0]}.{own.partition('.')[2]}",
    lambda own, other: f"{own.partition('.')[0]}.{other.partition('.')[2]}",
    lambda own, other: own[:-1],
    lambda own, other: own + "x",
    lambda own, other: own.upper(),
    lambda own, other: f"{own}.part",
    lambda own, other: f"{own}\n",
    lambda own, other: f"{own}\0",
    lambda own, other: f"..{quote('/', safe='')}..{quote('/', safe='')}etc{quote('/', safe='')}passwd",
    lambda own, other: "%2e%2e%2fvalkey.conf",
    lambda own, other: "{s00}:feed",
    lambda own, other: "x" * 5000,
    lambda own, other: "\u00e9" * 26 + "." + "a" * 22,
    lambda own, other: "\uff41" * 26 + "." + "a" * 22,
]


def test_no_id_but_that_of_a_file_of_theirs_opens_anything(target: Target, sender: Sender) -> None:
    own, _ = sender.taken(b"%PDF-1.7 own", "a.pdf")
    other, _ = Sender(target).taken(b"%PDF-1.7 other", "a.pdf")
    unknown = sender.get(f"{sender.uid}.{'a' * 22}")
    assert unknown.refusal == (404, "not_found")
    for number, hostile in enumerate(HOSTILE_IDS):
        id = quote(hostile(str(own["id"]), str(other["id"])), safe=".%{}:")
        found = sender.get(id)
        assert (found.status, found.body) == (404, unknown.body), (number, id)
    assert sender.get(str(own["id"])).body == b"%PDF-1.7 own"
