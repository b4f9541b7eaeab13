"""Requests that are broken, huge, slow or out of place: one honest answer each, and nobody else waits."""

import socket
import time
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

import pytest

from app.web.policies import POLICIES
from tests.clients.api import ask, log_in, raw
from tests.running import PATIENCE, in_time, wait_until
from tests.web.node_server import node_server

pytestmark = pytest.mark.usefixtures("beside")

GET = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n"
SHAKE = (
    b"GET /v1/chat HTTP/1.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
    b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
)
POST = b"POST /login HTTP/1.1\r\nHost: localhost\r\n"


def status(answer: bytes) -> int:
    """0 where the connection just ended."""
    return int(answer.split()[1]) if answer else 0


@pytest.mark.parametrize(
    ("method", "path", "expected"),
    [
        ("PUT", "/login", 405),
        ("GET", "/login", 405),
        ("DELETE", "/v1/msgs", 405),
        ("OPTIONS", "/login", 405),
        ("TRACE", "/", 405),
        ("NONSENSE", "/", 405),
        ("POST", "/v1/users", 405),
        ("POST", "/nowhere", 404),
        ("GET", "/v1/conversations/x/claim", 405),
        ("POST", "/v1/conversations/x/nonsense", 404),
        ("GET", "/v1/chat", 400),
    ],
)
def test_a_route_or_method_that_is_not_there(url: str, method: str, path: str, expected: int) -> None:
    answer = ask(url, path, method=method)
    assert answer.status == expected
    assert answer.code in ("method_not_allowed", "not_found", "bad_request")
    assert answer.headers["content-type"] == "application/json"


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        (b"nonsense\r\n\r\n", {400}),
        (b"GET / HTTP/1.1\r\nHost: a..b\r\n\r\n", {400}),
        (b"GET / HTTP/1.1\r\nHost: " + b"x" * 64 + b"\r\n\r\n", {400}),
        (SHAKE + b"Host: a..b\r\n\r\n", {400}),
        (SHAKE + b"Host: localhost\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n", {400}),
        (SHAKE + b"Host: localhost\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n", {400}),
        (SHAKE + b"Host: localhost\r\nSec-WebSocket-Version: 13\r\n\r\n", {400}),
        (SHAKE.replace(b"HTTP/1.1", b"HTTP/1.0") + b"Host: localhost\r\n\r\n", {400}),
        (SHAKE.replace(b"GET", b"get") + b"Host: localhost\r\n\r\n", {400}),
        (SHAKE + b"Host: localhost\nX: a\r\n\r\n", {400}),
        (GET.replace(b"HTTP/1.1", b"HTTP/9.9") + b"\r\n", {400}),
        (GET.replace(b"HTTP/1.1", b"HTTP/1.2") + b"\r\n", {400}),
        (GET.replace(b"HTTP/1.1", b"HTTP/0.9") + b"\r\n", {400}),
        (GET.replace(b"HTTP/1.1", b"http/1.1") + b"\r\n", {400}),
        (GET.replace(b"GET", b"get") + b"\r\n", {400}),
        (GET.replace(b"GET", b"Get") + b"\r\n", {400}),
        (POST.replace(b"POST", b"post") + b"Content-Length: 2\r\n\r\n{}", {400}),
        (GET.replace(b"/healthz", b"http://evil.example/healthz") + b"\r\n", {400}),
        (GET.replace(b"/healthz", b"http://localhost.evil.example/healthz") + b"\r\n", {400}),
        (GET.replace(b"/healthz", b"http://evil@localhost/healthz") + b"\r\n", {400}),
        (GET.replace(b"/healthz", b"ftp://localhost/healthz") + b"\r\n", {400}),
        (GET.replace(b"/healthz", b"evil.example/healthz") + b"\r\n", {400}),
        (GET.replace(b"/healthz", b"/healthz#there") + b"\r\n", {400}),
        (b"CONNECT localhost:443 HTTP/1.1\r\nHost: localhost\r\n\r\n", {400}),
        (b"GET http://localhost/healthz HTTP/1.0\r\n\r\n", {400}),
        (GET.replace(b"/healthz", b"http://localhost/healthz") + b"\r\n", {200}),
        (GET.replace(b"/healthz", b"HTTP://LOCALHOST/healthz?x") + b"\r\n", {200}),
        (GET.replace(b"/healthz", b"http://localhost") + b"\r\n", {200}),
        (b"OPTIONS * HTTP/1.1\r\nHost: localhost\r\n\r\n", {404, 405}),
        (GET.replace(b"\r\n", b"\n") + b"\n", {400}),
        (GET + b"X: a\n\r\n", {400}),
        (GET + b"\n", {400}),
        (b"\nGET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n", {400}),
        (GET + b"X: a\r\r\n\r\n", {400}),
        (GET + b"X: a\rb\r\n\r\n", {400}),
        (GET + b"X: a\r\n b\r\n\r\n", {400}),
        (GET + b"X: a\r\n\tb\r\n\r\n", {400}),
        (b"GET /healthz HTTP/1.1\r\n Host: localhost\r\n\r\n", {400}),
        (GET + b"Authorization: a\r\nAuthorization: b\r\n\r\n", {400}),
        (GET + b"Origin: http://localhost\r\nOrigin: https://evil.example\r\n\r\n", {400}),
        (POST + b"Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\nX: a\n\r\n", {400}),
        (POST + b"Transfer-Encoding: chunked\r\n\r\n2\n{}\n0\n\n", {400}),
        (SHAKE + b"Host: localhost\r\n\r\n\x81\x80\0\0\0\0", {400, 401}),  # and talks on as if it had been let in
        (b"\x16\x03\x01\x00\xee\x01\x00\x00", {400, 0}),  # TLS where none is spoken
        (GET + b"X: " + b"x" * 100_000 + b"\r\n\r\n", {400, 431}),
        (b"GET /" + b"x" * 100_000 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n", {400, 414, 431}),
        (GET + b"X: a\r\n" * 20_000 + b"\r\n", {400, 431}),
        (GET + b"X : a\r\n\r\n", {400}),
        (GET + b"X: a\x00b\r\n\r\n", {400}),
        (POST + b"Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", {400}),
        (POST + b"Content-Length: 3\r\nContent-Length: 4\r\n\r\nabcd", {400}),
        (POST + b"Content-Length: -1\r\n\r\n", {400}),
        (POST + b"Transfer-Encoding: gzip\r\n\r\n", {400, 501}),
        (POST + b"Content-Length: 99999999999\r\n\r\n{", {413}),
        (POST + b"Transfer-Encoding: chunked\r\n\r\n" + b"4000\r\n" + b" " * 0x4000 + b"\r\n", {413}),
        (
            GET + b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n"
            b"HTTP2-Settings: AAMAAABkAAQAoAAAAAIAAAAA\r\n\r\n",
            {200},
        ),
    ],
)
def test_what_is_not_http_is_refused(url: str, sent: bytes, expected: set[int]) -> None:
    if b"chunked\r\n\r\n4000" in sent:
        sent += (b"4000\r\n" + b" " * 0x4000 + b"\r\n") * 20
    assert status(raw(url, sent)) in expected
    assert ask(url, "/healthz").status == 200


@pytest.mark.parametrize(
    "body",
    [
        b'{"nickname": "Twin", "nickname": "Olga"}',
        b'{"nickname": "Olga", "password": "x", "password": "y"}',
        b'{"nickname": "Twin", "\\u006eickname": "Olga"}',
        b'{"nickname": "Twin", "x": {"y": 1, "y": 1}}',
    ],
)
def test_a_key_that_stands_twice_is_refused_and_named(url: str, body: bytes) -> None:
    answer = ask(url, "/login", body)
    assert answer.refusal == (400, "bad_request")
    assert answer.json["field"] == ("y" if b'"y": 1' in body else "password" if b'"x"' in body else "nickname")
    assert "token" not in answer.headers


@pytest.mark.parametrize(
    ("path", "body", "detail"),
    [
        ("/login", {"nickname": 7}, {"field": "nickname"}),
        ("/login", {}, {"field": "nickname"}),
        ("/login", b"{", {}),
        ("/v1/search?q=tea&limit=x", None, {"field": "limit"}),
        ("/v1/transcript?format=pdf", None, {"field": "format"}),
        ("/v1/reports?from=x&to=2026-01-01", None, {"field": "from"}),
        ("/v1/reports?from=2026-01-01&to=2026-12-31", None, {"limit": 92}),
        ("/v1/replies", {"shortcut": "a b", "text": "x"}, {"limit": 32}),
    ],
)
def test_the_details_of_a_refusal_stand_beside_its_code(
    url: str, olga: str, path: str, body: object, detail: dict[str, object]
) -> None:
    answer = ask(url, path, body, Authorization=olga)
    assert answer.status == 400
    assert answer.code
    assert {name: value for name, value in answer.json.items() if name not in ("code", "msg", "inner")} == detail


def test_nothing_of_a_request_becomes_a_line_of_the_log(shop: Any) -> None:
    token = log_in(shop.url, "Logged")
    ask(shop.url, "/v1/msgs?client=%0d%0aERROR%20forged&before=%0a", Authorization=token)
    ask(shop.url, f"/v1/stream?token={token}")
    ask(shop.url, "/login", {"nickname": "x", "password": "a secret word"})
    for secret in (token, "forged", "a secret word", "Logged"):
        assert secret not in shop.output


def trickle(url: str, head: bytes, drip: bytes) -> tuple[bytes, float]:
    """Send `head`, then `drip` every half second until something comes back: that, and the seconds it took."""
    place = urlsplit(url)
    began = time.monotonic()
    with socket.create_connection((place.hostname, place.port), timeout=0.5) as link:
        link.sendall(head)
        while time.monotonic() - began < PATIENCE:
            try:
                return link.recv(65536), time.monotonic() - began
            except TimeoutError:
                link.sendall(drip)
            except ConnectionError:
                break
    return b"", time.monotonic() - began


def test_a_header_that_trickles_is_cut(url: str) -> None:
    answer, seconds = trickle(url, b"GET / HTTP/1.1\r\nHost: localhost\r\nX: ", b"x")
    assert status(answer) in (0, 408)
    assert seconds < 50
    assert ask(url, "/healthz").status == 200


def test_a_body_gets_its_time_and_the_answer_is_heard_by_who_still_sends(
    start_store: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    with node_server(start_store("valkey").url) as server:
        assert POLICIES["login.login"].slowest_body == 60
        monkeypatch.setitem(POLICIES, "login.login", replace(POLICIES["login.login"], slowest_body=2))
        answer, seconds = trickle(server.url, POST + b"Content-Length: 5000\r\n\r\n{", b" ")
        assert status(answer) == 408
        assert 2 <= seconds < 50  # the route's own minute is not what it got
        with socket.create_connection(("127.0.0.1", server.port), timeout=PATIENCE) as link:
            link.sendall(POST + b"Content-Length: 5000\r\n\r\n{")
            assert status(link.recv(65536)) == 408
            assert link.recv(1) == b""
            began = time.monotonic()
            wait_until(lambda: not taken(link), "the end of a connection that is answered")
            assert time.monotonic() - began > 1  # what was on its way must not break the connection
            assert in_time(began, 5)


def taken(link: socket.socket) -> bool:
    """Whether the other side still takes a byte."""
    try:
        link.sendall(b" ")
    except ConnectionError:
        return False
    return True
