"""The courier's process: an event loop with a store of its own, the drivers and what they need, from fork to drain.

It listens to nobody. It is started where there is something for it to do (Settings.needs_courier), and a worker
neither waits for it nor imports any of it: what is to be told stands in the store, and whoever is killed in between
goes on from there.
"""

import asyncio
import logging
import os
import signal
from collections.abc import AsyncIterator, Iterable, Sequence, Set
from contextlib import asynccontextmanager, suppress
from typing import NamedTuple

import uvloop

from app.config import Settings
from app.courier.backups import BackupWatcher
from app.courier.breaker import Breaker
from app.courier.certificates import CertificateWatcher
from app.courier.drivers import Driver, Watcher
from app.courier.lanes import Lanes
from app.courier.planning import Planning
from app.live.duties.follower import Follower
from app.live.timings import Timings
from app.store import tasks
from app.store.errors import NotNow, StoreError, StoreUnfit
from app.store.store import Store

log = logging.getLogger("chatadmin.courier")

# How much a busy machine prefers workers to us (nice(2)): nobody waits for a mail as for an answer.
NICENESS = 5
# Seconds that what is being delivered gets to end: less than the main process gives us (server/supervisor.py).
DRAIN_TIMEOUT = 6.0


class Plugged(NamedTuple):
    """What there is to deliver by, none where no mail is sent; and what has an eye on something else."""

    drivers: Sequence[Driver]
    watchers: Sequence[Watcher]


@asynccontextmanager
async def drivers(settings: Settings, store: Store, url: str) -> AsyncIterator[Plugged]:
    """All drivers and watchers of these settings over the store at `url`, and what they share, for as long as we
    run."""
    watchers: list[Watcher] = [CertificateWatcher(settings, store)] if settings.tls.automatic else []
    if settings.backup.to:
        watchers.append(BackupWatcher(settings, store, url))
    if not settings.sends_mail:
        yield Plugged([], watchers)
        return
    from app.courier import alerts, mailing  # with libraries that only those pay for who send mail

    if settings.alerts.after:
        watchers.append(alerts.WaitingWatcher(settings, store))
    async with mailing.drivers(settings, store) as delivering:
        yield Plugged(delivering, watchers)


def work(settings: Settings, timings: Timings, url: str) -> int:
    """Deliver from the store at `url` until SIGTERM; returns the exit status."""
    with suppress(OSError):  # a sandbox may forbid it
        os.nice(NICENESS)
    try:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            return runner.run(Courier(settings, timings, url).run())
    except Exception:  # the last line of defence: nothing above us could report it
        log.exception("the courier failed")
        return 1


class Courier:
    """Runs until SIGTERM."""

    def __init__(self, settings: Settings, timings: Timings, url: str) -> None:
        self._settings, self._timings, self._url = settings, timings, url
        self._stop = asyncio.Event()

    async def run(self) -> int:
        """Returns the exit status."""
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, self._stop.set)
        settings = self._settings
        days, hours = settings.sessions.visitor_days, settings.sessions.agent_hours
        store = Store(self._url, settings.shards, settings.nickname_days, days, hours)
        try:
            if await self._opened(store):
                async with drivers(settings, store, self._url) as plugged:
                    await self._work(store, plugged)
            return 0
        except (StoreUnfit, StoreError) as error:
            log.error("the courier cannot work: %s", str(error) or "the store answers no more")
            return 1
        finally:
            with suppress(TimeoutError):
                await store.close()

    async def _opened(self, store: Store) -> bool:
        """Wait for the store; False where we are to end before it is there."""
        opening = asyncio.create_task(store.open())
        await self._first_of({opening})
        if opening.done():
            await opening  # raises what is wrong with it
            return True
        await tasks.end({opening})
        return False

    async def _work(self, store: Store, plugged: Plugged) -> None:
        """Until told to stop, and then until what is being delivered is; or until something fails that must not."""
        clock = asyncio.get_running_loop().time
        follower = await self._follower(store) if plugged.drivers else None
        lanes = [Lanes(store, driver, Breaker(clock, self._timings.probe)) for driver in plugged.drivers]
        delivering = {asyncio.create_task(one.run()) for one in lanes}
        watchers = [*plugged.watchers, *([follower] if follower else [])]
        watching = {asyncio.create_task(one.run()) for one in watchers}
        watching.add(asyncio.create_task(self._keep_to_the_format(store)))
        endpoints = ",".join(driver.name for driver in plugged.drivers) or "none"
        log.info("the courier works", extra={"endpoints": endpoints})
        try:
            await self._first_of(delivering | watching)
            for one in lanes:
                one.stop()
            await tasks.end(watching)
            if delivering:
                await asyncio.wait(delivering, timeout=DRAIN_TIMEOUT)
            if follower:
                with suppress(NotNow):
                    await follower.stop()
        finally:
            await tasks.end(delivering | watching)
        for task in delivering | watching:
            if not task.cancelled():
                task.result()  # raises what it failed with

    async def _follower(self, store: Store) -> Follower:
        """The one that plans, and hears by the feed what there is to plan."""
        feed = store.feed

        def said() -> Iterable[str]:
            feed.skimmed.forget()
            return feed.skimmed.take_changed()

        follower = Follower(store, "courier", [Planning(store)], said)

        async def missed(shard: str) -> None:
            follower.missed(shard)

        feed.on_entry, feed.on_gap, feed.followed = follower.hear, missed, ()
        await feed.start()
        return follower

    async def _keep_to_the_format(self, store: Store) -> None:
        """Write what workers write. Raises StoreUnfit where the store has gone over to what we cannot read."""
        while True:
            await asyncio.sleep(self._timings.beat)
            with suppress(NotNow):
                await store.formats.look()

    async def _first_of(self, working: Set["asyncio.Task[None]"]) -> None:
        """Wait until one of these ends, or we are to."""
        stopped = asyncio.create_task(self._stop.wait())
        try:
            await asyncio.wait({*working, stopped}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            await tasks.end({stopped})
