"""What a socket does, well treated and badly, on the path that is handed over and on Hypercorn's own."""

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
from tests.transport.echo_server import LIMIT, PATIENCE, Echo, EchoServer, certificate, echo_server, knock

SETTINGS = [
    ("fast", "uvloop", False),
    ("fast", "asyncio", False),
    ("fast", "uvloop", True),
    ("fast", "asyncio", True),
    ("stock", "uvloop", False),
    ("stock", "uvloop", True),
]


@pytest.fixture(scope="module")
def tls(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return certificate(tmp_path_factory.mktemp("tls"))


@pytest.fixture(scope="module", params=SETTINGS, ids=lambda p: f"{p[0]}-{p[1]}{'-tls' if p[2] else ''}")
def setting(request: pytest.FixtureRequest) -> tuple[str, str, bool]:
    found: tuple[str, str, bool] = request.param
    return found


@pytest.fixture(scope="module")
def running(setting: tuple[str, str, bool], tls: Path) -> Iterator[EchoServer]:
    path, loop, encrypted = setting
    with echo_server(path, loop, tls if encrypted else None) as server:
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


# -- the handshake ------------------------------------------------------------------------------------------------


def test_the_path_taken_over_http_1_is_the_fast_one(
    server: EchoServer, client: RawSocket, setting: tuple[str, str, bool]
) -> None:
    echo = server.came.get(timeout=PATIENCE)
    assert echo.told[0] == ("opened", "Socket" if setting[0] == "fast" else "StockChannel")


def test_the_handshake_is_answered_as_rfc_6455_has_it(client: RawSocket) -> None:
    (key,) = [line.split()[1] for line in client.request if line.startswith("Sec-WebSocket-Key")]
    accept = hashlib.sha1(key.encode() + b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11").digest()
    assert client.headers["sec-websocket-accept"] == base64.b64encode(accept).decode()
    assert client.headers["upgrade"].lower() == "websocket"
    assert client.headers["connection"].lower() == "upgrade"
    assert "sec-websocket-protocol" not in client.headers


def test_a_subprotocol_is_echoed(server: EchoServer) -> None:
    opened = knock(server, "Sec-WebSocket-Protocol: other, chat.v1").open()
    assert opened.headers["sec-websocket-protocol"] == "chat.v1"
    opened.close()


def test_compression_is_never_negotiated(server: EchoServer) -> None:
    opened = knock(server, "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits").open()
    assert opened.status == 101
    assert "sec-websocket-extensions" not in opened.headers
    opened.say(TEXT, b"plain")
    assert opened.read() == (0x81, b"plain")
    opened.close()


@pytest.mark.parametrize("key", ["", "c2hvcnQ=", "not base64 at all", "A" * 24])
def test_a_key_that_is_none_is_refused(server: EchoServer, key: str, setting: tuple[str, str, bool]) -> None:
    if setting[0] == "stock":
        pytest.skip("Hypercorn's own path takes any key")
    client = knock(server)
    client.request = [line for line in client.request if "Key" not in line] + [f"Sec-WebSocket-Key: {key}"]
    assert client.open().status == 400
    assert client.at_end()
    assert server.echoes == []


def test_frames_sent_with_the_handshake_are_not_lost_or_are_refused(server: EchoServer) -> None:
    client = knock(server)
    client.ask(frame(TEXT, b"hasty"))
    assert client.read_head().status == 400
    assert client.at_end()


# -- messages -----------------------------------------------------------------------------------------------------


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


# -- signs of life --------------------------------------------------------------------------------------------------


def test_a_ping_is_answered_and_a_pong_is_heard(server: EchoServer, client: RawSocket) -> None:
    echo = server.came.get(timeout=PATIENCE)
    client.say(PING, b"you there?")
    assert client.read() == (0x80 | PONG, b"you there?")
    server.do(echo.channel.ping)
    assert client.read()[0] == 0x80 | PING
    client.say(PONG)
    client.say(TEXT, b"after")
    assert client.read() == (0x81, b"after")
    assert echo.told.count(("alive",)) >= 2


def test_answers_do_not_pile_up_for_a_peer_that_reads_nothing(
    server: EchoServer, client: RawSocket, setting: tuple[str, str, bool]
) -> None:
    echo = server.came.get(timeout=PATIENCE)
    server.do(lambda: [echo.channel.send(b"x" * 4000) for _ in range(3000)])
    for n in range(40):
        client.say(PING, b"%d" % n)
    client.say(TEXT, b"the end")
    answers, messages = [], 0
    while messages < 3001 or (0x80 | PONG, b"39") not in answers:
        first, payload = client.read()
        messages += first == 0x81
        answers += [(first, payload)] if first != 0x81 else []
    # Hypercorn's own path does not even read the next ping before the answer to the last has left.
    assert len(answers) == (1 if setting[0] == "fast" else 40)
    client.say(PING, b"and now?")
    assert client.read() == (0x80 | PONG, b"and now?")


def test_a_flood_of_pings_ends_the_socket(server: EchoServer, client: RawSocket) -> None:
    client.send(frame(PING) * 1000)
    refuses(server, client, 4429)


# -- what breaks the protocol ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (frame(BINARY, b"\x00\x01"), 1003),
        (frame(BINARY), 1003),
        (frame(BINARY, b"", fin=False), 1003),
        (frame(TEXT, b"bare", masked=False), 1002),
        (frame(3), 1002),
        (frame(11), 1002),
        (frame(TEXT, b"squeezed", rsv=4), 1002),
        (frame(TEXT, b"", rsv=2), 1002),
        (frame(PING, b"", rsv=1), 1002),
        (frame(0, b"nothing to continue"), 1002),
        (frame(TEXT, b"one", fin=False) + frame(TEXT, b"two"), 1002),
        (frame(PING, b"x" * 126), 1002),
        (frame(PING, b"", fin=False), 1002),
        (frame(CLOSE, b"x"), 1002),
        (frame(CLOSE, (999).to_bytes(2, "big")), 1002),
        (frame(CLOSE, (0).to_bytes(2, "big")), 1002),
        (frame(CLOSE, (1005).to_bytes(2, "big")), 1002),
        (frame(CLOSE, (1006).to_bytes(2, "big")), 1002),
        (frame(CLOSE, (2999).to_bytes(2, "big")), 1002),
        (frame(CLOSE, (5000).to_bytes(2, "big")), 1002),
        (frame(CLOSE, (1000).to_bytes(2, "big") + b"\xff"), 1007),
        (frame(TEXT, b"\xff\xfe"), 1007),
        (frame(TEXT, "喂".encode()[:2]), 1007),
        (frame(TEXT, b"\xed\xa0\x80"), 1007),
        (frame(TEXT, b"ok", fin=False) + frame(0, b"\xff"), 1007),
        (frame(TEXT, b"x" * (LIMIT + 1)), 1009),
        (frame(TEXT, b"x" * LIMIT, fin=False) + frame(0, b"x"), 1009),
        (frame(TEXT, ("é" * LIMIT).encode()), 1009),
        (frame(TEXT, fin=False) + frame(0, b"x", fin=False) * (LIMIT + 2), 1009),
        (frame(TEXT, fin=False) + frame(0, fin=False) * 5000, 1009),
    ],
)
def test_what_breaks_the_protocol_is_told_so_and_ended(
    server: EchoServer, client: RawSocket, data: bytes, code: int
) -> None:
    client.send(data)
    refuses(server, client, code)


def test_what_follows_a_broken_frame_is_not_heard(server: EchoServer, client: RawSocket) -> None:
    client.send(frame(BINARY, b"bad") + frame(TEXT, b"late") * 50)
    refuses(server, client, 1003)


# -- the end --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("payload", "told"), [((1000).to_bytes(2, "big") + b"bye", 1000), (b"", 1005), (b"\x0f\xa0", 4000)]
)
def test_a_peer_that_closes_is_answered(server: EchoServer, client: RawSocket, payload: bytes, told: int) -> None:
    client.say(CLOSE, payload)
    first, answer = client.read()
    assert first == 0x80 | CLOSE
    assert answer[:2] in (payload[:2], (1000).to_bytes(2, "big"))
    assert client.at_end()
    assert ended(server)[1] == told


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


def test_a_peer_that_does_not_answer_our_close_is_dropped(
    server: EchoServer, client: RawSocket, setting: tuple[str, str, bool]
) -> None:
    # How fast is ours to say where the socket is ours; elsewhere uvloop may wait half a minute.
    ours = setting[0] == "fast"
    client.socket.settimeout(PATIENCE if ours else 6 * PATIENCE)
    echo = server.came.get(timeout=PATIENCE)
    server.do(echo.channel.close, 1012, "restart")
    assert client.close_code() == 1012
    client.send(frame(TEXT, b"still talking") * 10)
    begun = time.monotonic()
    assert client.at_end()
    assert not ours or in_time(begun, 1.5)
    assert ended(server)[1] == 1012
    assert echo.texts == []


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


# -- pace -----------------------------------------------------------------------------------------------------------


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
