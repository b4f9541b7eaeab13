"""Hypercorn, the application and a node over a real store, in a thread of the test: to be looked at from inside."""

import asyncio
import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import uvloop
from quart import Quart

from app import config
from app.live.node import Node
from app.live.timings import Timings
from app.store.store import Store
from app.tls.served import Served
from app.transport.serve import Door, serve
from app.web.app import create_app
from tests.transport.echo_server import ours

PATIENCE = 60.0  # seconds until a silent server counts as broken


class NodeServer:
    """Answers at `url` until `stop()`. `node` and `app` may be looked at through `do`. `flags`: settings, by name."""

    def __init__(self, store_url: str, tls: Path | None = None, flags: Mapping[str, str] | None = None) -> None:
        self.node: Node
        self.app: Quart
        self.loop: asyncio.AbstractEventLoop
        listener = socket.create_server(("127.0.0.1", 0))
        self.port = listener.getsockname()[1]
        self.url = f"{'https' if tls else 'http'}://127.0.0.1:{self.port}"
        self.tls, self._flags = tls, flags or {}
        self._store_url, self._listener = store_url, listener
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run)
        self._thread.start()
        assert self._ready.wait(PATIENCE), "the node did not start"

    def _run(self) -> None:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(self._serve())

    async def _serve(self) -> None:
        self.loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        tls = {"tls.certificate": str(self.tls / "cert.pem"), "tls.key": str(self.tls / "key.pem")} if self.tls else {}
        settings = config.load({**tls, **self._flags}, {}, None).settings
        store = Store(self._store_url, 1, 30, 30, 168)
        await store.open()
        self.node = Node(store, settings, Timings())
        await self.node.start()
        self.app = create_app(settings, self.node)
        self.app.before_serving(self._is_ready)
        shut = asyncio.Event()
        door = Door(self._listener, Served(settings).context if self.tls else None)
        server = asyncio.create_task(serve(self.app, settings, door, shut.wait))
        await self._stop.wait()
        await self.node.stop()
        shut.set()
        await server
        await store.close()

    async def _is_ready(self) -> None:
        self._ready.set()

    def do(self, work: Callable[..., Any], *args: Any) -> Any:
        """Call `work` in the server's loop, and await what it returns where it must be; its result."""

        async def call() -> Any:
            found = work(*args)
            return await found if asyncio.iscoroutine(found) else found

        return asyncio.run_coroutine_threadsafe(call(), self.loop).result(PATIENCE)

    def stop(self) -> None:
        self.loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(PATIENCE)
        assert not self._thread.is_alive(), "the server did not end"


@contextmanager
def node_server(store_url: str, tls: Path | None = None) -> Iterator[NodeServer]:
    """A running server with our streams in place of Hypercorn's."""
    with ours():
        server = NodeServer(store_url, tls)
        try:
            yield server
        finally:
            server.stop()
