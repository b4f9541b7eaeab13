"""Counts for reports and the episodes of conversations, in the store.

Everything here is a view of the logs. A batch of a conversation's log is added by one script, which first looks
whether the place it goes on from is still the one that was read: so it is counted exactly once, however many nodes
read at the same time and wherever one of them is killed.
"""

import asyncio
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

import msgspec

from app.chat.conversation import Entry
from app.chat.episodes import SHOWN, Episode, Fold
from app.chat.figures import HALF_HOUR_MS, HALF_HOURS_PER_DAY, Cell
from app.store import scripts
from app.store.conversations import Conversations
from app.store.keys import Keys
from app.store.logs import LogEnd
from app.store.pipelines import Pipelines
from app.store.resp import Reply

# Days until a day's counts expire.
KEPT_DAYS = 400

_REPORT = scripts.load("report")


class Place(msgspec.Struct, array_like=True):
    """How far a conversation's log has been counted, when its last entry there was written, and where it stood."""

    epoch: int = 0
    seq: int = 0
    time: int = 0
    fold: Fold = msgspec.field(default_factory=Fold)


class Counted(NamedTuple):
    """The mark of a conversation: its place, and the same as it is stored, by which `add` knows it again."""

    place: Place
    raw: bytes

    @property
    def seq(self) -> int:
        """The last entry that is counted."""
        return self.place.seq


_place = msgspec.json.Decoder(Place)
_episode = msgspec.json.Decoder(Episode)


class Reports:
    """The counts of all shards, and the episodes of each conversation."""

    def __init__(self, pipelines: Pipelines, keys: Keys, conversations: Conversations) -> None:
        self._pipelines, self._keys, self._conversations = pipelines, keys, conversations

    async def marks(self, shard: str, ends: Mapping[str, LogEnd]) -> dict[str, Counted]:
        """How far these conversations of one shard have been counted, in the epochs that they have now."""
        found = await self._pipelines.at(shard).call("MGET", *map(self._keys.report_place, ends))
        marks = {
            uid: Counted(_place.decode(raw) if raw else Place(), raw or b"")
            for uid, raw in zip(ends, found, strict=True)
        }
        others = [uid for uid, mark in marks.items() if mark.raw and mark.place.epoch != ends[uid].epoch]
        still = await asyncio.gather(*(self._still(uid, marks[uid].place) for uid in others))
        gone = [uid for uid, same in zip(others, still, strict=True) if not same]
        return marks | {uid: marks[uid]._replace(place=Place()) for uid in gone}

    async def _still(self, uid: str, place: Place) -> bool:
        """Whether the log is the one that was counted: a new epoch may go on with it, or begin an empty one."""
        found = await self._conversations.before(uid, place.seq + 1, 1)
        return [(entry.seq, entry.time) for entry in found] == [(place.seq, place.time)]

    def add(self, uid: str, epoch: int, entries: Sequence[Entry], counted: Counted) -> asyncio.Future[Reply]:
        """Count the entries that follow what was `counted`: the answer is 0 where another has counted meanwhile."""
        place, raw = counted
        counts, finished = place.fold.add(entries)
        after = Place(epoch, entries[-1].seq, entries[-1].time, place.fold)
        sums: Counter[tuple[int, str]] = Counter()
        for count in counts:
            day, half_hour = divmod(count.time // HALF_HOUR_MS, HALF_HOURS_PER_DAY)
            sums[day, f"{half_hour}|{count.agent}|{count.metric}"] += count.amount
        days = sorted({day for day, _ in sums})
        shard = self._keys.shard_of(uid)
        keys = [
            self._keys.report_place(uid),
            self._keys.episodes(uid),
            *(self._keys.counts(shard, day) for day in days),
        ]
        index = {day: at for at, day in enumerate(days, 3)}  # as the script counts its keys
        args: list[str | int | bytes] = [raw, msgspec.json.encode(after), len(finished)]
        args += [msgspec.json.encode(episode) for episode in finished]
        for (day, field), amount in sums.items():
            args += (index[day], field, amount)
        args += map(_end, days)
        return self._pipelines.of(uid).eval(_REPORT, keys, args)

    async def shown(self, times: Mapping[str, int], now: int) -> None:
        """Triggers were shown so many times, by their ids, until `now` (unix ms). No log knows of it, so this is not
        done again where an answer is lost: rather one too few than one too many."""
        day, half_hour = divmod(now // HALF_HOUR_MS, HALF_HOURS_PER_DAY)
        shard = self._keys.shard(0)
        key, pipeline = self._keys.counts(shard, day), self._pipelines.at(shard)
        counted = (
            pipeline.call("HINCRBY", key, f"{half_hour}||{SHOWN}:{id}", count, repeat=False)
            for id, count in times.items()
        )
        await asyncio.gather(*counted, pipeline.call("EXPIREAT", key, _end(day)))

    async def day(self, day: int) -> list[Cell]:
        """The counts of one day (UTC, days since 1970), of all shards."""
        shards = self._keys.shards()
        found = await asyncio.gather(
            *(self._pipelines.at(shard).call("HGETALL", self._keys.counts(shard, day)) for shard in shards)
        )
        return [cell for reply in found for cell in _cells(day, reply)]

    async def episodes(self, uid: str, limit: int = 100) -> list[Episode]:
        """The finished episodes of a conversation, newest first."""
        found = await self._pipelines.of(uid).call("LRANGE", self._keys.episodes(uid), 0, limit - 1)
        return [_episode.decode(raw) for raw in found]


def _end(day: int) -> int:
    """When the counts of that day are forgotten, unix seconds."""
    return (day + 1 + KEPT_DAYS) * 86400


def _cells(day: int, reply: Iterable[bytes]) -> Iterator[Cell]:
    flat = iter(reply)
    for field, amount in zip(flat, flat, strict=True):
        half_hour, agent, metric = field.decode().split("|")
        yield Cell(day * HALF_HOURS_PER_DAY + int(half_hour), agent, metric, int(amount))
