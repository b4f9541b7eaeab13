"""An empty store, filled with what another held: many commands under way at once, each of which may be given again.

What follows from the rest is made of it here: who owns which nickname, what is listed where, how large files are.
"""

import asyncio
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import msgspec

from app.chat import names
from app.store import entries, scripts
from app.store.keys import Keys, MailKeys
from app.store.mail_tokens import digest
from app.store.pipeline import Pipeline
from app.store.pipelines import Pipelines
from app.store.reports import Place
from app.store.resp import Argument
from app.store.resp import Reply as Answer

# Commands under way at once, and bytes of them: of a second's fsync on a slow disk a fraction (store/pipeline.py).
_MOST_COMMANDS, _MOST_BYTES = 500, 1 << 20
# Entries of one call, and bytes of them: the store does nothing else meanwhile.
_ENTRIES_PER_CALL, _BYTES_PER_CALL = 500, 256 << 10

_LOG, _LIST, _SESSION = map(scripts.load, ("restore_log", "restore_list", "session"))


class Disturbed(Exception):
    """Somebody else writes into the store that is being filled: one line for the operator."""


class Logged(NamedTuple):
    """An entry as a log holds it: its head, its body, and, of a message, what was before it of its tab, else ""."""

    head: str
    body: bytes
    before: str


class Standing(NamedTuple):
    """A conversation but for its log, in its new `epoch`. `meta`: what else there is, by its names there. `activity`:
    when somebody last came, left or changed its status. `counted`: JSON of how far reports have counted it, or ""."""

    uid: str
    epoch: int
    seq: int
    floor: int
    state: str
    activity: int
    meta: Mapping[str, str]
    tagged: Mapping[str, int]
    pages: Sequence[str]
    pages_until: int
    counted: str
    episodes: Sequence[str]


class KeptFile(NamedTuple):
    """What is known of a file: as of `store.files.Record`; `info`: JSON of what frames show of it."""

    id: str
    by: str
    at: int
    note: bool
    seq: int
    info: bytes


class Filling:
    """Fills a store. `settle` is its end: what was given before may be under way until then. Raises StoreError."""

    def __init__(self, pipelines: Pipelines, keys: Keys) -> None:
        self._pipelines, self._keys = pipelines, keys
        self._under_way: list[asyncio.Future[Answer]] = []
        self._bytes = 0
        self._uid, self._after = "", 0
        self._entries: list[Logged] = []
        self._entry_bytes = 0
        self._tags = {shard: Counter[str]() for shard in keys.shards()}
        self._file_bytes = Counter[str]()
        self._paces: list[float] = []

    # -- conversations ------------------------------------------------------------------------------------------

    async def conversation(self, one: Standing) -> None:
        """A conversation; its entries follow, and then its files."""
        await self._end_log()
        self._uid, self._after = one.uid, one.floor
        pipeline, keys = self._pipelines.of(one.uid), self._keys.conversation(one.uid)
        state, shard = entries.state(one.state), self._keys.shard_of(one.uid)
        own = ("epoch", one.epoch, "seq", one.seq, "floor", one.floor, "state", one.state)
        await self._call(pipeline, "HSET", keys.meta, *_words(one.meta), *own)
        await self._call(pipeline, "ZADD", keys.all, one.activity, one.uid)
        if state.status in ("waiting", "held", "snoozed"):
            await self._call(pipeline, "ZADD", keys.open, state.waiting_since, one.uid)
        if state.status == "snoozed":
            await self._call(pipeline, "ZADD", Keys.snoozed(shard), one.meta.get("until", 0), one.uid)
        for tag, since in one.tagged.items():
            await self._call(pipeline, "ZADD", Keys.tagged(shard, tag), since, one.uid)
            self._tags[shard][tag] += 1
        if one.pages:
            await self._list(pipeline, self._keys.trail(one.uid), one.pages_until, one.pages)
        if one.episodes:
            await self._list(pipeline, self._keys.episodes(one.uid), 0, one.episodes)
        if one.counted:
            await self._call(pipeline, "SET", self._keys.report_place(one.uid), one.counted)

    async def entry(self, entry: Logged) -> None:
        """The next entry of the conversation that was given last."""
        self._entries.append(entry)
        self._entry_bytes += len(entry.head) + len(entry.body)
        if len(self._entries) >= _ENTRIES_PER_CALL or self._entry_bytes >= _BYTES_PER_CALL:
            await self._end_log()

    async def _end_log(self) -> None:
        """Have what there is of its entries written."""
        if not self._entries:
            return
        words = [word for entry in self._entries for word in entry]
        uid, last, size = self._uid, self._after + len(self._entries), self._entry_bytes
        log = self._keys.conversation(uid).log
        written = asyncio.ensure_future(self._log(uid, log, self._after, words, last))
        self._after, self._entries, self._entry_bytes = last, [], 0
        await self._note(written, size)

    async def _log(self, uid: str, log: str, after: int, words: list[str | bytes], last: int) -> None:
        found = int(await self._pipelines.of(uid).eval(_LOG, (log,), (after, *words)))
        if found != last:
            raise Disturbed(f"the log of {uid} is not as it was written: something else writes into this store")

    async def file(self, file: KeptFile, size: int) -> None:
        """A file of the conversation that was given last."""
        key = self._keys.files(self._uid)
        record = b"%s|%d|%d|%d|%s" % (file.by.encode(), file.at, file.note, file.seq, file.info)
        self._file_bytes[self._uid] += size
        await self._call(self._pipelines.of(self._uid), "HSET", key, file.id, record)

    # -- people -------------------------------------------------------------------------------------------------

    async def visitor(self, uid: str, known: Mapping[str, str], *, owns: bool) -> None:
        """A visitor, who `owns` their nickname or does not."""
        await self._people("HSET", Keys.visitor(uid), *_words(known))
        if owns:
            fold = known.get("fold") or names.fold(known["nickname"])
            await self._people("HSET", Keys.nicknames(), fold, uid)
        if sub := known.get("sub"):
            await self._people("HSET", Keys.subs(), sub, uid)

    async def session(self, hash: str, uid: str, until: int, known: Mapping[str, str]) -> None:
        """A session of the person `uid`, in force until then (unix ms)."""
        keys = (Keys.session(hash), Keys.sessions_of(uid))
        await self._note(
            asyncio.ensure_future(self._pipelines.people.eval(_SESSION, keys, (hash, until, "1", *_words(known)))), 500
        )

    async def agent(self, uid: str, name: str, agent: bytes, mailbox: bytes, *, away: bool) -> None:
        """One of the team; `agent`, `mailbox`: JSON."""
        await self._people("HSET", Keys.agents(), uid, agent)
        await self._people("HSET", Keys.agent_names(), names.fold(name), uid)
        if mailbox:
            await self._people("HSET", Keys.mailboxes(), uid, mailbox)
        if away:
            await self._people("SADD", Keys.away(), uid)

    async def face(self, whose: str, id: str, picture: bytes) -> None:
        """A picture of an agent's, or the logo."""
        await self._people("SET", Keys.face(id), picture)
        await self._people("HSET", Keys.faces(), whose, id)

    async def document(self, key: str, known: Mapping[str, str]) -> None:
        """What administrators decided together."""
        await self._people("HSET", key, *_words(known))

    async def reply(self, owner: str, id: str, shortcut: str, reply: bytes) -> None:
        """A canned reply, JSON, of an agent's or the shop's."""
        replies, shortcuts = Keys.replies(owner)
        await self._people("HSET", replies, id, reply)
        await self._people("HSET", shortcuts, names.fold(shortcut), id)

    async def key(self, kid: str, key: bytes) -> None:
        """A key that the shop signs with."""
        await self._people("HSET", Keys.identity_keys(), kid, key)

    async def site(self, fate: str, origin: str, at: int) -> None:
        """A site that was seen or refused."""
        await self._people("ZADD", Keys.sites(fate), at, origin)

    async def letter(self, token: str, until: int, known: Mapping[str, str]) -> None:
        """Whose the letters with a token are, until then (unix ms)."""
        await self._people("HSET", MailKeys.token(token), *_words(known))
        await self._people("PEXPIREAT", MailKeys.token(token), until)
        of = MailKeys.tokens_of(known["uid"])
        await self._people("HSET", of, digest(known["address"]), token)
        await self._people("PEXPIREAT", of, until, "NX")
        await self._people("PEXPIREAT", of, until, "GT")

    async def stop_link(self, code: str, until: int, of: str) -> None:
        """A link by which letters are stopped."""
        await self._people("SET", MailKeys.stop_link(code), of, "PXAT", until)

    async def erased(self, salt: str, digest: str, at: int) -> None:
        """Somebody who was erased, by the digest with that salt."""
        await self._people("HSET", Keys.erased(), f"{salt}:{digest}", at)

    async def stopped(self, digest: str) -> None:
        """An address that no letter goes to any more."""
        await self._people("SADD", MailKeys.stopped(), digest)

    # -- reports ------------------------------------------------------------------------------------------------

    async def counts(self, day: int, until: int, counts: Mapping[str, int]) -> None:
        """What was counted on a day, to be added to what else was."""
        shard = self._keys.shard(0)
        key, pipeline = Keys.counts(shard, day), self._pipelines.at(shard)
        for field, times in counts.items():
            # Given again it would count twice: where that may be, the whole is begun anew.
            await self._note(pipeline.call("HINCRBY", key, field, times, repeat=False), 100)
        if until > 0:
            await self._call(pipeline, "PEXPIREAT", key, until)

    def pace(self, answer_ms: float) -> None:
        """How long visitors wait for a first answer, in one of the shards there were."""
        self._paces.append(answer_ms)

    # -- the end ------------------------------------------------------------------------------------------------

    async def settle(self) -> None:
        """All that was given is written, and what is the sum of it."""
        await self._end_log()
        by_shard = Counter[str]()
        for uid, size in self._file_bytes.items():
            by_shard[self._keys.shard_of(uid)] += size
            await self._call(self._pipelines.of(uid), "HSET", self._keys.files(uid), "bytes", size)
        for shard in self._keys.shards():
            pipeline = self._pipelines.at(shard)
            if by_shard[shard]:
                await self._call(pipeline, "HSET", Keys.shard_files(shard), "bytes", by_shard[shard])
            if self._tags[shard]:
                await self._call(pipeline, "HSET", Keys.tags_in_use(shard), *_words(self._tags[shard]))
            if self._paces:
                pace = round(sum(self._paces) / len(self._paces))
                await self._call(pipeline, "HSET", Keys.answer_time(shard), "answer_ms", pace)
        await self.flush()

    async def flush(self) -> None:
        """What is under way has been done."""
        await self._end_log()
        under_way, self._under_way, self._bytes = self._under_way, [], 0
        await asyncio.gather(*under_way)

    async def _people(self, *command: Argument) -> None:
        await self._call(self._pipelines.people, *command)

    async def _list(self, pipeline: Pipeline, key: str, until: int, items: Sequence[str]) -> None:
        await self._note(asyncio.ensure_future(pipeline.eval(_LIST, (key,), (until, *items))), sum(map(len, items)))

    async def _call(self, pipeline: Pipeline, *command: Argument) -> None:
        size = sum(len(word) for word in command if isinstance(word, str | bytes))
        await self._note(pipeline.call(*command), size)

    async def _note(self, answer: "asyncio.Future[Answer]", size: int) -> None:
        answer.add_done_callback(_heard)
        self._under_way.append(answer)
        self._bytes += size
        if len(self._under_way) >= _MOST_COMMANDS or self._bytes >= _MOST_BYTES:
            under_way, self._under_way, self._bytes = self._under_way, [], 0
            await asyncio.gather(*under_way)


def _heard(answer: "asyncio.Future[Answer]") -> None:
    """Of several that fail one is told: the others are no errors that nobody has seen."""
    if not answer.cancelled():
        answer.exception()


def recounted(counted: str, epoch: int, former: int, seq: int) -> str:
    """How far reports have counted a conversation (JSON), in the epoch that it has now. `former`: the one it had;
    `seq`: that of its last entry."""
    place = msgspec.json.decode(counted, type=Place)
    if place.epoch != former:
        return counted
    place.epoch, place.seq = epoch, min(place.seq, seq)
    return msgspec.json.encode(place).decode()


def _words(known: Mapping[str, str | int]) -> Iterable[str | int]:
    return [word for pair in known.items() for word in pair]
