"""The chat's WebSocket on the running product: who gets in, in which mode, and what ends it."""

import json
import time
from collections.abc import Callable, Iterator

import pytest

from tests.clients.api import ask, handshake, log_in
from tests.clients.frames import FULL_LINE, PING, PONG, TEXT, frame
from tests.clients.sockets import RawSocket
from tests.running import Chatadmin, in_time

pytestmark = pytest.mark.usefixtures("beside")

Connect = Callable[..., RawSocket]


@pytest.fixture
def connect(shop: Chatadmin) -> Iterator[Connect]:
    """Open a socket: `connect(token, FULL_LINE, client="Ann")`."""
    opened: list[RawSocket] = []

    def open_socket(token: str, *headers: str, **query: str) -> RawSocket:
        path = "/v1/chat?" + "&".join(f"{name}={value.replace(' ', '%20')}" for name, value in query.items())
        chat = RawSocket(shop.url, *headers, f"Authorization: {token}", path=path)
        chat.open()
        opened.append(chat)
        assert chat.status == 101, chat.status
        return chat

    yield open_socket
    for chat in opened:
        chat.close()


# -- the door -------------------------------------------------------------------------------------------------------


def test_nobody_gets_in_without_a_session(url: str) -> None:
    assert handshake(url, "/v1/chat") == 401
    assert handshake(url, "/v1/chat", Authorization="no-such-token") == 401
    assert handshake(url, "/v1/chat?token=" + "x" * 20000) == 401


def test_a_cookie_alone_opens_no_socket(url: str, visitor: str) -> None:
    cookie = f"chatadmin_visitor={visitor}"
    assert handshake(url, "/v1/chat", Cookie=cookie) == 403
    assert handshake(url, "/v1/chat", Cookie=cookie, Origin="https://evil.example") == 403
    assert handshake(url, "/v1/chat", Cookie=cookie, Origin="null") == 403
    assert handshake(url, "/v1/chat", Cookie=cookie, Origin=url + ".evil.example") == 403
    assert handshake(url, "/v1/chat", Cookie=cookie, Origin=url) == 101


def test_a_foreign_origin_is_refused_even_with_a_token(url: str, visitor: str) -> None:
    assert handshake(url, "/v1/chat", Authorization=visitor, Origin="https://evil.example") == 403
    assert handshake(url, "/v1/chat", Authorization=visitor) == 101


def test_a_refusal_says_why_in_json(shop: Chatadmin) -> None:
    client = RawSocket(shop.url).open()
    assert client.status == 401
    assert json.loads(client.rest())["code"] == "no_session"


def test_an_agent_is_told_of_an_unknown_visitor(url: str, olga: str) -> None:
    assert handshake(url, "/v1/chat?client=nobody-here", Authorization=olga) == 404
    assert handshake(url, "/v1/chat", Authorization=olga) == 404


def test_an_argument_that_is_no_number_is_refused(url: str, visitor: str) -> None:
    assert handshake(url, "/v1/chat?after=soon", Authorization=visitor) == 400


# -- the modes ------------------------------------------------------------------------------------------------------


def test_without_a_subprotocol_the_mode_is_plain(connect: Connect, visitor: str) -> None:
    chat = connect(visitor)
    assert "sec-websocket-protocol" not in chat.headers
    assert chat.hear(type=1)["user"]["nickname"] == "system"


def test_the_subprotocol_makes_the_mode_full(connect: Connect, visitor: str) -> None:
    chat = connect(visitor, "Sec-WebSocket-Protocol: other, chatadmin.v1")
    assert chat.headers["sec-websocket-protocol"] == "chatadmin.v1"
    hello = chat.hear()
    assert hello["type"] == "hello"
    assert hello["limits"]["frame_bytes"] == 131072
    assert chat.hear()["type"] == "joined"


def test_an_unknown_subprotocol_alone_is_not_echoed(connect: Connect, visitor: str) -> None:
    chat = connect(visitor, "Sec-WebSocket-Protocol: mqtt")
    assert "sec-websocket-protocol" not in chat.headers
    assert chat.hear(type=1)


def test_a_message_goes_from_visitor_to_agent_and_back(connect: Connect, visitor: str, olga: str, name: str) -> None:
    guest = connect(visitor, FULL_LINE)
    uid = guest.hear(type="hello")["conversation"]
    agent = connect(olga, FULL_LINE, client=name)
    assert agent.hear(type="joined")["conversation"] == uid
    guest.hear(type="event", kind="claimed")
    guest.tell(type="send", id="tab.1", content="喂 <b>")
    assert guest.hear(type="ack")["id"] == "tab.1"
    assert agent.hear(type="message")["content"] == "喂 <b>"
    agent.tell(type="send", id="t.1", content="hello", conversation=uid)
    assert guest.hear(type="message")["user"]["nickname"] == "Olga"


def test_the_place_held_is_resumed_from(connect: Connect, visitor: str) -> None:
    first = connect(visitor, FULL_LINE)
    epoch = str(first.hear(type="hello")["epoch"])
    for n in (1, 2, 3):
        first.tell(type="send", id=f"tab.{n}", content=f"text {n}")
    held = first.hear(type="ack", id="tab.1")
    first.hear(type="ack", id="tab.3")
    first.close()
    again = connect(visitor, FULL_LINE, epoch=epoch, after=str(held["seq"]), id="tab.1")
    assert [again.hear(type="message")["content"] for _ in range(2)] == ["text 2", "text 3"]


# -- the end --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (frame(TEXT, b"x" * (128 * 1024 + 1)), 1009),
        (frame(2, b"\x00"), 1003),
        (frame(TEXT, b"\xff"), 1007),
        (frame(TEXT, b"{}", masked=False), 1002),
        (frame(TEXT, b"{}", rsv=4), 1002),
    ],
)
def test_what_breaks_the_protocol_is_ended(connect: Connect, visitor: str, data: bytes, code: int) -> None:
    chat = connect(visitor, FULL_LINE)
    chat.hear(type="joined")
    chat.send(data)
    begun = time.monotonic()
    assert chat.close_code() == code
    assert chat.at_end()
    assert in_time(begun, 1.5)


def test_logging_out_ends_the_socket(connect: Connect, url: str, visitor: str) -> None:
    chat = connect(visitor, FULL_LINE)
    chat.hear(type="joined")
    assert ask(url, "/logout", {}, Authorization=visitor).status == 200
    begun = time.monotonic()
    assert chat.close_code() == 4401
    assert in_time(begun, 5)


def test_a_ping_is_answered(connect: Connect, visitor: str) -> None:
    chat = connect(visitor)
    chat.hear(type=1)
    chat.say(PING, b"here")
    assert chat.read() == (0x80 | PONG, b"here")


def test_the_server_says_goodbye_when_it_stops() -> None:
    with Chatadmin() as running:
        token = log_in(running.url, "Guest")
        full = RawSocket(running.url, FULL_LINE, f"Authorization: {token}").open()
        plain = RawSocket(running.url, f"Authorization: {token}").open()
        full.hear(type="joined")
        plain.hear(type=1)
        running.signal(15)
        assert full.hear(type="bye")["retry_ms"] > 0
        assert full.close_code() == 1012
        assert plain.close_code() == 1012
        begun = time.monotonic()
        assert running.stop() == 0
        assert in_time(begun, 8)
        assert "Traceback" not in running.output
