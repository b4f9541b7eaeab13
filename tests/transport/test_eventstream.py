"""The event stream over HTTP/1.1 is written straight to the transport; what that must not change."""

import asyncio
import socket
from collections.abc import Iterator

import pytest

from app.transport.bounds import IGNORED_BYTES
from tests.clients.api import PASSWORD, log_in
from tests.clients.events import Stream
from tests.running import Valkey, wait_until
from tests.web.node_server import PATIENCE, NodeServer, node_server


@pytest.fixture(scope="module")
def server() -> Iterator[NodeServer]:
    store = Valkey()
    with node_server(store.url) as running:
        running.do(running.node.store.people.add_agent, "Olga", PASSWORD, "admin")
        yield running
    store.stop()


@pytest.fixture
def token(server: NodeServer) -> str:
    return log_in(server.url, "Olga", PASSWORD)


def speak(server: NodeServer, request: str) -> socket.socket:
    """A connection that has said that much."""
    link = socket.create_connection(("127.0.0.1", server.port), PATIENCE)
    link.sendall(request.replace("\n", "\r\n").encode())
    return link


def head(link: socket.socket) -> tuple[str, bytes]:
    """The answer's head, and what came behind it so far."""
    data = b""
    while b"\r\n\r\n" not in data:
        data += link.recv(65536)
    found, _, rest = data.partition(b"\r\n\r\n")
    return found.decode().lower(), rest


def open_streams(server: NodeServer) -> int:
    found: int = server.do(lambda: len(server.node.dashboard.streams))
    return found


def tell(server: NodeServer) -> None:
    """Something that every stream is sent."""
    server.do(server.node.dashboard.agents_changed)


def test_streams_cost_no_task_each(server: NodeServer, token: str) -> None:
    def tasks() -> int:
        return len(server.do(lambda: asyncio.all_tasks(server.loop)))

    before = tasks()
    streams = [Stream(server.url, token, "?delta=1") for _ in range(20)]
    for stream in streams:
        assert stream.event()[1] == "snapshot"
    wait_until(lambda: tasks() <= before + 1, "the end of what Hypercorn ran for them")
    tell(server)
    for stream in streams:
        assert stream.event()[1] == "agent"
        stream.close()
    wait_until(lambda: open_streams(server) == 0, "the end of every stream")


def test_the_answer_ends_with_its_connection(server: NodeServer, token: str) -> None:
    for version in ("1.0", "1.1"):
        link = speak(server, f"GET /v1/stream HTTP/{version}\nHost: localhost\nAuthorization: {token}\n\n")
        said, rest = head(link)
        assert "\r\nconnection: close" in said
        assert "\r\ncontent-type: text/event-stream; charset=utf-8" in said
        assert "content-length" not in said
        assert "transfer-encoding" not in said
        while b"\n\n" not in rest:
            rest += link.recv(65536)
        assert rest.startswith(b"id: ")
        link.close()
    wait_until(lambda: open_streams(server) == 0, "the end of both")


def test_a_head_request_opens_no_stream(server: NodeServer, token: str) -> None:
    link = speak(server, f"HEAD /v1/stream HTTP/1.1\nHost: localhost\nAuthorization: {token}\n\n")
    assert head(link)[0].startswith("http/1.1 200")
    assert open_streams(server) == 0
    link.close()


def test_a_request_behind_the_first_is_not_swallowed_with_it(server: NodeServer, token: str) -> None:
    """A client that pipelines gets Hypercorn's own response: it is still a stream."""
    request = f"GET /v1/stream?delta=1 HTTP/1.1\nHost: localhost\nAuthorization: {token}\n\n"
    link = speak(server, request + "GET /healthz HTTP/1.1\nHost: localhost\n\n")
    said, rest = head(link)
    assert "transfer-encoding: chunked" in said
    while b"event: snapshot" not in rest:
        rest += link.recv(65536)
    link.close()
    wait_until(lambda: tell(server) or open_streams(server) == 0, "the end of it")


def test_a_reader_that_talks_is_not_listened_to_and_harms_nobody(server: NodeServer, token: str) -> None:
    link = speak(server, f"GET /v1/stream?delta=1 HTTP/1.1\nHost: localhost\nAuthorization: {token}\n\n")
    head(link)
    link.settimeout(0.5)
    with pytest.raises(TimeoutError):
        link.sendall(b"x" * IGNORED_BYTES * 1000)
    other = Stream(server.url, token, "?delta=1")
    assert other.event()[1] == "snapshot"
    other.close()
    link.close()
    wait_until(lambda: tell(server) or open_streams(server) == 0, "the end of both")


def test_a_log_in_may_open_so_many_streams_and_no_more(server: NodeServer, token: str) -> None:
    most = server.node.chats.limits.connections_per_session
    streams = [Stream(server.url, token, "?delta=1") for _ in range(most)]
    assert Stream(server.url, token, "?delta=1").answer.status == 429
    streams.pop().close()
    wait_until(lambda: open_streams(server) == most - 1, "room for one")
    streams.append(Stream(server.url, token, "?delta=1"))
    assert streams[-1].answer.status == 200
    for stream in streams:
        stream.close()
    wait_until(lambda: open_streams(server) == 0, "the end of all")
