"""Real Hypercorn in a thread, a Quart route as the chat's, an echo at our end, and a client that may misbehave."""

import asyncio
import queue
import socket
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

import uvloop
from hypercorn.asyncio import serve
from hypercorn.config import Config
from quart import Quart, websocket

from app import config as product
from app.live.channel import Channel
from app.transport.offers import socket_offer
from app.transport.serve import REPLACED, install
from app.web.stockchannel import BoundedConnection, StockChannel
from tests.clients.frames import CHAT
from tests.clients.sockets import RawSocket

PATIENCE = 60.0  # seconds until a silent server counts as broken
LIMIT = 4096  # frame_bytes of the echo


class Echo:
    """Sends every message back, and writes down what it is told."""

    def __init__(self, server: "EchoServer") -> None:
        self.server = server
        self.told: list[tuple[Any, ...]] = []
        self.channel: Channel

    def opened(self, channel: Channel) -> None:
        self.channel = channel
        self.told.append(("opened", type(channel).__name__))
        self.server.echoes.append(self)
        self.server.came.put(self)

    def text(self, payload: bytes) -> None:
        self.told.append(("text", payload))
        self.channel.send(payload)

    def alive(self) -> None:
        self.told.append(("alive",))

    def drained(self) -> None:
        self.told.append(("drained",))

    def closed(self, code: int) -> None:
        self.told.append(("closed", code))
        self.server.gone.put((self, code))
        self.server.over.put(self)

    @property
    def texts(self) -> list[bytes]:
        return [words[1] for words in self.told if words[0] == "text"]


class EchoServer:
    """`came`, `gone`: echoes as they open and close."""

    def __init__(self, loop_factory: Callable[[], asyncio.AbstractEventLoop], tls: Path | None) -> None:
        self.came: queue.Queue[Echo] = queue.Queue()
        self.gone: queue.Queue[tuple[Echo, int]] = queue.Queue()
        self.over: queue.Queue[Echo] = queue.Queue()
        self.echoes: list[Echo] = []
        self.tls = tls
        self.limit = LIMIT
        self.before_accept: Callable[[], Any] | None = None
        listener = socket.create_server(("127.0.0.1", 0))
        self.port = listener.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self._factory, self._listener = loop_factory, listener
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run)
        self._thread.start()
        assert self._ready.wait(PATIENCE)

    def _run(self) -> None:
        with asyncio.Runner(loop_factory=self._factory) as runner:
            runner.run(self._serve())

    async def _serve(self) -> None:
        self.loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        config = Config()
        config.bind = [f"fd://{self._listener.detach()}"]
        config.errorlog = None
        config.graceful_timeout = 1.0
        if self.tls:
            config.certfile, config.keyfile = str(self.tls / "cert.pem"), str(self.tls / "key.pem")
        app = Quart("echo")
        app.asgi_websocket_class = BoundedConnection
        app.websocket(CHAT)(self._chat)
        app.before_serving(self._is_ready)
        await serve(app, config, shutdown_trigger=self._stop.wait)

    async def _is_ready(self) -> None:
        self._ready.set()

    async def _chat(self) -> None:
        if self.before_accept is not None:
            await self.before_accept()
        echo = Echo(self)
        subprotocol = "chat.v1" if "chat.v1" in websocket.requested_subprotocols else None
        offer = socket_offer(websocket.scope)
        if offer is None:
            await StockChannel(echo, self.limit).carry(subprotocol)
        else:
            offer.hand_over(echo, self.limit)
            await websocket.accept(subprotocol=subprotocol)

    def forget(self) -> None:
        """End who is left over, wait for it, and begin the next test with nobody remembered."""
        for echo in self.echoes:
            if echo.told[-1][0] != "closed":
                self.do(echo.channel.abort)
        for _ in self.echoes:
            self.over.get(timeout=PATIENCE)
        self.echoes.clear()
        self.came, self.gone, self.over = queue.Queue(), queue.Queue(), queue.Queue()

    def do(self, work: Callable[..., Any], *args: Any) -> Any:
        """Call `work` in the server's loop; its result."""

        async def call() -> Any:
            return work(*args)

        return asyncio.run_coroutine_threadsafe(call(), self.loop).result(PATIENCE)

    def stop(self) -> None:
        self.loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(PATIENCE)
        assert not self._thread.is_alive(), "Hypercorn did not end"


def certificate(folder: Path, *more: str) -> Path:
    """A self-signed certificate for localhost, and `more` names, in `folder`."""
    names = ["-keyout", str(folder / "key.pem"), "-out", str(folder / "cert.pem"), "-subj", "/CN=localhost"]
    names += [
        "-addext",
        "subjectAltName=" + ",".join(["IP:127.0.0.1", *(f"DNS:{name}" for name in ("localhost", *more))]),
    ]
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    subprocess.run([*command, "-days", "1", *names], check=True, capture_output=True, timeout=PATIENCE)
    return folder


@contextmanager
def ours() -> Iterator[None]:
    """Hypercorn with our classes in place of its own, and as it was afterwards."""
    kept = [(module, name, getattr(module, name)) for module, name, _ in REPLACED]
    install(product.load({}, {}, None).settings)
    try:
        yield
    finally:
        for module, name, theirs in kept:
            setattr(module, name, theirs)


@contextmanager
def echo_server(path: str, loop: str, tls: Path | None = None) -> Iterator[EchoServer]:
    """A running server whose WebSockets take the path "fast" (handed over) or "stock" (Quart's, on plain Hypercorn)."""
    with ours() if path == "fast" else nullcontext():
        server = EchoServer(uvloop.new_event_loop if loop == "uvloop" else asyncio.new_event_loop, tls)
        try:
            yield server
        finally:
            server.stop()


def knock(server: EchoServer, *headers: str, **options: Any) -> RawSocket:
    """A client of the echo that has not shaken hands yet."""
    return RawSocket(server.url, *headers, ca=server.tls, **options)
