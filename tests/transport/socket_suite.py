"""What a socket does on every path, ours and Quart's on a server that offers no other; the tests of each import it."""

import base64
import hashlib
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.clients.frames import BINARY, CLOSE, PING, PONG, TEXT, frame
from tests.clients.sockets import RawSocket
from tests.running import in_time
from tests.transport.echo_server import LIMIT, PATIENCE, Echo, EchoServer, echo_server, knock


@pytest.fixture(scope="module")
def running(setting: tuple[str, str, Path | None]) -> Iterator[EchoServer]:
    """The server in the `setting` that the importing module names: path, loop, and the certificate's folder."""
    with echo_server(*setting) as server:
        yield server


@pytest.fixture
def server(running: EchoServer) -> Iterator[EchoServer]:
    """The running server, with nobody left over from the test before."""
    yield running
    running.forget()


@pytest.fixture
def client(server: EchoServer) -> Iterator[RawSocket]:
    """A client that has shaken hands, for an echo that is in `server.came`."""
    opened = knock(server).open()
    assert opened.status == 101
    yield opened
    opened.close()


def ended(server: EchoServer) -> tuple[Echo, int]:
    """The echo that is told of its end next, and the code; nothing follows the end."""
    echo, code = server.gone.get(timeout=PATIENCE)
    assert [words for words in echo.told if words[0] == "closed"] == [echo.told[-1]]
    return echo, code


def refuses(server: EchoServer, client: RawSocket, code: int) -> None:
    """The client is told `code` and its connection ends within a second; the echo heard nothing of it."""
    begun = time.monotonic()
    assert client.close_code() == code
    assert client.at_end()
    assert in_time(begun, 1.5)
    echo, told = ended(server)
    assert told == code
    assert echo.texts == []


def test_the_handshake_is_answered_as_rfc_6455_has_it(client: RawSocket) -> None:
    (key,) = [line.split()[1] for line in client.request if line.startswith("Sec-WebSocket-Key")]
    accept = hashlib.sha1(key.encode() + b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11").digest()
    assert client.headers["sec-websocket-accept"] == base64.b64encode(accept).decode()
    assert client.headers["upgrade"].lower() == "websocket"
    assert client.headers["connection"].lower() == "upgrade"
    assert "sec-websocket-protocol" not in client.headers


def test_a_subprotocol_is_echoed(server: EchoServer) -> None:
    opened = knock(server, "Sec-WebSocket-Protocol: other, chat.v1").open()
    assert (opened.status, opened.headers["sec-websocket-protocol"]) == (101, "chat.v1")
    opened.close()


@pytest.mark.parametrize("text", ["", "a", "x" * 125, "x" * 126, "x" * LIMIT, "喂，你好" * 100, "😀" * (LIMIT // 4)])
def test_a_message_comes_back(client: RawSocket, text: str) -> None:
    client.say(TEXT, text.encode())
    assert client.read() == (0x81, text.encode())


def test_messages_keep_their_order(client: RawSocket) -> None:
    client.send(b"".join(frame(TEXT, b"%d" % n) for n in range(1000)))
    assert [client.read()[1] for _ in range(1000)] == [b"%d" % n for n in range(1000)]


def test_a_message_in_fragments_comes_back_whole_and_a_ping_may_come_between(client: RawSocket) -> None:
    client.say(TEXT, "喂".encode()[:1], fin=False)
    client.say(PING, b"between")
    client.say(0, "喂".encode()[1:], fin=False)
    client.say(0)
    assert client.read() == (0x80 | PONG, b"between")
    assert client.read() == (0x81, "喂".encode())


def test_a_frame_trickled_byte_by_byte_comes_back(client: RawSocket) -> None:
    client.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    for byte in frame(TEXT, b"slowly"):
        client.send(bytes([byte]))
    assert client.read() == (0x81, b"slowly")


def test_a_peer_that_vanishes_is_gone(server: EchoServer, client: RawSocket) -> None:
    client.socket.close()
    assert ended(server)[1] == 1006


def test_we_close_with_a_code_and_a_reason_behind_what_was_said(server: EchoServer, client: RawSocket) -> None:
    echo = server.came.get(timeout=PATIENCE)
    server.do(lambda: (echo.channel.send(b"bye"), echo.channel.close(4401, "session ended"), echo.channel.send(b"no")))
    assert client.read() == (0x81, b"bye")
    assert client.read() == (0x80 | CLOSE, (4401).to_bytes(2, "big") + b"session ended")
    client.say(CLOSE, (4401).to_bytes(2, "big"))
    assert client.at_end()
    assert ended(server)[1] == 4401


def test_a_peer_that_reads_nothing_is_dropped_when_we_close(server: EchoServer) -> None:
    deaf = knock(server, receive_buffer=4096).open()
    echo = server.came.get(timeout=PATIENCE)
    server.do(lambda: [echo.channel.send(b"x" * 4000) for _ in range(3000)])
    assert server.do(echo.channel.buffered) > 1_000_000
    begun = time.monotonic()
    server.do(echo.channel.close, 4413)
    assert ended(server)[1] == 4413
    assert in_time(begun, 2)
    deaf.close()


def test_an_abort_drops_the_transport(server: EchoServer, client: RawSocket) -> None:
    echo = server.came.get(timeout=PATIENCE)
    server.do(echo.channel.abort)
    assert client.at_end()
    assert ended(server)[1] == 1006


def test_what_the_kernel_does_not_take_is_counted_and_its_leaving_is_told(
    server: EchoServer, client: RawSocket
) -> None:
    echo = server.came.get(timeout=PATIENCE)
    server.do(lambda: [echo.channel.send(b"x" * 4000) for _ in range(3000)])
    waiting = server.do(echo.channel.buffered)
    assert 1_000_000 < waiting <= 3000 * 4004
    for _ in range(3000):
        assert len(client.read()[1]) == 4000
    client.say(TEXT, b"done")
    assert client.read() == (0x81, b"done")
    assert server.do(echo.channel.buffered) == 0
    assert ("drained",) in echo.told


def test_a_paused_socket_makes_its_peer_wait_and_loses_nothing(server: EchoServer, client: RawSocket) -> None:
    echo = server.came.get(timeout=PATIENCE)
    server.do(echo.channel.pause)
    client.socket.settimeout(1.0)
    message = frame(TEXT, b"y" * 4000)
    sent = until_stuck(client, message)
    assert len(echo.texts) < 100
    server.do(echo.channel.resume)
    client.socket.settimeout(PATIENCE)
    heard = 0
    while heard < sent:
        assert client.read() == (0x81, b"y" * 4000)
        heard += 1


def until_stuck(client: RawSocket, message: bytes) -> int:
    """How many whole messages go out before the peer takes no more; the one begun is finished by the next reads."""
    for sent in range(20_000):
        try:
            client.send(message)
        except TimeoutError:
            return sent
    raise AssertionError("the server never stopped reading")


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (frame(BINARY, b"\x00\x01"), 1003),
        (frame(TEXT, b"x" * (LIMIT + 1)), 1009),
        (frame(TEXT, ("é" * LIMIT).encode()), 1009),
    ],
)
def test_what_may_not_be_is_told_so_and_ended(server: EchoServer, client: RawSocket, data: bytes, code: int) -> None:
    client.send(data)
    refuses(server, client, code)
