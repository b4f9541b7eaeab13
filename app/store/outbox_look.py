"""What waits to be told, what fails and what was given up, as people and figures show it."""

import asyncio
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import msgspec

from app.store.keys import Keys
from app.store.outbox_keys import OutboxKeys
from app.store.pipeline import Pipeline
from app.store.pipelines import Pipelines
from app.store.resp import unix_ms

# Milliseconds that dead letters are kept, 30 days; as scripts/_outbox.lua has it.
KEPT_MS = 30 * 24 * 3600 * 1000
# Lanes that are shown of each kind.
LANES_SHOWN = 100
# Seconds a breaker is told of that nobody speaks of any more: the courier that opened it is dead.
BREAKER_TOLD = 180


def split(lane: str) -> tuple[str, str]:
    """The endpoint and the subject of a lane."""
    endpoint, _, subject = lane.rpartition(":")
    return endpoint, subject


class Standing(NamedTuple):
    """A lane in which something waits. `jobs`: how many; `since_ms`: since when the first; `next_ms`: when it is looked
    at; `tries`, `reason`: how often it failed in a row, and of what last, "" where it did not. Times unix ms."""

    name: str
    endpoint: str
    subject: str
    jobs: int
    since_ms: int
    next_ms: int
    tries: int
    reason: str


class Dead(NamedTuple):
    """A lane of which jobs were given up: how many, since when the first was to be told, when the last was given up."""

    name: str
    endpoint: str
    subject: str
    jobs: int
    since_ms: int
    at_ms: int
    reason: str


class Breaker(msgspec.Struct, frozen=True):
    """An endpoint at which nothing is tried, but for one lane a minute: since when (unix ms), and why."""

    endpoint: str
    since_ms: int
    reason: str


class Figures(NamedTuple):
    """`waiting`: jobs; `oldest_ms`: since when one should have been told, unix ms, 0 where none should; `dead`: lanes
    of which jobs were given up within 30 days."""

    waiting: int
    oldest_ms: int
    dead: int


class Overview(NamedTuple):
    """As `Figures`, and the lanes: those that waited longest, and those given up last, at most LANES_SHOWN of each."""

    waiting: int
    oldest_ms: int
    lanes: Sequence[Standing]
    lane_count: int
    dead: Sequence[Dead]
    dead_count: int
    breakers: Sequence[Breaker]


class _Shard(NamedTuple):
    figures: Figures
    lanes: list[Standing]
    lane_count: int
    dead: list[Dead]


class Looking:
    """Reads the outbox of all shards; it writes nothing but what is said of breakers."""

    def __init__(self, pipelines: Pipelines, keys: Keys, endpoints: Sequence[str]) -> None:
        self._pipelines, self._keys, self._endpoints = pipelines, keys, endpoints

    async def figures(self) -> Figures:
        """Of all shards."""
        return _sum(await asyncio.gather(*map(self._figures, self._keys.shards())))

    async def overview(self) -> Overview:
        """Of all shards."""
        found = await asyncio.gather(*map(self._shard, self._keys.shards()))
        figures = _sum([one.figures for one in found])
        lanes = sorted((lane for one in found for lane in one.lanes), key=lambda lane: lane.since_ms)
        dead = sorted((lane for one in found for lane in one.dead), key=lambda lane: -lane.at_ms)
        return Overview(
            figures.waiting,
            figures.oldest_ms,
            lanes[:LANES_SHOWN],
            sum(one.lane_count for one in found),
            dead[:LANES_SHOWN],
            figures.dead,
            await self._breakers(),
        )

    async def say_shut(self, endpoint: str, trouble: Breaker | None) -> None:
        """Of a breaker, as long as nobody says so again."""
        pipeline, key = self._first()
        if trouble:
            await pipeline.call("SET", key.breaker(endpoint), msgspec.json.encode(trouble), "EX", BREAKER_TOLD)
        else:
            await pipeline.call("DEL", key.breaker(endpoint))

    async def _breakers(self) -> list[Breaker]:
        pipeline, own = self._first()
        raw = await pipeline.call("MGET", *map(own.breaker, self._endpoints))
        return [msgspec.json.decode(found, type=Breaker) for found in raw if found]

    def _first(self) -> tuple[Pipeline, OutboxKeys]:
        shard = self._keys.shard(0)
        return self._pipelines.at(shard), OutboxKeys(shard)

    async def _figures(self, shard: str) -> Figures:
        pipeline, own = self._pipelines.at(shard), OutboxKeys(shard)
        now_ms = unix_ms(await pipeline.call("TIME"))
        waiting, dead, failing, *dues = await asyncio.gather(
            pipeline.call("GET", own.waiting),
            pipeline.call("ZCOUNT", own.dead, now_ms - KEPT_MS, "+inf"),
            pipeline.call("ZRANGE", own.failing, 0, 0, "WITHSCORES"),
            *(pipeline.call("ZRANGE", own.due(one), 0, 0, "WITHSCORES") for one in self._endpoints),
        )
        since = [at for found in (failing, *dues) for _, at in _scored(found) if at <= now_ms]
        return Figures(int(waiting or 0), min(since, default=0), int(dead))

    async def _shard(self, shard: str) -> _Shard:
        pipeline, own = self._pipelines.at(shard), OutboxKeys(shard)
        now_ms = unix_ms(await pipeline.call("TIME"))
        failing, dead, *dues = await asyncio.gather(
            pipeline.call("ZRANGE", own.failing, 0, LANES_SHOWN - 1),
            pipeline.call("ZRANGE", own.dead, "+inf", now_ms - KEPT_MS, "BYSCORE", "REV", "LIMIT", 0, LANES_SHOWN),
            *(pipeline.call("ZRANGE", own.due(one), 0, LANES_SHOWN - 1) for one in self._endpoints),
        )
        counts = await asyncio.gather(*(pipeline.call("ZCARD", own.due(one)) for one in self._endpoints))
        waiting = list(dict.fromkeys(lane.decode() for found in (failing, *dues) for lane in found))
        lanes = await asyncio.gather(*(self._standing(pipeline, own, lane) for lane in waiting))
        letters = await asyncio.gather(*(self._dead(pipeline, own, lane.decode()) for lane in dead))
        shown = [lane for lane in lanes if lane.jobs]
        return _Shard(await self._figures(shard), shown, sum(counts), [lane for lane in letters if lane.jobs])

    async def _standing(self, pipeline: Pipeline, own: OutboxKeys, lane: str) -> Standing:
        endpoint, subject = split(lane)
        jobs, first, due, (tries, reason) = await asyncio.gather(
            pipeline.call("LLEN", own.lane(lane)),
            pipeline.call("LINDEX", own.lane(lane), 0),
            pipeline.call("ZSCORE", own.due(endpoint), lane),
            pipeline.call("HMGET", own.standing(lane), "tries", "reason"),
        )
        since = await pipeline.call("HGET", own.job((first or b"").decode()), "at")
        told = (reason or b"").decode()
        return Standing(lane, endpoint, subject, jobs, int(since or 0), int(due or 0), int(tries or 0), told)

    async def _dead(self, pipeline: Pipeline, own: OutboxKeys, lane: str) -> Dead:
        endpoint, subject = split(lane)
        ids, at = await asyncio.gather(
            pipeline.call("LRANGE", own.dead_of(lane), 0, -1), pipeline.call("ZSCORE", own.dead, lane)
        )
        kept = await asyncio.gather(*(pipeline.call("HMGET", own.job(id.decode()), "at", "reason") for id in ids))
        known = [(int(since), (reason or b"").decode()) for since, reason in kept if since]
        since, reason = known[0][0] if known else 0, known[-1][1] if known else ""
        return Dead(lane, endpoint, subject, len(known), since, int(at or 0), reason)


def _sum(found: Iterable[Figures]) -> Figures:
    waiting, oldest, dead = zip(*found, strict=True)
    return Figures(sum(waiting), min(filter(None, oldest), default=0), sum(dead))


def _scored(reply: Sequence[bytes]) -> Iterator[tuple[str, int]]:
    """The members of a sorted set with their scores, from the flat list they are told in."""
    flat = iter(reply)
    return ((member.decode(), int(score)) for member, score in zip(flat, flat, strict=True))
