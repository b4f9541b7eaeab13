"""What is to be told to people who are away: jobs in lanes, without a word of text.

A *job* is one thing to be told; an *endpoint* is a channel and whom it serves; a *lane*, `<endpoint>:<subject>`, is
what is told to one subject there (a conversation's uid, or an agent's), in order: only its head is tried. Whoever takes
a lane has it for a while, by a fence, and what came of it counts only by that. All times are the store's.
"""

import asyncio
import secrets
from collections.abc import Iterable, Mapping, Sequence
from hashlib import blake2b
from typing import Any, NamedTuple

import msgspec

from app.chat import deliveries
from app.chat.deliveries import Told
from app.store import scripts
from app.store.keys import Keys
from app.store.logs import LogEnd
from app.store.outbox_keys import OutboxKeys
from app.store.outbox_look import Breaker, Figures, Looking, Overview, split
from app.store.pipelines import Pipelines
from app.store.resp import pairs, texts

ENDPOINTS = ("mail", "alert", "account")
"""All there are: mail to visitors; alerts, and what has to do with their accounts, to agents."""

# Milliseconds a lane is taken for: longer than any delivery may last (courier/lanes.py).
LEASE_MS = 60_000
# Jobs of a lane that are seen at once; those behind them come later.
JOBS_PER_LANE = 50
# Characters of a reason that are kept.
LONGEST_REASON = 200

_PLAN, _POST, _TAKE, _SETTLE = map(scripts.load, ("plan", "post", "take", "settle"))
_PROD, _GIVE_UP = map(scripts.load, ("prod", "give_up"))


class Job(NamedTuple):
    """One thing to be told. `epoch`, `seq`: of the entry it follows from, 0 where it follows from none. `at_ms`: since
    when it is to be told, `since_ms`: since when that is tried in vain, 0 where it is not; unix ms."""

    id: str
    endpoint: str
    subject: str
    epoch: int
    seq: int
    kind: str
    at_ms: int
    tries: int = 0
    args: dict[str, str] = {}  # noqa: RUF012
    since_ms: int = 0


class Lane(NamedTuple):
    """A lane that was taken, and how its visitor stood at `now_ms`: `read`, up to which entry they have read; whether
    they are `here`; `left_ms`: when they left last, 0 where that is not known. `tries`, `since_ms`: how often it failed
    in a row, and since when. `asked`: a person wants it tried now. `shut`: why nothing may be tried at this endpoint
    now, "" where it may."""

    name: str
    endpoint: str
    subject: str
    shard: str
    fence: int
    jobs: Sequence[Job]
    read: int
    here: bool
    left_ms: int
    tries: int
    since_ms: int
    now_ms: int
    asked: bool = False
    shut: str = ""


class Mark(NamedTuple):
    """Up to where jobs are planned in a conversation, in the epoch it has now; `raw`: as it is kept, b"" where nothing
    is."""

    epoch: int
    seq: int
    raw: bytes = b""

    @property
    def of_another_log(self) -> bool:
        """Whether what is kept is of another epoch."""
        return bool(self.raw) and int(self.raw.partition(b":")[0]) != self.epoch


def job_id(endpoint: str, uid: str, entry: str) -> str:
    """The id of a job that follows from an entry: of a message by its id, of an event by `<epoch>:<seq>`."""
    return blake2b(f"{endpoint}\n{uid}\n{entry}".encode(), digest_size=16).hexdigest()


class Outbox:
    """The jobs and lanes of all shards."""

    def __init__(self, pipelines: Pipelines, keys: Keys) -> None:
        self._pipelines, self._keys = pipelines, keys
        self._looking = Looking(pipelines, keys, ENDPOINTS)

    # -- jobs come in -------------------------------------------------------------------------------------------------

    async def marks(self, shard: str, ends: Mapping[str, LogEnd]) -> dict[str, Mark]:
        """How far these conversations are planned, in the epochs that they have now."""
        raw = await self._pipelines.at(shard).call("HMGET", OutboxKeys(shard).marks, *ends)
        return {uid: _mark(end.epoch, known) for (uid, end), known in zip(ends.items(), raw, strict=True)}

    async def plan(self, shard: str, moved: Mapping[str, tuple[Mark, Mark]], jobs: Iterable[Job]) -> bool:
        """Add jobs and move the marks (from, to) of the conversations they follow from, in one step. A job that is
        there stays as it is; one that was given up waits anew.

        False where nothing was done: another was there first, or the store was rolled back meanwhile.
        """
        own = OutboxKeys(shard)
        keys = (*(self._keys.conversation(uid).meta for uid in moved), own.marks, own.prefix)
        args: list[str | int | bytes] = [len(moved)]
        for uid, (old, new) in moved.items():
            args += (uid, old.raw, f"{new.epoch}:{new.seq}")
        for job in jobs:
            args += (f"{job.endpoint}:{job.subject}", job.id, _fields(job))
        return bool(await self._pipelines.at(shard).eval(_PLAN, keys, args))

    async def began(self, shard: str, endpoint: str) -> int:
        """Since when there is this endpoint, unix ms; 0 where `begin` has not been said of it."""
        return int(await self._pipelines.at(shard).call("HGET", OutboxKeys(shard).began, endpoint) or 0)

    async def begin(self, shard: str, endpoint: str, now_ms: int) -> None:
        """From now on there is this endpoint."""
        await self._pipelines.at(shard).call("HSETNX", OutboxKeys(shard).began, endpoint, now_ms)

    async def skip(self, shard: str, ends: Mapping[str, LogEnd]) -> None:
        """Plan nothing of what stands in these conversations by now; unless some of them are planned already."""
        pipeline, marks = self._pipelines.at(shard), OutboxKeys(shard).marks
        await asyncio.gather(
            *(pipeline.call("HSETNX", marks, uid, f"{end.epoch}:{end.seq}") for uid, end in ends.items())
        )

    async def told_through(self, uid: str) -> int:
        """Up to which entry this visitor has read, or got by mail, what agents wrote."""
        meta = self._keys.conversation(uid).meta
        found = await self._pipelines.of(uid).call("HMGET", meta, "epoch", "read_v", "mailed")
        epoch, read, mailed = texts(found)
        of, _, through = mailed.partition(":")
        return max(int(read or 0), int(through) if mailed and of == epoch else 0)

    async def post(self, endpoint: str, subject: str, kind: str, args: Mapping[str, str], *, id: str = "") -> str:
        """Add a job that follows from no log; returns its id. Where one of the `id` given is, or was within 30 days,
        there will be none."""
        shard, id = self._keys.shard_of(subject), id or secrets.token_hex(16)
        words = (f"{endpoint}:{subject}", id, kind, msgspec.json.encode(args))
        await self._pipelines.at(shard).eval(_POST, (OutboxKeys(shard).prefix,), words)
        return id

    # -- and are delivered --------------------------------------------------------------------------------------------

    async def take(self, shard: str, endpoints: Sequence[str] = ENDPOINTS) -> Lane | None:
        """Take the lane of these endpoints that is due longest, for LEASE_MS; None where none is due. What its visitor
        has read by now is no job any more."""
        own = OutboxKeys(shard)
        keys = (self._keys.present(shard), own.conversations, own.prefix)
        reply = await self._pipelines.at(shard).eval(_TAKE, keys, (LEASE_MS, JOBS_PER_LANE, *endpoints))
        return _lane(shard, *reply) if reply else None

    async def done(self, lane: Lane, ids: Sequence[str], entry: Told | None = None) -> bool:
        """These jobs are told, or need not be. `entry`: what is told of that in the conversation; with one, they count
        as told. False where another has the lane by now, and nothing was done; so for all of these."""
        return await self._settle(lane, "done", ids, entry=entry)

    async def later(self, lane: Lane, at_ms: int) -> bool:
        """Look at it again at `at_ms`, unix ms, or when it is prodded: nothing was to be done, or could be, as yet."""
        return await self._settle(lane, "later", (), at_ms=at_ms)

    async def failed(
        self,
        lane: Lane,
        ids: Sequence[str],
        *,
        reason: str,
        at_ms: int = 0,
        dead: bool = False,
        tries: int | None = None,
        entry: Told | None = None,
    ) -> bool:
        """These jobs could not be told, and are tried again at `at_ms`, or, `dead`, not any more. `tries`: how often
        the lane failed in a row, one more than until now where nothing else is said."""
        word = "dead" if dead else "failed"
        return await self._settle(lane, word, ids, at_ms=at_ms, reason=reason, tries=tries, entry=entry)

    async def _settle(
        self,
        lane: Lane,
        word: str,
        ids: Sequence[str],
        *,
        at_ms: int = 0,
        reason: str = "",
        tries: int | None = None,
        entry: Told | None = None,
    ) -> bool:
        tries = lane.tries + 1 if tries is None else tries
        told = entry or ("", "", b"")
        args = (lane.subject, lane.name, lane.fence, word, at_ms, reason[:LONGEST_REASON], tries, *told, *ids)
        return await self._run(_SETTLE, lane.subject, args)

    # -- what people do with them -------------------------------------------------------------------------------------

    async def prod(self, lane: str, *, though_it_failed: bool = False) -> bool:
        """Look at a lane now, and, unless it is `though_it_failed`, not at one that waits for its next try. Returns
        whether there is one of that name."""
        return await self._prod(lane, int(though_it_failed), 0)

    async def hasten(self, endpoint: str) -> None:
        """Look at all lanes of an endpoint that failed: what was in their way is gone, or may be."""
        for shard in self._keys.shards():
            failing = await self._pipelines.at(shard).call("ZRANGE", OutboxKeys(shard).failing, 0, -1)
            own = (lane for lane in map(bytes.decode, failing) if split(lane)[0] == endpoint)
            await asyncio.gather(*(self.prod(lane, though_it_failed=True) for lane in own))

    async def retry(self, lane: str) -> bool:
        """Try a lane now; what was given up in it waits again. Returns whether there is such."""
        return await self._prod(lane, 1, 1)

    async def _prod(self, lane: str, failed: int, dead: int) -> bool:
        shard = self._keys.shard_of(split(lane)[1])
        return bool(await self._pipelines.at(shard).eval(_PROD, (OutboxKeys(shard).prefix,), (lane, failed, dead)))

    async def give_up(self, lane: str) -> bool:
        """Give up all that waits in a lane. Returns whether there is such."""
        endpoint, subject = split(lane)
        pipeline, own = self._pipelines.of(subject), OutboxKeys(self._keys.shard_of(subject))
        while ids := await pipeline.call("LRANGE", own.lane(lane), 0, -1):
            seqs = await asyncio.gather(*(pipeline.call("HGET", own.job(id.decode()), "seq") for id in ids))
            reason = (await pipeline.call("HGET", own.standing(lane), "reason") or b"").decode()
            told = deliveries.given_up(endpoint, [int(seq or 0) for seq in seqs], reason) or ("", "", b"")
            if await self._run(_GIVE_UP, subject, (subject, lane, reason, *told, *ids)):
                return True
        return False

    async def overview(self) -> Overview:
        """What waits, fails and was given up, as people look at it."""
        return await self._looking.overview()

    async def figures(self) -> Figures:
        """The same in three numbers."""
        return await self._looking.figures()

    async def say_shut(self, endpoint: str, trouble: Breaker | None) -> None:
        """Let all see for a while that nothing is tried at an endpoint; None: it is again."""
        await self._looking.say_shut(endpoint, trouble)

    async def _run(self, script: scripts.Script, subject: str, args: Sequence[Any]) -> bool:
        """What a script says that may write into the conversation `subject`."""
        keys = (*self._keys.conversation(subject), OutboxKeys(self._keys.shard_of(subject)).prefix)
        return bool(await self._pipelines.of(subject).eval(script, keys, args))


def _mark(epoch: int, raw: bytes | None) -> Mark:
    mark = Mark(epoch, int(raw.partition(b":")[2]) if raw else 0, raw or b"")
    return mark._replace(seq=0) if mark.of_another_log else mark


def _fields(job: Job) -> bytes:
    kept = {"epoch": job.epoch, "seq": job.seq, "kind": job.kind, "at": job.at_ms, "args": _json(job.args)}
    return msgspec.json.encode([str(word) for field in kept.items() for word in field])


def _json(args: Mapping[str, str]) -> str:
    return msgspec.json.encode(args).decode()


def _lane(shard: str, name: bytes, *words: Any) -> Lane:
    fence, now, read, here, left, tries, since, asked = map(int, words[:-1])
    lane = name.decode()
    endpoint, subject = split(lane)
    jobs = [_job(endpoint, subject, id.decode(), pairs(fields)) for id, fields in words[-1]]
    return Lane(lane, endpoint, subject, shard, fence, jobs, read, bool(here), left, tries, since, now, bool(asked))


def _job(endpoint: str, subject: str, id: str, kept: Mapping[str, str]) -> Job:
    epoch, seq, at, tries, since = (int(kept.get(name, 0)) for name in ("epoch", "seq", "at", "tries", "since"))
    args = msgspec.json.decode(kept["args"], type=dict[str, str])
    return Job(id, endpoint, subject, epoch, seq, kept["kind"], at, tries, args, since)
