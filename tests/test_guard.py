"""A suite that is killed, by whatever signal, leaves nothing behind: no product, no store, no browser."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from tests.running import ROOT, end, wait_until

pytestmark = pytest.mark.outage


def of(folder: Path) -> dict[int, str]:
    """Every living process that was started with `folder` for its temporary files, or works there."""
    found = {}
    for place in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            mine = f"TMPDIR={folder}".encode() in (place / "environ").read_bytes().split(b"\0")
            mine = mine or os.readlink(place / "cwd").startswith(str(folder))
            if mine and (place / "stat").read_text().rpartition(")")[2].split()[0] != "Z":
                found[int(place.name)] = (place / "cmdline").read_text().replace("\0", " ")
    return found


Run = Callable[..., subprocess.Popen[bytes]]
LONG = 180.0


@pytest.fixture
def run(tmp_path: Path) -> Iterator[Run]:
    """Run the test that never ends, until it has started what it starts."""

    def start(test: str, *options: str) -> subprocess.Popen[bytes]:
        started = tmp_path / "started"
        env = {**os.environ, "TMPDIR": str(tmp_path), "STARTED": str(started)}
        line = [sys.executable, "-m", "pytest", "-q", *options, test]
        process = subprocess.Popen(line, cwd=ROOT, env=env, stdout=subprocess.DEVNULL)
        wait_until(lambda: started.exists() and started.read_text(), "all that it starts", LONG)
        return process

    yield start
    for pid in of(tmp_path):
        end(pid)


def gone(folder: Path) -> None:
    wait_until(lambda: not of(folder), f"the end of {of(folder)}")


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_nothing_outlives_a_suite(run: Run, number: int, tmp_path: Path) -> None:
    suite = run("tests/unattended.py")
    assert len(of(tmp_path)) >= 5, "the suite, the product's processes and the stores"
    suite.send_signal(number)
    suite.wait(LONG)
    gone(tmp_path)


def test_nothing_outlives_a_worker_of_the_suite(run: Run, tmp_path: Path) -> None:
    suite = run("tests/unattended.py", "-n", "1", "--max-worker-restart", "0")
    worker = int((tmp_path / "started").read_text().split()[0])
    os.kill(worker, signal.SIGKILL)
    suite.wait(LONG)
    gone(tmp_path)
