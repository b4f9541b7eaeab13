"""Reports through the weather: whoever is killed, everything that is stored is counted in the end, and once."""

import asyncio
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.clients import api
from tests.clients.party import Party
from tests.delivery.test_search import LIMITS, say
from tests.running import Chatadmin, Valkey, wait_until

DAY = 86400  # s


def counted(url: str, token: str) -> dict[str, Any]:
    """The totals of these days, and as the sum of all hours."""
    first, last = (time.strftime("%Y-%m-%d", time.gmtime(time.time() + days * DAY)) for days in (-1, 1))
    report: dict[str, Any] = api.call(url, f"/v1/reports?from={first}&to={last}", token)
    for name in ("conversations", "from_visitors", "from_team"):
        assert report["total"][name] == sum(row[name] for row in report["hours"])
    return dict(report["total"])


def agree(url: str, token: str, expected: dict[str, int]) -> None:
    """Wait until so much is counted, and see that it is no more."""
    found = wait_until(
        lambda: (total := counted(url, token))["from_visitors"] >= expected["from_visitors"] and total, f"{expected}"
    )
    assert {name: found[name] for name in expected} == expected


def test_a_kill_of_all_in_the_middle_loses_nothing_and_doubles_nothing(tmp_path: Path) -> None:
    data = tmp_path / "data"
    running = Chatadmin(config={"limits": LIMITS}, data_dir=data)
    try:
        admin = api.set_up(running.url, running.setup_secret)
        guests = [api.login(running.url, f"guest{n}") for n in range(3)]
        parties = [Party(running.url, token, f"t{n}") for n, (token, _) in enumerate(guests)]
        server = f"127.0.0.1:{running.port}"

        def strike() -> None:
            wait_until(lambda: counted(running.url, admin)["from_visitors"] > 60, "some of it counted")
            running.cut_off()
            running.process.wait()
            wait_until(lambda: not running.pids(), "the end of all")
            other = Chatadmin(config={"limits": LIMITS}, data_dir=data, server=server)
            running.process, running.url = other.process, other.url

        async def story() -> None:
            talking = asyncio.ensure_future(say(parties, range(1, 121)))
            await asyncio.to_thread(strike)
            await talking
            for party in parties:
                await party.close()

        asyncio.run(story())
        uid = guests[0][1]
        for act in ("claim", "resolve"):
            api.call(running.url, f"/v1/conversations/{uid}/{act}", admin, {})
        agree(running.url, admin, {"from_visitors": 3 * 120, "from_team": 0, "conversations": 3})
        path = f"/v1/conversations/{uid}/episodes"
        (episode,) = wait_until(lambda: api.call(running.url, path, admin), "the episode")
        assert episode["messages"] == 120
        assert episode["by"]["nickname"] == "Anna"
        assert api.history(running.url, admin, "guest0")[episode["last"] - 1]["kind"] == "resolved"
    finally:
        running.__exit__()


def test_two_nodes_count_once_and_one_goes_on_alone(
    start_chatadmin: Callable[..., Chatadmin], start_store: Callable[..., Valkey]
) -> None:
    store = start_store("valkey")
    first = start_chatadmin("--redis", store.url, config={"limits": LIMITS})
    admin = api.set_up(first.url, first.setup_secret)
    second = start_chatadmin("--redis", store.url, config={"limits": LIMITS})
    urls = (first.url, second.url)
    parties = [Party(urls[n % 2], api.login(first.url, f"guest{n}")[0], f"t{n}") for n in range(4)]

    async def story() -> None:
        await say(parties, range(1, 31))
        for url in urls:
            await asyncio.to_thread(agree, url, admin, {"from_visitors": 4 * 30, "conversations": 4})
        await asyncio.to_thread(first.kill)  # it had the lease, being there first
        for party in parties:
            party.url = second.url
        await say(parties, range(31, 61))
        await asyncio.to_thread(agree, second.url, admin, {"from_visitors": 4 * 60, "conversations": 4})
        for party in parties:
            await party.close()

    asyncio.run(story())
