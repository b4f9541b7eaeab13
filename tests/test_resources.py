"""Where the frozen program's files come from: its own file, and a folder that nobody else may have filled."""

import errno
import marshal
import os
import stat
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from app import archive, resources

LIBRARY = b"what is in the library"


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of a frozen program that this process seems to be."""
    place = tmp_path / "_MEI00000001abcdef"
    place.mkdir(0o700)
    program = tmp_path / "program"
    program.write_bytes(LIBRARY)
    file = os.open(program, os.O_RDONLY)
    library = resources._Entry(0, len(LIBRARY))
    entries = {resources.MARKER: resources._Entry(0, 0), "library": library, "base.zip": library}
    for name, value in {
        "FROZEN": True,
        "ROOT": place,
        "held": os.open(place, os.O_RDONLY),
        "moved": False,
        "_maker": 0,
        "_descriptor": lambda: file,
        "_entries": lambda: entries,
    }.items():
        monkeypatch.setattr(resources, name, value)
    monkeypatch.setattr(sys, "_MEIPASS", str(place), raising=False)
    monkeypatch.setattr(sys, "path", [f"{place}/base.zip", *sys.path])
    monkeypatch.setattr(os, "environ", dict(os.environ))
    return place


def made_anew(place: Path) -> None:
    place.rename(place.with_name("removed"))
    place.mkdir(0o700)


def made_by_another(place: Path) -> None:
    made_anew(place)
    os.chown(place, 65534, 65534)


def link(place: Path) -> None:
    place.rename(place.with_name("elsewhere"))
    place.symlink_to("elsewhere")


@pytest.mark.usefixtures("as_root")
@pytest.mark.parametrize("done", [Path.rmdir, made_anew, made_by_another, link])
def test_nothing_is_used_from_a_folder_that_is_not_ours(root: Path, done: Callable[[Path], object]) -> None:
    assert resources.root() == root
    done(root)
    for name in ("library", "base.zip"):
        if root.is_dir():
            (root / name).write_text("somebody else's")
    place = Path(resources.unpacked("library"))
    assert place.read_bytes() == LIBRARY
    folder = place.parent
    assert (folder.parent, folder.name[:12], len(folder.name)) == (root.parent, root.name[:12], len(root.name))
    assert folder != root
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert sys.path[0] == f"{folder}/base.zip"
    assert (folder / "base.zip").read_bytes() == LIBRARY
    assert os.environ["PYINSTALLER_RESET_ENVIRONMENT"] == "1"
    assert str(root) not in os.environ["LD_LIBRARY_PATH"]
    assert resources.root() == folder
    resources.leave()
    assert not folder.exists()


def test_a_file_that_was_made_shorter_is_an_error(root: Path) -> None:
    with pytest.raises(OSError, match="Input/output error") as raised:
        resources._unpack(resources._Entry(0, len(LIBRARY) + 1), str(root / "library"))
    assert raised.value.errno == errno.EIO
    assert list(root.iterdir()) == []


def archived(place: Path, table: dict[str, Any]) -> Path:
    place.write_bytes(b"before" + archive._HEAD.pack(b"PYZ\0", b"3.11", 12) + marshal.dumps(list(table.items())))
    return place


def test_modules_are_read_from_what_runs_though_another_has_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    table, other = {"app": (0, 12, 7)}, {"app": (0, 12, 8)}
    runs, named = archived(tmp_path / "runs", table), archived(tmp_path / "named", other)
    monkeypatch.setattr(archive, "_RUNS", str(runs))
    for begun, expected in ((table, runs), (other, named)):
        theirs = SimpleNamespace(_filename=str(named), _start_offset=6, toc=begun)
        file = archive._opened(theirs)
        assert os.path.samestat(os.fstat(file), expected.stat())
        os.close(file)
    runs.unlink()
    with pytest.raises(ImportError, match="replaced while it started"):
        archive._opened(SimpleNamespace(_filename=str(named), _start_offset=6, toc=table))
