"""Readers of the event stream that take nothing: cut, without harm to others, and nothing of them stays."""

import asyncio
import socket
import time
from collections.abc import Iterator
from dataclasses import replace

import msgspec
import pytest

from app.chat import protocol
from app.chat.conversation import Entry, State
from app.live import event_stream as stream_module
from app.store.keys import Keys
from tests.clients.api import PASSWORD, log_in
from tests.clients.events import Stream
from tests.running import Valkey, in_time, wait_until
from tests.web.node_server import PATIENCE, NodeServer, node_server


@pytest.fixture(scope="module")
def store() -> Iterator[Valkey]:
    running = Valkey()
    yield running
    running.stop()


@pytest.fixture(scope="module")
def server(store: Valkey) -> Iterator[NodeServer]:
    with node_server(store.url) as running:
        running.do(running.node.store.people.add_agent, "Olga", PASSWORD, "admin")
        yield running


@pytest.fixture
def token(server: NodeServer) -> str:
    return log_in(server.url, "Olga", PASSWORD)


def deaf(server: NodeServer, token: str, query: str) -> socket.socket:
    """A reader that reads the head of the answer and no more."""
    link = socket.socket()
    link.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    link.settimeout(PATIENCE)
    link.connect(("127.0.0.1", server.port))
    link.sendall(f"GET /v1/stream{query} HTTP/1.1\r\nHost: localhost\r\nAuthorization: {token}\r\n\r\n".encode())
    assert link.recv(12) == b"HTTP/1.1 200"
    return link


def bustle(server: NodeServer, round: int) -> None:
    """A hundred visitors come and go, as the feed would tell it: some 60 KB of deltas."""

    def apply() -> None:
        for n in range(100):
            uid = f"v{n:025}"
            user = protocol.user(uid, f"Guest {n}", "visitor", 0)
            body = protocol.encode({"user": user, "content": "x" * 120})
            entry = Entry(uid, round + 1, 1, "message", uid, "v", f"t.{round}", 0, body, State("waiting", 1, "", 0, 1))
            server.node.dashboard.apply(entry)
            server.node.dashboard.apply(msgspec.structs.replace(entry, kind="entered", seq=0))

    server.do(apply)


def open_streams(server: NodeServer) -> int:
    found: int = server.do(lambda: len(server.node.dashboard.streams))
    return found


def tasks(server: NodeServer) -> int:
    return len(server.do(lambda: asyncio.all_tasks(server.loop)))


def test_a_delta_reader_that_takes_nothing_is_cut_and_a_healthy_one_hears_all(server: NodeServer, token: str) -> None:
    before = tasks(server)
    healthy = Stream(server.url, token, "?delta=1")
    healthy.event()
    with_healthy = tasks(server)
    stuck = [deaf(server, token, "?delta=1") for _ in range(5)]
    wait_until(lambda: open_streams(server) == 6, "every reader")
    rounds = 0
    while open_streams(server) > 1:
        assert rounds < 2000, "the stuck readers were never cut"
        bustle(server, rounds)
        rounds += 1
        heard = 0
        while heard < 100:
            heard += healthy.event()[1] in ("visitor", "conversation")
    wait_until(lambda: tasks(server) <= with_healthy, "the end of every write that was stuck")
    for link in stuck:
        ended(link)
    healthy.close()
    wait_until(lambda: open_streams(server) == 0, "the end of the healthy one")
    wait_until(lambda: tasks(server) <= before, "the end of every task")


def ended(link: socket.socket) -> None:
    """The connection is over, what was in flight being read."""
    try:
        while link.recv(65536):
            pass
    except ConnectionResetError:
        return


def test_a_plain_reader_that_takes_nothing_is_cut_in_time(
    server: NodeServer, token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream_module, "STALLED_TIMEOUT", 2.0)
    stuck = deaf(server, token, "")
    wait_until(lambda: open_streams(server) == 1, "the reader")
    begun, rounds = time.monotonic(), 10_000
    while open_streams(server):
        assert in_time(begun, 60), "the stuck reader was never cut"
        bustle(server, rounds)
        rounds += 1
    ended(stuck)


def test_a_stream_does_not_outlive_an_expired_session(server: NodeServer, token: str, store: Valkey) -> None:
    stream = Stream(server.url, token, "?delta=1")
    stream.event()
    ((hash, session),) = server.do(server.node.dashboard.streams.sessions).items()
    # What the store's clock would do after a week: the session is gone, and was due.
    assert store.command("DEL", Keys.session(hash)) == ":1"
    server.do(server.node.dashboard.streams.renew, replace(session, expires_at=1))
    assert stream.over(within=5)
