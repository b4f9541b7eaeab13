"""The store goes away: nothing is acknowledged, sockets stay open, and work resumes by itself."""

import asyncio
import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from app.store.hashes import hash_of
from app.store.keys import Keys
from tests.clients import api
from tests.clients.api import HttpError
from tests.clients.party import PATIENCE, Party
from tests.delivery.shop import said
from tests.running import Chatadmin, Valkey, in_time, wait_until


@pytest.fixture(params=["killed", "frozen"])
def outage(request: pytest.FixtureRequest) -> Iterator[tuple[Valkey, Callable[[], None], Callable[[], None]]]:
    """A store with an append-only file, how it goes away, and how it comes back."""
    store = Valkey("redis", fsync=True)
    if request.param == "killed":
        yield store, store.kill, store.restart
    else:
        yield store, store.pause, store.resume
    store.resume()
    store.stop()


def test_an_outage_costs_time_and_nothing_else(
    outage: tuple[Valkey, Callable[[], None], Callable[[], None]], start_chatadmin: Callable[..., Chatadmin]
) -> None:
    store, goes, returns = outage
    running = start_chatadmin("--redis", store.url)
    admin = api.set_up(running.url, running.setup_secret)
    token, uid = api.login(running.url, "guest")

    async def story() -> Party:
        visitor, agent = Party(running.url, token, "v"), Party(running.url, admin, "a")
        await visitor.connect()
        await agent.connect(uid)
        visitor.say(1, "before")
        await agent.until(lambda: any(f.get("content") == "before" for f in agent.frames), "the first message")
        goes()
        told = len(visitor.frames)
        visitor.say(2, "during")
        refusal = await visitor.next("error", told)
        assert (refusal["code"], refusal["id"]) == ("store_unavailable", "v.2")
        assert "v.2" not in visitor.acked
        with pytest.raises(HttpError) as unready:
            await asyncio.to_thread(api.call, running.url, "/readyz")
        assert unready.value.status == 503
        assert visitor.connected
        assert agent.connected, "sockets stay open"
        returns()
        back = time.monotonic()
        await said(visitor, 2, PATIENCE, "during")
        # The promise is 2 s; a busy machine gets twice that before this counts as broken.
        assert in_time(back, 4)
        await agent.until(lambda: any(f.get("content") == "during" for f in agent.frames), "the second message")
        assert not visitor.faults
        assert not agent.faults
        visitor.drop()
        agent.drop()
        return visitor

    visitor = asyncio.run(story())
    messages = [entry for entry in api.history(running.url, admin, "guest") if entry["type"] == "message"]
    assert [entry["id"] for entry in messages] == ["v.1", "v.2"]
    assert messages[1]["seq"] == visitor.acked["v.2"]


def test_a_join_during_an_outage_is_answered(
    outage: tuple[Valkey, Callable[[], None], Callable[[], None]], start_chatadmin: Callable[..., Chatadmin]
) -> None:
    store, goes, returns = outage
    running = start_chatadmin("--redis", store.url)
    admin = api.set_up(running.url, running.setup_secret)
    _, uid = api.login(running.url, "guest")

    async def story() -> None:
        console = Party(running.url, admin, "a")
        await console.connect(uid)
        goes()
        console.send({"type": "join", "conversation": uid, "after": 0})
        refusal = await console.next("error")
        assert (refusal["code"], refusal["conversation"]) == ("store_unavailable", uid)
        returns()
        while console.frames[-1]["type"] != "joined":
            told = len(console.frames)
            console.send({"type": "join", "conversation": uid, "after": 0})
            await console.until(
                lambda t=told: any(f["type"] in ("joined", "error") for f in console.frames[t:]),
                "an answer",
            )
        console.drop()

    asyncio.run(story())


def test_a_drain_during_an_outage_is_no_error(
    outage: tuple[Valkey, Callable[[], None], Callable[[], None]], start_chatadmin: Callable[..., Chatadmin]
) -> None:
    store, goes, _ = outage
    running = start_chatadmin("--redis", store.url)
    token, _uid = api.login(running.url, "guest")

    async def story() -> None:
        visitor = Party(running.url, token, "v")
        await visitor.connect()
        goes()
        visitor.say(1, "on its way")
        visitor.send({"type": "ping"})
        await visitor.next("pong")  # so the message was offered
        began = time.monotonic()
        assert await asyncio.to_thread(running.stop) == 0
        assert in_time(began, 15)
        assert "v.1" not in visitor.acked
        assert [frame["type"] for frame in visitor.frames if frame["type"] in ("ack", "bye")] == ["bye"]

    asyncio.run(story())
    assert "Traceback" not in running.output, running.output


def test_a_request_that_a_drain_cuts_short_is_told_to_come_again(start_chatadmin: Callable[..., Chatadmin]) -> None:
    store = Valkey("redis", fsync=True)
    try:
        running = start_chatadmin("--redis", store.url)
        admin = api.set_up(running.url, running.setup_secret)
        store.pause()
        with socket.create_connection(("127.0.0.1", running.port), PATIENCE) as asking:
            asking.sendall(
                f"GET /v1/msgs?client=guest HTTP/1.1\r\nHost: localhost\r\nAuthorization: {admin}\r\n\r\n".encode()
            )
            wait_until(lambda: _heard(running, asking.getsockname()[1]), "the request under way")
            assert running.stop() == 0
            assert asking.recv(65536).startswith(b"HTTP/1.1 503 ")
        assert "Traceback" not in running.output, running.output
    finally:
        store.resume()
        store.stop()


def _heard(running: Chatadmin, port: int) -> bool:
    """Whether what came from that port was accepted and read, by what the kernel says of the server's side."""
    ends = f":{running.port:04X}", f":{port:04X}"
    lines = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    mine = [words for words in lines if words[1].endswith(ends[0]) and words[2].endswith(ends[1])]
    return any(words[9] != "0" and words[4].endswith(":00000000") for words in mine)


def test_a_store_that_is_away_at_the_start_is_waited_for(start_chatadmin: Callable[..., Chatadmin]) -> None:
    store = Valkey("valkey")
    store.kill()
    try:
        running = start_chatadmin("--redis", store.url, store_away=True)
        with pytest.raises(HttpError) as unready:
            api.call(running.url, "/readyz")
        assert unready.value.status == 503
        store.restart()
        wait_until(lambda: api.ready(running.url), "readiness after the store came")
        api.login(running.url, "guest")
    finally:
        store.stop()


def test_a_session_that_ended_while_nobody_could_be_told_ends_when_the_store_is_back(
    start_chatadmin: Callable[..., Chatadmin], start_store: Callable[..., Valkey]
) -> None:
    store = start_store()
    running = start_chatadmin("--redis", store.url)
    token, _ = api.login(running.url, "guest")

    async def story() -> None:
        visitor = Party(running.url, token, "v")
        await visitor.connect()
        assert store.command("DEL", Keys.session(hash_of(token))) == ":1"
        store.command("CLIENT", "KILL", "TYPE", "normal")
        await visitor.until(lambda: not visitor.connected, "the end of the session")
        assert visitor.close_code == 4401

    asyncio.run(story())


def test_an_arrival_that_a_full_store_refused_is_told_when_it_has_room(
    start_chatadmin: Callable[..., Chatadmin], start_store: Callable[..., Valkey]
) -> None:
    store = start_store()
    running = start_chatadmin("--redis", store.url)
    admin = api.set_up(running.url, running.setup_secret)
    token, uid = api.login(running.url, "guest")

    def is_online() -> bool:
        return any(user["uid"] == uid for user in api.call(running.url, "/v1/users", admin))

    async def story() -> None:
        visitor = Party(running.url, token, "v")
        store.command("CONFIG", "SET", "maxmemory", "1")
        await visitor.connect()
        await asyncio.to_thread(running.process.wait_for, "an arrival could not be stored")
        assert not await asyncio.to_thread(is_online)
        store.command("CONFIG", "SET", "maxmemory", "0")
        await asyncio.to_thread(wait_until, is_online, "the visitor")
        await visitor.close()
        await asyncio.to_thread(wait_until, lambda: not is_online(), "their leaving")

    asyncio.run(story())
