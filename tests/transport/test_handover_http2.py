"""WebSockets inside HTTP/2 (RFC 8441): the same socket, carried by Hypercorn."""

import socket
import ssl
import time
from collections.abc import Iterator

import h2.config
import h2.connection
import h2.events
import pytest

from tests.clients.frames import CHAT, CLOSE, PING, PONG, TEXT, frame
from tests.running import in_time
from tests.transport.echo_server import LIMIT, PATIENCE, EchoServer, certificate, echo_server


class Http2Client:
    """One WebSocket in one HTTP/2 connection."""

    def __init__(self, server: EchoServer, *headers: tuple[str, str]) -> None:
        assert server.tls
        context = ssl.create_default_context(cafile=str(server.tls / "cert.pem"))
        context.check_hostname = False
        context.set_alpn_protocols(["h2"])
        raw = socket.create_connection(("127.0.0.1", server.port), PATIENCE)
        self.socket = context.wrap_socket(raw)
        assert self.socket.selected_alpn_protocol() == "h2"
        self.h2 = h2.connection.H2Connection(h2.config.H2Configuration(header_encoding="utf-8"))
        self.h2.initiate_connection()
        self.unread = b""
        self.status = ""
        self.headers: dict[str, str] = {}
        self.over = self.reset = False
        self.reading = True
        named = [(":method", "CONNECT"), (":protocol", "websocket"), (":scheme", "https"), (":path", CHAT)]
        named += [(":authority", "localhost"), ("sec-websocket-version", "13"), *headers]
        self.h2.send_headers(1, named)
        self._flush()
        while not self.status:
            self._more()

    def say(self, opcode: int, payload: bytes = b"", **options: bool) -> None:
        self.h2.send_data(1, frame(opcode, payload, **options))
        self._flush()

    def read(self) -> tuple[int, bytes]:
        """The next frame, of less than 126 bytes."""
        while len(self.unread) < 2 or len(self.unread) < 2 + self.unread[1]:
            if self.over:
                raise EOFError
            self._more()
        end = 2 + self.unread[1]
        found, self.unread = (self.unread[0], self.unread[2:end]), self.unread[end:]
        return found

    def wait_over(self) -> None:
        while not self.over:
            self._more()

    def _flush(self) -> None:
        self.socket.sendall(self.h2.data_to_send())

    def _more(self) -> None:
        data = self.socket.recv(65536)
        if not data:
            self.over = True
            return
        for event in self.h2.receive_data(data):
            if isinstance(event, h2.events.ResponseReceived):
                self.headers = {str(name): str(value) for name, value in event.headers or []}
                self.status = self.headers[":status"]
            elif isinstance(event, h2.events.DataReceived):
                self.unread += event.data or b""
                if self.reading:
                    self.h2.acknowledge_received_data(event.flow_controlled_length or 0, 1)
            elif isinstance(event, h2.events.StreamEnded | h2.events.StreamReset | h2.events.ConnectionTerminated):
                self.over, self.reset = True, isinstance(event, h2.events.StreamReset)
        self._flush()


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EchoServer]:
    with echo_server("fast", "uvloop", certificate(tmp_path_factory.mktemp("tls"))) as server:
        yield server


@pytest.fixture
def server(running: EchoServer) -> Iterator[EchoServer]:
    yield running
    running.forget()


@pytest.fixture
def client(server: EchoServer) -> Iterator[Http2Client]:
    opened = Http2Client(server)
    assert opened.status == "200"
    yield opened
    opened.socket.close()


def test_messages_come_back(server: EchoServer, client: Http2Client) -> None:
    client.say(TEXT, "喂".encode())
    assert client.read() == (0x81, "喂".encode())
    assert server.came.get(timeout=PATIENCE).told[0] == ("opened", "StockChannel")


def test_compression_is_never_negotiated(server: EchoServer) -> None:
    client = Http2Client(server, ("sec-websocket-extensions", "permessage-deflate"))
    assert "sec-websocket-extensions" not in client.headers
    client.socket.close()


def test_pings_go_both_ways(server: EchoServer, client: Http2Client) -> None:
    echo = server.came.get(timeout=PATIENCE)
    client.say(PING, b"there?")
    assert client.read() == (0x80 | PONG, b"there?")
    server.do(echo.channel.ping)
    assert client.read() == (0x80 | PING, b"")
    client.say(PONG)
    client.say(TEXT, b"after")
    assert client.read() == (0x81, b"after")
    assert echo.told.count(("alive",)) >= 3


@pytest.mark.parametrize(
    ("data", "code"),
    [((TEXT, b"x" * (LIMIT + 1)), 1009), ((2, b"\x00"), 1003), ((TEXT, b"\xff"), 1007), ((3, b""), 1002)],
)
def test_what_breaks_the_protocol_is_told_so_and_ended(
    server: EchoServer, client: Http2Client, data: tuple[int, bytes], code: int
) -> None:
    client.say(*data)
    first, payload = client.read()
    assert (first, int.from_bytes(payload[:2], "big")) == (0x80 | CLOSE, code)
    client.wait_over()
    echo, told = server.gone.get(timeout=PATIENCE)
    assert (told, echo.texts) == (code, [])


def test_we_close_with_a_code(server: EchoServer, client: Http2Client) -> None:
    echo = server.came.get(timeout=PATIENCE)
    server.do(lambda: (echo.channel.send(b"bye"), echo.channel.close(1012, "restart")))
    assert client.read() == (0x81, b"bye")
    assert client.read() == (0x80 | CLOSE, (1012).to_bytes(2, "big") + b"restart")
    client.wait_over()
    assert server.gone.get(timeout=PATIENCE)[1] == 1012


def test_a_peer_that_vanishes_is_gone(server: EchoServer, client: Http2Client) -> None:
    client.socket.close()
    assert server.gone.get(timeout=PATIENCE)[1] == 1006


def test_a_peer_that_reads_nothing_is_dropped_when_we_close(server: EchoServer, client: Http2Client) -> None:
    client.reading = False
    echo = server.came.get(timeout=PATIENCE)
    server.do(lambda: [echo.channel.send(b"x" * 4000) for _ in range(1000)])
    assert server.do(echo.channel.buffered) > 100_000
    begun = time.monotonic()
    server.do(echo.channel.close, 4413)
    assert server.gone.get(timeout=PATIENCE)[1] == 4413
    client.wait_over()
    assert client.reset
    assert in_time(begun, 2)
