"""What is known of files: whose they are, what frames show of them, and which message has one.

Their bytes are elsewhere (app/files), and were there before anything is kept here.
"""

import asyncio
from collections.abc import Iterable
from typing import NamedTuple

import msgspec

from app.chat.files import FileInfo
from app.store import scripts
from app.store.keys import Keys
from app.store.pipelines import Pipelines

_KEEP, _DROP = map(scripts.load, ("keep_file", "drop_files"))
_BYTES = "bytes"  # beside the records, the bytes of all of them; no id is called so

_info = msgspec.json.Decoder(FileInfo)


class Record(NamedTuple):
    """A file. `by`: uid of who uploaded it, `at`: when, unix ms; `note`: for a private note; `seq`: of the message that
    has it, 0 until one does."""

    by: str
    at: int
    note: bool
    seq: int
    info: FileInfo


class Files:
    """The files of every conversation."""

    def __init__(self, pipelines: Pipelines, keys: Keys) -> None:
        self._pipelines, self._keys = pipelines, keys

    async def keep(self, uid: str, by: str, note: bool, info: FileInfo) -> None:
        """Keep a new file of the conversation `uid`, uploaded by `by`."""
        args = info.id, by, int(note), info.size, msgspec.json.encode(info)
        await self._pipelines.of(uid).eval(_KEEP, self._kept(uid), args)

    async def get(self, uid: str, id: str) -> Record | None:
        """The file of that conversation, if there is one."""
        found = await self._pipelines.of(uid).call("HGET", self._keys.files(uid), id)
        return _record(found) if found is not None else None

    async def of(self, uid: str) -> list[Record]:
        """All files of a conversation."""
        found = await self._pipelines.of(uid).call("HGETALL", self._keys.files(uid))
        pairs = zip(found[::2], found[1::2], strict=True)
        return [_record(value) for id, value in pairs if id != _BYTES.encode()]

    async def forget(self, uid: str, ids: Iterable[str], *, unsent: bool = False) -> list[str]:
        """Forget files; with `unsent` those that a message has stay. Returns which went: their bytes are to go next."""
        ids = list(ids)
        if not ids:
            return []
        went = await self._pipelines.of(uid).eval(_DROP, self._kept(uid), (int(unsent), *ids))
        return [id.decode() for id in went]

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

    def _kept(self, uid: str) -> tuple[str, str]:
        return self._keys.files(uid), Keys.shard_files(self._keys.shard_of(uid))


def _record(raw: bytes) -> Record:
    by, at, note, seq, info = raw.split(b"|", 4)
    return Record(by.decode(), int(at), note == b"1", int(seq), _info.decode(info))
