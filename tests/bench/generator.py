"""The load generator: a process of its own on a core of its own, told by JSON lines what to do.

It answers each line with one: {"figure": {...}} or {"error": "..."}. A run in which a message was lost, doubled, out
of order or never acknowledged has no figure.
"""

import asyncio
import json
import sys
import time
from typing import Any

import uvloop
from picows import ws_connect

from tests.bench import machine
from tests.bench.lookers import Lookers
from tests.bench.streams import Reader, listen
from tests.bench.talker import Talker, Tally
from tests.bench.uploads import Uploads
from tests.bench.wires import RUN, WIRES, End, Wire

PATIENCE = 60.0  # seconds until what does not come counts as lost
TICK = 0.001  # seconds: the finest the event loop's timers are
AT_ONCE = 64  # handshakes under way
DEFLATE = ("Sec-WebSocket-Extensions", "permessage-deflate; client_max_window_bits")  # what browsers offer


Watch = dict[str, list[int]]
Figure = dict[str, Any]


class Fault(Exception):
    """Why a run has no figure."""


class Generator:
    """The ends of one server's conversations; of two servers, visitors are at the first and agents at the last."""

    def __init__(self, wire: Wire, hosts: list[str]) -> None:
        self._wire, self._hosts, self._host = wire, (hosts[0], hosts[-1]), hosts[0]
        self._tally = Tally()
        self._ends: list[tuple[End, End]] = []
        self._serial = 0
        self._idle: list[Talker] = []
        self._idle_tally = Tally()
        self._talkers: list[Talker] = []  # of a run in slices

    def prepare(self, conversations: int, secret: str) -> None:
        """Make sessions for so many conversations."""
        self._ends = self._wire.prepare(self._host, conversations, secret)

    async def connect(self, conversations: int, tally: Tally, deflate: bool = False, sides: str = "va") -> list[Talker]:
        """Open both ends of so many conversations, or the visitors' alone, and wait until every one is greeted."""
        gate = asyncio.Semaphore(AT_ONCE)
        self._serial += 1
        self._tally = tally

        async def open_one(end: End, talker: Talker, host: str) -> None:
            headers = [*end.headers, *([DEFLATE] if deflate else [])]
            async with gate:
                await ws_connect(
                    lambda: talker,
                    f"ws://{host}{end.path.replace(RUN, str(self._serial))}",
                    extra_headers=headers,
                    websocket_handshake_timeout=60,
                )

        talkers: list[Talker] = []
        async with asyncio.TaskGroup() as group:
            for number, ends in enumerate(self._ends[:conversations]):
                pair = [Talker(self._wire, f"r{self._serial}c{number}{side}", tally) for side in "va"]
                if not self._wire.echoes:
                    pair[0].partner, pair[1].partner = pair[1], pair[0]
                for end, talker, host in list(zip(ends, pair, self._hosts, strict=True))[: len(sides)]:
                    group.create_task(open_one(end, talker, host))
                    talkers.append(talker)
        await _until(tally, lambda: tally.ready == len(talkers), "every end is greeted")
        return talkers

    async def relay(
        self, conversations: int, seconds: float, warm: float, rate: float, watch: Watch, stalled: int = 0
    ) -> Figure:
        """Messages both ways: as fast as each end is answered, or with a `rate` at that many a second.

        Meanwhile so many readers of the event stream are `stalled`.
        """
        tally = Tally()
        talkers = await self.connect(conversations, tally)
        readers = await self._listen(stalled, stalled=True)
        pace = asyncio.create_task(_pace(talkers, rate)) if rate else None
        if not rate:
            for talker in talkers:
                talker.start()
        counted = await _counted(tally, seconds, warm, watch)
        await self._end_of_sending(pace)
        await _hang_up(talkers, tally)
        cut = sum(reader.closed for reader in readers)
        for reader in readers:
            reader.close()
        _judge(tally)
        figure = {"messages": tally.sent} | counted
        return figure | ({"cut": cut} if stalled else {})

    async def open(self, conversations: int) -> Figure:
        """Begin a run in slices: everybody is connected. Between two slices this process stands still by itself."""
        self._talkers = await self.connect(conversations, Tally())
        return {"sockets": len(self._talkers)}

    async def slice(self, seconds: float, warm: float, rate: float, watch: Watch) -> Figure:
        """Go on for `warm` s, then count for so many: as fast as each end is answered, or with a `rate` at that many
        messages a second.

        Of a server that minds, all have come before the slice is over: when it is stopped with a question open, it
        finds afterwards that its store has not answered in time, and asks again.
        """
        tally, talkers = self._tally, self._talkers
        pace = asyncio.create_task(_pace(talkers, rate)) if rate else None
        if not rate and (self._wire.minds or not tally.sent):
            for talker in talkers:
                talker.start()
        counted = await _counted(tally, seconds, warm, watch)
        if pace is not None or self._wire.minds:
            await self._end_of_sending(pace)
        return counted

    async def _end_of_sending(self, pace: asyncio.Task[None] | None) -> None:
        """Nobody sends any more, and all that was sent has come."""
        if pace is not None:
            pace.cancel()
        for talker in self._tally.connected:
            talker.halt()
        what = "every message is delivered and acknowledged"
        await _until(self._tally, lambda: _settled(self._tally, self._wire), what)

    async def shut(self) -> Figure:
        """End a run in slices. Raises Fault where a message was lost, doubled, out of order or never acknowledged."""
        tally, talkers, self._talkers = self._tally, self._talkers, []
        await self._end_of_sending(None)
        await _hang_up(talkers, tally)
        _judge(tally)
        return {"messages": tally.sent}

    async def relay_beside(self, uploads: int, watch: Watch, **order: Any) -> Figure:
        """The same while so many files are sent slowly; and how far the server grew meanwhile."""
        visitor, _ = self._ends[0]
        before, most = machine.memory(watch["server"]), 0
        async with Uploads(self._host, dict(visitor.headers)["Authorization"], uploads) as sending:
            figure = await self.relay(watch=watch, **order)
            most = machine.memory(watch["server"])
            refused = await sending.refusal()
        return figure | {"grown_mb": (most - before) / 1e6, "taken": sending.taken, "refusal_ms": refused * 1000}

    async def relay_browsing(self, lookers: int, watch: Watch, seconds: float, **order: Any) -> Figure:
        """The same while so many look at the shop's pages, with an agent's list open; and what they take alone, beside
        what the server takes when nobody is there."""
        (console,) = await self._listen(1, stalled=False)
        before = machine.memory(watch["server"])
        nobody, _ = await _share(watch, seconds)
        async with Lookers(self._host, lookers) as looking:
            await asyncio.sleep(2 * seconds)  # until they say so as often as was reckoned from how many they are
            told = looking.told
            alone, took = await _share(watch, seconds)
            beacons = (looking.told - told) / took
            figure = await self.relay(watch=watch, seconds=seconds, **order)
            after = machine.memory(watch["server"])
        console.close()
        share = {"core": alone["server"] - nobody["server"], "store": alone["store"] - nobody["store"]}
        cost = {
            "beacons": beacons,
            "beacon_us": share["core"] / beacons * 1e6 if beacons else 0.0,
            "grown_mb": (after - before) / 1e6,
        }
        return figure | {"browsing": share | cost}

    async def _listen(self, readers: int, *, stalled: bool) -> list[Reader]:
        wire = self._wire
        return await listen(self._host, wire.stream, wire.token, wire.mark, readers, stalled=stalled)

    async def stream(self, readers: int, seconds: float, rate: float, watch: Watch) -> Figure:
        """So many readers of the event stream while `rate` events a second happen."""
        tally = Tally()
        talkers = await self.connect(1, tally) if self._ends else []
        opened = await self._listen(readers, stalled=False)

        async def happen(times: int) -> None:
            for _ in range(times):
                if talkers:
                    talkers[0].send(time.perf_counter())
                else:
                    await self._wire.happen(self._host)
                await asyncio.sleep(1 / rate)

        await happen(int(rate))
        before, counted = _used(watch), [reader.events for reader in opened]
        await happen(int(rate * seconds))
        await asyncio.sleep(0.5)  # for the last one to be told
        after, events = _used(watch), [reader.events - old for reader, old in zip(opened, counted, strict=True)]
        for reader in opened:
            reader.close()
        await _hang_up(talkers, tally)
        if min(events) != max(events) or not events[0] or any(reader.events == 0 for reader in opened):
            raise Fault(f"readers saw from {min(events)} to {max(events)} events")
        used = {name: (after[name] - before[name]) / events[0] / readers * 1e6 for name in after}
        return {"events": events[0], "readers": readers, "cpu_us": used}

    async def idle(
        self, conversations: int, each: int, rest: float, watch: Watch | None = None, sides: str = "va"
    ) -> Figure:
        """Connect, offering what a browser offers, let all send `each` messages, then be silent for `rest` s.

        `sides`: `v` are visitors alone, to whom nobody answers.
        """
        self._idle_tally = tally = Tally()
        before = _used(watch or {})
        self._idle = await self.connect(conversations, tally, deflate=True, sides=sides)
        after = _used(watch or {})
        for _ in range(each):
            for talker in self._idle:
                talker.send(time.perf_counter())
            if sides == "v":
                await _until(tally, lambda: tally.acknowledged >= tally.sent, "every message is acknowledged")
            else:
                await _until(tally, lambda: _settled(tally, self._wire), "every message is delivered and acknowledged")
        share, _ = await _share(watch or {}, rest)
        came = {name: (after[name] - before[name]) / len(self._idle) * 1e6 for name in after}
        return {"sockets": len(self._idle), "messages": tally.sent, "came_us": came, "share": share}

    async def leave(self) -> Figure:
        """End what `idle` began."""
        await _hang_up(self._idle, self._idle_tally)
        self._idle = []
        return {}

    async def abandon(self) -> None:
        """Drop what a run that failed has left open, so that it is not in the next one's way."""
        for talker in list(self._tally.connected):
            talker.disconnect()
        await _until(self._tally, lambda: not self._tally.connected, "every socket is closed")

    async def storm(self, conversations: int, watch: Watch) -> Figure:
        """Everybody is cut off at once and comes back at once."""
        tally = Tally()
        await _hang_up(await self.connect(conversations, tally), tally)
        before, began = _used(watch), time.perf_counter()
        talkers = await self.connect(conversations, tally)
        took, after = time.perf_counter() - began, _used(watch)
        await _hang_up(talkers, tally)
        used = {name: (after[name] - before[name]) / len(talkers) * 1e6 for name in after}
        return {"sockets": len(talkers), "seconds": took, "cpu_us": used}


async def _hang_up(talkers: list[Talker], tally: Tally) -> None:
    for talker in talkers:
        talker.disconnect()
    await _until(tally, lambda: tally.ready == 0, "every socket is closed")


def _judge(tally: Tally) -> None:
    if tally.faults:
        raise Fault(f"{len(tally.faults)} faults, such as {tally.faults[0]}")


async def _counted(tally: Tally, seconds: float, warm: float, watch: Watch) -> Figure:
    """What messages take, counted for so many seconds after `warm` s."""
    await asyncio.sleep(warm)
    tally.latencies.clear()
    before, began, first = _used(watch), time.perf_counter(), tally.delivered
    await asyncio.sleep(seconds)
    await _until(tally, lambda: tally.delivered > first, "a message is delivered")  # a busy machine may take longer
    after, took, messages = _used(watch), time.perf_counter() - began, tally.delivered - first
    latencies = sorted(tally.latencies)  # in seconds
    return {
        "per_second": messages / took,
        "cpu_us": {name: (after[name] - before[name]) / messages * 1e6 for name in after},
        "busy": {name: (after[name] - before[name]) / took for name in after},
        "latency_ms": {f"p{p}": _percentile(latencies, p) * 1000 for p in (50, 99)} if latencies else {},
    }


def _settled(tally: Tally, wire: Wire) -> bool:
    return tally.delivered >= tally.sent and (tally.acknowledged >= tally.sent or not wire.acknowledges)


def _used(watch: Watch) -> dict[str, float]:
    return {name: machine.cpu(pids) for name, pids in watch.items()} | {"generator": time.process_time()}


async def _share(watch: Watch, seconds: float) -> tuple[dict[str, float], float]:
    """How much of a core each uses, over so many seconds, and how many those were."""
    before, began = _used(watch), time.perf_counter()
    await asyncio.sleep(seconds)
    after, took = _used(watch), time.perf_counter() - began
    return {name: (after[name] - before[name]) / took for name in after}, took


def _percentile(ordered: list[float], percent: int) -> float:
    return ordered[min(len(ordered) - 1, len(ordered) * percent // 100)]


async def _pace(talkers: list[Talker], rate: float) -> None:
    """Send in turn at `rate` a second, each millisecond what is due by then; what leaves late is timed from then."""
    began, sent, tick = time.perf_counter(), 0, 0
    while True:
        tick += 1
        due = began + tick * TICK
        if (early := due - time.perf_counter()) > 0:
            await asyncio.sleep(early)
        while sent < tick * TICK * rate:
            talkers[sent % len(talkers)].send(due)
            sent += 1


async def _until(tally: Tally, true: Any, what: str) -> None:
    """Wait until `true()`, asked fifty times a second."""
    deadline = time.perf_counter() + PATIENCE
    while not true():
        if time.perf_counter() > deadline:
            raise Fault(
                f"not within {PATIENCE:.0f} s: {what} (sent {tally.sent}, delivered {tally.delivered}, "
                f"acknowledged {tally.acknowledged}, connected {tally.ready})"
            )
        await asyncio.sleep(0.02)


def main() -> None:
    """Read a line, do it, answer; until the input ends."""
    machine.many_descriptors()
    generator: Generator | None = None
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        for line in sys.stdin:
            order = json.loads(line)
            what = order.pop("do")
            try:
                if what == "prepare":
                    generator = Generator(WIRES[order.pop("wire")], order.pop("hosts"))
                    answer: dict[str, Any] = {"figure": generator.prepare(**order)}
                else:
                    answer = {"figure": runner.run(getattr(generator, what)(**order))}
            except Exception as error:  # noqa: BLE001 - whatever it is, the bench has to hear of it
                answer = {"error": f"{type(error).__name__}: {error}"}
                if generator is not None:
                    runner.run(generator.abandon())
            print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
