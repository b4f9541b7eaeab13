"""Two workers: a handshake that came in at one is answered by the other, where that has the conversation open."""

import os
import signal
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from app.transport.passing import MAX_PASSED_BYTES, Passing
from tests.clients.api import login, set_up
from tests.clients.frames import CHAT, FULL_LINE
from tests.clients.sockets import RawSocket
from tests.running import Chatadmin, wait_until
from tests.transport.echo_server import certificate


class Shop:
    """It runs with two workers; `workers`: their processes."""

    def __init__(self, running: Chatadmin, ca: Path | None = None) -> None:
        self.running, self.url, self.ca, self.admin = running, running.url, ca, ""
        self.workers = self._both()

    def _both(self) -> list[int]:
        """The processes that listen at our port and have an event loop."""
        ours = {f"socket:[{inode}]" for inode in inodes(self.running.port, 0)}
        return sorted(
            pid
            for pid in self.running.pids()
            if (known := descriptors(pid)) & ours and "anon_inode:[eventpoll]" in known
        )

    @contextmanager
    def only(self, worker: int) -> Iterator[None]:
        """Meanwhile no other worker does anything; so what comes in comes in there."""
        others = [pid for pid in self.workers if pid != worker]
        for pid in others:
            os.kill(pid, signal.SIGSTOP)
        try:
            yield
        finally:
            for pid in others:
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGCONT)

    def knock(self, token: str, query: str = "") -> RawSocket:
        """A handshake that is asked for, and not answered yet."""
        client = RawSocket(self.url, f"Authorization: {token}", FULL_LINE, path=CHAT + query, ca=self.ca)
        client.ask()
        return client

    def owners(self, client: RawSocket) -> set[int]:
        """Which processes have the server's end of a connection."""
        (inode,) = self._server_end(client)
        return {pid for pid in self.running.pids() if f"socket:[{inode}]" in descriptors(pid)}

    def on_its_way(self, client: RawSocket) -> bool:
        """Whether it was accepted, and no process has it."""
        return self._server_end(client) != ["0"] and not self.owners(client)

    def _server_end(self, client: RawSocket) -> list[str]:
        return inodes(self.running.port, client.socket.getsockname()[1])


def inodes(port: int, peer: int) -> list[str]:
    """Of the sockets at our port that are connected with that one; with 0, of those that listen."""
    lines = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    return [words[9] for words in lines if words[1].endswith(f":{port:04X}") and words[2].endswith(f":{peer:04X}")]


def descriptors(pid: int) -> set[str]:
    found = set()
    try:
        for entry in os.scandir(f"/proc/{pid}/fd"):
            try:
                found.add(os.readlink(entry.path))
            except OSError:
                continue
    except OSError:
        return set()
    return found


def told_ready(shop: Shop) -> bool:
    """Whether both workers have said in what they share that they are fit to serve."""
    asking = RawSocket(shop.url, ca=shop.ca)
    asking.request = ["GET /metrics HTTP/1.1", f"Host: 127.0.0.1:{shop.running.port}", "Connection: close"]
    asking.ask()
    return b"\nchatadmin_workers_ready 2" in asking.rest()


@contextmanager
def opened(config: Mapping[str, Any], ca: Path | None = None) -> Iterator[Shop]:
    with Chatadmin(config={"limits": {"logins_per_minute": 0}, "workers": 2, **config}) as running:
        shop = Shop(running, ca)
        wait_until(lambda: told_ready(shop), "both workers are ready")
        yield shop
        assert "Traceback" not in running.output


@pytest.fixture(scope="module")
def shop() -> Iterator[Shop]:
    with opened({}) as shop:
        shop.admin = set_up(shop.url, shop.running.setup_secret)
        yield shop


def visitor_at(shop: Shop, worker: int, name: str) -> tuple[RawSocket, str]:
    """A visitor whose chat is open there; and their uid."""
    token, uid = login(shop.url, name)
    return chat_at(shop, worker, token), uid


def chat_at(shop: Shop, worker: int, token: str) -> RawSocket:
    """Their chat, which is open there."""
    with shop.only(worker):
        visitor = shop.knock(token)
        visitor.read_head().hear(type="joined")
    return visitor


@contextmanager
def on_its_way(shop: Shop, admin: str, worker: int, query: str) -> Iterator[RawSocket]:
    """An agent has knocked there, who was passed on to the other; which stands still."""
    with shop.only(worker):
        agent = shop.knock(admin, query)
        wait_until(lambda: shop.on_its_way(agent), "the agent's connection is on its way")
        yield agent


def test_who_talk_with_each_other_meet_on_one_worker_wherever_they_come_in(shop: Shop) -> None:
    admin = shop.admin
    for number, (here, there) in enumerate([shop.workers, shop.workers[::-1]]):
        visitor, uid = visitor_at(shop, there, f"Lily {number}")
        with on_its_way(shop, admin, here, f"?client={uid}") as agent:
            pass
        assert agent.read_head().status == 101
        agent.hear(type="joined")
        assert shop.owners(agent) == shop.owners(visitor) == {there}
        agent.tell(type="send", id="a.1", content="Yes?")
        assert visitor.hear(type="message")["content"] == "Yes?"
        assert agent.hear(type="ack")["id"] == "a.1"
        visitor.close()
        agent.close()


def test_a_visitor_goes_where_a_console_has_them_open(shop: Shop) -> None:
    admin = shop.admin
    here, there = shop.workers
    token, uid = login(shop.url, "Lily B")
    with shop.only(there):
        console = shop.knock(admin)
        console.read_head().hear(type="hello")
        assert shop.owners(console) == {there}  # it names nobody: it stays
        console.tell(type="join", conversation=uid)
        console.hear(type="joined")
    with on_its_way(shop, token, here, "") as visitor:
        pass
    visitor.read_head().hear(type="joined")
    visitor.tell(type="send", id="v.1", content="Hello?")
    assert console.hear(type="message")["content"] == "Hello?"
    assert shop.owners(visitor) == {there}


def test_what_lies_there_when_a_worker_dies_is_answered_by_who_takes_its_place() -> None:
    with opened({}) as shop:
        admin = set_up(shop.url, shop.running.setup_secret)
        here, there = shop.workers
        _visitor, uid = visitor_at(shop, there, "Lily")
        with on_its_way(shop, admin, here, f"?client={uid}") as agent:
            os.kill(there, signal.SIGKILL)
            assert agent.read_head().status == 101
        agent.hear(type="joined")
        assert shop.owners(agent).isdisjoint({here, there})
        wait_until(lambda: told_ready(shop), "there are two again")


def test_a_refusal_is_the_same_wherever_it_is_said(shop: Shop) -> None:
    admin = shop.admin
    here, there = shop.workers
    _visitor, uid = visitor_at(shop, there, "Lily D")
    with on_its_way(shop, admin, here, f"?client={uid}&after=first") as agent:
        pass
    assert agent.read_head().status == 400
    assert agent.at_end()


def test_who_has_gone_meanwhile_troubles_nobody(shop: Shop) -> None:
    admin = shop.admin
    here, there = shop.workers
    visitor, uid = visitor_at(shop, there, "Lily E")
    with on_its_way(shop, admin, here, f"?client={uid}") as agent:
        agent.close()
    with on_its_way(shop, admin, here, f"?client={uid}") as agent:
        pass
    assert agent.read_head().status == 101
    agent.hear(type="joined")
    visitor.tell(type="send", id="v.1", content="Hello?")
    assert agent.hear(type="message")["content"] == "Hello?"


def test_tls_stays_where_it_came_in(tmp_path: Path, store_url: str) -> None:
    with opened({"redis": store_url}) as before:
        admin = set_up(before.url, before.running.setup_secret)
        token, uid = login(before.url, "Lily")
    ca = certificate(tmp_path)
    tls = {"certificate": str(ca / "cert.pem"), "key": str(ca / "key.pem")}
    with opened({"redis": store_url, "tls": tls}, ca) as shop:
        here, there = shop.workers
        visitor = chat_at(shop, there, token)
        with shop.only(here):
            agent = shop.knock(admin, f"?client={uid}")
            agent.read_head().hear(type="joined")
            assert (shop.owners(visitor), shop.owners(agent)) == ({there}, {here})


def test_a_way_that_is_full_or_a_request_that_is_too_long_is_said_to_be(tmp_path: Path) -> None:
    passing = Passing(2)
    given = 0
    with open(tmp_path / "file", "w") as file:
        assert not passing.give(1, b"x" * (MAX_PASSED_BYTES + 1), file.fileno())
        while passing.give(1, b"x" * 1000, file.fileno()):
            given += 1
        assert passing.give(0, b"for another", file.fileno())
    assert given > 20
    passing.close()


def test_one_worker_has_nobody_to_pass_anything_to() -> None:
    passing = Passing(1)
    assert not passing
    assert not passing.give(1, b"", 0)
