"""Root becomes the owner of the data, wherever they lie, and leaves nothing of root's there."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.running import PATIENCE, ROOT, processes_at

# What a command does: it becomes the owner, then opens the store; afterwards it says who it is.
SCRIPT = """
import os, sys
from app.commands.owner import become
from app.config import load
from app.commands.opened import with_store
loaded = load({"data_dir": sys.argv[1]}, {}, None)
async def look(store):
    return await store.now_ms() > 0
become(loaded.settings)
assert with_store(loaded.settings, look)
print(os.getresuid(), os.getresgid(), os.getgroups(), oct(os.umask(0)))
"""

pytestmark = pytest.mark.usefixtures("as_root")


@pytest.fixture
def outside() -> Iterator[Path]:
    """A folder that every user can reach; pytest's own are closed to all but one."""
    made = Path(tempfile.mkdtemp(prefix="ca-owner-"))
    made.chmod(0o755)
    yield made
    shutil.rmtree(made)


def opened(data: Path) -> str:
    words = [sys.executable, "-c", SCRIPT, str(data)]
    done = subprocess.run(
        words, cwd=ROOT, env={"PATH": "/usr/bin:/bin"}, capture_output=True, text=True, check=False, timeout=PATIENCE
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert not processes_at(data)
    return done.stdout


def owners(folder: Path) -> set[tuple[int, int]]:
    return {(path.lstat().st_uid, path.lstat().st_gid) for path in (folder, *folder.rglob("*"))}


def test_what_is_made_there_is_the_owners(outside: Path) -> None:
    data = outside / "data"
    data.mkdir()
    os.chown(data, 1234567, 7654321)
    assert opened(data).startswith("(1234567, 1234567, 1234567) (7654321, 7654321, 7654321) [7654321] ")
    assert owners(data) == {(1234567, 7654321)}
    assert len(list(data.rglob("*"))) > 3


def test_of_data_that_are_not_there_yet_it_is_the_owner_of_their_place(outside: Path) -> None:
    os.chown(outside, 1234567, 7654321)
    assert opened(outside / "deeper" / "data").startswith("(1234567, ")
    assert owners(outside) == {(1234567, 7654321)}


def test_roots_own_stay_roots(outside: Path) -> None:
    (outside / "data").mkdir()
    assert opened(outside / "data").startswith("(0, 0, 0) (0, 0, 0) ")


def test_a_user_of_the_system_has_all_their_groups(outside: Path) -> None:
    (outside / "data").mkdir()
    shutil.chown(outside / "data", "nobody", "games")  # the group of the folder is not the user's
    group = int(subprocess.run(["id", "-g", "nobody"], capture_output=True, check=True, timeout=PATIENCE).stdout)
    assert f"({group}, {group}, {group}) [{group}] " in opened(outside / "data")


def test_a_way_that_is_closed_to_the_owner_as_with_dynamic_user(outside: Path) -> None:
    """/var/lib/chatadmin is a link to private/chatadmin, whose parent is root's alone."""
    private = outside / "private"
    private.mkdir(mode=0o700)
    (private / "other").mkdir()
    data = private / "chatadmin"
    data.mkdir(mode=0o700)
    os.chown(data, 1234567, 7654321)
    (outside / "chatadmin").symlink_to("private/chatadmin")
    assert opened(outside / "chatadmin").startswith("(1234567, ")
    assert owners(data) == {(1234567, 7654321)}
    assert (data / "store").is_dir()
    assert sorted(os.listdir(private)) == ["chatadmin", "other"]  # nothing is mounted for anybody else
