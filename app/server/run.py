"""`chatadmin serve`: from the listening socket and the store to the workers, and all the way back.

The order matters. The socket is bound first, so that a taken port harms nothing; the store is spawned before the first
worker is forked, whose imports take longer than its start. Those are done there, once for all workers (supervisor.py):
this process has no use for what they take.
"""

import gc
import logging
import os
import signal
import sys
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

from app import absent, libraries, unpacked
from app.server import bundle, log
from app.server.banner import abandon_stdout, banner
from app.server.cores import workers
from app.server.listeners import ListenError, Sockets, listen, origins, probe
from app.server.notify import notify
from app.server.supervisor import STOP_SIGNALS, Message, Supervisor
from app.store.child import die_with_parent
from app.store.embedded import EmbeddedStore
from app.store.errors import EmbeddedError
from app.store.low_water import LowWater
from app.transport.passing import Passing

if TYPE_CHECKING:
    from quart import Quart

    from app.config import Settings

# What a worker imports when it is first needed, for passwords: from the temporary folder, which may be full by then.
LATER = ("_argon2_cffi_bindings._ffi", "_cffi_backend")
BANNER_TIMEOUT = 3.0  # s until the banner is printed although the store does not answer; it is again once it does


def serve(settings: "Settings", warnings: Sequence[str] = ()) -> int:
    """Serve until a signal; returns the exit status. What hinders the start is one line on stderr.

    `warnings`: of the settings, for the log.
    """
    parent = os.getppid()
    for number in STOP_SIGNALS:  # until the supervisor hears them
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, lambda *_: sys.exit(0))
    if bundle.launcher():
        die_with_parent(bundle.launcher())
    log.set_up(settings.log_level, settings.log_format)
    for line in warnings:
        logging.getLogger("chatadmin.main").warning(line)
    bundle.sweep()
    store: EmbeddedStore | None = None
    try:
        sockets = _listen(settings)
        if not settings.redis:
            store = EmbeddedStore(settings.data_dir)
            store.start()
        if settings.tls.automatic:
            from app.tls import self_signed
            from app.tls.folder import Folder

            self_signed.provide(Folder(settings.data_dir), settings.certified)
        return _Service(settings, sockets, store).run()
    except (ListenError, EmbeddedError) as error:
        log.last_words(str(error))
        return 1
    finally:
        if store:
            store.stop()
        bundle.leave(parent)


def _keep_for_good() -> None:
    """What is here now stays: looking for garbage in it takes 40 ms, and its pages are shared with who is forked."""
    gc.freeze()
    gc.set_threshold(10_000, 10, 10)  # a busy node makes 700 objects in a millisecond, and hardly a cycle
    gc.enable()


def _listen(settings: "Settings") -> Sockets:
    main = listen(settings.server)
    plain = listen(settings.tls.http, "tls.http") if settings.tls.automatic else None
    return Sockets(main, plain, Passing(workers(settings.workers)))


class _Service:
    """What the main process knows while it serves."""

    def __init__(self, settings: "Settings", sockets: Sockets, store: EmbeddedStore | None) -> None:
        self.settings, self.sockets, self.store = settings, sockets, store
        self.secure = settings.tls.on
        self.count = workers(settings.workers)
        self.app: Quart  # in the workers, which have loaded it
        self.serving: set[int] = set()  # the workers that have served
        self.setup = ""  # the secret in the set-up link, which the first of them offers
        self.announced = False
        self.printed = self.complete = False  # the banner; and one that was no longer waiting for the store
        self.low_water = LowWater(store) if store else None
        self.began = time.monotonic()

    def run(self) -> int:
        from app.live import timings
        from app.live.tally import Tally

        _keep_for_good()
        tally = Tally(self.count)
        log.counting(tally)
        store, main, table = self.store, os.getpid(), timings.in_force(os.environ)
        url = store.url if store else self.settings.redis

        def child(number: int, pipe: int) -> int:
            from app.server.worker import WorkerProcess

            try:
                offers = number == 0 and not self.ready
                about = self.app, self.settings, table, tally, url, self.sockets
                return WorkerProcess(*about, pipe, number, offers).work()
            finally:
                bundle.leave(main)

        def courier() -> int:
            gc.disable()
            needed = {"mail": self.settings.sends_mail, "https": self.settings.tls.automatic}
            unpacked.use(*(group for group, is_needed in needed.items() if is_needed))
            from app.courier import process  # here alone: no worker has any of it in its memory

            _keep_for_good()
            self.sockets.close()
            try:
                return process.work(self.settings, table, url)
            finally:
                bundle.leave(main)

        delivers = courier if self.settings.needs_courier else None
        self.supervisor = Supervisor(self.count, child, self._hear, self._tick, tally, store, delivers, self._load)
        status = self.supervisor.run()
        if self.serving or not status:  # else what hindered it was said, in a line that is to be the last
            logging.getLogger("chatadmin.main").info("stopped", extra={"status": status})
        return status

    def _load(self) -> None:
        """In a worker: the heavy half of the program, and what the workers that it forks have in common."""
        gc.disable()
        absent.leave_out()
        import app.server.worker  # noqa: F401
        from app.web.app import create_app

        self.app = create_app(self.settings)
        libraries.unpack(*LATER)
        _keep_for_good()

    def _hear(self, number: int, message: Message) -> None:
        if "fatal" in message:
            log.last_words(str(message["fatal"]))
        if "unfinished" in message:
            log.last_words(str(message["unfinished"]))
        if message.get("ready"):
            self.serving.add(number)
            self.setup = str(message.get("setup") or self.setup)
            self._tick()

    @property
    def ready(self) -> bool:
        """Whether the store has answered, and there is a set-up link if one is needed."""
        return 0 in self.serving

    def _tick(self) -> None:
        """Announce ourselves once we really answer, or say that we wait for the store."""
        if self.supervisor.stopping:
            notify("STOPPING=1")
            return
        if self.low_water and (news := self.low_water.look()):
            logging.getLogger("chatadmin.main").warning(news)
        waited = time.monotonic() - self.began > BANNER_TIMEOUT
        may = self.ready and (waited or len(self.serving) == self.count)  # one that fails must not hide the others
        if may and not self.announced and probe(self.sockets.main, self.secure) == 200:
            self.announced = True
            notify("READY=1")
        if (self.announced and not self.complete) or (waited and not self.printed):
            again, self.printed, self.complete = self.printed, True, self.ready
            try:
                self._print()
            except OSError:  # whoever read the first may have gone since
                if not again:
                    raise
                abandon_stdout()

    def _print(self) -> None:
        from app.config import masked

        url = masked("redis", self.settings.redis)
        place = str(self.store.data_dir) if self.store else f"in the store at {url}"
        scheme = "https" if self.secure else "http"
        print(banner(origins(self.sockets.main, scheme), place, self.setup, self.ready), flush=True)
