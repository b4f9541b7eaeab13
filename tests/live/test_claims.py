"""What a node knows of who holds what, while other nodes change it."""

import asyncio
from typing import Any

import pytest

from app.chat.conversation import Entry
from app.live.claims import Claims
from app.live.team import Team
from app.live.timings import Timings
from app.store.changes import Outcome
from tests.courier.desk import ANNA, Desk, open_store


async def test_what_a_holder_left_may_go_back_by_another_node_meanwhile(
    store_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = await open_store(store_url)
    clock = asyncio.get_running_loop().time
    claims = Claims(store, Team(store), clock, lambda: "us", Timings())
    heard = asyncio.Event()

    def hear(entry: Entry) -> None:
        claims.apply(entry)
        heard.set()

    store.feed.on_entry = hear
    await store.feed.start()
    desk = Desk(store)
    uids = {await desk.visitor() for _ in range(3)}

    async def until(held: set[str]) -> None:
        async with asyncio.timeout(60):
            while claims._held.keys() != held:
                heard.clear()
                await heard.wait()

    release = store.changes.release

    async def late(uid: str, owner: str, **more: Any) -> Outcome:
        for one in uids:
            fence = (await store.conversations.state(one)).fence
            await release(one, owner, fence=fence, away=True, released=desk.event())
        await until(set())
        return await release(uid, owner, **more)

    monkeypatch.setattr(store.changes, "release", late)
    await until(uids)
    claims._absent[ANNA] = 0.0
    await claims.sweep()
    assert [(await store.conversations.state(uid)).status for uid in uids] == ["waiting"] * 3
    await store.close()
