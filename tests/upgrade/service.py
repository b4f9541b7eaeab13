"""A service manager, the file it runs, and a customer who goes on talking: what an upgrade happens to."""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path
from typing import Any

from app.upgrade.server import Server
from tests import guard
from tests.clients.api import history, log_in
from tests.clients.sockets import open_chat
from tests.ports import free_port
from tests.running import PATIENCE, UNLIMITED, Process, end, environment, processes_at, wait_until

# What `--restart` runs: it asks the manager, and waits until that has done it, as systemctl does.
_ASKING = """
import socket, sys
with socket.socket(socket.AF_UNIX) as link:
    link.connect(sys.argv[1])
    sys.exit(link.recv(1) != b"y")
"""


class Manager:
    """Runs the file at `file` as a service on a fixed port, and restarts it when it is asked to.

    It does not look whether a start goes well: that is for who asked.
    """

    def __init__(self, file: Path, folder: Path, user: int | None = None) -> None:
        """`user`: whose the data are, and by whom it runs; else it is who we are."""
        self.file, self.folder, self.data, self._user = file, folder, folder / "data", user
        self.data.mkdir()
        if user is not None:
            os.chown(self.data, user, user)
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.flags = ("--data-dir", str(self.data), "--server", f"127.0.0.1:{self.port}")
        self.command = f"{sys.executable} -c '{_ASKING}' {folder}/manager"
        self.restarts = 0
        self._process: Process | None = None
        self._lock = threading.Lock()
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.bind(f"{folder}/manager")
        self._socket.listen()
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def __enter__(self) -> "Manager":
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def start(self) -> None:
        line = [str(self.file), *self.flags, "serve"]
        env = environment(self.folder, UNLIMITED | {"TMPDIR": str(self.folder)})
        other: dict[str, Any] = {"user": self._user, "group": self._user, "extra_groups": []} if self._user else {}
        self._process = Process(line, env, self.folder, **other)

    def _serve(self) -> None:
        while True:
            try:
                link, _ = self._socket.accept()
            except OSError:  # closed
                return
            with link, self._lock:
                self.restarts += 1
                self._end()
                self.start()
                with suppress(OSError):  # who asked was killed
                    link.sendall(b"y")

    def _end(self) -> None:
        """As systemd does it: it is asked to end, and has 20 s."""
        if self._process:
            self._process.signal(signal.SIGTERM)
            self._process.wait()
            self._process.close()
            self._process = None

    def power_cut(self) -> None:
        """Everything ends at once, and the machine starts again."""
        with self._lock:
            still: set[int] = set()
            while moving := processes_at(self.folder) - still:  # all stand still before the first goes
                for pid in moving:
                    with suppress(ProcessLookupError):
                        os.kill(pid, signal.SIGSTOP)
                still |= moving
            for pid in still:
                end(pid)
            self._end()
            self.start()

    def version(self) -> str:
        """Of what serves; "" where nothing does."""
        found = self._server().serving()
        return found.version if found else ""

    def _server(self) -> Server:
        from app.config import load

        return Server(load({"server": self.flags[3]}, {}, None).settings)

    def serves(self, *versions: str) -> None:
        wait_until(lambda: self.version() in versions, f"{versions} to serve", PATIENCE)

    def close(self) -> None:
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        self._thread.join()
        self._end()
        wait_until(lambda: not processes_at(self.folder), "the end of all that was started", PATIENCE)

    def upgrade(
        self, *words: Any, env: dict[str, str] | None = None, killed_after: float = 0.0
    ) -> "subprocess.CompletedProcess[str]":
        """`chatadmin upgrade ... --restart`, by the file that is in place, to its end; or killed after so many s."""
        line = [str(self.file), *self.flags, "upgrade", *map(str, words), "--restart", self.command]
        env = environment(self.folder, {"TMPDIR": str(self.folder), **(env or {})})
        pipe = subprocess.PIPE
        with subprocess.Popen(line, env=env, stdout=pipe, stderr=pipe, text=True, start_new_session=True) as process:
            guard.watch(process.pid)
            try:
                said = process.communicate(timeout=killed_after or 4 * PATIENCE)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                said = process.communicate(timeout=PATIENCE)
        return subprocess.CompletedProcess(line, process.returncode, *said)


class Customer:
    """Says one numbered thing after another, each until it is acknowledged, whatever happens to the server."""

    def __init__(self, url: str) -> None:
        self.url, self.acknowledged, self.faults = url, 0, list[str]()
        self._token = log_in(url, "Xiaoming")
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._talk, daemon=True)
        self._thread.start()

    def __enter__(self) -> "Customer":
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def _talk(self) -> None:
        while not self._ended.is_set():
            with suppress(OSError, EOFError, AssertionError, json.JSONDecodeError):  # it is away: again
                self._connected()
            self._ended.wait(0.05)

    def _connected(self) -> None:
        link = open_chat(self.url, self._token)
        try:
            while not self._ended.is_set():
                number = self.acknowledged + 1
                link.tell(type="send", id=f"tab.{number}", content=f"n{number}")
                link.hear(type="ack", id=f"tab.{number}")
                self.acknowledged = number
                self._ended.wait(0.01)
        finally:
            link.close()

    def goes_on(self) -> None:
        """Wait until more is acknowledged."""
        before = self.acknowledged
        wait_until(lambda: self.acknowledged > before, "the customer to be heard", PATIENCE)

    def close(self) -> None:
        """Stop, and see that each thing is there once, in its order."""
        self._ended.set()
        self._thread.join()
        said = [entry["content"] for entry in history(self.url, self._token) if entry["type"] == "message"]
        assert len(said) - self.acknowledged in (0, 1)  # the last one's acknowledgement may have been under way
        assert said == [f"n{number}" for number in range(1, len(said) + 1)]


def whole(file: Path, *builds: bytes) -> None:
    """The file is one of these builds, and it runs."""
    assert file.read_bytes() in builds
    assert os.access(file, os.X_OK)
