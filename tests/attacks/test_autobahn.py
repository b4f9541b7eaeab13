"""What the Autobahn suite asks of a server, group by group, of the running product: two people talk beside it.

A group's cases are few here and chosen at its borders; `tests/transport/test_handover.py` asks more of both paths.
"""

from collections.abc import Iterator

import pytest

from tests.attacks.conftest import Target
from tests.clients import api
from tests.clients.frames import BINARY, CLOSE, PING, PONG, TEXT, frame
from tests.clients.sockets import RawSocket, open_chat

# Bytes a message may have (limits.frame_bytes).
LIMIT = 131072
ANSWER = (0x81, b'{"type":"pong"')  # the time behind it is of another test


def ping(size: int, text: str = "x") -> bytes:
    """A message of that many bytes which is answered by `pong`, with `text` again and again in it."""
    bare = b'{"type":"ping","fill":""}'
    fill = text.encode() * ((size - len(bare)) // len(text.encode()))
    return bare[:-2] + fill + b"x" * (size - len(bare) - len(fill)) + bare[-2:]


def fragments(data: bytes, size: int) -> bytes:
    """A message in frames of at most so many bytes."""
    parts = [data[at : at + size] for at in range(0, len(data), size)]
    last = len(parts) - 1
    return b"".join(frame(0 if n else TEXT, part, fin=n == last) for n, part in enumerate(parts))


def code(number: int, reason: bytes = b"") -> bytes:
    """A close frame."""
    return frame(CLOSE, number.to_bytes(2, "big") + reason)


def told(socket: RawSocket) -> tuple[int, bytes]:
    """The next frame that answers us: what is told of the conversation is passed over."""
    while True:
        first, payload = socket.read()
        if first & 15 == TEXT and payload.startswith(ANSWER[1]):
            return first, ANSWER[1]
        if first & 15 != TEXT or b'"type":"error"' in payload:
            return first, payload


@pytest.fixture(scope="module")
def token(target: Target) -> str:
    return api.login(target.url, "autobahn")[0]


@pytest.fixture
def socket(target: Target, token: str) -> Iterator[RawSocket]:
    """A visitor's socket in full mode, which has heard all there is to hear."""
    opened = open_chat(target.url, token, "Sec-WebSocket-Extensions: permessage-deflate", path="/v1/chat?after=0")
    assert "sec-websocket-extensions" not in opened.headers  # groups 12 and 13: never compressed
    opened.hear(type="joined")
    yield opened
    opened.close()


@pytest.mark.parametrize("size", [25, 125, 126, 127, 128, 65535, 65536, LIMIT])
@pytest.mark.parametrize("chop", [0, 997])
def test_1_and_9_messages_of_every_length(socket: RawSocket, size: int, chop: int) -> None:
    data = frame(TEXT, ping(size))
    for at in range(0, len(data), chop or len(data)):
        socket.send(data[at : at + (chop or len(data))])
    assert told(socket) == ANSWER


@pytest.mark.parametrize("payload", [b"", b"Hello", b"\x00\xff\xfe\xfd", b"\xfe" * 125])
def test_2_pings_are_answered(socket: RawSocket, payload: bytes) -> None:
    socket.say(PONG, b"that nobody asked for")
    for _ in range(10):
        socket.say(PING, payload)
    assert [told(socket) for _ in range(10)] == [(0x80 | PONG, payload)] * 10


@pytest.mark.parametrize("size", [1, 13, 1300])
def test_5_and_10_fragments_are_one_message_and_a_ping_may_come_between(socket: RawSocket, size: int) -> None:
    whole = fragments(ping(3900, "喂"), size)
    between = len(frame(TEXT, b"x" * size))
    socket.send(whole[:between] + frame(PING, b"between") + whole[between:])
    assert told(socket) == (0x80 | PONG, b"between")
    assert told(socket) == ANSWER


@pytest.mark.parametrize("text", ["κόσμε", "\u0080", "\u07ff", "\ufffd", "\uffff", "\U00010000", "\U0010ffff"])
def test_6_what_is_utf_8_is_heard(socket: RawSocket, text: str) -> None:
    socket.send(fragments(ping(200, text), 1))
    assert told(socket) == ANSWER


BROKEN = {
    "1 binary": [(frame(BINARY, b"\x00"), 1003), (frame(BINARY), 1003)],
    "1 unmasked": [(frame(TEXT, b"{}", masked=False), 1002)],
    "2 long ping": [(frame(PING, b"x" * 126), 1002), (frame(PING, fin=False), 1002)],
    "3 reserved bits": [(frame(kind, rsv=bits), 1002) for kind in (TEXT, PING, CLOSE) for bits in (1, 2, 3, 7)],
    "4 reserved opcodes": [(frame(kind, b"x"), 1002) for kind in (3, 4, 5, 6, 7, 11, 12, 13, 14, 15)],
    "5 fragments": [
        (frame(0, b"of nothing"), 1002),
        (frame(0, b"of nothing", fin=False), 1002),
        (frame(TEXT, b"one", fin=False) + frame(TEXT, b"two"), 1002),
        (frame(TEXT, b"one", fin=False) + frame(PONG, fin=False), 1002),
    ],
    "6 bad UTF-8": [
        (sent, 1007)
        for bad in (b"\xff", b"\x80", b"\xc0\xaf", b"\xce", b"\xe0\x80\xaf", b"\xed\xa0\x80", b"\xf4\x90\x80\x80")
        for sent in (frame(TEXT, b'"' + bad), frame(TEXT, b'"', fin=False) + frame(0, bad))
    ],
    "7 close": [
        *((code(n), 1002) for n in (0, 999, 1004, 1005, 1006, 1016, 1100, 2000, 2999, 5000, 65535)),
        (frame(CLOSE, b"x"), 1002),
        (frame(CLOSE, b"\x03\xe8" + b"x" * 124), 1002),
        (code(1000, b"\xed\xa0\x80"), 1007),
    ],
    "9 limits": [
        (frame(TEXT, ping(LIMIT + 1)), 1009),
        (fragments(ping(LIMIT + 1), 1000), 1009),
        (b"\x81\xff" + b"\x7f" + b"\xff" * 7 + b"\0\0\0\0", 1009),  # 2^63 - 1 bytes are announced
    ],
    "12 and 13 compressed": [(frame(TEXT, b"\xaa\x56\x4a", rsv=4), 1002), (frame(0, rsv=4), 1002)],
}


@pytest.mark.parametrize(
    ("sent", "expected"),
    [case for cases in BROKEN.values() for case in cases],
    ids=[f"{group} {n}" for group, cases in BROKEN.items() for n in range(len(cases))],
)
def test_what_breaks_the_protocol_is_told_so_and_ended(socket: RawSocket, sent: bytes, expected: int) -> None:
    socket.send(sent)
    assert socket.close_code() == expected
    assert socket.at_end()


@pytest.mark.parametrize("number", [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 3000, 3999, 4000, 4999])
def test_7_whoever_closes_is_answered_and_heard_no_more(socket: RawSocket, number: int) -> None:
    socket.send(code(number, b"x" * 123) + frame(TEXT, ping(25)) + frame(PING))
    first, payload = told(socket)
    assert (first, int.from_bytes(payload[:2], "big")) in ((0x80 | CLOSE, number), (0x80 | CLOSE, 1000))
    assert socket.at_end()
