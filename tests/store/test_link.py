"""The connection that commands are given on, kept for ever: but for one thing it is tested through all that uses it."""

import asyncio

from app.store.connect import Address, parse
from app.store.link import Link, Troubles
from app.store.topology import Single


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
