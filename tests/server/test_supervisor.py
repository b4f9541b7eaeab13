"""What the main process does when something dies, and when it is told to stop."""

import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.running import ROOT, Process, in_time, processes_at, wait_until


class Standin:
    """A supervisor of idle workers, with what it said of its children."""

    def __init__(self, folder: Path, workers: int = 1, how: str = "") -> None:
        self.folder = folder
        command = [sys.executable, "-m", "tests.server.standin", str(folder), str(workers)]
        self.process = Process(command, {"STANDIN": how, "PATH": os.environ["PATH"]}, ROOT)

    def worker(self, number: int = 0, after: int = 0) -> int:
        return int(self.process.wait_for(rf"^worker {number} (\d+)", after=after)[1])

    def store(self) -> int:
        return int(self.process.wait_for(r"^store (\d+)")[1])

    def gone(self) -> None:
        wait_until(lambda: not processes_at(self.folder), "the end of all processes")


Start = Callable[..., Standin]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    started: list[Standin] = []

    def run(workers: int = 1, how: str = "") -> Standin:
        started.append(Standin(tmp_path / "data", workers, how))
        return started[-1]

    yield run
    for standin in started:
        standin.process.close()
        standin.gone()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_drains_every_worker_and_ends_the_store_last(start: Start, number: int) -> None:
    standin = start(workers=2)
    standin.worker(0), standin.worker(1)
    standin.process.signal(number)
    standin.process.signal(number)  # a Ctrl-C arrives twice under the one-file launcher
    assert standin.process.wait() == 0
    assert {"drained 0", "drained 1"} <= set(standin.process.lines)
    standin.gone()


@pytest.mark.parametrize("workers", [1, 2])
def test_a_killed_worker_is_back_within_a_second(start: Start, workers: int) -> None:
    standin = start(workers)
    first = standin.worker(0)
    told = len(standin.process.lines)
    killed = time.monotonic()
    os.kill(first, signal.SIGKILL)
    assert standin.worker(0, after=told) != first
    assert in_time(killed, 1.0)
    assert "a worker ended and will be started again" in standin.process.output


def test_a_killed_store_is_back(start: Start) -> None:
    standin = start()
    standin.worker()
    os.kill(standin.store(), signal.SIGKILL)
    standin.process.wait_for("the store is started again")
    standin.process.signal(signal.SIGTERM)
    assert standin.process.wait() == 0
    standin.gone()


@pytest.mark.parametrize("workers", [1, 2])
def test_nothing_outlives_a_killed_main_process(start: Start, workers: int) -> None:
    standin = start(workers)
    standin.worker(workers - 1)
    standin.process.signal(signal.SIGKILL)
    standin.gone()


def test_a_worker_that_cannot_serve_ends_the_program(start: Start) -> None:
    standin = start(how="unfit")
    assert standin.process.wait() == 1
    standin.gone()


def test_a_deaf_worker_does_not_hold_up_the_end(start: Start) -> None:
    standin = start(how="deaf")
    standin.worker()
    asked = time.monotonic()
    standin.process.signal(signal.SIGTERM)
    assert standin.process.wait() == 0
    assert in_time(asked, 12)
    standin.gone()
