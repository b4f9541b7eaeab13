"""The lanes of one endpoint, one after another: taken, handed to the driver, and what came of it written down."""

import asyncio
import logging
from contextlib import suppress

from app.chat import deliveries
from app.chat.deliveries import Told
from app.courier.breaker import Breaker
from app.courier.drivers import Done, Driver, Failed, Later, Outcome
from app.store import outbox, outbox_look
from app.store.errors import NotNow, StoreError
from app.store.outbox import Job, Lane
from app.store.store import Store

log = logging.getLogger("chatadmin.courier")

# Seconds between two looks at what is due, and until a store that is away is asked again.
LOOK_INTERVAL, RETRY_DELAY = 1.0, 2.0
# Seconds a delivery may last: less than a lane is taken for (store/outbox.py).
DELIVERY_TIMEOUT = 45.0
_MINUTE = 60_000
# Milliseconds until the next try, by how often it failed in a row; the last holds from there on.
DELAYS = (1 * _MINUTE, 5 * _MINUTE, 15 * _MINUTE, 60 * _MINUTE, 180 * _MINUTE, 480 * _MINUTE, 1440 * _MINUTE)
# ... and of a lane that was not tried, since its endpoint is left alone.
SHUT_DELAY = 5 * _MINUTE
# ... and of one that was to be looked at again at once.
SOONEST = 1000
# Milliseconds after which a job that is tried in vain is given up.
GIVEN_UP_AFTER = 3 * 24 * 60 * _MINUTE


class Lanes:
    """Hands lanes to `driver`."""

    def __init__(self, store: Store, driver: Driver, breaker: Breaker) -> None:
        self._store, self._outbox, self._driver, self._breaker = store, store.outbox, driver, breaker
        self._stop, self._clock = asyncio.Event(), asyncio.get_running_loop().time
        self._shut_since = 0
        self._trouble = ""

    def stop(self) -> None:
        """Take no more; what is being delivered is finished."""
        self._stop.set()

    async def run(self) -> None:
        """Work until stopped."""
        begun = False
        while not self._stop.is_set():
            pause = LOOK_INTERVAL
            try:
                if not begun:
                    await self._begin()
                    begun = True
                if await self._round():
                    continue
                self._say("")
            except NotNow:
                pause = RETRY_DELAY  # the connection logs it
            except StoreError as error:
                self._say(str(error))
                pause = RETRY_DELAY
            with suppress(TimeoutError):
                async with asyncio.timeout(pause):
                    await self._stop.wait()

    def _say(self, trouble: str) -> None:
        """Log a trouble with the store once, and its end."""
        if trouble != self._trouble:
            log.warning("%s: the outbox cannot be read: %s", self._driver.name, trouble or "no more")
        self._trouble = trouble

    async def _round(self) -> bool:
        """Deliver one lane of each shard that has one; whether any had."""
        found = False
        for shard in self._store.keys.shards():
            if self._stop.is_set():
                break
            with suppress(NotNow):  # another shard may be within reach
                if lane := await self._outbox.take(shard, (self._driver.name,)):
                    found = True
                    await self._deliver(lane if lane.asked else lane._replace(shut=self._breaker.shut))
        return found

    async def _deliver(self, lane: Lane) -> None:
        until = self._clock() + outbox.LEASE_MS / 1000
        outcome = await self._ask(lane)
        left_alone = bool(lane.shut) or self._breaker.open
        if not await self._write_down(lane, outcome, left_alone, until):
            log.warning("another courier has taken a lane over", extra={"lane": lane.name})
        if isinstance(outcome, Failed) and outcome.whose == "server":
            await self._hindered(lane, outcome.reason)
        elif not isinstance(outcome, Later):
            await self._passed(lane)

    async def _ask(self, lane: Lane) -> Outcome:
        """What the driver makes of it; whatever it raises is a failure."""
        ids, entry = [job.id for job in lane.jobs], _delayed(lane)
        try:
            async with asyncio.timeout(DELIVERY_TIMEOUT):
                return _judged(await self._driver.deliver(lane), lane)
        except StoreError:
            raise  # the lane is taken again once its time is over
        except TimeoutError:
            return Failed(f"no answer within {DELIVERY_TIMEOUT:g} s", True, ids, entry)
        except Exception as error:  # a fault of ours in one lane must not hold up the others
            log.exception("a lane cannot be delivered", extra={"lane": lane.name})
            return Failed(f"internal: {type(error).__name__}", True, ids, entry, whose="address")

    async def _write_down(self, lane: Lane, outcome: Outcome, left_alone: bool, until: float) -> bool:
        """What came of it, for as long as the lane is ours: what is told and not written down is told again. False
        where another has it."""
        while True:
            try:
                if isinstance(outcome, Later):
                    return await self._outbox.later(lane, outcome.at_ms)
                if isinstance(outcome, Done):
                    return await self._outbox.done(lane, outcome.ids, outcome.entry)
                return await self._failed(lane, outcome, left_alone and outcome.whose == "server")
            except NotNow:
                if self._clock() > until:
                    raise
                await asyncio.sleep(RETRY_DELAY)

    async def _failed(self, lane: Lane, failed: Failed, left_alone: bool) -> bool:
        """`left_alone`: it was a probe, or not tried at all: that the endpoint is away is no lane's own fault."""
        ids, reason, entry, tries = failed.ids, failed.reason, failed.entry, lane.tries + 1 - left_alone
        if not failed.again:
            return await self._outbox.failed(lane, ids, reason=reason, dead=True, entry=entry)
        if over := _given_up(lane, failed):
            entry = deliveries.given_up(lane.endpoint, [job.seq for job in over], reason)
            return await self._outbox.failed(lane, [job.id for job in over], reason=reason, dead=True, entry=entry)
        delay = SHUT_DELAY if lane.shut else DELAYS[min(max(tries, 1), len(DELAYS)) - 1]
        at_ms = lane.now_ms + delay
        return await self._outbox.failed(lane, ids, reason=reason, at_ms=at_ms, tries=tries, entry=entry)

    # -- the breaker --------------------------------------------------------------------------------------------------

    async def _begin(self) -> None:
        """Nothing is in the way, as far as is known: what failed is tried at once. Also after a restart, for by that an
        operator has us use what they put right."""
        await self._outbox.say_shut(self._driver.name, None)
        await self._outbox.hasten(self._driver.name)

    async def _hindered(self, lane: Lane, reason: str) -> None:
        """A lane failed for the server's sake, and perhaps so many that it is left alone."""
        if lane.shut:
            return
        calm, opens, name = self._breaker.calm, not self._breaker.open, self._driver.name
        self._breaker.failed(lane.name, reason)
        if calm:
            log.warning("%s: what is to be told cannot go out, and is tried again: %s", name, reason)
        if self._breaker.open:
            if opens:
                self._shut_since = lane.now_ms
                log.error("%s: nothing goes out; the server is tried now and then: %s", name, reason)
            await self._outbox.say_shut(name, outbox_look.Breaker(name, self._shut_since, reason))

    async def _passed(self, lane: Lane) -> None:
        """The server answers: what it hindered before is tried again."""
        if lane.shut:
            return
        was_open, rested = self._breaker.open, self._breaker.passed(lane.name)
        if was_open:
            log.warning("%s: what is to be told goes out again", self._driver.name)
            await self._begin()
        else:
            await asyncio.gather(*(self._outbox.prod(name, though_it_failed=True) for name in rested))


def _judged(outcome: Outcome, lane: Lane) -> Outcome:
    """An outcome that brings the lane on: one that did not would be asked for again at once, for ever."""
    if isinstance(outcome, Later):
        return Later(max(outcome.at_ms, lane.now_ms + SOONEST))
    if not {job.id for job in lane.jobs} & set(outcome.ids):
        raise ValueError("of none of the jobs")
    return outcome


def _delayed(lane: Lane) -> Told | None:
    """What is told of a lane whose driver gave no answer: once, however often it is tried."""
    return None if lane.since_ms else deliveries.put_off(lane.endpoint, [job.seq for job in lane.jobs], lane.now_ms)


def _given_up(lane: Lane, failed: Failed) -> list[Job]:
    """The jobs that were tried in vain for so long that it is enough."""
    ids = set(failed.ids)
    tried = (job for job in lane.jobs if job.id in ids and job.since_ms)
    return [job for job in tried if lane.now_ms - job.since_ms >= GIVEN_UP_AFTER]
