"""What a log amounts to is counted exactly once, whoever counts and wherever they are interrupted; on both engines."""

import asyncio
import multiprocessing
import os
import random
import signal
from collections import Counter
from collections.abc import AsyncIterator

import pytest

from app.chat.conversation import Entry
from app.chat.episodes import Fold
from app.store import topology
from app.store.conversations import Conversations
from app.store.keys import Keys
from app.store.pipelines import Pipelines
from app.store.reports import KEPT_DAYS, Reports
from tests.running import Valkey
from tests.store.counting import count_up, mark

UID, ANNA = "v" + "x" * 25, "a" + "n" * 25
DAY_MS = 86_400_000


def log(length: int, begin: int, step: int = 600_000) -> list[Entry]:
    """A long conversation, from a seed: messages of both, resolved and rated now and then."""
    chance = random.Random(7)
    kinds = [
        (UID, "v", "message"),
        (ANNA, "a", "message"),
        (ANNA, "a", "message"),
        (ANNA, "a", "resolved"),
        (UID, "v", "rated"),
    ]
    told, body = [], b'{"good":true,"agent":"%s"}' % ANNA.encode()
    for seq in range(1, length + 1):
        author, role, kind = chance.choice(kinds)
        told.append(Entry(UID, seq, 1, kind, author, role, f"e{seq}", begin + seq * step, body, None))
    return told


async def count_all(reports: Reports, entries: list[Entry], most: int = 7) -> None:
    """Read the log to its end in batches that overlap, as a node does that was interrupted in between."""
    for start in range(0, len(entries), most):
        await count_up(reports, UID, 1, entries[max(0, start - 2) : start + most])


async def sums(reports: Reports, entries: list[Entry]) -> Counter[tuple[int, str, str]]:
    days = sorted({entry.time // DAY_MS for entry in entries})
    found: Counter[tuple[int, str, str]] = Counter()
    for day in days:
        for cell in await reports.day(day):
            found[cell.half_hour, cell.agent, cell.metric] += cell.amount
    return found


def right(entries: list[Entry]) -> Counter[tuple[int, str, str]]:
    found: Counter[tuple[int, str, str]] = Counter()
    for count in Fold().add(entries)[0]:
        found[count.time // 1_800_000, count.agent, count.metric] += count.amount
    return found


class Bench:
    """Connections to a store of two shards; as many as there are nodes."""

    def __init__(self, url: str) -> None:
        self.keys = Keys(2)
        self.pipelines = Pipelines(topology.of(url), self.keys)
        self.reports = Reports(self.pipelines, self.keys, Conversations(self.pipelines, self.keys))

    async def __aenter__(self) -> "Bench":
        self.pipelines.start()
        await self.pipelines.ready()
        return self

    async def __aexit__(self, *exc: object) -> None:
        await self.pipelines.close()


@pytest.fixture
async def bench(store_url: str) -> AsyncIterator[Bench]:
    async with Bench(store_url) as made:
        yield made


@pytest.fixture
async def today(bench: Bench) -> int:
    """Midnight by the store's clock (UTC), unix ms."""
    seconds, _ = await bench.pipelines.of(UID).call("TIME")
    return int(seconds) // 86400 * DAY_MS


async def test_counts_and_episodes_are_what_the_log_says(bench: Bench, today: int) -> None:
    entries = log(300, today)
    await count_all(bench.reports, entries)
    assert await sums(bench.reports, entries) == +right(entries)
    episodes = Fold().add(entries)[1]
    assert len(episodes) > 20
    assert await bench.reports.episodes(UID) == episodes[::-1]
    assert await bench.reports.episodes(UID, 2) == episodes[:-3:-1]


async def test_two_nodes_that_count_at_once_count_once(store_url: str, bench: Bench, today: int) -> None:
    entries = log(200, today)
    async with Bench(store_url) as other:
        await asyncio.gather(
            count_all(bench.reports, entries, 3),
            count_all(other.reports, entries, 5),
            count_all(bench.reports, entries),
        )
    assert await sums(bench.reports, entries) == +right(entries)
    assert await bench.reports.episodes(UID) == Fold().add(entries)[1][:-101:-1]


async def test_who_comes_second_changes_nothing(bench: Bench, today: int) -> None:
    entries = log(10, today)
    read, late = await mark(bench.reports, UID, 1), await mark(bench.reports, UID, 1)
    assert await bench.reports.add(UID, 1, entries, read)
    assert not await bench.reports.add(UID, 1, entries, late)
    assert await sums(bench.reports, entries) == +right(entries)


async def test_a_new_epoch_goes_on_with_the_log_or_begins_an_empty_one(bench: Bench, today: int) -> None:
    entries = log(20, today)
    logged = bench.keys.conversation(UID).log
    for entry in entries:
        head = f"{entry.kind}|{entry.author}|{entry.role}|{entry.id}|{entry.time}"
        await bench.pipelines.of(UID).call("XADD", logged, f"{entry.seq}-0", "h", head, "b", "{}")
    await count_up(bench.reports, UID, 1, entries[:15])
    await count_up(bench.reports, UID, 2, entries)  # the epoch is new, the log the one that was counted
    assert await sums(bench.reports, entries) == +right(entries)
    await bench.pipelines.of(UID).call("DEL", logged)
    another = log(30, today + DAY_MS, 60_000)  # longer than what was counted, and yet not its continuation
    await count_up(bench.reports, UID, 3, another)
    assert await sums(bench.reports, another) == +right(another)
    assert await sums(bench.reports, entries) == +right(entries)


async def test_what_no_log_knows_is_counted_beside_it(bench: Bench, today: int) -> None:
    entries = log(10, today)
    await bench.reports.shown({"t1": 2, "t2": 1}, today)
    await count_all(bench.reports, entries)
    await bench.reports.shown({"t1": 1}, today)
    beside = {(today // 1_800_000, "", "shown:t1"): 3, (today // 1_800_000, "", "shown:t2"): 1}
    assert await sums(bench.reports, entries) == right(entries) + Counter(beside)
    key = bench.keys.counts(bench.keys.shard(0), today // DAY_MS)
    assert await bench.pipelines.at(bench.keys.shard(0)).call("TTL", key) > KEPT_DAYS * 86400


async def test_a_kill_in_the_middle_loses_and_doubles_nothing(store_url: str, bench: Bench, today: int) -> None:
    entries = log(5000, today, 20_000)
    killed = 0
    for _ in range(3):
        child = multiprocessing.get_context("spawn").Process(target=_count_in_small_steps, args=(store_url, today))
        child.start()
        before = await place(bench)
        async with asyncio.timeout(60):
            while await place(bench) <= before + 20:
                pass
        assert child.pid
        os.kill(child.pid, signal.SIGKILL)
        child.join()
        killed += child.exitcode == -signal.SIGKILL
    assert killed == 3, "they were still at it"
    assert 0 < await place(bench) < len(entries)
    await count_all(bench.reports, entries, 200)
    assert await sums(bench.reports, entries) == +right(entries)


async def place(bench: Bench) -> int:
    return (await mark(bench.reports, UID, 1)).seq


def _count_in_small_steps(url: str, begin: int) -> None:
    async def run() -> None:
        async with Bench(url) as bench:
            await count_all(bench.reports, log(5000, begin, 20_000), 2)

    asyncio.run(run())


async def test_counts_expire_and_what_is_older_is_not_kept_at_all(bench: Bench, store: Valkey, today: int) -> None:
    entries = log(20, today)
    ancient = log(40, today - (KEPT_DAYS + 30) * DAY_MS)[20:]
    await count_up(bench.reports, UID, 1, entries)
    await count_up(bench.reports, UID, 1, ancient)
    assert await sums(bench.reports, ancient) == Counter()
    shard = bench.keys.shard_of(UID)
    left = int(store.command("TTL", bench.keys.counts(shard, today // DAY_MS)).lstrip(":"))
    assert KEPT_DAYS * 86400 <= left <= (KEPT_DAYS + 1) * 86400
