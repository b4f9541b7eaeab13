"""Conversations as they stand, and their logs read back; messages.py writes into them, changes.py moves them."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass

from app.chat.conversation import Entry, Snapshot, State
from app.chat.errors import Refusal
from app.store import entries, scripts
from app.store.command import ignore
from app.store.keys import Keys
from app.store.pipelines import Pipelines

# Entries read from a log in one call: bounds the reply (128 KiB frames at worst) and the store's pause.
ENTRIES_PER_PAGE = 200

_ATTACH, _READ, _TELL = map(scripts.load, ("attach", "read", "tell"))


@dataclass(frozen=True)
class Page:
    """A conversation as it stands, and entries of it from the place asked for."""

    epoch: int
    seq: int
    state: State
    read_by_visitor: int
    read_by_agent: int
    entries: list[Entry]


@dataclass(frozen=True)
class Rating:
    """Of what was closed last. `open`: whether its visitor may say how it was; `good`: what they said, if anything."""

    open: bool = False
    good: bool | None = None


@dataclass(frozen=True)
class Reset:
    """The place a client holds is not in this store: `epoch`, `ahead`, `trimmed` or `other` entry at that seq.

    `floor`: after which entry the log begins.
    """

    reason: str
    epoch: int
    seq: int
    floor: int


class Conversations:
    """One at a time, by uid."""

    def __init__(self, pipelines: Pipelines, keys: Keys) -> None:
        self._pipelines, self._keys = pipelines, keys

    async def attach(
        self,
        uid: str,
        *,
        epoch: int | None = None,
        after: int | None = None,
        id: str = "",
        count: int = ENTRIES_PER_PAGE,
    ) -> Page | Reset:
        """The conversation from `after` on (None: as it stands, no entries), checked against what the caller holds."""
        reply = await self._pipelines.of(uid).eval(
            _ATTACH,
            self._keys.conversation(uid),
            (uid, "" if epoch is None else epoch, "" if after is None else after, id, count),
        )
        if reply[0] == b"reset":
            return Reset(reply[1].decode(), int(reply[2]), int(reply[3]), int(reply[4]))
        _, epoch_now, seq, state, read_v, read_a, raw = reply
        read = [entries.logged(uid, int(epoch_now), item) for item in raw]
        return Page(int(epoch_now), int(seq), entries.state(state.decode()), int(read_v), int(read_a), read)

    async def now(self, uid: str) -> Page:
        """The conversation as it stands, no entries."""
        found = await self.attach(uid)
        assert isinstance(found, Page)  # who holds no place holds none that could be wrong
        return found

    async def before(self, uid: str, seq: int, count: int) -> list[Entry]:
        """The last `count` entries before `seq`, oldest first. Their epoch is the log's: ask `attach`."""
        log = self._keys.conversation(uid).log
        raw = await self._pipelines.of(uid).call(
            "XREVRANGE", log, f"{seq - 1}-0" if seq > 0 else "+", "-", "COUNT", count
        )
        return [entries.logged(uid, 0, item) for item in reversed(raw)]

    async def between(self, uid: str, first: int, last: int, count: int) -> list[Entry]:
        """The first `count` entries from seq `first` to `last`, as `before` gives them."""
        log = self._keys.conversation(uid).log
        raw = await self._pipelines.of(uid).call("XRANGE", log, f"{first}-0", f"{last}-0", "COUNT", count)
        return [entries.logged(uid, 0, item) for item in raw]

    async def all(self, uid: str) -> AsyncIterator[Entry]:
        """All entries up to the one that is the last now, as `before` gives them; read by pages."""
        newest = await self.before(uid, 0, 1)
        first, last = 1, newest[-1].seq if newest else 0
        while page := await self.between(uid, first, last, ENTRIES_PER_PAGE):
            for entry in page:
                yield entry
            first = page[-1].seq + 1

    async def epoch(self, uid: str) -> int:
        """The conversation's epoch; 0 where it is not known."""
        return int(await self._pipelines.of(uid).call("HGET", self._keys.conversation(uid).meta, "epoch") or 0)

    def read(self, uid: str, who: str, role: str, seq: int, body: bytes) -> None:
        """Move a read mark forward. It may be lost under load; the next one makes up for it."""
        self._pipelines.of(uid).run(_READ, self._keys.conversation(uid), (uid, who, role, seq, body), ignore)

    def typing(self, uid: str, who: str, role: str, body: bytes) -> None:
        """Tell the other party's nodes that somebody is typing. It may be lost."""
        feed = self._keys.feed(self._keys.shard_of(uid))
        self._pipelines.of(uid).run(_TELL, (feed,), (uid, "typing", who, role, body), ignore)

    async def state(self, uid: str) -> State:
        """How a conversation stands, and nothing else of it."""
        standing = await self._pipelines.of(uid).call("HGET", self._keys.conversation(uid).meta, "state")
        return entries.state(standing.decode()) if standing else State()

    async def refuse_blocked(self, uid: str) -> None:
        """Raises Refusal blocked where this visitor was shut out."""
        if (await self.state(uid)).status == "blocked":
            raise Refusal("blocked")

    async def rating(self, uid: str) -> Rating:
        """How the visitor found what was closed last, by the rule of rate.lua."""
        meta = self._keys.conversation(uid).meta
        found = await self._pipelines.of(uid).call("HMGET", meta, "state", "message", "closed", "rated")
        standing, message, closed, rated = (value.decode() if value is not None else "" for value in found)
        of = closed.partition("|")[0]
        if not of or entries.state(standing).status != "resolved" or int(message) > int(of):
            return Rating()
        rated_of, _, said = rated.partition("|")
        return Rating(good=said.startswith("1")) if rated_of == of else Rating(open=True)

    async def snapshot(self, uid: str, online: bool) -> Snapshot:
        """One conversation for a dashboard."""
        meta = self._keys.conversation(uid).meta
        fields = ("epoch", "seq", "state", "message", "tags", "until", "handed")
        found = await self._pipelines.of(uid).call("HMGET", meta, *fields)
        epoch, seq, standing, message, labels, until, handed = (
            value.decode() if value is not None else "" for value in found
        )
        state = entries.state(standing) if standing else State()
        last = await self.before(uid, int(message) + 1, 1) if message else []
        return Snapshot(
            uid,
            int(seq or 0),
            int(epoch or 0),
            state,
            last[0] if last else None,
            online,
            tuple(labels.split("\n")) if labels else (),
            int(until or 0) if state.status == "snoozed" else 0,
            await self._handed(uid, int(seq or 0), state, handed),
        )

    async def _handed(self, uid: str, seq: int, state: State, place: str) -> Entry | None:
        """What stands at `place`, `<fence> <seq>` of the last hand-over, if its holder has it by that and has not
        answered. Of a long log behind it one page is looked at."""
        fence, _, at = place.partition(" ")
        if not state.owner or fence != str(state.fence):
            return None
        found = await self.between(uid, int(at), seq, ENTRIES_PER_PAGE)
        if not found or found[0].kind != "transferred":
            return None
        return None if any(entry.kind == "message" and entry.role == "a" for entry in found) else found[0]

    async def answer_ms(self) -> int | None:
        """How long visitors wait for a first answer, a moving average in ms; None where nobody was answered yet."""
        shards = [
            shard for shard in self._keys.shards() if self._pipelines.at(shard).up
        ]  # an average of what is within reach
        values = await asyncio.gather(
            *(self._pipelines.at(shard).call("HGET", self._keys.answer_time(shard), "answer_ms") for shard in shards)
        )
        found = [int(value) for value in values if value is not None]
        return sum(found) // len(found) if found else None
