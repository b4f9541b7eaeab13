"""One worker: an event loop with a store, a node and the web application, from fork to drain."""

import asyncio
import logging
import signal
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, cast

import uvloop
from quart import Quart

from app.config import Settings
from app.live.node import Node
from app.live.tally import Tally
from app.live.timings import Timings
from app.server.listeners import Sockets
from app.server.memory import give_back, keep_nothing_large
from app.server.supervisor import UNFIT_STATUS, tell
from app.store.errors import StoreError, StoreUnfit
from app.store.feed import Safety
from app.store.store import Store
from app.tls.plain import Plain
from app.tls.served import Served
from app.transport.serve import Door, serve
from app.web import setup
from app.web.app import put_over

log = logging.getLogger("chatadmin.worker")

HEAD_START_TIMEOUT = 1.0  # s that the node gets to be ready before requests are taken, so that the first get an answer
DRAIN_TIMEOUT = 6.0  # s for the node to say goodbye to all; usually a tenth
CERTIFICATE_TICKS = 5  # of the node between two looks at certificates' files
LAST_REQUESTS_TIMEOUT = 2.0  # s that requests under way get after the sockets and streams were closed


@dataclass(eq=False)
class WorkerProcess:
    """Serves `app` on `sockets` from the store at `url`, until SIGTERM.

    The first worker of a start `offers` the set-up link while there is no administrator. What is the same for all is
    said by the one with `number` 0. What it counts goes into the `tally`.

    Tells the main process through `pipe`: {"listening": true}, then {"ready": true, "setup": secret or ""}.
    """

    app: Quart
    settings: Settings
    timings: Timings
    tally: Tally
    url: str
    sockets: Sockets
    pipe: int
    number: int
    offers: bool

    def work(self) -> int:
        """Do so; returns the exit status."""
        keep_nothing_large()
        try:
            with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
                return runner.run(self._run())
        except Exception:  # the last line of defence: nothing above us could report it
            log.exception("the worker failed")
            return 1

    async def _run(self) -> int:
        self._stop, self._shut, self._status = asyncio.Event(), asyncio.Event(), 0
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, self._stop.set)
        settings = self.settings
        store = Store(
            self.url,
            settings.shards,
            settings.nickname_days,
            settings.sessions.visitor_days,
            settings.sessions.agent_hours,
            Safety(settings.acknowledge.on_disk, settings.acknowledge.replicas),
        )
        node = Node(store, settings, self.timings, self.tally)
        coming = asyncio.create_task(self._come_up(store, node))
        stopped = asyncio.create_task(self._stop.wait())
        await asyncio.wait({coming, stopped}, timeout=HEAD_START_TIMEOUT, return_when=asyncio.FIRST_COMPLETED)
        if not self._stop.is_set():
            node.spawn(give_back(node))
            put_over(self.app, node)
            await self._serve(store, node, stopped)
        coming.cancel()
        with suppress(TimeoutError):
            await store.close()
        return self._status

    async def _come_up(self, store: Store, node: Node) -> None:
        """Wait for the store, start the node, tell the main process; or end the program if that is hopeless."""
        store.restoring.told = self._unfinished
        try:
            await store.open()
            await node.start()
            node.unfit = self._unfit
            self._tell(ready=True, setup=await setup.offer(store) if self.offers else "")
        except StoreUnfit as error:
            self._unfit(error)
        except StoreError as error:
            log.error("the worker could not start: the store answers no more", extra={"error": error})
            self._status = 1
            self._stop.set()
        except Exception:
            log.exception("the worker could not start")
            self._status = 1
            self._stop.set()

    def _unfinished(self, says: str) -> None:
        """The store is not whole, and we wait until it is: said once, of all the workers."""
        if self.offers:
            log.error("%s", says)
            self._tell(unfinished=says)

    def _unfit(self, error: StoreUnfit) -> None:
        """End the program: to start again would not help."""
        if not self._stop.is_set():
            self._status = UNFIT_STATUS
            self._tell(fatal=str(error))
            self._stop.set()

    async def _serve(self, store: Store, node: Node, stopped: "asyncio.Task[Any]") -> None:
        """Answer requests until told to stop, then drain: sockets and streams first, then Hypercorn."""
        door = Door(self.sockets.main, passing=self.sockets.passing, number=self.number)
        answering = cast(Any, self.app)
        if self.settings.tls.on:
            served = Served(self.settings, tells=self.number == 0)
            node.spawn(served.watch(self.timings.tick * CERTIFICATE_TICKS))
            node.certificate_ends = served.ends
            door = Door(self.sockets.main, served.context, self.sockets.plain)
        if self.sockets.plain:
            answering = Plain(self.app, self.settings, store.challenges, self.sockets.main.getsockname()[1])
        server = asyncio.create_task(serve(answering, self.settings, door, self._shut.wait))
        self._tell(listening=True)
        await asyncio.wait({server, stopped}, return_when=asyncio.FIRST_COMPLETED)
        try:
            async with asyncio.timeout(DRAIN_TIMEOUT):
                await node.stop()
        except Exception:
            log.exception("the node could not end in order")
        self._shut.set()
        done, _ = await asyncio.wait({server}, timeout=LAST_REQUESTS_TIMEOUT)
        if not done:
            server.cancel()
        with suppress(asyncio.CancelledError):
            await server

    def _tell(self, **message: Any) -> None:
        with suppress(BrokenPipeError):  # the main process was killed: we are about to hear of it
            tell(self.pipe, **message)
