"""What the main process does when something dies, and when it is told to stop."""

import os
import re
import signal
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from app.live.tally import Tally
from app.server import supervisor
from app.server.supervisor import Worker
from tests.running import ROOT, Process, in_time, processes_at, wait_until

UNLOADABLE = (
    "a part of the program cannot be loaded (no such library): start it with TMPDIR naming a folder that has room and "
    "from which programs may be run"
)


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


def parent(pid: int) -> int:
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])


def loads(standin: Standin) -> int:
    """How often a worker has loaded what all need."""
    return sum(line.startswith("loads ") for line in standin.process.lines)


def test_what_workers_need_is_loaded_once_for_all_and_each_is_the_main_processes_own(start: Start) -> None:
    standin = start(workers=3)
    pids = [standin.worker(number) for number in range(3)]
    assert loads(standin) == 1
    assert {parent(pid) for pid in pids} == {standin.process.pid}


def test_workers_live_on_without_the_one_that_forked_them(start: Start) -> None:
    standin = start(workers=2)
    first, second = standin.worker(0), standin.worker(1)
    told = len(standin.process.lines)
    os.kill(first, signal.SIGKILL)
    assert standin.worker(0, after=told) != first
    assert loads(standin) == 2
    told = len(standin.process.lines)
    os.kill(second, signal.SIGKILL)  # who was adopted is replaced as well
    assert standin.worker(1, after=told) != second
    assert "worker 0" not in "".join(standin.process.lines[told:])


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_who_dies_before_it_has_forked_the_others_is_replaced_with_them(start: Start, number: int) -> None:
    standin = start(workers=3, how="stuck")
    os.kill(int(standin.process.wait_for(r"^loads (\d+)")[1]), number)
    for each in range(3):
        standin.worker(each)
    assert "a worker was not begun and will be started again" in standin.process.output


def test_a_signal_while_workers_load_ends_all(start: Start) -> None:
    standin = start(workers=2, how="stuck")
    standin.process.wait_for("^loads ")
    standin.process.signal(signal.SIGTERM)
    assert standin.process.wait() == 0
    standin.gone()


def test_what_cannot_be_loaded_is_one_line_and_the_end(start: Start) -> None:
    standin = start(workers=2, how="unloadable")
    assert standin.process.wait() == 1
    told = [line for line in standin.process.lines if "no such library" in line]
    assert told == [f"worker 0 {UNLOADABLE}"]
    assert "will be started again" not in standin.process.output
    assert loads(standin) == 1
    standin.gone()


def test_a_fault_while_loading_is_told_from_a_file_that_cannot_be_read(start: Start) -> None:
    standin = start(workers=2, how="faulty")
    assert standin.process.wait() == 1
    assert "worker 0 this should not happen (KeyError: 'a fault of ours')" in standin.process.output
    assert "Traceback" in standin.process.output
    assert "TMPDIR" not in standin.process.output


def test_a_replacement_that_cannot_be_loaded_leaves_the_others_serving(start: Start) -> None:
    standin = start(workers=2)
    first, second = standin.worker(0), standin.worker(1)
    damaged = standin.folder / "damaged"
    damaged.touch()
    told = len(standin.process.lines)
    os.kill(second, signal.SIGKILL)
    standin.process.wait_for(re.escape(UNLOADABLE))
    assert Path(f"/proc/{first}").exists()
    damaged.unlink()
    standin.worker(1, after=told)
    assert "drained 0" not in standin.process.lines
    standin.process.signal(signal.SIGTERM)
    assert standin.process.wait() == 0


def test_a_courier_that_cannot_be_loaded_says_so_and_is_tried_again(start: Start) -> None:
    standin = start(how="courier")
    standin.worker()
    said = re.escape("a part of the program cannot be loaded ([Errno 28] no room): start it with TMPDIR")
    standin.process.wait_for(said)
    standin.process.wait_for("a courier ended and will be started again")
    told = len(standin.process.lines)
    standin.process.wait_for(said, after=told)
    standin.process.signal(signal.SIGTERM)
    assert standin.process.wait() == 0
    assert "drained 0" in standin.process.lines


def test_who_is_due_almost_at_once_is_started_as_one_crew(monkeypatch: pytest.MonkeyPatch) -> None:
    begun: list[list[int]] = []
    now = time.monotonic()
    tally = Tally(3)
    supervised = supervisor.Supervisor(3, lambda *_: 0, lambda *_: None, lambda: None, tally)
    dues = (now, now + supervisor.TOGETHER / 2, now + 1e6)
    supervised.workers = [Worker(number, tally.workers[number], due=due) for number, due in enumerate(dues)]
    supervised._adopts = True
    monkeypatch.setattr(supervised, "_start", lambda group: begun.append([worker.number for worker in group]))
    supervised._start_due()
    assert begun == [[0, 1]]


def test_a_deaf_worker_does_not_hold_up_the_end(start: Start) -> None:
    standin = start(how="deaf")
    standin.worker()
    asked = time.monotonic()
    standin.process.signal(signal.SIGTERM)
    assert standin.process.wait() == 0
    assert in_time(asked, 12)
    standin.gone()
