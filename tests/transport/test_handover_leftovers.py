"""What a socket leaves behind: no tasks, no memory, and no receiver that was never told of its end."""

import asyncio
import gc
import os
import struct
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from quart import websocket

from app.transport.bounds import READ_AHEAD_BYTES
from app.transport.handover import HandoverStream
from app.transport.offers import socket_offer
from app.transport.passing import Passing
from app.transport.socket import Socket
from tests.clients.frames import CLOSE, PING, PONG, TEXT, frame
from tests.clients.sockets import RawSocket
from tests.running import in_time, wait_until
from tests.transport.echo_server import PATIENCE, EchoServer, echo_server, knock


@pytest.fixture
def server() -> Iterator[EchoServer]:
    with echo_server("fast", "uvloop") as running:
        yield running
        running.forget()


def resident() -> int:
    """Bytes of this process in memory: the server's, as it runs in a thread."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGESIZE")


def flood(client: RawSocket, data: bytes) -> int:
    """Send `data` again and again until the server has had enough; the most memory this took meanwhile, in bytes."""
    before = most = resident()
    try:
        while True:
            client.send(data)
            most = max(most, resident())
    except (BrokenPipeError, ConnectionResetError):
        return most - before


@pytest.mark.parametrize(
    ("first", "again"),
    [
        (bytes([0x81, 0xFF]) + struct.pack("!Q", 1 << 40) + b"mask", b"x" * 65536),
        (frame(TEXT, b"x", fin=False), frame(0, b"x", fin=False) * 8192),
        (frame(TEXT, b"", fin=False), frame(0, b"", fin=False) * 8192),
    ],
    ids=["endless-frame", "one-byte-fragments", "empty-fragments"],
)
def test_what_never_ends_is_ended_within_a_second_and_costs_no_memory(
    server: EchoServer, first: bytes, again: bytes
) -> None:
    knock(server).open().close()
    client = knock(server).open()
    begun = time.monotonic()
    client.send(first)
    assert flood(client, again) < 16 * 1024 * 1024
    assert in_time(begun, 2.5)
    assert {server.gone.get(timeout=PATIENCE)[1] for _ in range(2)} == {1006, 1009}


def test_a_healthy_client_beside_it_is_not_disturbed(server: EchoServer) -> None:
    healthy = knock(server).open()
    for _ in range(20):
        bad = knock(server).open()
        bad.send(frame(2, b"x") + frame(TEXT, b"x" * 100_000))
        healthy.say(TEXT, b"hello")
        assert healthy.read() == (0x81, b"hello")
        bad.close()
    healthy.close()


def test_no_task_is_left_of_closed_sockets(server: EchoServer) -> None:
    def tasks() -> int:
        return len(asyncio.all_tasks(server.loop))

    before: int = server.do(tasks)
    clients = [knock(server).open() for _ in range(50)]
    for n, client in enumerate(clients):
        if n % 2:
            client.say(CLOSE, (1000).to_bytes(2, "big"))
        client.close()
    wait_until(lambda: server.do(tasks) <= before, "the end of every task")
    assert server.gone.qsize() == 50


def test_no_task_is_left_of_a_peer_that_reads_nothing(server: EchoServer) -> None:
    def tasks() -> int:
        return len(asyncio.all_tasks(server.loop))

    before: int = server.do(tasks)
    deaf = knock(server, receive_buffer=4096).open()
    echo = server.came.get(timeout=PATIENCE)
    server.do(lambda: [echo.channel.send(b"x" * 4000) for _ in range(3000)])
    server.do(echo.channel.close, 4413)
    wait_until(lambda: server.do(tasks) <= before, "the end of every task")
    deaf.close()


def test_an_open_socket_that_was_handed_over_has_no_task(server: EchoServer) -> None:
    def tasks() -> int:
        return len(asyncio.all_tasks(server.loop))

    before: int = server.do(tasks)
    clients = [knock(server).open() for _ in range(50)]
    wait_until(lambda: server.do(tasks) == before, "the end of Hypercorn's and Quart's tasks")
    for client in clients:
        client.say(TEXT, b"alive")
        assert client.read() == (0x81, b"alive")
        client.close()


def test_closed_sockets_are_forgotten(server: EchoServer) -> None:
    for _ in range(20):
        client = knock(server).open()
        client.say(CLOSE, (1000).to_bytes(2, "big"))
        assert client.at_end()
    server.forget()

    def none_left() -> bool:
        gc.collect()
        return not [1 for thing in gc.get_objects() if isinstance(thing, Socket)]

    wait_until(none_left, "the end of every socket's object")


def test_a_connection_that_breaks_off_is_gone(server: EchoServer) -> None:
    client = knock(server).open()
    client.socket.setsockopt(1, 13, struct.pack("ii", 1, 0))  # SO_LINGER: close() resets
    client.close()
    assert server.gone.get(timeout=PATIENCE)[1] == 1006


def test_a_receiver_left_for_a_peer_that_is_gone_is_told_of_both(server: EchoServer) -> None:
    async def lose_the_peer() -> None:
        stream: Any = socket_offer(websocket.scope)
        stream.send.__self__.send.__self__.writer.transport.abort()

    server.before_accept = lose_the_peer
    client = knock(server)
    client.ask()
    echo, code = server.gone.get(timeout=PATIENCE)
    assert (echo.told[0][0], code) == ("opened", 1006)
    assert client.at_end()


def test_a_peer_that_ended_its_half_before_it_was_accepted_is_gone(server: EchoServer) -> None:
    async def see_the_end() -> None:
        stream: Any = socket_offer(websocket.scope)
        stream.send.__self__.send.__self__.reader.feed_eof()

    server.before_accept = see_the_end
    client = knock(server)
    client.ask()
    echo, code = server.gone.get(timeout=PATIENCE)
    assert (echo.told[0][0], code) == ("opened", 1006)
    assert client.at_end()


def test_a_connection_with_an_answer_half_said_is_not_passed_on(
    server: EchoServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    passing = Passing(2)
    monkeypatch.setattr(HandoverStream, "passing", passing)
    passed: list[bool] = []

    async def say_much_and_pass() -> None:
        stream: Any = socket_offer(websocket.scope)
        transport = stream.send.__self__.send.__self__.writer.transport
        transport.write(bytes(1 << 26))  # more than the system takes while nobody reads
        passed.append(stream.pass_on(1))
        transport.abort()

    server.before_accept = say_much_and_pass
    client = knock(server)
    client.ask()
    server.gone.get(timeout=PATIENCE)
    assert (passed, passing.take(1)) == ([False], None)
    client.close()
    passing.close()


def test_a_peer_that_leaves_while_it_is_judged_reaches_no_receiver(server: EchoServer) -> None:
    judged, left = asyncio.Event(), asyncio.Event()

    async def judge() -> None:
        judged.set()
        try:
            await asyncio.Event().wait()
        finally:
            left.set()

    server.before_accept = judge
    client = knock(server)
    client.ask()
    wait_until(judged.is_set, "the route")
    client.close()
    wait_until(left.is_set, "the end of the route")
    assert server.echoes == []


def test_a_paused_peer_that_is_patient_still_shows_that_it_lives(server: EchoServer) -> None:
    client = knock(server).open()
    echo = server.came.get(timeout=PATIENCE)
    server.do(echo.channel.pause)
    for _ in range(READ_AHEAD_BYTES // 2 // 100):
        client.say(TEXT, b"waiting")
    server.do(echo.channel.ping)
    client.say(PONG)
    client.say(PING, b"last")
    while client.read() != (0x80 | PONG, b"last"):
        pass
    assert ("alive",) in echo.told
    client.close()


def test_a_frame_cut_off_by_the_end_is_not_heard(server: EchoServer) -> None:
    client = knock(server).open()
    client.send(frame(TEXT, b"half a message")[:9])
    client.close()
    echo, code = server.gone.get(timeout=PATIENCE)
    assert (code, echo.texts) == (1006, [])
