"""Real Hypercorn in a thread, a Quart route as the chat's, an echo at our end, and a client that may misbehave."""

import asyncio
import base64
import os
import queue
import socket
import ssl
import struct
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import uvloop
from hypercorn.asyncio import serve
from hypercorn.config import Config
from hypercorn.protocol import h2, h11
from quart import Quart, websocket

from app.live.channel import Channel
from app.transport.handover import EXTENSION, HandoverStream
from app.transport.wsstream import FirmStream
from app.web import stockchannel
from tests.running import Chatadmin

PATIENCE = 10.0  # seconds until a silent server counts as broken
LIMIT = 4096  # frame_bytes of the echo

TEXT, BINARY, CLOSE, PING, PONG = 1, 2, 8, 9, 10


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
    """`streams`: what Hypercorn builds for a WebSocket, by protocol. `came`, `gone`: echoes as they open and close."""

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
        config.websocket_max_message_size = self.limit
        if self.tls:
            config.certfile, config.keyfile = str(self.tls / "cert.pem"), str(self.tls / "key.pem")
        app = Quart("echo")
        app.asgi_websocket_class = stockchannel.BoundedConnection
        app.websocket("/chat")(self._chat)
        app.before_serving(self._is_ready)
        await serve(app, config, shutdown_trigger=self._stop.wait)

    async def _is_ready(self) -> None:
        self._ready.set()

    async def _chat(self) -> None:
        if self.before_accept is not None:
            await self.before_accept()
        echo = Echo(self)
        subprotocol = "chat.v1" if "chat.v1" in websocket.requested_subprotocols else None
        hand_over: Any = websocket.scope["extensions"].get(EXTENSION)
        if hand_over is None:
            await stockchannel.carry(echo, self.limit, subprotocol)
        else:
            hand_over(echo, self.limit)
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


def certificate(folder: Path) -> Path:
    """A self-signed certificate for localhost in `folder`."""
    names = ["-keyout", str(folder / "key.pem"), "-out", str(folder / "cert.pem"), "-subj", "/CN=localhost"]
    names += ["-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"]
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    subprocess.run([*command, "-days", "1", *names], check=True, capture_output=True)
    return folder


@contextmanager
def echo_server(path: str, loop: str, tls: Path | None = None) -> Iterator[EchoServer]:
    """A running server whose WebSockets take the path "fast" (handed over) or "stock" (Hypercorn's)."""
    kept = vars(h11)["WSStream"], vars(h2)["WSStream"]
    vars(h11)["WSStream"] = HandoverStream if path == "fast" else FirmStream
    vars(h2)["WSStream"] = FirmStream
    server = EchoServer(uvloop.new_event_loop if loop == "uvloop" else asyncio.new_event_loop, tls)
    try:
        yield server
    finally:
        server.stop()
        vars(h11)["WSStream"], vars(h2)["WSStream"] = kept


def frame(opcode: int, payload: bytes = b"", *, fin: bool = True, rsv: int = 0, masked: bool = True) -> bytes:
    """A client's frame, well or badly made."""
    head = bytes([fin << 7 | rsv << 4 | opcode])
    size, bit = len(payload), masked << 7
    if size < 126:
        head += bytes([bit | size])
    elif size < 65536:
        head += bytes([bit | 126]) + struct.pack("!H", size)
    else:
        head += bytes([bit | 127]) + struct.pack("!Q", size)
    if not masked:
        return head + payload
    mask = b"\x01\x02\x03\x04"
    return head + mask + bytes(byte ^ mask[i % 4] for i, byte in enumerate(payload))


class Client:
    """A WebSocket spoken by hand, to an echo or, at a `path`, to the running product."""

    def __init__(
        self, server: EchoServer | Chatadmin, *headers: str, path: str = "/chat", receive_buffer: int = 0
    ) -> None:
        raw = socket.socket()
        if receive_buffer:
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        raw.settimeout(PATIENCE)
        raw.connect(("127.0.0.1", server.port))
        if isinstance(server, EchoServer) and server.tls:
            context = ssl.create_default_context(cafile=str(server.tls / "cert.pem"))
            context.check_hostname = False
            context.set_alpn_protocols(["http/1.1"])
            raw = context.wrap_socket(raw)
        self.socket = raw
        self.unread = b""
        self.key = base64.b64encode(os.urandom(16)).decode()
        self.request = [
            f"GET {path} HTTP/1.1",
            f"Host: localhost:{server.port}",
            "Upgrade: websocket",
            "Connection: keep-alive, Upgrade",
            "Sec-WebSocket-Version: 13",
            f"Sec-WebSocket-Key: {self.key}",
            *headers,
        ]

    def open(self) -> "Client":
        """Shake hands; `status` and `headers` are the answer's."""
        self.send("\r\n".join(self.request).encode() + b"\r\n\r\n")
        return self.read_head()

    def read_head(self) -> "Client":
        while b"\r\n\r\n" not in self.unread:
            self._more()
        head, _, self.unread = self.unread.partition(b"\r\n\r\n")
        first, *rest = head.decode().split("\r\n")
        self.status = int(first.split()[1])
        self.headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in rest)}
        return self

    def send(self, data: bytes) -> None:
        self.socket.sendall(data)

    def say(self, opcode: int, payload: bytes = b"", **options: Any) -> None:
        self.send(frame(opcode, payload, **options))

    def read(self) -> tuple[int, bytes]:
        """The next frame."""
        head = self._take(2)
        size = head[1] & 127
        if size == 126:
            (size,) = struct.unpack("!H", self._take(2))
        elif size == 127:
            (size,) = struct.unpack("!Q", self._take(8))
        return head[0], self._take(size)

    def close_code(self) -> int:
        """The code in the next close frame; other frames before it are passed over."""
        while True:
            first, payload = self.read()
            if first & 15 == CLOSE:
                return int.from_bytes(payload[:2], "big")

    def at_end(self) -> bool:
        """Whether the server ends the connection, all it sent being read."""
        try:
            while self.socket.recv(65536):
                pass
        except ConnectionResetError:
            return True
        return True

    def _take(self, size: int) -> bytes:
        while len(self.unread) < size:
            self._more()
        taken, self.unread = self.unread[:size], self.unread[size:]
        return taken

    def _more(self) -> None:
        data = self.socket.recv(65536)
        if not data:
            raise EOFError
        self.unread += data

    def close(self) -> None:
        self.socket.close()
