"""Work in a thread is never left alone by whoever is cancelled: nobody closes what is being written to."""

import asyncio
import threading

import pytest

from app.files.threads import Threads


async def test_who_is_cancelled_waits_for_the_end_of_the_work() -> None:
    begun, may_end = asyncio.Event(), threading.Event()
    loop = asyncio.get_running_loop()

    def work() -> None:
        loop.call_soon_threadsafe(begun.set)
        may_end.wait()

    task = asyncio.create_task(Threads(1).run(work))
    await begun.wait()
    task.cancel()
    for _ in range(10):
        await asyncio.sleep(0)
    assert not task.done()
    may_end.set()
    with pytest.raises(asyncio.CancelledError):
        await task
