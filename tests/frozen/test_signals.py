"""Every signal to every process of the running file: how sockets end, the exit status, what is left."""

import os
import shutil
import signal
from collections.abc import Callable

import pytest

from app.resources import MARKER
from tests.clients.api import history, log_in, status
from tests.clients.sockets import RawSocket, open_chat
from tests.frozen.conftest import Frozen
from tests.running import wait_until

Start = Callable[..., Frozen]
POLITE = [signal.SIGTERM, signal.SIGINT, signal.SIGHUP]
RESTART = 1012  # the close code that says: come back


def a_visitor_with_a_message(instance: Frozen) -> tuple[str, RawSocket]:
    token = log_in(instance.url, "Xiaoming")
    visitor = open_chat(instance.url, token)
    visitor.hear(type="joined")
    visitor.tell(type="send", id="tab1.1", content="kept")
    visitor.hear(type="ack")
    return token, visitor


def messages(url: str, token: str) -> list[str]:
    return [entry["content"] for entry in history(url, token) if entry["type"] == "message"]


def data_is_there(start: Start, instance: Frozen, token: str) -> None:
    again = start(data_dir=instance.data_dir)
    assert messages(again.url, token) == ["kept"]


@pytest.mark.parametrize("workers", [1, 2])
@pytest.mark.parametrize("number", POLITE)
@pytest.mark.parametrize("who", ["launcher", "main"])
def test_a_polite_signal_drains(start: Start, who: str, number: int, workers: int) -> None:
    instance = start("--workers", str(workers))
    token, visitor = a_visitor_with_a_message(instance)
    os.kill(instance.process.pid if who == "launcher" else instance.main, number)
    assert visitor.farewell() == RESTART
    assert instance.process.wait() == 0
    wait_until(lambda: not instance.pids(), "the end of all processes")
    assert instance.leftovers() == []
    assert "Traceback" not in instance.output
    data_is_there(start, instance, token)


@pytest.mark.parametrize("workers", [1, 2])
@pytest.mark.parametrize("who", ["launcher", "main"])
def test_a_killed_owner_takes_all_with_it_politely(start: Start, who: str, workers: int) -> None:
    instance = start("--workers", str(workers))
    token, visitor = a_visitor_with_a_message(instance)
    os.kill(instance.process.pid if who == "launcher" else instance.main, signal.SIGKILL)
    assert visitor.farewell() == RESTART
    assert instance.process.wait() != 0
    wait_until(lambda: not instance.pids(), "the end of all processes")
    wait_until(lambda: not instance.leftovers(), "the removal of the unpacked folder")
    data_is_there(start, instance, token)


@pytest.mark.parametrize("workers", [1, 2])
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_an_ended_worker_is_replaced(start: Start, number: int, workers: int) -> None:
    instance = start("--workers", str(workers))
    token, visitor = a_visitor_with_a_message(instance)
    before = instance.workers
    for worker in before:
        os.kill(worker, number)
    assert visitor.farewell() == (RESTART if number == signal.SIGTERM else 1006)
    wait_until(lambda: len(set(instance.workers) - set(before)) == workers, "new workers")
    wait_until(lambda: status(instance.url, "/readyz") == 200, "readiness")
    assert messages(instance.url, token) == ["kept"]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGHUP])
def test_what_the_terminal_sends_to_all_is_the_main_processes_to_hear(start: Start, number: int) -> None:
    instance = start()
    _, visitor = a_visitor_with_a_message(instance)
    (worker,) = instance.workers
    os.kill(worker, number)
    visitor.tell(type="ping")
    visitor.hear(type="pong")
    assert instance.workers == [worker]


@pytest.mark.parametrize("workers", [1, 2])
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
def test_an_ended_store_is_started_again_under_open_sockets(start: Start, number: int, workers: int) -> None:
    instance = start("--workers", str(workers))
    token, visitor = a_visitor_with_a_message(instance)
    before = instance.store
    os.kill(before, number)
    instance.process.wait_for("the store is started again")
    assert instance.store != before
    wait_until(lambda: status(instance.url, "/readyz") == 200, "readiness")
    visitor.tell(type="send", id="tab1.2", content="after")
    visitor.hear(type="ack")
    assert messages(instance.url, token) == ["kept", "after"]


def test_all_killed_at_once_and_nothing_acknowledged_is_lost(start: Start) -> None:
    instance = start("--workers", "2")
    token, _ = a_visitor_with_a_message(instance)
    instance.cut_off()
    instance.process.wait()
    wait_until(lambda: not instance.pids(), "the end of all processes")
    assert len(instance.leftovers()) == 1  # nobody was left to tidy up
    again = start(data_dir=instance.data_dir)
    assert messages(again.url, token) == ["kept"]
    assert len(again.leftovers()) == 1  # its own; the next start has swept the other


def test_a_signal_while_it_starts_ends_it(start: Start) -> None:
    instance = start(wait=False)
    wait_until(lambda: list(instance.tmp.glob(f"_MEI*/{MARKER}")), "the unpacked folder")
    instance.signal(signal.SIGTERM)
    instance.process.wait()
    wait_until(lambda: not instance.pids(), "the end of all processes")
    sweeper = start()
    assert len(sweeper.leftovers()) == 1


def test_an_empty_folder_is_swept_once_nobody_can_be_unpacking_to_it(start: Start) -> None:
    instance = start()
    dead = instance.process.pid
    instance.stop()
    old, new, full = (instance.tmp / f"_MEI{dead:08x}{name}" for name in ("old000", "new000", "full00"))
    for folder in (old, new, full):
        folder.mkdir()
    (full / "another's").touch()
    for folder in (old, full):
        os.utime(folder, (0, 0))
    again = start()
    assert old.name not in again.leftovers()
    assert {new.name, full.name} < set(again.leftovers())
    new.rmdir()
    shutil.rmtree(full)
