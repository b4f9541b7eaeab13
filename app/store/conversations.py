"""Conversations in the store: the atomic operations, and the log read back."""

import asyncio
from collections import Counter
from dataclasses import dataclass
from typing import Any, NamedTuple
from zlib import crc32

from app.chat import tags
from app.chat.conversation import Entry, Snapshot, State
from app.chat.errors import Refusal
from app.store import scripts
from app.store.batches import Batches
from app.store.errors import StoreError
from app.store.keys import Keys
from app.store.pipeline import Done, ignore
from app.store.pipelines import Pipelines
from app.store.resp import Reply, bulk, pairs

# Entries read from a log in one call: bounds the reply (128 KiB frames at worst) and the store's pause.
PAGE = 200
# Conversations that may be active in one millisecond at the edge of a page.
_SAME_MOMENT = 50

# What append.lua is told of each message: words about who writes, and words about what; these as `bulk` writes them, in
# half its time.
_WHO, _WHAT = 3, 6
_PACKED = b"$%d\r\n%b\r\n" * _WHAT

_APPEND, _ATTACH, _READ, _TELL = map(scripts.load, ("append", "attach", "read", "tell"))
_CLAIM, _RELEASE, _HANG_UP, _TRANSFER = map(scripts.load, ("claim", "release", "hang_up", "transfer"))
_RESOLVE, _SNOOZE, _WAKE, _TAG, _BLOCK = map(scripts.load, ("resolve", "snooze", "wake", "tag", "block"))


class Stored(NamedTuple):
    """What became of a message: its place, and whether it had been stored before (`repeat`)."""

    epoch: int
    seq: int
    time: int
    repeat: bool


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
class Reset:
    """The place a client holds is not in this store: `epoch`, `ahead`, `trimmed` or `other` entry at that seq.

    `floor`: after which entry the log begins.
    """

    reason: str
    epoch: int
    seq: int
    floor: int


@dataclass(frozen=True)
class Outcome:
    """The answer to a change of hands: `word` is "ok", or says why not; the state is the one in force."""

    word: str
    epoch: int
    seq: int
    state: State


@dataclass(frozen=True)
class Event:
    """What an event says: a unique id and a JSON object."""

    id: str
    body: bytes


class Writer:
    """One author's way into one conversation. What is the same for all their messages was packed once."""

    __slots__ = ("_appends", "_keys", "_who")

    def __init__(self, appends: Batches, keys: bytes, who: bytes) -> None:
        self._appends, self._keys, self._who = appends, keys, who

    def append(self, kind: str, fence: int, tab: str, n: int, content: str, body: bytes, done: Done) -> None:
        """Store a message (or a note) once. `done` gets a reply which `stored` reads."""
        # To notice a client that uses an id twice; it could fool nobody but itself.
        digest = b"%x" % crc32(content.encode())
        f, t, c, k = b"%d" % fence, tab.encode(), b"%d" % n, kind.encode()
        words = _PACKED % (len(f), f, len(t), t, len(c), c, len(digest), digest, len(body), body, len(k), k)
        self._appends.add(self._keys, self._who + words, done)


class Conversations:
    """The operations on conversations; each is one script, so each happens whole or not at all."""

    def __init__(self, pipelines: Pipelines, keys: Keys) -> None:
        self._pipelines, self._keys = pipelines, keys
        self._appends = {tag: self._appends_of(tag) for tag in keys.tags()}

    def _appends_of(self, tag: str) -> Batches:
        """Where the messages of a shard are gathered, as append.lua takes them."""
        keys = self._keys
        shared = keys.feed(tag), keys.open(tag), keys.all(tag), keys.desk(tag)
        return Batches(self._pipelines.at(tag), _APPEND, shared, keys=2, words=_WHO + _WHAT)

    def writer(self, uid: str, author: str, role: str) -> "Writer":
        """How `author` (role "v" or "a") writes messages into a conversation."""
        keys = self._keys.conversation(uid)
        return Writer(self._appends[self._keys.tag(uid)], bulk(keys.log, keys.meta), bulk(uid, author, role))

    async def attach(
        self, uid: str, *, epoch: int | None = None, after: int | None = None, id: str = "", count: int = PAGE
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
        entries = [_entry(uid, int(epoch_now), item) for item in raw]
        return Page(int(epoch_now), int(seq), State.parse(state.decode()), int(read_v), int(read_a), entries)

    async def before(self, uid: str, seq: int, count: int) -> list[Entry]:
        """The last `count` entries before `seq`, oldest first. Their epoch is the log's: ask `attach`."""
        log = self._keys.conversation(uid).log
        raw = await self._pipelines.of(uid).call(
            "XREVRANGE", log, f"{seq - 1}-0" if seq > 0 else "+", "-", "COUNT", count
        )
        return [_entry(uid, 0, item) for item in reversed(raw)]

    async def between(self, uid: str, first: int, last: int, count: int) -> list[Entry]:
        """The first `count` entries from seq `first` to `last`, as `before` gives them."""
        log = self._keys.conversation(uid).log
        raw = await self._pipelines.of(uid).call("XRANGE", log, f"{first}-0", f"{last}-0", "COUNT", count)
        return [_entry(uid, 0, item) for item in raw]

    async def epoch(self, uid: str) -> int:
        """The conversation's epoch; 0 where it is not known."""
        return int(await self._pipelines.of(uid).call("HGET", self._keys.conversation(uid).meta, "epoch") or 0)

    async def claim(
        self, uid: str, agent: str, *, take_over: bool, claimed: Event, released: Event, boot: str = ""
    ) -> Outcome:
        """Make `agent` the holder; `boot`: because of a plain connection on that node, which is the claim.

        Word: ok | kept (it was theirs) | claimed (by another) | blocked.
        """
        args = (agent, int(take_over), claimed.id, claimed.body, released.id, released.body, boot)
        return await self._change(_CLAIM, uid, args)

    async def hang_up(self, uid: str, holder: str, boot: str, *, released: Event) -> Outcome:
        """The node `boot` has no plain connection of the holder any more. Word: ok | held (otherwise) | present (on
        another node)."""
        nodes = self._keys.nodes(self._keys.tag(uid))
        return await self._change(_HANG_UP, uid, (holder, boot, released.id, released.body), nodes)

    async def release(self, uid: str, holder: str, *, fence: int | None, away: bool, released: Event) -> Outcome:
        """Give it back for `holder`; with `away` only while they are offline. Word: ok | held | present."""
        return await self._change(
            _RELEASE,
            uid,
            (holder, "" if fence is None else fence, int(away), released.id, released.body),
            self._keys.present(self._keys.tag(uid)),
        )

    async def transfer(self, uid: str, holder: str, to: str, *, transferred: Event, claimed: Event) -> Outcome:
        """Hand it from `holder` to `to`. Word: ok | held (by another than `holder`)."""
        return await self._change(
            _TRANSFER, uid, (holder, to, transferred.id, transferred.body, claimed.id, claimed.body)
        )

    async def resolve(self, uid: str, holder: str, agent: str, *, resolved: Event) -> Outcome:
        """Close it, if `holder` ("" for nobody) still holds it. Word: ok | held."""
        return await self._change(_RESOLVE, uid, (holder, agent, resolved.id, resolved.body))

    async def snooze(
        self, uid: str, holder: str, agent: str, until: int, *, released: Event, snoozed: Event
    ) -> Outcome:
        """Lay it aside until `until` (unix ms), if `holder` ("" for nobody) still holds it. Word: ok | held."""
        return await self._change(
            _SNOOZE,
            uid,
            (holder, agent, until, released.id, released.body, snoozed.id, snoozed.body),
            self._keys.snoozed(self._keys.tag(uid)),
        )

    async def wake(self, uid: str, woke: Event) -> Outcome:
        """Let it wait again, if its moment has come. Word: ok | early | other."""
        return await self._change(_WAKE, uid, (woke.id, woke.body), self._keys.snoozed(self._keys.tag(uid)))

    async def due(self, now: int, count: int) -> list[str]:
        """Snoozed conversations whose moment (unix ms) has come, at most `count` a shard of those within reach."""
        tags = [tag for tag in self._keys.tags() if self._pipelines.at(tag).up]
        replies = await asyncio.gather(
            *(
                self._pipelines.at(tag).call("ZRANGEBYSCORE", self._keys.snoozed(tag), 0, now, "LIMIT", 0, count)
                for tag in tags
            )
        )
        return [item.decode() for reply in replies for item in reply]

    async def tag(self, uid: str, agent: str, label: str, *, on: bool, tagged: Event) -> Outcome:
        """Put a tag on it, or take it off. Word: ok | kept | full."""
        tag = self._keys.tag(uid)
        return await self._change(
            _TAG,
            uid,
            (agent, "+" if on else "-", label, tags.MOST, tagged.id, tagged.body),
            self._keys.tags_in_use(tag),
            self._keys.tagged(tag, label),
        )

    async def block(self, uid: str, holder: str, agent: str, *, on: bool, released: Event, blocked: Event) -> Outcome:
        """Shut the visitor out, or let them in again; as `resolve`. Word: ok | held."""
        args = (holder, agent, int(on), released.id, released.body, blocked.id, blocked.body)
        return await self._change(_BLOCK, uid, args)

    def read(self, uid: str, who: str, role: str, seq: int, body: bytes) -> None:
        """Move a read mark forward. It may be lost under load; the next one makes up for it."""
        self._pipelines.of(uid).run(_READ, self._keys.conversation(uid), (uid, who, role, seq, body), ignore)

    def typing(self, uid: str, who: str, role: str, body: bytes) -> None:
        """Tell the other party's nodes that somebody is typing. It may be lost."""
        feed = self._keys.feed(self._keys.tag(uid))
        self._pipelines.of(uid).run(_TELL, (feed,), (uid, "typing", who, role, body), ignore)

    async def _change(self, script: scripts.Script, uid: str, args: tuple[Any, ...], *keys: str) -> Outcome:
        reply = await self._pipelines.of(uid).eval(script, (*self._keys.conversation(uid), *keys), (uid, *args))
        return Outcome(reply[0].decode(), int(reply[1]), int(reply[2]), State.parse(reply[3].decode()))

    async def state(self, uid: str) -> State:
        """How a conversation stands, and nothing else of it."""
        standing = await self._pipelines.of(uid).call("HGET", self._keys.conversation(uid).meta, "state")
        return State.parse(standing.decode()) if standing else State()

    async def snapshot(self, uid: str, online: bool) -> Snapshot:
        """One conversation for a dashboard."""
        meta = self._keys.conversation(uid).meta
        found = await self._pipelines.of(uid).call("HMGET", meta, "epoch", "seq", "state", "message", "tags", "until")
        epoch, seq, standing, message, labels, until = (value.decode() if value is not None else "" for value in found)
        state = State.parse(standing) if standing else State()
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
        )

    async def recent(self, before: tuple[int, str] | None, label: str, count: int) -> list[tuple[int, str]]:
        """The `count` conversations last active (or, with a tag `label`, last given it) before `before`, newest first.

        Each is (unix ms, uid), and so is `before`: exclusive, None for the newest.
        """
        newest = "+inf" if before is None else before[0]
        # Those of the same millisecond as `before` come again, and are passed over.
        most = count + (_SAME_MOMENT if before else 0)

        async def of(tag: str) -> list[tuple[int, str]]:
            key = self._keys.tagged(tag, label) if label else self._keys.all(tag)
            raw = await self._pipelines.at(tag).call(
                "ZRANGE", key, newest, "-inf", "BYSCORE", "REV", "LIMIT", 0, most, "WITHSCORES"
            )
            return [(int(float(score)), uid.decode()) for uid, score in zip(raw[::2], raw[1::2], strict=True)]

        shards = await asyncio.gather(*map(of, self._keys.tags()))
        found = sorted((item for shard in shards for item in shard), reverse=True)
        return [item for item in found if before is None or item < before][:count]

    async def labels(self) -> list[str]:
        """Every tag in use, the most used first."""
        shards = await asyncio.gather(
            *(self._pipelines.at(tag).call("HGETALL", self._keys.tags_in_use(tag)) for tag in self._keys.tags())
        )
        used: Counter[str] = Counter()
        for shard in shards:
            used.update({label: int(number) for label, number in pairs(shard).items()})
        return [label for label, _ in used.most_common()]

    async def answer_ms(self) -> int | None:
        """How long visitors wait for a first answer, a moving average in ms; None where nobody was answered yet."""
        tags = [tag for tag in self._keys.tags() if self._pipelines.at(tag).up]  # an average of what is within reach
        values = await asyncio.gather(
            *(self._pipelines.at(tag).call("HGET", self._keys.desk(tag), "answer_ms") for tag in tags)
        )
        found = [int(value) for value in values if value is not None]
        return sum(found) // len(found) if found else None


def is_stored(reply: Reply) -> bool:
    """Whether this reply says that a message was stored, now and not before."""
    return type(reply) is bytes


def stored(reply: Reply) -> Stored | Refusal | StoreError:
    """Where a message was stored; or a Refusal (out_of_order, mismatch, unknown_tab, fenced); or what the store raises:
    with StoreAway it may have been stored, offer the same id again."""
    if isinstance(reply, StoreError):
        return reply
    if is_stored(reply):
        epoch, seq, time = map(int, reply.split())
        return Stored(epoch, seq, time, False)
    word = reply[0]
    if word == b"repeat":
        return Stored(int(reply[1]), int(reply[2]), int(reply[3]), True)
    if word == b"out_of_order":
        return Refusal("out_of_order", expected=int(reply[1]))
    return Refusal(word.decode())


def _entry(uid: str, epoch: int, item: Any) -> Entry:
    id, (_, head, _, body, *_) = item
    seq = int(id.partition(b"-")[0])
    kind, author, role, message, time = head.decode().split("|")
    return Entry(uid, seq, epoch, kind, author, role, message, int(time), body, None)
