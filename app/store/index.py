"""The index of what was said, as it is written: for each pair of characters the messages it stands in.

A shard's index is cut into periods of the messages' time, so that a whole one can be forgotten. In a period each
message has a number, in the order they were indexed (nearly that of their times); a pair's list holds those numbers,
ascending, 4 bytes each, and only grows at its end. A list is kept by the pair's bucket (see chat/text.py), so that no
text is in a key and their number is bounded. The index may tell of what is no longer so: whoever looks something up
reads the message itself.
"""

import asyncio
import logging
import struct
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import msgspec

from app.chat import text
from app.chat.conversation import Entry
from app.store import scripts
from app.store.keys import Keys
from app.store.links import Links

log = logging.getLogger("chatadmin.store")

# Milliseconds of a period: few enough to ask each for a word, short enough that forgetting one frees little at a time.
PERIOD = 90 * 24 * 3600 * 1000
# Keys forgotten in one command.
AT_ONCE = 1000

_ENROL, _INDEX = scripts.load("enrol"), scripts.load("index")
_DOCUMENT = struct.Struct(">II")
_NUMBER = struct.Struct(">I")


class Mark(NamedTuple):
    """Up to where a conversation is indexed; `number` is its own in the index."""

    number: int
    epoch: int
    seq: int

    @classmethod
    def parse(cls, raw: bytes) -> "Mark":
        """The mark as scripts write it."""
        return cls(*map(int, raw.split(b":")))

    def __str__(self) -> str:
        return f"{self.number}:{self.epoch}:{self.seq}"


class Standing(NamedTuple):
    """A conversation as it stands, and its mark if it has one."""

    epoch: int
    seq: int
    mark: Mark | None

    @property
    def due(self) -> bool:
        """Whether there is something in it that is not indexed."""
        return self.mark is None or self.mark.epoch != self.epoch or self.mark.seq < self.seq


class Said(NamedTuple):
    """A message to be indexed."""

    time: int
    number: int
    seq: int
    buckets: set[int]


def period(time: int) -> int:
    """The period of a message; `time` in unix ms."""
    return time // PERIOD


class Index:
    """What an indexer needs of the store. A shard's writer holds its lease; `add` is safe even where two believe so."""

    def __init__(self, links: Links, keys: Keys) -> None:
        self._links, self._keys = links, keys

    async def lease(self, tag: str, who: str, ms: int) -> bool:
        """Take or renew the lease of a shard; False where another has it."""
        key, link = Keys.index_lease(tag), self._links.at(tag)
        if await link.call("SET", key, who, "NX", "PX", ms):
            return True
        # Between these two it may run out and be taken: then two work until one asks again, which `add` allows for.
        return bool(await link.call("GET", key) == who.encode() and await link.call("SET", key, who, "XX", "PX", ms))

    async def give_up(self, tag: str, who: str) -> None:
        """Let another take the lease at once."""
        key, link = Keys.index_lease(tag), self._links.at(tag)
        if await link.call("GET", key) == who.encode():
            await link.call("DEL", key)

    async def behind(self, tag: str, conversations: int) -> None:
        """Note for all nodes how many conversations are still to be looked through."""
        await self._links.at(tag).call("SET", Keys.index_behind(tag), conversations)

    async def conversations(self, tag: str, since: str, skip: int, count: int) -> list[tuple[str, str]]:
        """A page of all conversations of a shard, by last activity from `since` on: uid and activity of each."""
        raw = await self._links.at(tag).call(
            "ZRANGE", Keys.all(tag), since, "+inf", "BYSCORE", "LIMIT", skip, count, "WITHSCORES"
        )
        texts = [item.decode() for item in raw]
        return list(zip(texts[::2], texts[1::2], strict=True))

    async def after(self, tag: str, since: str) -> int:
        """How many conversations of a shard were last active at `since` or later."""
        return int(await self._links.at(tag).call("ZCOUNT", Keys.all(tag), since, "+inf"))

    async def standing(self, tag: str, uids: Sequence[str]) -> dict[str, Standing]:
        """How these conversations of one shard stand; those that the store does not know are left out."""
        link = self._links.at(tag)
        marks, *metas = await asyncio.gather(
            link.call("HMGET", Keys.index_marks(tag), *uids),
            *(link.call("HMGET", self._keys.conversation(uid).meta, "epoch", "seq") for uid in uids),
        )
        return {
            uid: Standing(int(epoch), int(seq or 0), Mark.parse(mark) if mark else None)
            for uid, mark, (epoch, seq) in zip(uids, marks, metas, strict=True)
            if epoch is not None
        }

    async def enrol(self, tag: str, epochs: Mapping[str, int]) -> dict[str, Mark]:
        """The marks of conversations in these epochs; what was indexed of another epoch is forgotten."""
        keys = (Keys.index_marks(tag), Keys.index_numbers(tag))
        raw = await self._links.at(tag).eval(_ENROL, keys, [word for pair in epochs.items() for word in pair])
        return dict(zip(epochs, map(Mark.parse, raw), strict=True))

    async def add(self, tag: str, period: int, said: Sequence[Said], marks: Mapping[str, tuple[Mark, Mark]]) -> bool:
        """Index messages of one period and move the marks (from, to) of their conversations.

        False where nothing was done: another indexer was there first, or the store was rolled back meanwhile.
        """
        link, documents = self._links.at(tag), Keys.index_documents(tag, period)
        size = int(await link.call("STRLEN", documents))
        lists: defaultdict[int, bytearray] = defaultdict(bytearray)
        for place, message in enumerate(said, size // _DOCUMENT.size):
            number = _NUMBER.pack(place)
            for bucket in message.buckets:
                lists[bucket] += number
        keys = (
            Keys.index_marks(tag),
            Keys.index_periods(tag),
            documents,
            Keys.index_used(tag, period),
            Keys.index_bucket(tag, period, ""),
            *(self._keys.conversation(uid).meta for uid in marks),
        )
        moved = [str(word) for uid, (old, new) in marks.items() for word in (uid, old, new)]
        added = [word for bucket, numbers in lists.items() for word in (bucket, bytes(numbers))]
        raw = b"".join(_DOCUMENT.pack(message.number, message.seq) for message in said)
        return bool(await link.eval(_INDEX, keys, [period, size, raw, len(marks), *moved, *added]))

    async def forget(self, tag: str, period: int) -> None:
        """Drop the index of a whole period. What was begun and broken off can be asked for again."""
        link = self._links.at(tag)
        await link.call("UNLINK", Keys.index_documents(tag, period))  # from now on nothing is found in it
        used = await link.call("GET", Keys.index_used(tag, period)) or b""
        keys = [Keys.index_bucket(tag, period, bucket) for bucket in _ones(used)]
        for start in range(0, len(keys), AT_ONCE):
            await link.call("UNLINK", *keys[start : start + AT_ONCE])
        await link.call("UNLINK", Keys.index_used(tag, period))
        await link.call("SREM", Keys.index_periods(tag), period)


def _ones(bitmap: bytes) -> Iterable[int]:
    """The places of the bits that are set, counted as the store does."""
    return (place * 8 + bit for place, byte in enumerate(bitmap) if byte for bit in range(8) if byte & (128 >> bit))


class _Body(msgspec.Struct):
    content: str = ""


def content(entry: Entry) -> str:
    """What an entry says in words; empty where it says nothing."""
    try:
        return msgspec.json.decode(entry.body, type=_Body).content
    except (msgspec.MsgspecError, UnicodeError) as error:  # nobody writes such; one that is there must stop nothing
        log.error("an entry cannot be read, and so not found: %s %d: %s", entry.uid, entry.seq, error)
        return ""


def buckets(content: str) -> set[int]:
    """Where a message is looked up."""
    return text.buckets(text.words(text.fold(content[: text.LONGEST])))
