"""What an operator or a disk does to an external store: named in the log, told to whoever waits, and got over alone."""

import asyncio
import itertools
import shutil
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import pytest

from tests.clients import api
from tests.clients.api import HttpError
from tests.clients.tokens import claims, signed
from tests.clock import KNOWN, Clock
from tests.delivery.shop import Shop
from tests.ports import free_port
from tests.replicated import Server
from tests.running import PATIENCE, Chatadmin, wait_until

AOF = ("--appendonly", "yes", "--appendfsync", "always", "--save", "")
# Seconds until work goes on after the store can work again: the promise is 2, a busy machine gets more.
BACK = PATIENCE


class FaultyShop(Shop):
    """A shop on one external server."""

    def __init__(self, store: Server, **options: object) -> None:
        super().__init__(f"redis://127.0.0.1:{store.port}", BACK, **options)
        self._store = store

    def tell(self, *command: object) -> None:
        """Do something to the store."""
        self._store.client.execute_command(*command)

    async def refused(self, n: int, code: str) -> None:
        """Message `n` is offered, and refused with that code."""
        told = len(self.visitor.frames)
        self.visitor.say(n, f"text {n}")
        error = await self.visitor.next("error", told)
        assert (error["code"], error["id"]) == (code, f"v.{n}")
        assert f"v.{n}" not in self.visitor.acked


@pytest.fixture(params=["valkey", pytest.param("redis", marks=pytest.mark.long)])
def server(request: pytest.FixtureRequest) -> Iterator[Server]:
    made = Server(request.param, free_port(), AOF)
    yield made
    made.close()


@pytest.fixture
def open_shop(server: Server) -> Iterator[Callable[..., FaultyShop]]:
    opened: list[FaultyShop] = []

    def make(**options: object) -> FaultyShop:
        opened.append(FaultyShop(server, **options))
        return opened[-1]

    yield make
    for shop in opened:
        shop.close()


def test_a_store_that_becomes_a_replica_is_left_until_it_takes_writes_again(
    open_shop: Callable[..., FaultyShop],
) -> None:
    shop = open_shop()

    async def story() -> None:
        await shop.say([1])
        shop.tell("REPLICAOF", "127.0.0.1", free_port())
        await shop.refused(2, "store_unavailable")
        await shop.logged("it is a replica, which takes no messages")
        await shop.ready(False)
        shop.tell("REPLICAOF", "NO", "ONE")
        await shop.ready(True)
        await shop.say([2])
        await shop.heard("v.2")

    shop.run(story)
    assert shop.ids() == ["v.1", "v.2"]


def test_a_password_that_was_changed_is_named_and_not_shown(open_shop: Callable[..., FaultyShop]) -> None:
    shop = open_shop()

    async def story() -> None:
        await shop.say([1])
        shop.tell("CONFIG", "SET", "requirepass", "opensesame")
        shop.tell("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes")
        await shop.logged("NOAUTH")
        await shop.ready(False)
        shop.tell("CONFIG", "SET", "requirepass", "")
        await shop.ready(True)
        await shop.say([2])

    shop.run(story)
    assert "opensesame" not in shop.running.output


def test_a_store_that_is_loading_is_waited_for(open_shop: Callable[..., FaultyShop], server: Server) -> None:
    shop = open_shop()

    async def story() -> None:
        await shop.say([1])
        with server.client.pipeline(transaction=False) as ballast:
            for n in range(12000):  # while it loads it answers after each 1,024
                ballast.set(f"ballast:{n}", n)
            ballast.execute()
        server.kill()
        server.start("--key-load-delay", "400", wait_for="LOADING")
        await shop.logged("LOADING")
        await shop.ready(False)
        await shop.ready(True)
        await shop.say([2])

    shop.run(story)
    assert shop.ids() == ["v.1", "v.2"]


def test_a_store_that_fails_while_a_worker_starts_is_named_and_waited_for(
    start_chatadmin: Callable[..., Chatadmin], server: Server
) -> None:
    server.client.execute_command("ACL", "SETUSER", "default", "-hmget")
    running = start_chatadmin("--redis", f"redis://127.0.0.1:{server.port}", wait=False)
    running.process.wait_for("the worker could not start")
    server.client.execute_command("ACL", "SETUSER", "default", "+hmget")
    running.wait_ready()
    assert "Traceback" not in running.output


def test_a_full_store_says_so_and_takes_messages_again_when_there_is_room(open_shop: Callable[..., FaultyShop]) -> None:
    shop = open_shop()

    async def story() -> None:
        await shop.say([1])
        shop.tell("CONFIG", "SET", "maxmemory", 1)
        await shop.refused(2, "store_full")
        assert await asyncio.to_thread(shop.ids) == ["v.1"], "what is there can be read"
        shop.tell("CONFIG", "SET", "maxmemory", 0)
        await shop.say([2])

    shop.run(story)


def test_a_store_that_misses_its_replicas_refuses_and_goes_on_alone(open_shop: Callable[..., FaultyShop]) -> None:
    shop = open_shop()

    async def story() -> None:
        await shop.say([1])
        shop.tell("CONFIG", "SET", "min-replicas-to-write", 1)
        await shop.refused(2, "store_unavailable")
        shop.tell("CONFIG", "SET", "min-replicas-to-write", 0)
        await shop.say([2])

    shop.run(story)
    assert shop.ids() == ["v.1", "v.2"]


def test_a_store_that_was_emptied_is_noticed_and_everybody_begins_anew(open_shop: Callable[..., FaultyShop]) -> None:
    shop = open_shop()

    async def story() -> None:
        await shop.say([1])
        shop.tell("FLUSHALL")
        for party in (shop.visitor, shop.agent):
            # The history is another one, and the log-in is gone with it.
            await party.until(lambda p=party: p.close_code == 4401, "the end of the session")

    shop.run(story)
    api.login(shop.url, "guest")


def test_an_older_snapshot_is_told_and_what_it_lacks_is_offered_again(
    open_shop: Callable[..., FaultyShop], server: Server, tmp_path: Path
) -> None:
    shop = open_shop()

    async def story() -> None:
        await shop.say([1])
        server.client.config_set("appendfsync", "always")
        shutil.copytree(server.folder, tmp_path / "snapshot")
        await shop.say(range(2, 5))
        server.kill()
        shutil.rmtree(server.folder)
        shutil.copytree(tmp_path / "snapshot", server.folder)
        server.start()
        for party in (shop.visitor, shop.agent):
            await shop.told_of_loss(party)
            await shop.join_anew(party)
        for n in range(2, 5):
            del shop.visitor.acked[f"v.{n}"]
            await shop.say([n])
        await shop.agent.until(lambda: shop.agent.entries[-1].get("id") == "v.4", "what was offered again")

    shop.run(story)
    assert shop.ids() == ["v.1", "v.2", "v.3", "v.4"]


@pytest.fixture
def clock(tmp_path: Path) -> tuple[Path, dict[str, str]]:
    """A file that says how far this machine's wall clock is off, and the environment in which programs believe it."""
    (library,) = Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1")
    file = tmp_path / "clock"
    file.write_text("+0")
    return (
        file,
        {
            "LD_PRELOAD": str(library),
            "FAKETIME_TIMESTAMP_FILE": str(file),
            "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",  # no machine's monotonic clock jumps
        },
    )


def test_a_clock_that_jumps_changes_neither_order_nor_who_is_here(clock: tuple[Path, dict[str, str]]) -> None:
    file, env = clock
    server = Server("valkey", free_port(), AOF)
    shop = FaultyShop(server, env=env)

    def jump(ahead: int) -> None:
        file.write_text(f"{ahead:+}")
        assert abs(_ahead(shop.url, f"guest {ahead}") - ahead) < 60, "it did not jump"

    try:
        _through_jumps(shop, server, jump)
    finally:
        shop.close()
        server.close()


@pytest.mark.skipif(not KNOWN, reason="machine code for Linux on x86-64")
def test_a_store_whose_clock_jumps_changes_neither_order_nor_who_is_here(
    open_shop: Callable[..., FaultyShop], server: Server
) -> None:
    clock = Clock(server.process.pid)

    def jump(ahead: int) -> None:
        clock.set(ahead)
        wait_until(lambda: abs(server.client.time()[0] - time.time() - ahead) < 60, "the jump")

    _through_jumps(open_shop(), server, jump)


def _through_jumps(shop: FaultyShop, server: Server, jump: Callable[[int], None]) -> None:
    """An hour ahead and an hour behind, under traffic."""
    numbers = iter(range(2, 100))

    async def story() -> None:
        await asyncio.to_thread(api.call, shop.url, f"/v1/conversations/{shop.uid}/claim", shop.admin, {})
        await shop.say([1])
        told = len(shop.agent.frames)
        for ahead in (3600, -3600):
            await asyncio.to_thread(jump, ahead)
            await shop.say(itertools.islice(numbers, 10))
            beats = _beats(server)
            await asyncio.to_thread(wait_until, lambda b=beats: _beats(server) > b + 1, "heartbeats after it")
            for token in (shop.token, shop.admin):
                await asyncio.to_thread(api.call, shop.url, "/v1/me", token)
        assert not [f for f in shop.agent.frames[told:] if f.get("kind") in ("left", "released")]

    shop.run(story)
    assert shop.ids() == [f"v.{n}" for n in range(1, next(numbers))]


def _ahead(url: str, nickname: str) -> float:
    """Seconds by which the product's wall clock is ahead of ours, by when it says that somebody entered."""
    person = api.call(url, "/login", body={"nickname": nickname})
    return datetime.fromisoformat(person["enter_at"]).timestamp() - time.time()


def _beats(server: Server) -> int:
    (count,) = server.client.hvals("{s00}:nodes")
    return int(count)


def test_the_log_holds_no_token_password_or_text(open_shop: Callable[..., FaultyShop]) -> None:
    shop = open_shop(env={"CHATADMIN_LOG_LEVEL": "debug"})
    secrets = [shop.token, shop.admin, "correct horse battery", "a text nobody else may read"]
    key = api.call(shop.url, "/v1/widget/keys", shop.admin, {})
    words = [signed(secret, claims(), kid=key["kid"]) for secret in (key["secret"], "another")]
    secrets += [key["secret"], *words]

    async def story() -> None:
        shop.visitor.say(1, secrets[3])
        await shop.visitor.until(lambda: "v.1" in shop.visitor.acked, "the acknowledgement")
        for wrong in ({"nickname": "Anna", "password": secrets[3]}, {"nickname": secrets[3]}):
            with pytest.raises(HttpError):
                await asyncio.to_thread(api.call, shop.url, "/login", "", wrong)
        for word in words:
            body = {"identity": word, "adopt": secrets[3]}
            await asyncio.to_thread(api.ask, shop.url, "/login/widget", body, Authorization=shop.token)
        with pytest.raises(HttpError):
            await asyncio.to_thread(api.call, shop.url, f"/v1/stream?token={shop.token}")
        shop.visitor.raw(b'{"type": "send", "id": "v.2", "content": ["' + secrets[3].encode() + b'"]}')
        await shop.visitor.next("error")
        shop.tell("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes")
        await shop.logged("store away")

    shop.run(story)
    shop.running.stop()
    assert [secret for secret in secrets if secret in shop.running.output] == []
