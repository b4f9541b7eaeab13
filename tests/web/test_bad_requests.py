"""Requests that are broken, huge, slow or out of place: one honest answer each, and nobody else waits."""

import socket
import threading
import time
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.running import wait_until
from tests.web.asking import ask, log_in, raw

GET = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n"
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
        (POST + b"Transfer-Encoding: chunked\r\n\r\n" + b"4000\r\n" + b" " * 0x4000 + b"\r\n", {413, 0}),
        (
            GET + b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n"
            b"HTTP2-Settings: AAMAAABkAAQAoAAAAAIAAAAA\r\n\r\n",
            {101, 200},
        ),
    ],
)
def test_what_is_not_http_is_refused(url: str, sent: bytes, expected: set[int]) -> None:
    if b"chunked\r\n\r\n4000" in sent:
        sent += (b"4000\r\n" + b" " * 0x4000 + b"\r\n") * 20
    assert status(raw(url, sent)) in expected
    assert ask(url, "/healthz").status == 200


def test_nothing_of_a_request_becomes_a_line_of_the_log(shop: Any) -> None:
    token = log_in(shop.url, "Logged")
    ask(shop.url, "/v1/msgs?client=%0d%0aERROR%20forged&before=%0a", Authorization=token)
    ask(shop.url, f"/v1/stream?token={token}")
    ask(shop.url, "/login", {"nickname": "x", "password": "a secret word"})
    for secret in (token, "forged", "a secret word", "Logged"):
        assert secret not in shop.output


def trickle(url: str, head: bytes, drip: bytes, result: list[tuple[int, float]]) -> None:
    """Send `head`, then `drip` a byte at a time, until something comes back; note the status and the seconds."""
    place = urlsplit(url)
    began = time.monotonic()
    with socket.create_connection((place.hostname, place.port)) as link:
        link.sendall(head)
        link.settimeout(0.5)
        while time.monotonic() - began < 90:
            try:
                answer = link.recv(65536)
                break
            except TimeoutError:
                try:
                    link.sendall(drip)
                except OSError:
                    answer = b""
                    break
            except ConnectionError:
                answer = b""
                break
    result.append((status(answer), time.monotonic() - began))


def test_a_header_that_trickles_is_cut_and_a_body_gets_a_minute(url: str) -> None:
    header: list[tuple[int, float]] = []
    body: list[tuple[int, float]] = []
    waiting = [
        threading.Thread(target=trickle, args=(url, b"GET / HTTP/1.1\r\nHost: localhost\r\nX: ", b"x", header)),
        threading.Thread(target=trickle, args=(url, POST + b"Content-Length: 5000\r\n\r\n{", b" ", body)),
    ]
    for thread in waiting:
        thread.start()
    wait_until(lambda: header, "the end of the trickled header", 15)
    assert header[0][1] < 10
    assert ask(url, "/healthz").status == 200
    for thread in waiting:
        thread.join(90)
    assert body[0][0] == 408
    assert 50 < body[0][1] < 70
