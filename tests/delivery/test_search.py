"""Search through the weather: whoever is killed, everything stored is found in the end, and nothing twice."""

import asyncio
import os
import signal
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from picows import WSHandshakeError

from tests.clients import api
from tests.clients.party import Party
from tests.running import Chatadmin, Valkey, command, wait_until

LIMITS = {"messages_per_second": 0, "logins_per_minute": 0, "connections_per_address": 0}


def found(url: str, token: str, query: str) -> list[tuple[str, int, str]]:
    """Every hit, over all pages: conversation, seq, content."""
    hits: list[tuple[str, int, str]] = []
    cursor = ""
    while True:
        sought = urlencode({"q": query, "cursor": cursor})
        answer: dict[str, Any] = api.ask(url, f"/v1/search?{sought}", Authorization=token).json
        hits += [(hit["conversation"], hit["seq"], hit["content"]) for hit in answer["value"]]
        cursor = answer["cursor"]
        if not answer["more"]:
            return hits


async def say(parties: list[Party], numbers: range) -> None:
    """Each says so many things and has them acknowledged, whatever it takes."""
    for n in numbers:
        for party in parties:
            id = f"{party.tab}.{n}"
            while id not in party.acked:
                with suppress(OSError, WSHandshakeError):
                    if not party.connected:
                        await party.connect()
                    told = len(party.frames)
                    party.say(n, f"hello 你好 {n}")
                    await party.until(lambda p=party, i=id, t=told: _over(p, i, t), f"an answer to {id}")
                if id not in party.acked:
                    await asyncio.sleep(0.1)  # nobody serves yet


def _over(party: Party, id: str, told: int) -> bool:
    return id in party.acked or not party.connected or any(f["type"] == "error" for f in party.frames[told:])


def agree(url: str, token: str, guests: dict[str, str], count: int) -> None:
    """Wait until a search finds what the logs hold, and see that it is once."""
    logs = {
        (uid, frame["seq"], frame["content"])
        for name, uid in guests.items()
        for frame in api.history(url, token, name)
        if frame["type"] == "message"
    }
    assert len(logs) == count
    for query in ("hello", "你好"):
        hits = wait_until(lambda q=query: len(hits := found(url, token, q)) >= count and hits, f"{count} of {query}")
        assert len(hits) == len(set(hits)), "something is found twice"
        assert set(hits) == logs


@pytest.mark.parametrize("whole", [True, False], ids=["all", "store"])
def test_a_kill_in_the_middle_loses_nothing_and_doubles_nothing(whole: bool, tmp_path: Path) -> None:
    data = tmp_path / "data"
    running = Chatadmin(config={"limits": LIMITS}, data_dir=data)
    try:
        admin = api.set_up(running.url, running.setup_secret)
        logins = {f"guest{n}": api.login(running.url, f"guest{n}") for n in range(3)}
        guests = {name: uid for name, (_, uid) in logins.items()}
        parties = [Party(running.url, token, f"t{n}") for n, (token, _) in enumerate(logins.values())]
        server = f"127.0.0.1:{running.port}"

        def strike() -> None:
            if whole:
                running.cut_off()
                running.process.wait()
                wait_until(lambda: not running.pids(), "the end of all")
                other = Chatadmin(config={"limits": LIMITS}, data_dir=data, server=server)
                running.process, running.url = other.process, other.url
            else:
                (store,) = (pid for pid in running.pids() if "unixsocket" in command(pid))
                os.kill(store, signal.SIGKILL)

        async def story() -> None:
            await say(parties, range(1, 41))
            talking = asyncio.ensure_future(say(parties, range(41, 81)))
            await asyncio.to_thread(strike)
            await talking
            for party in parties:
                await party.close()

        asyncio.run(story())
        agree(running.url, admin, guests, 3 * 80)
    finally:
        running.__exit__()


def test_two_nodes_share_one_index_and_one_goes_on_alone(
    start_chatadmin: Callable[..., Chatadmin], start_store: Callable[..., Valkey]
) -> None:
    store = start_store("valkey")
    first = start_chatadmin("--redis", store.url, config={"limits": LIMITS})
    admin = api.set_up(first.url, first.setup_secret)
    second = start_chatadmin("--redis", store.url, config={"limits": LIMITS})
    logins = {f"guest{n}": api.login(first.url, f"guest{n}") for n in range(4)}
    guests = {name: uid for name, (_, uid) in logins.items()}
    urls = (first.url, second.url)
    parties = [Party(urls[n % 2], token, f"t{n}") for n, (token, _) in enumerate(logins.values())]

    async def story() -> None:
        await say(parties, range(1, 31))
        await asyncio.to_thread(agree, first.url, admin, guests, 4 * 30)
        await asyncio.to_thread(agree, second.url, admin, guests, 4 * 30)
        await asyncio.to_thread(first.kill)  # it had the lease, being there first
        for party in parties:
            party.url = second.url
        await say(parties, range(31, 61))
        await asyncio.to_thread(agree, second.url, admin, guests, 4 * 60)
        for party in parties:
            await party.close()

    asyncio.run(story())
