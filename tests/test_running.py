"""The helpers that every other test trusts."""

import os
import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.running import ENGINES, Process, Valkey, processes_at, wait_until


@pytest.mark.parametrize("turn", [1, 2])
@pytest.mark.parametrize("engine", ENGINES)
def test_a_store_answers_and_is_empty(store: Valkey, turn: int) -> None:
    assert store.command("PING") == "+PONG"
    assert store.command("DBSIZE") == ":0"
    store.command("SET", "left", "over")  # the next turn must not see it


def test_a_store_with_fsync_keeps_its_data_over_a_kill(start_store: Callable[..., Valkey]) -> None:
    store = start_store("valkey", fsync=True)
    assert store.command("SET", "kept", "yes") == "+OK"
    store.kill()
    store.restart()
    assert store.command("GET", "kept") == "$3"


def test_nothing_is_left_of_a_stopped_store() -> None:
    store = Valkey("redis")
    assert processes_at(store.folder) == {store.process.pid}
    store.stop()
    assert processes_at(store.folder) == set()
    assert not store.folder.exists()


def test_waiting_fails_with_what_was_printed(tmp_path: Path) -> None:
    process = Process(["/bin/sh", "-c", "echo one; exec sleep 60"], {}, tmp_path)
    process.wait_for("one")
    with pytest.raises(AssertionError, match="was not printed"):
        process.wait_for("two", timeout=0.2)
    os.kill(process.pid, signal.SIGTERM)
    assert process.wait() == -signal.SIGTERM
    process.close()
    wait_until(lambda: not processes_at(tmp_path), "the end of the child")
