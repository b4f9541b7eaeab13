"""What a node owes to a store that was away: done once it can be, however often it fell due."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress

import pytest

from app.live.owed import Duty, Owed
from app.store.errors import StoreAway, StoreError

AGAIN = 0.01


class Record:
    """Duties that note when they are done, and fail as often as they are told to."""

    def __init__(self) -> None:
        self.done: list[str] = []
        self.fail: dict[str, list[Exception]] = {}
        self.changed = asyncio.Event()
        self.hold = asyncio.Event()
        self.hold.set()

    def duty(self, name: str) -> Duty:
        async def work() -> None:
            self.done.append(name)
            self.changed.set()
            await self.hold.wait()
            if errors := self.fail.get(name):
                raise errors.pop(0)

        return work

    async def until(self, count: int) -> list[str]:
        async with asyncio.timeout(60):
            while len(self.done) < count:
                self.changed.clear()
                await self.changed.wait()
        return self.done


@pytest.fixture
async def owed() -> AsyncIterator[Owed]:
    owed = Owed(AGAIN)
    running = asyncio.create_task(owed.run())
    yield owed
    running.cancel()
    with suppress(asyncio.CancelledError):
        await running


async def test_duties_are_done_in_the_order_they_fell_due_and_once(owed: Owed) -> None:
    record = Record()
    first, second = record.duty("first"), record.duty("second")
    owed.owe(first, second)
    owed.owe(second, first)
    assert await record.until(2) == ["first", "second"]
    owed.owe(second)
    assert await record.until(3) == ["first", "second", "second"]


@pytest.mark.parametrize("error", [StoreAway(), StoreError("WRONGTYPE"), ValueError("of another version")])
async def test_what_the_store_refuses_is_tried_again_and_keeps_nothing_waiting(owed: Owed, error: Exception) -> None:
    record = Record()
    record.fail["refused"] = [error, error]
    owed.owe(record.duty("refused"), record.duty("other"))
    assert await record.until(4) == ["refused", "other", "refused", "refused"]


async def test_what_falls_due_while_it_is_done_is_done_again(owed: Owed) -> None:
    record = Record()
    duty = record.duty("snapshots")
    record.hold.clear()
    owed.owe(duty)
    await record.until(1)
    owed.owe(duty)
    record.hold.set()
    assert await record.until(2) == ["snapshots", "snapshots"]
