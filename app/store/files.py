"""What is known of files: whose they are, what frames show of them, and which message has one.

Their bytes are elsewhere (app/files), and were there before anything is kept here.
"""

import asyncio
import heapq
import secrets
from collections.abc import AsyncIterator, Iterable, Sequence
from typing import NamedTuple

import msgspec

from app.chat.files import FileInfo
from app.store import scripts
from app.store.keys import Keys
from app.store.pipelines import Pipelines
from app.store.resp import texts

_KEEP, _DROP = map(scripts.load, ("keep_file", "drop_files"))
_BYTES = "bytes"  # beside the records, the bytes of all of them; no id is called so

# Records that are read in one call, and for one list at most: what somebody sends in hours without a pause.
_RECORDS_PER_CALL, _MOST_RECORDS = 500, 10_000

_info = msgspec.json.Decoder(FileInfo)


class Record(NamedTuple):
    """A file. `by`: uid of who uploaded it, `at`: when, unix ms; `note`: for a private note; `seq`: of the message that
    has it, 0 until one does."""

    by: str
    at: int
    note: bool
    seq: int
    info: FileInfo


class Needless(NamedTuple):
    """Files by their ids: those that nobody sent, those of which retention took the entry, those not even known."""

    unsent: list[str]
    trimmed: list[str]
    unknown: list[str]


class Files:
    """The files of every conversation."""

    def __init__(self, pipelines: Pipelines, keys: Keys) -> None:
        self._pipelines, self._keys = pipelines, keys

    async def keep(self, uid: str, by: str, note: bool, info: FileInfo) -> None:
        """Keep a new file of the conversation `uid`, uploaded by `by`."""
        args = info.id, by, int(note), info.size, msgspec.json.encode(info)
        await self._pipelines.of(uid).eval(_KEEP, self._kept(uid), args)

    async def get(self, uid: str, id: str) -> Record | None:
        """The file of that conversation, if there is one: it goes with the entry that has it."""
        known, floor = await self._look(uid, [id])
        record = known.get(id)
        return record if record is not None and not _trimmed(record, floor) else None

    async def sent(self, uid: str, before: int, count: int) -> list[Record]:
        """The last `count` files of a conversation that went with an entry before seq `before` (0: any), newest first.

        They lie in no order, so all are looked at, a part at a time; of more than ten thousand some are left out.
        """
        key, pipeline = self._keys.files(uid), self._pipelines.of(uid)
        floor = int(await pipeline.call("HGET", self._keys.conversation(uid).meta, "floor") or 0)
        found: dict[int, bytes] = {}  # by seq: each message has one
        looked, cursor = 0, b"0"
        while looked < _MOST_RECORDS:
            cursor, raw = await pipeline.call("HSCAN", key, cursor, "COUNT", _RECORDS_PER_CALL)
            values = [value for id, value in zip(raw[::2], raw[1::2], strict=True) if id != _BYTES.encode()]
            found |= {seq: value for value in values if floor < (seq := _seq(value)) and (not before or seq < before)}
            looked += len(values)
            if cursor == b"0":
                break
        return [_record(found[seq]) for seq in heapq.nlargest(count, found)]

    async def all(self, uid: str) -> AsyncIterator[tuple[str, Record]]:
        """Every file of a conversation, those that nobody sent too, with its id; in no order."""
        key, cursor = self._keys.files(uid), b"0"
        while True:
            cursor, raw = await self._pipelines.of(uid).call("HSCAN", key, cursor, "COUNT", _RECORDS_PER_CALL)
            for id, value in zip(raw[::2], raw[1::2], strict=True):
                if id != _BYTES.encode():
                    yield id.decode(), _record(value)
            if cursor == b"0":
                return

    async def _look(self, uid: str, ids: Sequence[str]) -> tuple[dict[str, Record], int]:
        """What is known of these files, and the last seq that retention has taken."""
        pipeline, meta = self._pipelines.of(uid), self._keys.conversation(uid).meta
        raw, floor = await asyncio.gather(
            pipeline.call("HMGET", self._keys.files(uid), *ids), pipeline.call("HGET", meta, "floor")
        )
        found = zip(ids, raw, strict=True)
        return {id: _record(value) for id, value in found if value is not None}, int(floor or 0)

    async def needless(self, uid: str, ids: Sequence[str], before: int) -> Needless:
        """Of these files what no entry has; what was not sent counts once it was kept before `before` (unix ms)."""
        known, floor = await self._look(uid, ids)
        return Needless(
            [id for id, record in known.items() if not record.seq and record.at < before],
            [id for id, record in known.items() if _trimmed(record, floor)],
            [id for id in ids if id not in known],
        )

    async def forget(self, uid: str, ids: Iterable[str], *, unsent: bool = False) -> list[str]:
        """Forget files; with `unsent` those that a message has stay. Returns which went: their bytes are to go next."""
        ids = list(ids)
        if not ids:
            return []
        went = await self._pipelines.of(uid).eval(_DROP, self._kept(uid), (int(unsent), *ids))
        return texts(went)

    async def used(self, uid: str) -> int:
        """Bytes of all files of a conversation."""
        return int(await self._pipelines.of(uid).call("HGET", self._keys.files(uid), _BYTES) or 0)

    async def total(self) -> int:
        """Bytes of all files there are."""
        shards = self._keys.shards()
        found = await asyncio.gather(
            *(self._pipelines.at(shard).call("HGET", Keys.shard_files(shard), _BYTES) for shard in shards)
        )
        return sum(int(value or 0) for value in found)

    async def home(self) -> str:
        """By what the place is known where the bytes are; "" where none was settled yet."""
        found = await self._pipelines.at(self._keys.shard(0)).call("HGET", Keys.store(), "files")
        return (found or b"").decode()

    async def settle(self, mark: str) -> str:
        """Let the place with this store's `mark` be the one, once for all; returns which it is."""
        await self._pipelines.at(self._keys.shard(0)).call("HSETNX", Keys.store(), "files", mark)
        return await self.home()

    async def new_mark(self) -> str:
        """Another mark for a place that is to be this store's."""
        name = secrets.token_urlsafe(16)
        await self._pipelines.at(self._keys.shard(0)).call("HSETNX", Keys.store(), "files_name", name)
        return f"{await self._name()}.{secrets.token_urlsafe(16)}"

    async def made(self, mark: str) -> bool:
        """Whether a mark is this store's: another store may have marked the place, and no file be there yet."""
        name = await self._name()
        return bool(name) and mark.startswith(f"{name}.")

    async def _name(self) -> str:
        found = await self._pipelines.at(self._keys.shard(0)).call("HGET", Keys.store(), "files_name")
        return (found or b"").decode()

    def _kept(self, uid: str) -> tuple[str, str]:
        return self._keys.files(uid), Keys.shard_files(self._keys.shard_of(uid))


def _trimmed(record: Record, floor: int) -> bool:
    """Whether retention has taken the entry that has it."""
    return 0 < record.seq <= floor


def _seq(raw: bytes) -> int:
    """Of the message that has it, 0 while none does."""
    return int(raw.split(b"|", 4)[3])


def _record(raw: bytes) -> Record:
    by, at, note, seq, info = raw.split(b"|", 4)
    return Record(by.decode(), int(at), note == b"1", int(seq), _info.decode(info))
