"""The data directory: whose it may be, what it must not hold, and who may read what lies in it."""

import os
import shutil
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.store.embedded import EmbeddedStore, attached
from app.store.errors import EmbeddedError
from tests.running import PATIENCE, ROOT, processes_at

# The store, opened by another user: who loads first what that user may not read.
SCRIPT = """
import hashlib, os, sys, tempfile
from app.store.embedded import attached
from app.store.errors import EmbeddedError
place, uid, gid, umask = sys.argv[1], *map(int, sys.argv[2:])
if uid >= 0:
    os.setgroups([])
    os.setgid(gid)
    os.setuid(uid)
os.umask(umask)
try:
    with attached(place) as url:
        print("up")
except EmbeddedError as error:
    print(error)
"""


def opened(place: Path, uid: int = -1, gid: int = -1, umask: int = 0o022) -> str:
    """What comes of opening the store in `place` as somebody else: `up`, or the line that says why not."""
    words = [sys.executable, "-c", SCRIPT, str(place), str(uid), str(gid), str(umask)]
    done = subprocess.run(
        words, cwd=ROOT, env={"PATH": "/usr/bin:/bin"}, capture_output=True, text=True, check=False, timeout=PATIENCE
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert not processes_at(place)
    return done.stdout.removesuffix("\n")


@pytest.fixture
def place() -> Iterator[Path]:
    """A folder that every user can reach; pytest's own are closed to all but one."""
    outside = Path(tempfile.mkdtemp(prefix="ca-place-"))
    outside.chmod(0o755)
    (outside / "data").mkdir()
    yield outside / "data"
    shutil.rmtree(outside)


def below(folder: Path) -> dict[str, int]:
    """The modes of all that lies in a folder, links as what they are."""
    return {str(path.relative_to(folder)): stat.S_IMODE(path.lstat().st_mode) for path in folder.rglob("*")}


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_our_own_is_closed_to_others(tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    data.chmod(0o775)
    assert opened(data) == "up"
    assert mode(data) == 0o700


def test_what_everybody_may_write_to_is_left_as_it_is(tmp_path: Path) -> None:
    for open_to_all in (0o777, 0o1777, 0o702):
        tmp_path.chmod(open_to_all)
        assert opened(tmp_path).startswith(f"everybody may write to {tmp_path}: chmod o-w {tmp_path}, or ")
        assert (mode(tmp_path), below(tmp_path)) == (open_to_all, {})
    assert opened(tmp_path / "inside") == "up"


@pytest.mark.usefixtures("as_root")
def test_root_leaves_another_users_folder_alone(place: Path) -> None:
    os.chown(place, 1234567, 7654321)
    for data in (place, place / "deeper" / "data"):
        told = opened(data)
        assert told.startswith(f"{place} belongs to user 1234567, who could not use what root makes there: ")
        assert "--user 1234567:7654321" in told
    assert below(place) == {}


@pytest.mark.usefixtures("as_root")
@pytest.mark.parametrize(("owner", "group", "as_it_is"), [(0, 0, 0o2775), (4711, 0, 0o770), (4711, 333, 0o3775)])
def test_a_folder_that_our_group_may_write_to_is_used_as_it_is(
    place: Path, owner: int, group: int, as_it_is: int
) -> None:
    os.chown(place, owner, group)
    place.chmod(as_it_is)
    assert opened(place, uid=1234567, gid=group) == "up"
    assert (place.stat().st_uid, mode(place)) == (owner, as_it_is)
    assert {path.stat().st_uid for path in place.rglob("*")} == {1234567}
    assert opened(place, uid=1234567, gid=group) == "up"  # again
    assert opened(place, uid=7654321, gid=group).startswith(f"{place}/bin belongs to user 1234567 and may not be")


@pytest.mark.usefixtures("as_root")
def test_a_folder_that_we_may_not_write_to_says_how_it_could_be(place: Path) -> None:
    os.chown(place, 4711, 4711)
    for shut in (0o755, 0o775, 0o700):
        place.chmod(shut)
        told = opened(place, uid=1234567, gid=0)
        assert told.startswith(f"{place} belongs to user 4711 and may not be written by user 1234567: run chatadmin as")
        assert "chgrp 0, chmod g+rwx" in told
        assert below(place) == {}


@pytest.mark.usefixtures("as_root")
def test_what_a_group_was_let_into_opens_for_another_of_it(place: Path) -> None:
    """As Kubernetes does with a volume of an `fsGroup`, whoever wrote in it."""
    os.chown(place, 0, 333)
    place.chmod(0o2775)
    assert opened(place, uid=1234567, gid=333) == "up"
    for path in place.rglob("*"):
        os.chown(path, -1, 333)
        path.chmod(path.stat().st_mode | (0o2770 if path.is_dir() else 0o660))
    assert opened(place, uid=7654321, gid=333) == "up"


@pytest.mark.parametrize("umask", [0, 0o777])
def test_files_are_ours_alone_whatever_the_umask(umask: int, tmp_path: Path) -> None:
    """Through the program, which sets its own; with the server's files."""
    data = tmp_path / "new" / "data"
    line = f'umask {umask:o}; exec "$0" -m app agent add Anna --password-stdin --data-dir "$1"'
    words = ["sh", "-c", line, sys.executable, str(data)]
    subprocess.run(
        words, cwd=ROOT, env={"PATH": "/usr/bin:/bin"}, input=b"correct horse battery\n", check=True, timeout=PATIENCE
    )
    found = below(tmp_path)
    assert any(name.endswith(".aof") for name in found)
    assert {name: f"{bits:o}" for name, bits in found.items() if (tmp_path / name).is_dir() and bits != 0o700} == {}
    executable = {name for name, bits in found.items() if (tmp_path / name).is_file() and bits != 0o600}
    assert {mode(tmp_path / name) for name in executable} == {0o700}
    assert all("/bin/valkey-server-" in name for name in executable)


LINKED = ("lock", "store.address", "bin", "run", "store", "store/appendonlydir", "store/appendonlydir/some.aof")


@pytest.mark.parametrize("name", LINKED)
def test_no_link_is_followed(name: str, tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    if name in ("lock", "store.address", LINKED[-1]):
        victim.write_text("/nowhere/valkey.sock")
    else:
        victim.mkdir()
    link = tmp_path / "data" / name
    link.parent.mkdir(parents=True, mode=0o700)
    link.symlink_to(victim)
    before = victim.stat()
    with pytest.raises(EmbeddedError, match=rf"^{link} is a link, and none is followed"), attached(tmp_path / "data"):
        raise AssertionError("it was opened")
    assert (before.st_mode, before.st_mtime_ns) == (victim.stat().st_mode, victim.stat().st_mtime_ns)
    assert link.is_symlink()


def test_a_link_where_a_file_is_put_gives_way_to_it(tmp_path: Path) -> None:
    store = EmbeddedStore(tmp_path / "data")
    store.start()
    store.stop()
    (program,) = (tmp_path / "data" / "bin").iterdir()
    victim = tmp_path / "victim"
    program.rename(victim)  # as large as it should be
    program.symlink_to(victim)
    draft = tmp_path / "data" / f".store.address.{os.getpid()}"
    draft.symlink_to(tmp_path / "other")
    store.start()
    assert store.wait_ready()
    store.stop()
    assert not program.is_symlink()
    assert not (tmp_path / "other").exists()
    assert not draft.is_symlink()


@pytest.mark.parametrize("name", ["lock", "store.address"])
def test_a_pipe_in_the_place_of_a_file_does_not_make_us_wait(name: str, tmp_path: Path) -> None:
    (tmp_path / "data").mkdir(mode=0o700)
    os.mkfifo(tmp_path / "data" / name)
    with pytest.raises(EmbeddedError, match=f"/{name} is no ordinary file"), attached(tmp_path / "data"):
        raise AssertionError("it was opened")


def test_a_note_that_names_somebody_elses_file_removes_nothing(tmp_path: Path) -> None:
    victim = tmp_path / "precious"
    victim.touch()
    (tmp_path / "data").mkdir(mode=0o700)
    (tmp_path / "data" / "store.address").write_text(str(victim))
    assert opened(tmp_path / "data") == "up"
    assert victim.exists()


def test_a_link_to_the_whole_directory_is_the_operators_choice(tmp_path: Path) -> None:
    (tmp_path / "disk").mkdir()
    (tmp_path / "data").symlink_to(tmp_path / "disk")
    assert opened(tmp_path / "data") == "up"
    assert mode(tmp_path / "disk") == 0o700


def test_a_file_in_its_place_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "data").touch()
    assert opened(tmp_path / "data").startswith(f"cannot write to {tmp_path / 'data'}: it is no folder.")
