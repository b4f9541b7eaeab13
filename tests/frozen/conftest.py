"""The file that people download, run as they would. Built by ./build.sh; CHATADMIN_UNDER_TEST names another."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.running import ROOT, Chatadmin


class Frozen(Chatadmin):
    """The running file, with a temporary folder of its own, so that what it leaves there is seen."""

    def __init__(self, *args: str, file: Path, tmp: Path, **options: Any) -> None:
        self.file, self.tmp = file, tmp
        env = {"TMPDIR": str(tmp), **(options.pop("env", None) or {})}
        super().__init__(*args, program=[str(file)], env=env, **options)

    def leftovers(self) -> list[str]:
        """What is left of unpacked programs."""
        return [path.name for path in self.tmp.glob("_MEI*")]

    @property
    def main(self) -> int:
        (pid,) = children(self.process.pid)
        return pid

    @property
    def workers(self) -> list[int]:
        return [pid for pid in children(self.main) if program(pid) == program(self.main)]

    @property
    def store(self) -> int:
        (pid,) = (pid for pid in children(self.main) if program(pid) != program(self.main))
        return pid


def children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def program(pid: int) -> str:
    """What `pid` runs; nothing where it has ended and was not reaped yet."""
    try:
        return os.readlink(f"/proc/{pid}/exe")
    except OSError:
        return ""


@pytest.fixture(scope="session")
def file() -> Path:
    """The frozen file; these tests are passed over where it has not been built."""
    found = Path(os.environ.get("CHATADMIN_UNDER_TEST") or ROOT / "dist" / "chatadmin").resolve()
    if not found.is_file():
        if os.environ.get("CHATADMIN_UNDER_TEST"):
            raise AssertionError(f"{found} is missing")
        pytest.skip("dist/chatadmin is not built: ./build.sh")
    return found


@pytest.fixture
def start(file: Path, tmp_path: Path) -> Iterator[Callable[..., Frozen]]:
    """Start the file; afterwards it has ended and has left nothing."""
    started: list[Frozen] = []
    tmp = tmp_path / "tmp"
    tmp.mkdir()

    def run(*args: str, **options: Any) -> Frozen:
        started.append(Frozen(*args, file=options.pop("file", file), tmp=tmp, **options))
        return started[-1]

    yield run
    for instance in reversed(started):  # one may use the data of another
        instance.stop()
        shutil.rmtree(instance.folder, ignore_errors=True)
    assert [path.name for path in tmp.glob("_MEI*")] == []
