"""A store goes over to a format of which this version knows nothing, while nodes of this version are at work on it."""

import asyncio
import os
import signal
from collections.abc import Callable

from app.store.formats import NEWEST
from app.store.store import Store
from tests.cli.test_check import MAIL
from tests.running import Chatadmin, Valkey
from tests.watching.scrape import workers

QUICK = {"CHATADMIN_TIMINGS_SCALE": "0.1"}


def test_a_node_that_hears_of_it_ends_and_says_why(store: Valkey, start_chatadmin: Callable[..., Chatadmin]) -> None:
    node = start_chatadmin("--redis", store.url, env=QUICK)
    store.command("HSET", "{s00}:store", "format", NEWEST + 1)
    assert node.process.wait() == 1
    assert f"was written by another version of chatadmin (format {NEWEST + 1};" in node.output
    assert "Traceback" not in node.output


def test_the_courier_hears_of_it_by_itself(store: Valkey, start_chatadmin: Callable[..., Chatadmin]) -> None:
    shop = start_chatadmin("--redis", store.url, env={**QUICK, **MAIL})
    courier = int(shop.process.wait_for(r"from=courier pid=(\d+) .*the courier works")[1])
    (worker,) = set(workers(shop)) - {courier}
    os.kill(worker, signal.SIGSTOP)  # it would end the program first
    try:
        store.command("HSET", "{s00}:store", "format", NEWEST + 1)
        shop.process.wait_for(rf"pid={courier} .*the courier cannot work: .*format {NEWEST + 1};")
    finally:
        os.kill(worker, signal.SIGCONT)
    assert shop.process.wait() == 1


def test_a_node_that_ends_in_order_need_not_be_watched(
    store: Valkey, start_chatadmin: Callable[..., Chatadmin]
) -> None:
    async def nodes() -> list[str]:
        one = Store(store.url, 1, nickname_days=30, visitor_days=30, agent_hours=1)
        try:
            await one.open()
            return [str(node.pid) for node in (await one.formats.standing()).nodes]
        finally:
            await one.close()

    node = start_chatadmin("--redis", store.url)
    (pid,) = asyncio.run(nodes())
    assert int(pid) in node.pids()
    node.stop()
    assert asyncio.run(nodes()) == []
