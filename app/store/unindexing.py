"""Takes a person out of the index of what was said, and of who people are (store/index.py)."""

import struct
from collections import defaultdict
from collections.abc import Iterable, Mapping, Set

from app.store import scripts
from app.store.index import Index, Mark, ones
from app.store.keys import IndexKeys, Keys
from app.store.pipeline import Pipeline
from app.store.pipelines import Pipelines

_UNINDEX = scripts.load("unindex")
_NUMBER = struct.Struct(">I")
# Bytes of a message's document (number of its conversation, seq) and of a person's (uid).
_MESSAGE, _PERSON = 8, 26
# Documents read at once, and lists and numbers of one call: some milliseconds of the store's time.
_DOCUMENTS_PER_READ, _LISTS_PER_CALL, _NUMBERS_PER_CALL = 8192, 200, 500


class Unindexing:
    """One conversation at a time, once nobody indexes it any more, since it is gone."""

    def __init__(self, pipelines: Pipelines, keys: Keys, index: Index) -> None:
        self._pipelines, self._keys, self._index = pipelines, keys, index

    async def forget(self, uid: str, said: Mapping[int, Set[int]]) -> None:
        """Forget what was indexed of a conversation and its visitor. `said`: by seq the buckets of what it says; what
        is not among them is looked for in all. Broken off, it may be done again."""
        shard = self._keys.shard_of(uid)
        pipeline, own = self._pipelines.at(shard), IndexKeys(shard)
        await self._index.forget_former(shard)
        mark = await pipeline.call("HGET", own.marks, uid)
        number = Mark.parse(mark).number if mark else 0
        if number:
            for period in sorted(map(int, await pipeline.call("SMEMBERS", own.periods))):
                places = await _places(pipeline, own.documents(period), _NUMBER.pack(number), _MESSAGE)
                await self._drop(pipeline, own, period, _MESSAGE, places, said)
        places = await _places(pipeline, own.documents(own.PEOPLE), uid.encode(), _PERSON)
        await self._drop(pipeline, own, own.PEOPLE, _PERSON, places, {})
        await pipeline.call("HDEL", own.known, uid)
        if number:
            await pipeline.call("HDEL", own.numbers, number)
        await pipeline.call("HDEL", own.marks, uid)

    async def _drop(
        self,
        pipeline: Pipeline,
        own: IndexKeys,
        period: int,
        width: int,
        places: Mapping[int, int],
        said: Mapping[int, Set[int]],
    ) -> None:
        """Take documents out of a period: `places`, each with the seq it is of."""
        if not places:
            return
        lists: defaultdict[int, set[int]] = defaultdict(set)
        unknown = {place for place, seq in places.items() if seq not in said}
        for place in places.keys() - unknown:
            for bucket in said[places[place]]:
                lists[bucket].add(place)
        if unknown:  # of what was forgotten meanwhile, or of a name: nobody knows in which lists it is
            for bucket in ones(await pipeline.call("GET", own.used(period)) or b""):
                lists[bucket] |= unknown
        keys = (own.used(period), own.bucket(period, ""))
        for args in _calls(lists):
            await pipeline.eval(_UNINDEX, keys, args)
        for place in places:
            await pipeline.call("SETRANGE", own.documents(period), place * width, bytes(width))


async def _places(pipeline: Pipeline, key: str, start: bytes, width: int) -> dict[int, int]:
    """Which documents begin with these bytes, and the number behind them, if any."""
    found: dict[int, int] = {}
    first, step = 0, _DOCUMENTS_PER_READ * width
    while raw := await pipeline.call("GETRANGE", key, first * width, first * width + step - 1):
        at = raw.find(start)
        while at >= 0:
            if at % width == 0:
                rest = raw[at + len(start) : at + width]
                found[first + at // width] = int.from_bytes(rest)
            at = raw.find(start, at + 1)
        first += _DOCUMENTS_PER_READ
    return found


def _calls(lists: Mapping[int, Iterable[int]]) -> Iterable[list[int | bytes]]:
    """The arguments of unindex.lua, some lists at a time."""
    args: list[int | bytes] = []
    numbers = 0
    for bucket, places in lists.items():
        ascending = sorted(places)
        args += (bucket, b"".join(map(_NUMBER.pack, ascending)))
        numbers += len(ascending)
        if len(args) >= 2 * _LISTS_PER_CALL or numbers >= _NUMBERS_PER_CALL:
            yield args
            args, numbers = [], 0
    if args:
        yield args
