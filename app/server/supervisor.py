"""The main process while it serves: it starts workers, restarts what dies, and ends everything, in order.

It runs no event loop and no thread, so that it may fork at any time and has next to nothing that can break.
"""

import contextlib
import json
import logging
import os
import select
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from app.store import child
from app.store.embedded import EmbeddedStore
from app.store.errors import EmbeddedError

if TYPE_CHECKING:
    from app.live.tally import Row, Tally

log = logging.getLogger("chatadmin.main")

BACKOFF_DELAYS = (0.0, 0.2, 0.5, 1.0, 2.0, 5.0)  # s before a worker's next start; the first is at once
STEADY_SECONDS = 10.0  # s of life after which a worker counts as healthy and the back-off starts anew
DRAIN_TIMEOUT = 9.0  # s for the workers to end; with the store's 8 the whole exit usually takes one, never over 15
STOP_SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
UNFIT_STATUS = 3  # a worker's exit status when starting it again would not help; it has said why

Message = dict[str, Any]


@dataclass
class Worker:
    """One worker process, or the courier, and what is known of it."""

    number: int
    row: "Row"
    pid: int = 0
    pipe: int = -1
    started: float = 0.0
    due: float | None = 0.0  # monotonic time of the next start; None while it runs
    failures: int = 0
    text: bytes = b""


@dataclass
class Supervisor:
    """Keeps `count` workers, a courier and the embedded store running until a signal says stop.

    `work(number, pipe)` runs in each forked worker and returns its exit status; it may write JSON lines to the
    descriptor `pipe`, which `hear` gets as dicts. `tick` is called about once a second. `courier`, if there is to be
    one, runs as they do, and says nothing. Who runs is noted in the `tally`, which has a row for each.
    """

    count: int
    work: Callable[[int, int], int]
    hear: Callable[[int, Message], None]
    tick: Callable[[], None]
    tally: "Tally"
    store: EmbeddedStore | None = None
    courier: Callable[[], int] | None = None
    stopping: bool = False
    status: int = 0
    workers: list[Worker] = field(default_factory=list)

    def run(self) -> int:
        """Serve until told to stop; returns the exit status."""
        self.workers = [Worker(number, self.tally.workers[number]) for number in range(self.count)]
        if self.courier:
            self.workers.append(Worker(self.count, self.tally.courier))
        self._note()
        wake = self._listen_to_signals()
        while not self.stopping:
            self._start_due()
            self._wait(wake, 1.0)
            self.tick()
        self._end(wake)
        return self.status

    def _note(self) -> None:
        """Say in the tally who there is to be, and who is there already."""
        expected = [self.tally.main, *(worker.row for worker in self.workers)]
        self.tally.main.started(os.getpid())
        if self.store:
            expected.append(self.tally.store)
            self.tally.store.started(self.store.pid)
        for row in expected:
            row["expected"] = 1

    def stop(self, status: int = 0) -> None:
        """Begin to end; safe to repeat, as a Ctrl-C arrives twice (from the terminal and from the launcher)."""
        self.stopping = True
        self.status = self.status or status

    def _listen_to_signals(self) -> int:
        reader, writer = os.pipe()
        os.set_blocking(reader, False)
        os.set_blocking(writer, False)
        signal.set_wakeup_fd(writer, warn_on_full_buffer=False)
        for number in STOP_SIGNALS:
            if signal.getsignal(number) is not signal.SIG_IGN:  # nohup means it
                signal.signal(number, lambda *_: self.stop())
        signal.signal(signal.SIGCHLD, lambda *_: None)  # to wake up; `_reap` does the rest
        return reader

    def _start_due(self) -> None:
        now = time.monotonic()
        if self.store and self.store.due is not None and self.store.due <= now:
            try:
                self.store.revive()
                self.tally.store.started(self.store.pid)
                log.info("the store is started again")
            except EmbeddedError as error:
                log.error("%s", error)
                self.stop(1)
        for worker in self.workers:
            if worker.due is not None and worker.due <= now and not self.stopping:
                self._start(worker)

    def _start(self, worker: Worker) -> None:
        reader, writer = os.pipe()
        worker.pid = child.fork(lambda: self._become(worker, reader, writer))
        os.close(writer)
        worker.row.started(worker.pid)
        worker.pipe, worker.started, worker.due = reader, time.monotonic(), None

    def _become(self, worker: Worker, reader: int, writer: int) -> int:
        """In the forked worker: let go of what is the main process's, then work."""
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)  # until the event loop takes it
        for number in (signal.SIGINT, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)  # the main process hears them and tells us by SIGTERM
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        os.close(reader)
        self.tally.become(worker.row)
        if self.stopping:
            return 0
        return self.courier() if self.courier and worker.row is self.tally.courier else self.work(worker.number, writer)

    def _wait(self, wake: int, longest: float) -> None:
        """Sleep until something happens, `longest` s at most, and take it in."""
        pipes = {worker.pipe: worker for worker in self.workers if worker.pipe >= 0}
        watched = [wake, *pipes]
        if self.store and self.store.output >= 0:
            watched.append(self.store.output)
        dues = [worker.due for worker in self.workers if worker.due is not None]
        if self.store and self.store.due is not None:
            dues.append(self.store.due)
        pause = min([longest, *(due - time.monotonic() for due in dues)])
        readable, _, _ = select.select(watched, [], [], max(0.0, pause))
        if wake in readable:
            with contextlib.suppress(BlockingIOError):
                os.read(wake, 4096)
        for pipe in set(readable) & set(pipes):
            self._listen(pipes[pipe])
        self._reap()
        self._tell_of_store()

    def _listen(self, worker: Worker) -> None:
        data = os.read(worker.pipe, 65536)
        if not data:
            os.close(worker.pipe)
            worker.pipe = -1
        *lines, worker.text = (worker.text + data).split(b"\n")
        for line in lines:
            self.hear(worker.number, json.loads(line))

    def _tell_of_store(self) -> None:
        for line in self.store.warnings() if self.store else ():
            log.warning("the store says: %s", line)

    def _reap(self) -> None:
        while True:
            try:
                pid, status, used = os.wait4(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if not pid:
                return
            if self.store and pid == self.store.pid:
                self._tell_of_store()
                self.store.died()
                self.tally.store.ended(used.ru_utime + used.ru_stime)
                log.error("the store ended and will be started again", extra={"status": _read(status)})
            for worker in self.workers:
                if worker.pid == pid:
                    worker.row.ended(used.ru_utime + used.ru_stime)
                    self._bury(worker, _read(status))

    def _bury(self, worker: Worker, status: int) -> None:
        if worker.pipe >= 0:
            self._listen(worker)
        worker.pid = 0
        if self.stopping:
            return
        if status == UNFIT_STATUS:
            self.stop(1)
            return
        now = time.monotonic()
        worker.failures = 1 if now - worker.started > STEADY_SECONDS else worker.failures + 1
        worker.due = now + BACKOFF_DELAYS[min(worker.failures, len(BACKOFF_DELAYS)) - 1]
        log.error(
            "a %s ended and will be started again", worker.row.kind, extra={"worker": worker.number, "status": status}
        )

    def _end(self, wake: int) -> None:
        """Let the workers drain, then the store write its last; whoever takes too long is killed."""
        deadline = time.monotonic() + DRAIN_TIMEOUT
        for worker in self.workers:
            worker.due = None
            _send(worker.pid, signal.SIGTERM)
        while any(worker.pid for worker in self.workers):
            left = deadline - time.monotonic()
            if left <= 0:
                for worker in self.workers:
                    _send(worker.pid, signal.SIGKILL)
            self._wait(wake, max(left, 0.1))
        if self.store:
            self.store.stop()


def _send(pid: int, number: int) -> None:
    if pid:
        os.kill(pid, number)  # ours and not yet reaped, so it cannot be another's


def _read(status: int) -> int:
    return os.waitstatus_to_exitcode(status)
