"""What was said elsewhere becomes part of the logs here: a person's all at once, or none of it.

It is *staged* first, in a stream of its own that nobody looks at and that expires; one script then puts it in place.
What counts, finds and tells follows from the log as ever, but for the courier, whose mark is moved over it.
"""

import itertools
from collections.abc import Sequence
from typing import NamedTuple

import msgspec

from app.chat.conversation import Entry
from app.store import scripts
from app.store.hashes import hash_of
from app.store.keys import Keys
from app.store.outbox_keys import OutboxKeys
from app.store.people import Visitor
from app.store.pipelines import Pipelines

# Entries staged in one go, and seconds until what was staged is forgotten.
STAGED_AT_ONCE, STAGED_SECONDS = 200, 3600

_IMPORT, _IDENTIFY = map(scripts.load, ("import_log", "identify"))


class Known(NamedTuple):
    """A conversation that was imported before, as it stands. `through`: its last entry that was; `last_ms`: when that
    was written."""

    epoch: int
    seq: int
    through: int
    last_ms: int

    @property
    def untouched(self) -> bool:
        """Whether nothing has happened in it since."""
        return self.seq == self.through


class Staged(NamedTuple):
    """An entry, and, of a message, what stands beside it: the seq of its tab's one before, and a checksum."""

    entry: Entry
    before: str = ""


class Importing:
    """The store's part of an import."""

    def __init__(self, pipelines: Pipelines, keys: Keys) -> None:
        self._pipelines, self._keys = pipelines, keys

    async def known(self, uid: str) -> Known | None:
        """The conversation, if there is one."""
        meta = self._keys.conversation(uid).meta
        epoch, seq, imported = await self._pipelines.of(uid).call("HMGET", meta, "epoch", "seq", "imported")
        if epoch is None:
            return None
        through, _, last_ms = (imported or b"0:0").partition(b":")
        return Known(int(epoch), int(seq or 0), int(through), int(last_ms))

    async def introduce(self, visitor: Visitor, fold: str, sub: str) -> str:
        """Make a visitor known who has no session here and owns no nickname. `fold`: their nickname, folded; `sub`: by
        what the shop's tokens know them, or "". Returns the uid of who that is: another where the shop knew one."""
        people, key = self._pipelines.people, Keys.visitor(visitor.uid)
        words: dict[str, str | int] = {
            "nickname": visitor.nickname,
            "fold": fold,
            "name": visitor.name,
            "enter_at": visitor.enter_at,
            "first_seen": visitor.first_seen,
            "seen": visitor.seen,
            "prove_by": 0,
        }
        if visitor.fields:
            words |= {"email": visitor.email, "fields": msgspec.json.encode(visitor.fields).decode()}
        await people.call("HSET", key, *itertools.chain.from_iterable(words.items()))
        if not sub:
            return visitor.uid
        owner: bytes = await people.eval(_IDENTIFY, (Keys.subs(), key), (hash_of(sub), visitor.uid))
        return owner.decode() or visitor.uid

    async def forget(self, uid: str, sub: str) -> None:
        """Nobody was introduced: they were erased meanwhile."""
        call = self._pipelines.people.call
        if sub and await call("HGET", Keys.subs(), hash_of(sub)) == uid.encode():
            await call("HDEL", Keys.subs(), hash_of(sub))
        await call("UNLINK", Keys.visitor(uid))

    async def take(self, uid: str, known: Known | None, entries: Sequence[Staged], state: str) -> bool:
        """Have the entries follow what is `known` of a conversation; `state` is how it stands then.

        False where it is not as it was known any more: then nothing was done."""
        pipeline, staged = self._pipelines.of(uid), self._keys.staged(uid)
        await pipeline.call("UNLINK", staged)
        for start in range(0, len(entries), STAGED_AT_ONCE):
            some = [
                pipeline.call("XADD", staged, f"{entry.seq}-0", "h", _head(entry), "b", entry.body, *more, repeat=False)
                for entry, before in entries[start : start + STAGED_AT_ONCE]
                for more in [("l", before) if before else ()]
            ]
            for asked in some:
                await asked
        await pipeline.call("EXPIRE", staged, STAGED_SECONDS)
        last = entries[-1].entry
        said = max((entry.seq for entry, _ in entries if entry.kind == "message"), default=0)
        keys = (*self._keys.conversation(uid), staged, OutboxKeys(self._keys.shard_of(uid)).marks)
        seen = f"{known.epoch}:{known.seq}" if known else ""
        return bool(await pipeline.eval(_IMPORT, keys, (uid, seen, state, said, last.time), repeat=False))


def _head(entry: Entry) -> str:
    return f"{entry.kind}|{entry.author}|{entry.role}|{entry.id}|{entry.time}"
