"""The connection that commands are given on, kept for ever: but for one thing it is tested through all that uses it."""

import asyncio
from collections.abc import Callable

from app.store.connect import Address, parse
from app.store.errors import StoreAway
from app.store.link import Link, Troubles
from app.store.topology import Single
from tests.running import Valkey


class Forgetful(Single):
    """Loses one cancellation, as the client library does now and then under Python 3.11."""

    asked = 0

    async def where(self, tag: str) -> Address:
        self.asked += 1
        if self.asked == 1:
            try:
                await asyncio.sleep(60)
            except asyncio.CancelledError:
                return self.login
        return await super().where(tag)


async def test_a_link_that_misses_being_cancelled_ends_all_the_same(store_url: str) -> None:
    topology = Forgetful(parse(store_url))
    link = Link(topology, "{s00}", Troubles())
    link.start()
    await asyncio.sleep(0)
    done, _ = await asyncio.wait([asyncio.create_task(link.close())], timeout=5)
    assert done
    assert topology.asked == 1


async def test_who_is_told_that_the_store_is_away_may_ask_again_at_once(start_store: Callable[..., Valkey]) -> None:
    store = start_store("valkey")
    link = Link(Single(parse(store.url)), "{s00}", Troubles(), silence=60, patience=0.2)
    link.start()
    await link.ready()
    store.pause()
    refused: list[object] = []
    twice = asyncio.Event()

    def again(reply: object) -> None:
        refused.append(reply)
        if len(refused) == 4:
            twice.set()
        elif len(refused) <= 2:
            link.ask(again, "PING")
            link.flush()

    for _ in range(2):
        link.ask(again, "PING")
    await asyncio.wait_for(twice.wait(), 5)
    assert [type(reply) for reply in refused] == [StoreAway] * 4
    store.resume()
    await link.close()


async def test_a_connection_that_breaks_while_scripts_are_sent_anew_shifts_no_reply(store_url: str) -> None:
    link = Link(Single(parse(store_url)), "{s00}", Troubles())
    link.start()
    await link.ready()
    link._again = []
    link._reload()
    asked = [link.asked("ECHO", number) for number in range(3)]
    assert link._wire is not None
    link._wire.cut()
    assert await asyncio.wait_for(asyncio.gather(*asked), 5) == [b"0", b"1", b"2"]
    await link.close()
