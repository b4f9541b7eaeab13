"""The embedded store's process: private, locked, revived, ended, and usable beside a running server."""

import os
import select
import signal
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app.store.embedded import EmbeddedStore, attached
from app.store.errors import EmbeddedError
from tests.running import PATIENCE, ROOT, Process, processes_at, wait_until


def ask(url: str, command: str) -> str:
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(url.removeprefix("unix://"))
        connection.sendall(command.encode() + b"\r\n")
        answer = connection.makefile("rb")
        head = answer.readline().decode().strip()
        return answer.readline().decode().strip() if head.startswith("$") else head


def running(data_dir: Path) -> EmbeddedStore:
    store = EmbeddedStore(data_dir)
    store.start()
    assert store.wait_ready()
    return store


@pytest.fixture
def store(tmp_path: Path) -> Iterator[EmbeddedStore]:
    store = running(tmp_path / "data")
    yield store
    store.stop()
    assert not processes_at(tmp_path)


def test_it_syncs_every_write_and_listens_to_its_owner_alone(store: EmbeddedStore) -> None:
    settings = {"appendfsync": "always", "appendonly": "yes", "port": "0", "maxmemory-policy": "noeviction"}
    for name, expected in settings.items():
        with socket.socket(socket.AF_UNIX) as connection:
            connection.connect(store.url.removeprefix("unix://"))
            connection.sendall(f"CONFIG GET {name}\r\n".encode())
            assert expected in connection.recv(4096).decode().split()
    path = Path(store.url.removeprefix("unix://"))
    assert stat.S_IMODE(path.stat().st_mode) == 0o700
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert stat.S_IMODE(store.data_dir.stat().st_mode) == 0o700


def test_rewriting_its_file_gives_way_to_messages(store: EmbeddedStore) -> None:
    for command in ("SET a 1", "CONFIG SET rdb-key-save-delay 30000000", "BGREWRITEAOF"):
        assert ask(store.url, command).startswith("+")

    def priorities() -> list[int]:
        store.warnings()  # as whoever owns it does whenever it prints
        children = Path(f"/proc/{store.pid}/task/{store.pid}/children").read_text().split()
        return [os.getpriority(os.PRIO_PROCESS, int(child)) for child in children]

    wait_until(lambda: priorities() == [19], "the one that rewrites gives way")


def test_data_outlives_a_stop(tmp_path: Path) -> None:
    first = running(tmp_path)
    assert ask(first.url, "SET kept yes") == "+OK"
    first.stop()
    first.stop()  # twice does no harm
    second = running(tmp_path)
    assert ask(second.url, "GET kept") == "yes"
    second.stop()


def test_a_second_instance_is_refused_by_name_and_harms_nothing(store: EmbeddedStore) -> None:
    with pytest.raises(EmbeddedError, match=rf"in use by another chatadmin \(process {os.getpid()}\)"):
        EmbeddedStore(store.data_dir).start()
    assert ask(store.url, "PING") == "+PONG"


def test_a_killed_server_is_revived_with_its_data(store: EmbeddedStore) -> None:
    ask(store.url, "SET kept yes")
    os.kill(store.pid, signal.SIGKILL)
    os.waitpid(store.pid, 0)
    store.died()
    assert store.pid == 0
    assert store.due is not None
    store.revive()
    assert store.wait_ready()
    assert ask(store.url, "GET kept") == "yes"


def test_a_server_that_keeps_dying_is_tried_less_and_less_often(store: EmbeddedStore) -> None:
    waits = []
    for _ in range(3):
        os.kill(store.pid, signal.SIGKILL)
        os.waitpid(store.pid, 0)
        store.died()
        assert store.due is not None
        waits.append(store.due - time.monotonic())
        store.revive()
        assert store.wait_ready()
    assert waits[0] < waits[1] < waits[2]


def test_a_torn_file_loads_and_the_cut_is_told(tmp_path: Path) -> None:
    store = running(tmp_path)
    ask(store.url, "SET kept yes")
    store.stop()
    (log,) = (tmp_path / "store" / "appendonlydir").glob("*.incr.aof")
    with log.open("ab") as file:
        file.write(b"*3\r\n$3\r\nSET\r\n$4\r\nto")
    store = running(tmp_path)
    assert any("truncat" in line.lower() or "short read" in line.lower() for line in store.warnings())
    assert ask(store.url, "GET kept") == "yes"
    store.stop()


def test_a_damaged_file_is_one_line(tmp_path: Path) -> None:
    store = running(tmp_path)
    ask(store.url, "SET kept yes")
    store.stop()
    (log,) = (tmp_path / "store" / "appendonlydir").glob("*.incr.aof")
    log.write_bytes(b"nonsense" + log.read_bytes())
    damaged = EmbeddedStore(tmp_path)
    damaged.start()
    with pytest.raises(EmbeddedError, match="did not start: Bad file format") as failure:
        damaged.wait_ready()
    assert "\n" not in str(failure.value)
    assert not processes_at(tmp_path)


def test_a_path_too_long_for_a_socket(tmp_path: Path) -> None:
    deep = tmp_path / ("long" * 20) / ("long" * 20)
    store = running(deep)
    path = Path(store.url.removeprefix("unix://"))
    assert len(str(path)) < 108
    assert (deep / "store.address").read_text() == str(path)
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    store.stop()
    assert not path.parent.exists()


def test_an_unwritable_place_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(EmbeddedError, match=r"cannot write to .*--data-dir"):
        EmbeddedStore(tmp_path / "file" / "data").start()


@pytest.mark.usefixtures("as_root")
def test_another_users_directory_is_refused(tmp_path: Path) -> None:
    os.chown(tmp_path, 12345, 12345)
    with (
        pytest.raises(EmbeddedError, match="belongs to user 12345, who could not use what root makes"),
        attached(tmp_path),
    ):
        raise AssertionError("it was opened")
    assert list(tmp_path.iterdir()) == []


def test_attached_uses_the_running_one_or_starts_one_for_the_moment(tmp_path: Path) -> None:
    with attached(tmp_path) as url:
        assert ask(url, "SET kept yes") == "+OK"
        with attached(tmp_path) as second:
            assert second == url
    assert not processes_at(tmp_path)
    with attached(tmp_path) as url:
        assert ask(url, "GET kept") == "yes"


def test_the_server_does_not_outlive_a_killed_owner(tmp_path: Path) -> None:
    code = (
        "import sys, signal\nfrom app.store.embedded import EmbeddedStore\n"
        "store = EmbeddedStore(sys.argv[1]); store.start(); store.wait_ready(); print('up', flush=True); signal.pause()"
    )
    owner = Process([sys.executable, "-c", code, str(tmp_path)], {"PYTHONPATH": str(ROOT)}, ROOT)
    owner.wait_for("up")
    assert len(processes_at(tmp_path)) == 2
    owner.signal(signal.SIGKILL)
    owner.wait()
    wait_until(lambda: not processes_at(tmp_path), "the end of the server")
    again = running(tmp_path)  # at once: what the killed one left is no obstacle
    again.stop()


def test_starting_it_loads_nothing_heavy(tmp_path: Path) -> None:
    code = "import sys, app.store.embedded; print(*sorted(m for m in sys.modules if '.' not in m))"
    loaded = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True, timeout=PATIENCE
    )
    assert not {"asyncio", "redis", "quart", "subprocess", "ssl"} & set(loaded.stdout.split())


def test_it_runs_from_memory_where_files_may_not_be_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from app.store import child

    spawn = child.spawn
    refused: list[str] = []

    def forbidden(program: str, *rest: Any) -> Any:  # as the kernel answers on a file system mounted noexec
        if not program.startswith("/proc/self/fd/"):
            refused.append(program)
            raise PermissionError(13, "Permission denied", program)
        return spawn(program, *rest)

    monkeypatch.setattr(child, "spawn", forbidden)
    store = running(tmp_path)
    assert refused
    assert os.readlink(f"/proc/{store.pid}/exe").startswith("/memfd:")
    assert select.select([store.output], [], [], 0)[0] == []
    store.stop()
