"""What is delivered to browsers: made as for the file, and asked for as a browser would ask."""

import gzip
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from quart import Quart

from app import resources
from app.chat.errors import Refusal
from app.chat.shop import Shop
from app.chat.widget import Look, Widget, Words
from app.web import static, widget_script
from app.web.answer import refused
from tests.running import ROOT
from tools import bundle

PAGES = ("visitor", "console", "setup")
# What a module names: import … from "x", import("x"), as esbuild writes it.
IMPORT = re.compile(r"""(?:\bfrom|\bimport)\(?"\./([^"]+\.js)\"""")
# Bytes of script and style, gzipped, until a page can be used; and with every part that it can load.
BUDGETS = {"visitor": (40_000, 72_000), "console": (90_000, 160_000), "setup": (35_000, 35_000)}
# What emoji there are, and what a language calls them: lists asked for one by one, each of at most so many bytes.
LISTS = {list.stem for list in (ROOT / "static/vendor/emoji").glob("*.mjs")} - {"lists"}
EMOJI, MOST_EMOJI = re.compile(r"^emoji-([\w-]+)-\w{8}\.js$"), 44_000
SMALL = 200  # bytes of what gzip makes no shorter: a part of parts may be as little


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("built")
    bundle.make_pages(folder)
    return folder


@pytest.fixture
def client(built: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Asks a server that has the built pages and nothing else."""
    app = Quart("built", static_folder=None)
    app.register_blueprint(static.blueprint)

    async def answer(refusal: Refusal) -> Any:
        return refused(refusal)

    app.register_error_handler(Refusal, answer)
    monkeypatch.setattr(resources, "ROOT", built)
    all_kept = (static._is_built, static._built, static.start, static._files, static.loader, static.panel, static.types)
    for kept in all_kept:
        kept.cache_clear()
    yield app.test_client()
    for kept in all_kept:
        kept.cache_clear()


def begins(page: str, language: str = "en") -> list[str]:
    start = static.start(page)
    return [start.script, start.sheet, start.words[language]]


def zipped(built: Path, names: set[str]) -> int:
    """Bytes of these as they travel."""
    return sum(len(gzip.compress((built / "static" / name).read_bytes(), 9)) for name in names)


def parts(built: Path, names: list[str]) -> set[str]:
    """These, and all that they can load."""
    found: set[str] = set()
    while names:
        name = names.pop()
        if name not in found:
            found.add(name)
            names += IMPORT.findall((built / "static" / name).read_text("utf-8"))
    return found


@pytest.mark.usefixtures("client")
def test_the_made_up_shop_has_a_script_and_a_sheet_and_no_words(built: Path) -> None:
    start = static.start("preview")
    assert start.words == {}
    assert zipped(built, {start.script, start.sheet}) < 4_000


@pytest.mark.parametrize("page", PAGES)
def test_a_page_begins_with_one_script_one_sheet_and_its_words(client: Any, built: Path, page: str) -> None:
    for name in begins(page):
        text = (built / "static" / name).read_text("utf-8")
        assert not re.search(r'(^|[;}])import[{*"]', text), f"{name} needs another script before it runs"
        assert "@import" not in text
        assert not (name.endswith(".css") and "&" in text), f"{name} nests, which browsers of early 2023 do not know"


@pytest.mark.parametrize("page", PAGES)
def test_whoever_hides_what_is_said_to_old_browsers_can_read_the_scripts(client: Any, built: Path, page: str) -> None:
    """Cascade layers and `dvh` are older than these two, which no script can ask for before it is read."""
    for name in parts(built, begins(page)):
        text = (built / "static" / name).read_text("utf-8")
        assert not re.search(r"\bstatic\s*\{|\(\?<[=!]", text), name


@pytest.mark.parametrize(("page", "language"), [(page, to) for page in PAGES for to in static.spoken(page)])
def test_a_page_is_no_heavier_than_promised(client: Any, built: Path, page: str, language: str) -> None:
    first, most = BUDGETS[page]
    names = begins(page, language)
    every = parts(built, [*names])
    lists = {name for name in every if EMOJI.search(name)}
    at_first, at_most = zipped(built, {*names}), zipped(built, every - lists)
    print(f"{page} in {language}: {at_first} bytes, {at_most} with every part")
    assert at_first <= first
    assert at_most <= most
    if framed := static.start(page).framed:
        in_a_frame = zipped(built, {*names, framed})
        print(f"{page} in a frame, in {language}: {in_a_frame} bytes")
        assert in_a_frame <= first
    assert {EMOJI.sub(r"\1", name) for name in lists} == (set() if page == "setup" else LISTS)
    assert all(zipped(built, {name}) <= MOST_EMOJI for name in lists)


def test_what_a_shop_loads_is_no_heavier_than_promised(client: Any) -> None:
    """As it is served where the shop has decided nothing, and where it has said all that there is room for."""
    words = {
        language: Words(launcher="Ask us about tea, kettles and cups now", teaser="tea? " * 32)
        for language in ("en", "zh")
    }
    full = Widget(look=Look(colour="#0a7d55", side="left", offset_x=120, offset_y=104, words=words))
    least, most = (
        widget_script.loader(*decided) for decided in ((Widget(), Shop()), (full, Shop("Tea & Kettle, Berlin")))
    )
    for what, loader in (("least", least), ("most", most)):
        print(f"/widget.js, at {what}: {len(loader.compressed or b'')} bytes")
    assert b"CHATADMIN" not in least.content
    assert len(least.compressed or least.content) <= 3072
    assert b"interface Chatadmin" in static.types().content


@pytest.mark.parametrize("rare", ["reports-head", "find-form", "settings-section"])
def test_what_is_rare_is_loaded_when_it_is_opened(client: Any, built: Path, rare: str) -> None:
    script = static.start("console").script
    holders = {name for name in parts(built, [script]) if rare in (built / "static" / name).read_text("utf-8")}
    assert len(holders) == 1
    assert script not in holders


async def test_all_of_it_stays_for_a_year_and_travels_compressed(client: Any, built: Path) -> None:
    for name in sorted(set().union(*(parts(built, begins(page)) for page in PAGES))):
        plain = await client.get(f"/static/{name}", headers={"Accept-Encoding": "identity"})
        packed = await client.get(f"/static/{name}", headers={"Accept-Encoding": "br, gzip"})
        refusing = await client.get(f"/static/{name}", headers={"Accept-Encoding": "gzip;q=0"})
        content = (built / "static" / name).read_bytes()
        assert plain.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        shorter = packed.headers.get("Content-Encoding") == "gzip"
        assert shorter or len(content) < SMALL
        assert "Content-Encoding" not in plain.headers
        assert "Content-Encoding" not in refusing.headers
        assert plain.headers["Vary"] == packed.headers["Vary"] == "Accept-Encoding"
        sent = await packed.data
        assert await plain.data == content == (gzip.decompress(sent) if shorter else sent)


async def test_what_another_build_had_is_not_found(client: Any, built: Path) -> None:
    """Never today's file at yesterday's address: parts of two builds do not fit together."""
    for name in (
        "visitor-AAAAAAAA.js",
        "js/visitor/main.js",
        static.BUILT,
        "messages/en.json",
        "loader.js",  # this has a name that stays, and an address of its own
        f"{begins('console')[0]}.gz",
    ):
        answer = await client.get(f"/static/{name}")
        assert answer.status_code == 404, name
        assert "immutable" not in answer.headers.get("Cache-Control", "")


def test_the_same_pages_are_made_twice(built: Path, tmp_path: Path) -> None:
    bundle.make_pages(tmp_path)

    def all_of(folder: Path) -> dict[str, bytes]:
        return {str(file.relative_to(folder)): file.read_bytes() for file in folder.rglob("*") if file.is_file()}

    assert all_of(tmp_path) == all_of(built)
