"""The embedded store: a Valkey server that is a child of ours, reached through a private Unix socket.

What lies where in the data directory is said in `datadir`.
"""

import contextlib
import os
import re
import select
import signal
import time
from collections.abc import Iterator
from pathlib import Path

from app.store import child, datadir, private
from app.store.embedded_binary import in_memory, unpack
from app.store.errors import EmbeddedError

RESTART_PAUSES = (0.1, 0.2, 0.5, 1.0, 2.0, 5.0)  # s before the next start; a full disk kills the server at once
STEADY_AFTER = 10.0  # s after which a running server counts as healthy and the back-off starts anew
_REWRITER = re.compile(rb"rewriting started by pid (\d+)")  # what the server says of the child it forks for it
ATTACH_TIMEOUT = 6.0  # s a command waits for an instance's store; one that died is started again after five at most
STOP_TIMEOUT = 8.0  # s for the last write to disk; the whole program may take 15

SERVER_OPTIONS = {
    "port": "0",
    "unixsocketperm": "700",
    "daemonize": "no",
    "logfile": "",
    "save": "",
    "appendonly": "yes",
    "appendfsync": "always",  # an acknowledged message is on disk
    "no-appendfsync-on-rewrite": "no",
    # A rewrite delays messages while it lasts: one in 200,000 messages, not in 50,000. So much loads in 2 s.
    "auto-aof-rewrite-min-size": "256mb",
    "aof-load-truncated": "yes",  # a torn last entry was never acknowledged
    "maxmemory-policy": "noeviction",
    "maxclients": "200",  # a handful for each worker; leaves room under a limit of 256 descriptors
}
# Nothing of our own: a frozen program's LD_LIBRARY_PATH would break it. glibc keeps so many freed blocks of each size
# at hand, instead of 7: a call with sixteen messages frees hundreds. 127 is the most that older ones can count.
SERVER_ENVIRONMENT = {"LC_ALL": "C", "GLIBC_TUNABLES": "glibc.malloc.tcache_count=127"}


class EmbeddedStore:
    """Owns the server's process from `start` to `stop`. All calls are synchronous, from the main thread."""

    def __init__(self, data_dir: Path | str) -> None:
        self.data_dir = Path(os.path.abspath(data_dir))
        self.url = ""
        self.pid = 0  # 0 while it does not run
        self.output = -1  # what it prints, for `select`
        self.due: float | None = None  # monotonic time of the next start, after it died
        self._lock = -1
        self._text = b""
        self._lines: list[str] = []
        self._ready = False
        self._started = 0.0
        self._failures = 0
        self._program = Path()

    def start(self) -> None:
        """Lock the data directory and spawn the server without waiting for it. Raises EmbeddedError."""
        try:
            datadir.prepare(self.data_dir)
            self._lock = datadir.lock(self.data_dir)
            self._program = unpack(self.data_dir / "bin")
            path = datadir.place_socket(self.data_dir)
        except OSError as error:
            self._release()
            where = error.filename or self.data_dir
            raise EmbeddedError(
                f"cannot write to {where}: {error.strerror}. Give another place with --data-dir"
            ) from None
        except EmbeddedError:
            self._release()
            raise
        self.url = f"unix://{path}"
        self._spawn()

    def _spawn(self) -> None:
        """Run the server, from memory where the file system forbids to run files."""
        Path(self.url.removeprefix("unix://")).unlink(missing_ok=True)
        options = {**SERVER_OPTIONS, "unixsocket": self.url.removeprefix("unix://"), "dir": "."}
        words = [word for name, value in options.items() for word in (f"--{name}", value)]
        folder = str(self.data_dir / "store")
        self.output, writer = os.pipe()
        try:
            try:
                self.pid = child.spawn(str(self._program), words, SERVER_ENVIRONMENT, folder, writer, [self._lock])
            except PermissionError:
                copy = in_memory(self._program)
                program = f"/proc/self/fd/{copy}"
                self.pid = child.spawn(program, words, SERVER_ENVIRONMENT, folder, writer, [self._lock])
                os.close(copy)
        except OSError as error:
            os.close(self.output)
            self._release()
            raise EmbeddedError(
                f"cannot run the embedded store from {self._program.parent}, nor from memory: {error.strerror}. "
                "Give another place with --data-dir, or a server of yours with --redis"
            ) from None
        finally:
            os.close(writer)
        self._started = time.monotonic()
        self._ready = False
        self.due = None

    def wait_ready(self, timeout: float = 10.0) -> bool:
        """Wait until the server takes commands; False if it still loads its data after `timeout` seconds.

        Raises EmbeddedError, with what the server said last, if it ended instead.
        """
        deadline = time.monotonic() + timeout
        while (left := deadline - time.monotonic()) > 0:
            if self._ready:
                return True
            if select.select([self.output], [], [], left)[0] and not self._read():
                _, status = os.waitpid(self.pid, 0)
                raise EmbeddedError(self._last_words(status))
        return False

    def _read(self) -> bool:
        """Take in what the server printed; False once it has closed its end."""
        data = os.read(self.output, 65536)
        *lines, self._text = (self._text + data).split(b"\n")
        self._lines += [line.decode(errors="replace") for line in lines]
        for line in lines:
            self._ready = self._ready or b"eady to accept connections" in line
            give_way(line)
        return bool(data)

    def warnings(self) -> list[str]:
        """What the server printed since the last call and an operator should see, without prefixes."""
        while self.output >= 0 and select.select([self.output], [], [], 0)[0] and self._read():
            pass
        marked = [line.partition(" # ")[2] for line in self._lines if " # " in line]
        self._lines.clear()
        # advice about the machine, repeated at each start; `chatadmin check` gives it once
        return [line for line in marked if "overcommit" not in line and "huge page" not in line.lower()]

    def _last_words(self, status: int) -> str:
        """One line for a server that ended at once, from what it printed; also cleans up after it."""
        said = self.warnings()
        self._gone()
        self._release()
        reason = said[-1] if said else f"it ended with status {os.waitstatus_to_exitcode(status)}"
        return f"the embedded store in {self.data_dir / 'store'} did not start: {reason}"

    def died(self) -> None:
        """Note that the process was reaped; `revive` starts it again once `due` has come."""
        steady = time.monotonic() - self._started > STEADY_AFTER
        self._failures = 1 if steady else self._failures + 1
        self.due = time.monotonic() + RESTART_PAUSES[min(self._failures, len(RESTART_PAUSES)) - 1]
        self._gone()

    def revive(self) -> None:
        """Start the server again. Raises EmbeddedError when it cannot even be run."""
        self._spawn()

    def _gone(self) -> None:
        self.pid = 0
        if self.output >= 0:
            os.close(self.output)
        self.output = -1
        self._text = b""

    def stop(self) -> None:
        """End the server, after its last write to disk, and give the data directory back. Safe to repeat."""
        if self.pid:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGTERM)
            _reap(self.pid, self.output)
        self._gone()
        self._release()

    def _release(self) -> None:
        if self._lock >= 0:
            datadir.forget_socket(self.data_dir)
            os.close(self._lock)
        self._lock = -1


def give_way(line: bytes) -> None:
    """Where the server says in this line that a child begins to rewrite its file: let that one have what processor time
    messages leave. Where there is none to spare, they took five times as long meanwhile, and take twice as long now."""
    if rewriter := _REWRITER.search(line):
        with contextlib.suppress(OSError):  # it has ended
            os.setpriority(os.PRIO_PROCESS, int(rewriter[1]), 19)


def _reap(pid: int, output: int) -> None:
    """Wait for the end of `pid`, which closes `output`; SIGKILL after STOP_TIMEOUT."""
    deadline = time.monotonic() + STOP_TIMEOUT
    while (left := deadline - time.monotonic()) > 0:
        if select.select([output], [], [], left)[0] and not os.read(output, 65536):
            break
    else:
        os.kill(pid, signal.SIGKILL)
    with contextlib.suppress(ChildProcessError):
        os.waitpid(pid, 0)


@contextlib.contextmanager
def attached(data_dir: Path | str, *, begun: bool = False) -> Iterator[str]:
    """The URL of the embedded store for a command: a running instance's, or one started for the moment.

    Waits for an instance that has just begun, or whose store has to be started again. `begun`: there must have been one
    before, or nothing is made. Raises EmbeddedError, also for a directory that is not fit.
    """
    data_dir = Path(os.path.abspath(data_dir))
    private.refuse_unfit(data_dir)
    if begun and not datadir.has_begun(data_dir):
        raise EmbeddedError(
            f"there is no shop in {data_dir}: name the data directory of one with --data-dir, or --config"
        )
    store, deadline = EmbeddedStore(data_dir), time.monotonic() + ATTACH_TIMEOUT
    while not (running := datadir.address(data_dir)):
        try:
            store.start()
            break
        except datadir.InUse:
            if time.monotonic() > deadline:
                raise
            select.select([], [], [], 0.05)  # nothing tells when it answers
    if running:
        yield running
        return
    try:
        store.wait_ready()
        yield store.url
    finally:
        store.stop()


@contextlib.contextmanager
def held(data_dir: Path | str) -> Iterator[str]:
    """The URL of the embedded store, which nobody else has meanwhile. Raises EmbeddedError where an instance runs, and
    for a directory that is not fit."""
    data_dir = Path(os.path.abspath(data_dir))
    private.refuse_unfit(data_dir)
    store = EmbeddedStore(data_dir)
    store.start()
    try:
        while not store.wait_ready():
            pass  # it loads what is there, however much that is
        yield store.url
    finally:
        store.stop()
