"""How the file is laid out: what its loader unpacks each time, what stays inside, and that it is read as it was put."""

import gzip
import json
import marshal
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import CodeType
from typing import Any

import pytest
from PyInstaller.archive.readers import CArchiveReader  # type: ignore[import-untyped]
from quart import Quart

from app import libraries, resources, templates
from app.config import sources
from app.config.settings import names
from app.courier.mail import look
from tests.clients.api import ask
from tests.frozen.conftest import Frozen
from tests.running import PATIENCE, ROOT
from tools import symbols

# What there has to be before a module of ours can run; with libraries that these need.
UNPACKED = re.compile(
    r"\.chatadmin|base_library\.zip|lib[\w.+-]+\.so[.\d]*|python3\.\d+/lib-dynload/(_struct|zlib)\..+"
)
MOST_UNPACKED = 10


@pytest.fixture(scope="module")
def archive(file: Path) -> CArchiveReader:
    return CArchiveReader(str(file))


@pytest.fixture
def frozen(file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """This process reads what is delivered from the file; the folder that it unpacks to."""
    kept: tuple[Any, ...] = (resources._descriptor, resources._entries, libraries._table)
    for one in kept:
        one.cache_clear()
    for name, value in {"FROZEN": True, "ROOT": tmp_path, "PROGRAM": str(file)}.items():
        monkeypatch.setattr(resources, name, value)
    yield tmp_path
    os.close(resources._descriptor())
    for one in kept:
        one.cache_clear()


def test_the_loader_unpacks_what_python_begins_with_and_no_more(archive: CArchiveReader) -> None:
    unpacked = {name for name, (*_, kind) in archive.toc.items() if kind in "bxZn"}
    assert {name for name in unpacked if not UNPACKED.fullmatch(name)} == set()
    assert len(unpacked) <= MOST_UNPACKED, unpacked


def test_what_stays_inside_is_read_as_it_was_put_there(frozen: Path, archive: CArchiveReader) -> None:
    kept = [name for name, (*_, kind) in archive.toc.items() if kind == "a"]
    assert len(kept) > 300
    assert [name for name in kept if resources.read(name) != archive.extract(name)] == []
    assert resources.names("static") == sorted(name[7:] for name in kept if name.startswith("static/"))
    assert list(frozen.iterdir()) == []
    with pytest.raises(FileNotFoundError):
        resources.read("static/nothing.js")


def test_it_is_what_the_source_has(frozen: Path) -> None:
    for folder, pattern in {
        "static/messages": "*.json",
        "app/store/scripts": "*.lua",
        "docs/identity": "chat_token.*",
    }.items():
        expected = {path.name: path.read_bytes() for path in (ROOT / folder).glob(pattern)}
        assert {name: resources.read(f"{folder}/{name}") for name in resources.names(folder)} == expected


def test_the_default_settings_are_those_of_the_source(frozen: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    delivered = sources.defaults(dict(names()))
    monkeypatch.setattr(resources, "FROZEN", False)
    monkeypatch.setattr(resources, "ROOT", ROOT)
    assert delivered == sources.defaults(dict(names()))


def essence(code: CodeType) -> list[Any]:
    """What code does: all but where its lines and columns are in its source, of which a build keeps less."""
    consts = [essence(one) if isinstance(one, CodeType) else one for one in code.co_consts]
    return [code.co_name, code.co_code, code.co_names, code.co_varnames, consts]


@pytest.mark.parametrize("folder", [templates.PAGES, look.FOLDER])
def test_templates_are_compiled_from_the_source(frozen: Path, folder: str) -> None:
    """The code is the same, and runs; how it reads its surroundings is of the environment that both have."""
    environment = look.environment() if folder == look.FOLDER else Quart("chatadmin").jinja_env
    environment.loader = templates.loader(folder)
    found = {path.relative_to(ROOT / folder).as_posix(): path for path in (ROOT / folder).rglob("*") if path.is_file()}
    expected = {name for name in found if folder == look.FOLDER or not name.startswith("mail/")}
    assert expected <= set(environment.list_templates())
    for name in expected:
        compiled = environment.compile(found[name].read_text("utf-8"), name, f"{folder}/{name}")
        assert essence(marshal.loads(resources.read(templates.place(folder, name)))) == essence(compiled)
        assert environment.get_template(name).root_render_func.__code__.co_filename == f"{folder}/{name}"


def test_what_is_served_is_what_the_build_made(start: Any, archive: CArchiveReader) -> None:
    instance: Frozen = start()
    begins = json.loads(archive.extract("static/pages.json"))
    made: dict[str, bytes] = {}
    for name in (name for name in archive.toc if name.startswith("static/") and not name.endswith(".json")):
        content = archive.extract(name)
        made[name.removesuffix(".gz")] = gzip.decompress(content) if name.endswith(".gz") else content
        if name.endswith(".gz"):
            assert name.removesuffix(".gz") not in archive.toc, "it is there twice"
    assert {f"static/{begins[page]['script']}" for page in ("visitor", "console", "setup")} <= set(made)
    types = made.pop("static/widget.d.ts")
    assert ask(instance.url, "/widget.d.ts").body == types
    for part in ("loader", "panel"):
        del made[f"static/{begins[part]['script']}"]
    for name, content in made.items():
        assert ask(instance.url, f"/{name}").body == content, name


def test_each_library_finds_those_that_it_needs(frozen: Path, archive: CArchiveReader) -> None:
    """Of the file's own: this machine has most of them, too."""
    first = {name for name, (*_, kind) in archive.toc.items() if kind == "b"}
    for name, needed in libraries._table().items():
        if not name.endswith(".xz"):
            asked = symbols.asked(name, archive.extract(name)).libraries & set(archive.toc)
            assert asked <= {*needed, *first}, name


def test_every_library_can_be_loaded(file: Path, tmp_path: Path) -> None:
    code = [
        "import ctypes, sys",
        f"sys.path.append({str(ROOT)!r})",
        "from pathlib import Path",
        "from app import libraries, resources",
        f"resources.FROZEN, resources.ROOT, resources.PROGRAM = True, Path({str(tmp_path)!r}), {str(file)!r}",
        "for name in libraries._table():",
        "    libraries.provide(name)",
        "    assert all((resources.ROOT / needed).is_file() for needed in libraries._table()[name]), name",
        "    if not name.endswith('.xz'): ctypes.CDLL(resources.unpacked(name), ctypes.RTLD_LOCAL | 1)",  # RTLD_LAZY
    ]
    told = {"LD_LIBRARY_PATH": str(tmp_path)}  # as the loader does
    subprocess.run([sys.executable, "-I", "-S", "-c", "\n".join(code)], check=True, env=told, timeout=PATIENCE)


def test_many_may_unpack_the_same_at_once(frozen: Path, archive: CArchiveReader) -> None:
    name = next(name for name in archive.toc if name.startswith("libcrypto"))
    with ThreadPoolExecutor(8) as threads:
        assert set(threads.map(lambda _: resources.unpacked(name), range(16))) == {str(frozen / name)}
    assert (frozen / name).read_bytes() == archive.extract(name)
    assert [path.name for path in frozen.iterdir()] == [name]


def test_what_may_be_loaded_later_can_be_unpacked_at_once(frozen: Path, archive: CArchiveReader) -> None:
    """As before root becomes another, who may not write there."""
    libraries.unpack_all()
    kept = {name for name, (*_, kind) in archive.toc.items() if kind == "a"}
    compiled = {name for name in kept if archive.extract(name)[:4] == b"\x7fELF"}
    assert {path.relative_to(frozen).as_posix() for path in frozen.rglob("*") if path.is_file()} == compiled
