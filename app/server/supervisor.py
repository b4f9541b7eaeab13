"""The main process while it serves: it starts workers, restarts what dies, and ends everything, in order.

It runs no event loop and no thread, so that it may fork at any time and has next to nothing that can break.
"""

import contextlib
import functools
import json
import logging
import os
import select
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from app.archive import unloadable
from app.store import child
from app.store.embedded import EmbeddedStore
from app.store.errors import EmbeddedError

if TYPE_CHECKING:
    from app.live.tally import Row, Tally

log = logging.getLogger("chatadmin.main")

BACKOFF_DELAYS = (0.0, 0.2, 0.5, 1.0, 2.0, 5.0)  # s before a worker's next start; the first is at once
TOGETHER = 0.05  # s within which workers that are due are started as one crew, which loads once
STEADY_SECONDS = 10.0  # s of life after which a worker counts as healthy and the back-off starts anew
LOAD_TIMEOUT = 2.0  # s to wait for the embedded store here; a large one goes on loading while we are not ready
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
    coming: bool = False  # another worker is to fork it, and has not yet
    failures: int = 0
    text: bytes = b""


@dataclass
class Supervisor:
    """Keeps `count` workers, a courier and the embedded store running until a signal says stop.

    `work(number, pipe)` runs in each forked worker and returns its exit status; it may write JSON lines to the
    descriptor `pipe`, which `hear` gets as dicts: `ready` says that it serves, `fatal` why all has to end. `load`
    brings what it needs into memory, though not of this process: of the workers that are due the first calls it, and
    forks the others, who so share what is there. Where it fails before any worker has served, all ends; later, that
    crew alone. `tick` is called about once a second. `courier`, if there is to be one, runs as they do, and says
    nothing. Who runs is noted in the `tally`, which has a row for each.
    """

    count: int
    work: Callable[[int, int], int]
    hear: Callable[[int, Message], None]
    tick: Callable[[], None]
    tally: "Tally"
    store: EmbeddedStore | None = None
    courier: Callable[[], int] | None = None
    load: Callable[[], None] = lambda: None
    stopping: bool = False
    status: int = 0
    served: bool = False  # whether a worker ever said that it is ready
    workers: list[Worker] = field(default_factory=list)
    _adopts: bool = field(default=False, init=False)  # whether workers may fork others for us

    def run(self) -> int:
        """Serve until told to stop; returns the exit status."""
        self.workers = [Worker(number, self.tally.workers[number]) for number in range(self.count)]
        if self.courier:
            self.workers.append(Worker(self.count, self.tally.courier))
        self._note()
        self._adopts = child.adopt()
        wake = self._listen_to_signals()
        self._start_due()
        self._await_store()
        while not self.stopping:
            self._start_due()
            self._wait(wake, 1.0)
            self.tick()
        self._end(wake)
        return self.status

    def _await_store(self) -> None:
        """While the workers load what they need; one that cannot be started ends the program."""
        deadline = time.monotonic() + LOAD_TIMEOUT
        try:
            while self.store and not (self.stopping or self.store.wait_ready(0.1) or time.monotonic() > deadline):
                pass
        except EmbeddedError as error:
            self.hear(0, {"fatal": str(error)})
            self.stop(1)

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
        soon = float("-inf") if self.stopping else now + TOGETHER
        due = [worker for worker in self.workers if worker.due is not None and worker.due <= soon]
        alike = [worker for worker in due if self._adopts and worker.row is not self.tally.courier]
        for group in [alike, *([worker] for worker in due if worker not in alike)]:
            if group:
                self._start(group)

    def _start(self, group: list[Worker]) -> None:
        """Fork the first, and have it fork the others."""
        crew = []
        for worker in group:
            worker.pipe, writer = os.pipe()
            os.set_blocking(worker.pipe, False)
            worker.started, worker.due, worker.coming, worker.text = time.monotonic(), None, True, b""
            crew.append((worker, writer))
        self._came(group[0], child.fork(lambda: self._become(crew)))
        for _, writer in crew:
            os.close(writer)

    def _came(self, worker: Worker, pid: int) -> None:
        worker.pid, worker.coming = pid, False
        worker.row.started(pid)
        if self.stopping:
            _send(pid, signal.SIGTERM)

    def _become(self, crew: list[tuple[Worker, int]]) -> int:
        """In the forked worker: let go of what is the main process's, then work."""
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)  # until the event loop takes it
        for number in (signal.SIGINT, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)  # the main process hears them and tells us by SIGTERM
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        for other in self.workers:
            if other.pipe >= 0:
                os.close(other.pipe)
        worker, writer = crew[0]
        self.tally.become(worker.row)
        if self.stopping:
            return 0
        delivers = self.courier and worker.row is self.tally.courier
        try:
            if self.courier and delivers:
                return self.courier()
            self.load()
        except Exception as error:  # noqa: BLE001 - whatever it is, it is said
            told = _explained(error)
            if not (delivers or self.served):  # nobody serves: the main process says it and ends
                tell(writer, fatal=told)
                return UNFIT_STATUS
            log.error("%s", told, extra={"worker": worker.number})
            return 1
        self._bring(crew)
        return self.work(worker.number, writer)

    def _bring(self, crew: list[tuple[Worker, int]]) -> None:
        """Fork the others, in the first of them."""
        for at, (other, writer) in enumerate(crew[1:], 1):
            foreign = [crew[0][1], *(pipe for _, pipe in crew[at + 1 :])]
            try:
                child.fork_beside(functools.partial(self._join, other, writer, foreign))
            except OSError as error:  # the main process sees the pipe closed, and tries again
                log.error("no further worker could be forked", extra={"worker": other.number, "error": error})
            os.close(writer)

    def _join(self, worker: Worker, writer: int, foreign: list[int]) -> int:
        for pipe in foreign:
            os.close(pipe)
        self.tally.become(worker.row)
        tell(writer, forked=os.getpid())
        return self.work(worker.number, writer)

    def _wait(self, wake: int, longest: float) -> None:
        """Sleep until something happens, `longest` s at most, and take it in."""
        watched = [wake, *(worker.pipe for worker in self.workers if worker.pipe >= 0)]
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
        self._listen_to_all()
        self._reap()
        self._tell_of_store()

    def _listen_to_all(self) -> None:
        for worker in self.workers:  # in this order: who was to fork others comes before them, and has said why not
            while worker.pipe >= 0:
                try:
                    data = os.read(worker.pipe, 65536)
                except BlockingIOError:
                    break
                self._take_in(worker, data)

    def _take_in(self, worker: Worker, data: bytes) -> None:
        *lines, worker.text = (worker.text + data).split(b"\n")
        for message in map(json.loads, lines):
            if "forked" in message:
                self._came(worker, message["forked"])
                continue
            self.served = self.served or bool(message.get("ready"))
            if "fatal" in message and not self.stopping:
                self.stop(1)
            self.hear(worker.number, message)
        if not data:
            os.close(worker.pipe)
            worker.pipe = -1
            if worker.coming:  # who was to fork it has ended
                worker.coming = False
                self._put_off(worker, "was not begun", -1)

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
            self._listen_to_all()  # who it was, if another forked it, and its last words
            for worker in self.workers:
                if worker.pid == pid:
                    worker.row.ended(used.ru_utime + used.ru_stime)
                    self._bury(worker, _read(status))

    def _bury(self, worker: Worker, status: int) -> None:
        worker.pid = 0
        if status == UNFIT_STATUS and not self.stopping:
            self.stop(1)
        self._put_off(worker, "ended", status)

    def _put_off(self, worker: Worker, told: str, status: int) -> None:
        if self.stopping:
            return
        now = time.monotonic()
        worker.failures = 1 if now - worker.started > STEADY_SECONDS else worker.failures + 1
        worker.due = now + BACKOFF_DELAYS[min(worker.failures, len(BACKOFF_DELAYS)) - 1]
        about = {"worker": worker.number, "status": status}
        log.error("a %s %s and will be started again", worker.row.kind, told, extra=about)

    def _end(self, wake: int) -> None:
        """Let the workers drain, then the store write its last; whoever takes too long is killed."""
        deadline = time.monotonic() + DRAIN_TIMEOUT
        for worker in self.workers:
            worker.due = None
            _send(worker.pid, signal.SIGTERM)
        while any(worker.pid or worker.coming for worker in self.workers):
            left = deadline - time.monotonic()
            if left <= 0:
                for worker in self.workers:
                    _send(worker.pid, signal.SIGKILL)
            self._wait(wake, max(left, 0.1))
        if self.store:
            self.store.stop()


def _explained(error: Exception) -> str:
    """What to tell an operator of a part of the program that could not be loaded, of which the log has the rest."""
    if isinstance(error, ImportError | OSError):
        return unloadable(error)
    log.error("a part of the program failed", exc_info=error)
    return f"this should not happen ({type(error).__name__}: {error}): report it with what the log says"


def _send(pid: int, number: int) -> None:
    if pid:
        os.kill(pid, number)  # ours and not yet reaped, so it cannot be another's


def tell(pipe: int, **message: Any) -> None:
    """What a worker says to the main process, in its pipe. Raises BrokenPipeError where that was killed."""
    os.write(pipe, json.dumps(message).encode() + b"\n")


def _read(status: int) -> int:
    return os.waitstatus_to_exitcode(status)
