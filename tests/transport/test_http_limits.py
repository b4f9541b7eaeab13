"""Requests that never end, or should never have begun: each is cut off, and a customer beside it is served."""

import contextlib
import http.client
import os
import resource
import signal
import socket
import time
from collections import Counter
from collections.abc import Callable, Iterator

import pytest

from tests.attacks.beside import attended
from tests.clients.api import log_in
from tests.clients.frames import CHAT, head, opening
from tests.running import PATIENCE, Chatadmin, in_time, wait_until


@pytest.fixture(scope="module")
def shop() -> Iterator[Chatadmin]:
    with Chatadmin() as running, attended(running):
        yield running


Connect = Callable[[], socket.socket]
Start = Callable[..., Chatadmin]


@pytest.fixture
def connect(shop: Chatadmin) -> Iterator[Connect]:
    links: list[socket.socket] = []

    def open_one() -> socket.socket:
        links.append(socket.create_connection(("127.0.0.1", shop.port), timeout=PATIENCE))
        return links[-1]

    yield open_one
    for link in links:
        link.close()


def answer(link: socket.socket) -> bytes:
    """All that comes until the connection is closed."""
    parts = []
    with contextlib.suppress(ConnectionResetError):  # closed with our bytes unread: as final as the polite way
        while part := link.recv(65536):
            parts.append(part)
    return b"".join(parts)


def serves(shop: Chatadmin, link: socket.socket) -> bool:
    link.sendall(f"GET /readyz HTTP/1.1\r\nHost: 127.0.0.1:{shop.port}\r\nConnection: close\r\n\r\n".encode())
    return answer(link).startswith(b"HTTP/1.1 200")


def serves_anew(shop: Chatadmin) -> bool:
    with socket.create_connection(("127.0.0.1", shop.port), timeout=PATIENCE) as link:
        return serves(shop, link)


def test_headers_that_trickle_are_cut_in_5_seconds(shop: Chatadmin, connect: Connect) -> None:
    link, began = connect(), time.monotonic()
    link.settimeout(0.3)
    link.sendall(b"GET / HTTP/1.1\r\n")
    cut = False
    while not cut and time.monotonic() - began < PATIENCE:
        try:
            link.sendall(b"x")
            cut = link.recv(1) == b""
        except TimeoutError:
            continue
        except ConnectionError:
            cut = True
    assert cut
    assert time.monotonic() - began > 4
    assert in_time(began, 7)
    assert serves(shop, connect())


def test_a_connection_that_says_nothing_is_cut_too(connect: Connect) -> None:
    link, began = connect(), time.monotonic()
    assert answer(link) == b""
    assert in_time(began, 7)


@pytest.mark.parametrize(
    ("request_head", "statuses"),
    [
        (b"GET / HTTP/1.1\r\nHost: h\r\nX-Long: " + b"a" * 100_000 + b"\r\n\r\n", (b"431", b"400")),
        (b"GET /" + b"a" * 100_000 + b" HTTP/1.1\r\nHost: h\r\n\r\n", (b"431", b"414", b"400")),
        (
            b"POST /login HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            (b"400",),
        ),
        (b"nonsense\r\n\r\n", (b"400",)),
    ],
    ids=["long header", "long address", "two lengths", "nonsense"],
)
def test_what_is_no_request_is_refused(
    shop: Chatadmin, connect: Connect, request_head: bytes, statuses: tuple[bytes, ...]
) -> None:
    link = connect()
    with contextlib.suppress(ConnectionError):  # it may be refused before all of it was sent
        link.sendall(request_head)
    said = answer(link)
    assert said.startswith(tuple(b"HTTP/1.1 " + status for status in statuses)), said[:80]
    assert serves(shop, connect())


def test_a_flood_of_connections_is_capped_and_the_next_customer_served(start_chatadmin: Start) -> None:
    shop = start_chatadmin(config={"limits": {"connections_per_address": 20}})
    with attended(shop):
        began = time.monotonic()
        flood = [socket.create_connection(("127.0.0.1", shop.port), timeout=PATIENCE) for _ in range(400)]
        let_in = 218  # those two have a connection each
        wait_until(lambda: _ended(flood[-1]), "the end of what is too many")
        over = [number for number, link in enumerate(flood) if _ended(link)]
        assert over[-(400 - let_in) :] == list(range(let_in, 400))
        if time.monotonic() - began < 4:  # else some of those that were let in are cut for their silence
            assert len(over) == 400 - let_in
        for link in flood:
            link.close()
        wait_until(lambda: serves_anew(shop), "an answer to the next customer")


def test_requests_that_were_answered_before_their_end_count_no_longer(start_chatadmin: Start) -> None:
    shop = start_chatadmin(config={"limits": {"connections_per_address": 20, "logins_per_minute": 0}})
    for _ in range(300):
        with socket.create_connection(("127.0.0.1", shop.port), timeout=PATIENCE) as link:
            link.sendall(b"POST /login HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99999999\r\n\r\n{")
            assert link.recv(65536).startswith(b"HTTP/1.1 413")
    assert serves_anew(shop)


def test_who_has_gone_counts_no_longer(start_chatadmin: Start) -> None:
    """At once, and not when an idle connection would be cut: else whoever asks anew each time is dropped after some."""
    shop = start_chatadmin(config={"limits": {"connections_per_address": 20}})
    link = http.client.HTTPConnection("127.0.0.1", shop.port, timeout=PATIENCE)
    for _ in range(600):
        link.request("GET", "/healthz")
        assert link.getresponse().read()
        link.close()


def test_a_whole_shop_may_come_back_at_once(start_chatadmin: Start) -> None:
    shop = start_chatadmin(config={"limits": {"connections_per_session": 0}})
    token = log_in(shop.url, "Anna")
    asked = head(opening(shop.url, CHAT, f"Authorization: {token}"))
    links = [socket.create_connection(("127.0.0.1", shop.port), timeout=PATIENCE) for _ in range(300)]
    assert serves_anew(shop)  # so all of them have been let in
    pids = shop.pids()
    for pid in pids:  # so that it finds all their requests at once
        os.kill(pid, signal.SIGSTOP)
    for link in links:
        link.sendall(asked)
    for pid in pids:
        os.kill(pid, signal.SIGCONT)
    statuses = Counter(link.recv(12) for link in links)
    for link in links:
        link.close()
    assert statuses == {b"HTTP/1.1 101": 300}


def _ended(link: socket.socket) -> bool:
    """Whether the other side has closed by now; it does so, without a request, to those that are let in after 5 s."""
    link.setblocking(False)
    with contextlib.suppress(BlockingIOError):
        return link.recv(1, socket.MSG_PEEK) == b""
    return False


def test_with_few_descriptors_it_goes_on_serving(start_chatadmin: Start) -> None:
    few = lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (256, 256))  # noqa: E731
    shop = start_chatadmin(preexec_fn=few)
    with attended(shop):
        flood = [socket.create_connection(("127.0.0.1", shop.port), timeout=PATIENCE) for _ in range(400)]
        for link in flood:
            link.close()
        wait_until(lambda: serves_anew(shop), "an answer to the next customer")
