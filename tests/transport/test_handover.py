"""What a socket does, well treated and badly, when it is handed over after its upgrade."""

import time
from pathlib import Path

import pytest

from tests.clients.frames import BINARY, CLOSE, PING, PONG, TEXT, frame
from tests.clients.sockets import RawSocket
from tests.running import in_time
from tests.transport.echo_server import LIMIT, PATIENCE, EchoServer, certificate, knock
from tests.transport.socket_suite import *  # noqa: F403 - its fixtures, and its tests over each setting
from tests.transport.socket_suite import ended, refuses

SETTINGS = [("uvloop", False), ("asyncio", False), ("uvloop", True), ("asyncio", True)]


@pytest.fixture(scope="module")
def tls(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return certificate(tmp_path_factory.mktemp("tls"))


@pytest.fixture(scope="module", params=SETTINGS, ids=lambda p: f"{p[0]}{'-tls' if p[1] else ''}")
def setting(request: pytest.FixtureRequest, tls: Path) -> tuple[str, str, Path | None]:
    loop, encrypted = request.param
    return "fast", loop, tls if encrypted else None


# -- the handshake ------------------------------------------------------------------------------------------------


def test_the_path_taken_is_the_fast_one(server: EchoServer, client: RawSocket) -> None:
    assert server.came.get(timeout=PATIENCE).told[0] == ("opened", "Socket")


def test_compression_is_never_negotiated(server: EchoServer) -> None:
    opened = knock(server, "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits").open()
    assert opened.status == 101
    assert "sec-websocket-extensions" not in opened.headers
    opened.say(TEXT, b"plain")
    assert opened.read() == (0x81, b"plain")
    opened.close()


@pytest.mark.parametrize("key", ["", "c2hvcnQ=", "not base64 at all", "A" * 24])
def test_a_key_that_is_none_is_refused(server: EchoServer, key: str) -> None:
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
    echo, code = ended(server)  # its route had let it in: told, if later, and gone before the next test begins
    assert (echo.texts, code) == ([], 1006)


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


def test_answers_do_not_pile_up_for_a_peer_that_reads_nothing(server: EchoServer, client: RawSocket) -> None:
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
    assert len(answers) == 1
    client.say(PING, b"and now?")
    assert client.read() == (0x80 | PONG, b"and now?")


def test_a_flood_of_pings_ends_the_socket(server: EchoServer, client: RawSocket) -> None:
    client.send(frame(PING) * 1000)
    refuses(server, client, 4429)


# -- what breaks the protocol ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "code"),
    [
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
        (frame(TEXT, b"x" * LIMIT, fin=False) + frame(0, b"x"), 1009),
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


def test_a_peer_that_does_not_answer_our_close_is_dropped(server: EchoServer, client: RawSocket) -> None:
    echo = server.came.get(timeout=PATIENCE)
    server.do(echo.channel.close, 1012, "restart")
    assert client.close_code() == 1012
    client.send(frame(TEXT, b"still talking") * 10)
    begun = time.monotonic()
    assert client.at_end()
    assert in_time(begun, 1.5)
    assert ended(server)[1] == 1012
    assert echo.texts == []


# -- pace -----------------------------------------------------------------------------------------------------------
