"""The index of what was said, and of people, as it is written: for each pair of characters where it stands.

A shard's index is cut into periods of the messages' time, so that a whole one can be forgotten. In a period each
message has a number, in the order they were indexed (nearly that of their times); a pair's list holds those numbers,
ascending, 4 bytes each, and only grows at its end. A list is kept by the pair's bucket (see chat/text.py), so that no
text is in a key and their number is bounded. The index may tell of what is no longer so: whoever looks something up
reads the message itself, or who they are now.
"""

import logging
import struct
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple
from zlib import crc32

import msgspec

from app.chat import text
from app.chat.conversation import Entry
from app.chat.folding import fold
from app.store import scripts
from app.store.keys import IndexKeys, Keys
from app.store.logs import LogEnd
from app.store.pipelines import Pipelines

log = logging.getLogger("chatadmin.store")

# Milliseconds of a period: few enough to ask each for a word, short enough that forgetting one frees little at a time.
PERIOD_MS = 90 * 24 * 3600 * 1000
# Keys forgotten in one command.
KEYS_PER_UNLINK = 1000

_ENROL, _INDEX, _KNOW = map(scripts.load, ("enrol", "index", "know"))
_DOCUMENT = struct.Struct(">II")
_NUMBER = struct.Struct(">I")


class Mark(NamedTuple):
    """Up to where a conversation is indexed; `number` is its own in the index, 0 where it has none in its epoch."""

    number: int
    epoch: int
    seq: int

    @classmethod
    def parse(cls, raw: bytes) -> "Mark":
        """The mark as scripts write it."""
        return cls(*map(int, raw.split(b":")))

    def __str__(self) -> str:
        return f"{self.number}:{self.epoch}:{self.seq}"


class Said(NamedTuple):
    """A message to be indexed."""

    time: int
    number: int
    seq: int
    buckets: set[int]


def period(time: int) -> int:
    """The period of a message; `time` in unix ms."""
    return time // PERIOD_MS


class Index:
    """The index as it is kept. A shard's is kept by one node at a time; `add` is safe even where two are at it."""

    def __init__(self, pipelines: Pipelines, keys: Keys) -> None:
        self._pipelines, self._keys = pipelines, keys

    async def behind(self, shard: str, conversations: int) -> None:
        """Note for all nodes how many conversations are still to be looked through."""
        await self._pipelines.at(shard).call("SET", IndexKeys(shard).behind, conversations)

    async def marks(self, shard: str, ends: Mapping[str, LogEnd]) -> dict[str, Mark]:
        """The marks of these conversations of one shard, in the epochs that they have now."""
        raw = await self._pipelines.at(shard).call("HMGET", IndexKeys(shard).marks, *ends)
        known = (Mark.parse(mark) if mark else None for mark in raw)
        return {
            uid: mark if mark and mark.epoch == epoch else Mark(0, epoch, 0)
            for (uid, (epoch, _)), mark in zip(ends.items(), known, strict=True)
        }

    async def enrol(self, shard: str, epochs: Mapping[str, int]) -> dict[str, Mark]:
        """The marks of conversations in these epochs; what was indexed of another epoch is forgotten."""
        own = IndexKeys(shard)
        raw = await self._pipelines.at(shard).eval(
            _ENROL, (own.marks, own.numbers), [word for pair in epochs.items() for word in pair]
        )
        return dict(zip(epochs, map(Mark.parse, raw), strict=True))

    async def add(self, shard: str, period: int, said: Sequence[Said], marks: Mapping[str, tuple[Mark, Mark]]) -> bool:
        """Index messages of one period and move the marks (from, to) of their conversations.

        False where nothing was done: another was there first, or the store was rolled back meanwhile.
        """
        pipeline, own = self._pipelines.at(shard), IndexKeys(shard)
        size = int(await pipeline.call("STRLEN", own.documents(period)))
        lists: defaultdict[int, bytearray] = defaultdict(bytearray)
        for place, message in enumerate(said, size // _DOCUMENT.size):
            number = _NUMBER.pack(place)
            for bucket in message.buckets:
                lists[bucket] += number
        keys = (
            own.marks,
            own.periods,
            own.documents(period),
            own.used(period),
            own.bucket(period, ""),
            *(self._keys.conversation(uid).meta for uid in marks),
        )
        moved = [str(word) for uid, (old, new) in marks.items() for word in (uid, old, new)]
        added = [word for bucket, numbers in lists.items() for word in (bucket, bytes(numbers))]
        raw = b"".join(_DOCUMENT.pack(message.number, message.seq) for message in said)
        return bool(await pipeline.eval(_INDEX, keys, [period, size, raw, len(marks), *moved, *added]))

    async def know(self, shard: str, called: Mapping[str, Sequence[str]]) -> None:
        """Index people of one shard by uid, and by what each is called."""
        words: list[str | int] = []
        for uid, names in called.items():
            folded = [fold(name) for name in names]
            found = text.buckets(text.words(" ".join(folded)))
            words += [uid, crc32("\n".join(folded).encode("utf-8", "replace")), len(found), *found]
        own, period = IndexKeys(shard), IndexKeys.PEOPLE
        keys = (own.known, own.documents(period), own.used(period), own.bucket(period, ""))
        await self._pipelines.at(shard).eval(_KNOW, keys, words)

    async def forget(self, shard: str, period: int) -> None:
        """Drop the index of a whole period. What was begun and broken off can be asked for again."""
        await self._drop(shard, IndexKeys(shard), period)

    async def forget_former(self, shard: str) -> None:
        """Drop what an earlier build left, which folded texts otherwise: there is no room for two of them.

        Begun and broken off, it goes on when it is asked for again.
        """
        own, pipeline = IndexKeys(shard, IndexKeys.FORMER), self._pipelines.at(shard)
        await pipeline.call("UNLINK", own.marks, own.numbers, own.behind, own.known)
        for period in [IndexKeys.PEOPLE, *map(int, await pipeline.call("SMEMBERS", own.periods))]:
            await self._drop(shard, own, period)

    async def _drop(self, shard: str, own: IndexKeys, period: int) -> None:
        pipeline = self._pipelines.at(shard)
        await pipeline.call("UNLINK", own.documents(period))  # from now on nothing is found in it
        used = await pipeline.call("GET", own.used(period)) or b""
        keys = [own.bucket(period, bucket) for bucket in ones(used)]
        for start in range(0, len(keys), KEYS_PER_UNLINK):
            await pipeline.call("UNLINK", *keys[start : start + KEYS_PER_UNLINK])
        await pipeline.call("UNLINK", own.used(period))
        await pipeline.call("SREM", own.periods, period)


def ones(bitmap: bytes) -> Iterable[int]:
    """The places of the bits that are set, counted as the store does."""
    return (place * 8 + bit for place, byte in enumerate(bitmap) if byte for bit in range(8) if byte & (128 >> bit))


class _File(msgspec.Struct):
    name: str


class _Body(msgspec.Struct):
    content: str = ""
    file: _File | None = None


def content(entry: Entry) -> str:
    """What an entry says in words, and on a line of its own what its file is called; empty where it says nothing."""
    try:
        body = msgspec.json.decode(entry.body, type=_Body)
        said = (body.content, body.file.name if body.file else "")
        return "\n".join(filter(None, said))
    except (msgspec.MsgspecError, UnicodeError) as error:  # nobody writes such; one that is there must stop nothing
        log.error("an entry cannot be read, and so not found: %s %d: %s", entry.uid, entry.seq, error)
        return ""


def buckets(content: str) -> set[int]:
    """Where a message is looked up."""
    return text.buckets(text.words(fold(content[: text.INDEXED_LENGTH])))
