"""What is always true of a store that serves, looked at while it does: what is not is told, a line for each.

What changes between two looks at it seems wrong for a moment: so whatever seems so is looked at three times.
"""

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from itertools import pairwise
from typing import Any, get_args

import msgspec

from app.backup.logs import MOST_ENTRIES
from app.chat.conversation import Status
from app.files.directory import Driver
from app.files.threads import Threads
from app.store import entries
from app.store.copying import Beside, Standing
from app.store.keys import Keys
from app.store.reports import Place
from app.store.resp import pairs, texts
from app.store.store import Store

# How often something that seems wrong is looked at, and the pause between (s): longer than a script takes, or the
# steps of a link.
_LOOKS, _PAUSE = 3, 0.3
# Conversations, or people, looked at together.
_TOGETHER = 16
_OPEN = ("waiting", "held", "snoozed")
_STATUSES = (*get_args(Status), "linked")

Look = Callable[[], Awaitable[list[str]]]


class Live:
    """One look at all of a store. `done`: conversations looked at, of `total`."""

    def __init__(self, store: Store, files: Driver | None) -> None:
        self._store, self._files, self._threads = store, files, Threads(1)
        self._agents = set[str]()
        self.done = self.total = 0

    async def violations(self) -> AsyncIterator[str]:
        """What is not as it should be. Raises StoreError."""
        store, keys = self._store, self._store.keys
        self._agents = set(await store.copying.table(Keys.agents()))
        self.total = sum(await asyncio.gather(*map(store.copying.total, keys.shards())))
        for shard in keys.shards():
            uids = store.copying.conversations(shard)
            async for fault in self._each(uids, lambda uid: lambda: self._conversation(uid)):
                yield fault
            for look in (self._feed(shard), self._lists(shard), self._bytes(shard)):
                for fault in await _settled(look):
                    yield fault
        for fault in await _settled(self._team):
            yield fault
        async for fault in self._each(_visitors(store), lambda uid: lambda: self._visitor(uid)):
            yield fault
        async for fault in self._each(_nicknames(store), lambda pair: lambda: self._nickname(pair)):
            yield fault

    async def _each(self, pages: AsyncIterator[list[str]], look: Callable[[str], Look]) -> AsyncIterator[str]:
        async for page in pages:
            for start in range(0, len(page), _TOGETHER):
                some = page[start : start + _TOGETHER]
                for faults in await asyncio.gather(*(_settled(look(one)) for one in some)):
                    for fault in faults:
                        yield fault

    # -- a conversation -----------------------------------------------------------------------------------------

    async def _conversation(self, uid: str) -> list[str]:
        store = self._store
        standing = await store.copying.standing(uid)
        meta = standing.meta
        self.done += 1
        if not meta and not standing.length and await self._listed(uid, Keys.all) is None:
            return []  # erased meanwhile
        if "epoch" not in meta or "state" not in meta:
            return [f"conversation {uid}: what is known of it is gone ({standing.length} entries are in its log)"]
        beside = await store.copying.beside(uid, [tag for tag in meta.get("tags", "").split("\n") if tag])
        faults = [*_meta(standing), *await self._log(uid, standing, beside), *await self._places(uid, standing, beside)]
        if not await store.pipelines.people.call("EXISTS", Keys.visitor(uid)):
            faults.append("there is no visitor it is of")
        holder = meta["state"].split("|")[2]
        if holder and holder not in self._agents:
            faults.append(f"it is held by {holder}, who is no agent")
        return [f"conversation {uid}: {fault}" for fault in faults]

    async def _log(self, uid: str, standing: Standing, beside: Beside) -> list[str]:
        """Its entries: each there, each of them to be read; and the files they have."""
        meta = standing.meta
        floor, seq = int(meta.get("floor", 0)), int(meta.get("seq", 0))
        at, named, faults = floor, dict[str, int](), list[str]()
        while at < seq and (page := await self._store.copying.page(uid, at + 1, seq, MOST_ENTRIES // 4)):
            for item in page:
                found = item[0].decode()
                if found != f"{at + 1}-0":
                    faults.append(f"entry {at + 1} is missing: {found} follows {at}")
                at = int(found.partition("-")[0])
                try:
                    entry = entries.logged(uid, 0, item)
                    body = msgspec.json.decode(entry.body, type=dict[str, Any])
                except (ValueError, msgspec.DecodeError):
                    faults.append(f"entry {at} cannot be read")
                    continue
                if "file" in body and entry.kind in ("message", "note"):
                    named[body["file"]["id"]] = at
        if at != seq:
            faults.append(f"its log ends with {at}, and should with {seq}")
        return faults + await self._files_of(beside, named, floor, seq)

    async def _files_of(self, beside: Beside, named: dict[str, int], floor: int, seq: int) -> list[str]:
        faults, total, known = list[str](), 0, dict[str, int]()
        for id, raw in beside.files.items():
            if id == "bytes":
                continue
            _, _, _, sent, info = raw.split(b"|", 4)
            size = msgspec.json.decode(info)["size"]
            total += size
            if floor < int(sent):
                known[id] = int(sent)
            if int(sent) > seq:
                faults.append(f"file {id} is of entry {int(sent)}, and it ends with {seq}")
            if not 0 < int(sent) <= floor and (fault := await self._threads.run(self._lies, id, size)):
                faults.append(fault)
        for id, at in named.items():
            if known.get(id) != at:
                faults.append(
                    f"entry {at} has file {id}, of which {'another is known' if id in known else 'nothing is'}"
                )
        faults += [f"file {id} should be in entry {at}" for id, at in known.items() if id not in named and at <= seq]
        if total != int(beside.files.get("bytes", 0)):
            faults.append(f"its files are {total} bytes, and counted as {int(beside.files.get('bytes', 0))}")
        return faults

    def _lies(self, id: str, size: int) -> str:
        if self._files is None:
            return ""
        try:
            with self._files.open(id) as file:
                there = os.fstat(file.fileno()).st_size
        except FileNotFoundError:
            return f"file {id} is missing"
        except OSError as error:
            return f"file {id} cannot be read: {error.strerror}"
        return "" if there == size else f"file {id} is {there} bytes long, and should be {size}"

    async def _places(self, uid: str, standing: Standing, beside: Beside) -> list[str]:
        """Where it is listed, and how far what reads logs has come with it."""
        meta = standing.meta
        status, faults, epoch, seq = meta["state"].split("|")[0], list[str](), int(meta["epoch"]), int(meta["seq"])
        if (await self._listed(uid, Keys.open) is not None) != (status in _OPEN):
            faults.append(f"it is {status}, and {'not ' if status in _OPEN else ''}listed among the open ones")
        if await self._listed(uid, Keys.all) is None:
            faults.append("it is not listed among all")
        if status == "snoozed" and await self._listed(uid, Keys.snoozed) is None:
            faults.append("it is snoozed, and nothing wakes it")
        tags = [tag for tag in meta.get("tags", "").split("\n") if tag]
        faults += [f"it has the tag {tag}, and is not listed under it" for tag in tags if tag not in beside.tagged]
        place = msgspec.json.decode(standing.counted, type=Place) if standing.counted else Place()
        if place.epoch == epoch and place.seq > seq:
            faults.append(f"reports have counted {place.seq} entries of its {seq}")
        return faults

    async def _listed(self, uid: str, where: Callable[[str], str]) -> bytes | None:
        key = where(self._store.keys.shard_of(uid))
        found: bytes | None = await self._store.pipelines.of(uid).call("ZSCORE", key, uid)
        return found

    # -- a shard ------------------------------------------------------------------------------------------------

    def _feed(self, shard: str) -> Look:
        async def look() -> list[str]:
            """Its newest items, which whoever reconnects compares with."""
            feed = self._store.keys.feed(shard)
            found = await self._store.pipelines.at(shard).call("XREVRANGE", feed, "+", "-", "COUNT", MOST_ENTRIES)
            ids = [int(id.partition(b"-")[2]) for id, _ in found]
            gaps = [at for at, before in pairwise(ids) if at != before + 1]
            return [f"feed of {shard}: nothing stands before item {at}" for at in gaps[:1]]

        return look

    def _lists(self, shard: str) -> Look:
        async def look() -> list[str]:
            """Whatever is listed is one of its conversations."""
            pipeline, faults = self._store.pipelines.at(shard), list[str]()
            for name, key in (("open", Keys.open(shard)), ("snoozed", Keys.snoozed(shard))):
                uids = texts(await pipeline.call("ZRANGE", key, 0, -1))
                if not uids:
                    continue
                scores = await pipeline.call("ZMSCORE", Keys.all(shard), *uids)
                faults += [
                    f"conversation {uid}: it is listed as {name}, and is none of all"
                    for uid, score in zip(uids, scores, strict=True)
                    if score is None
                ]
            for tag, count in (await self._table(shard, Keys.tags_in_use(shard))).items():
                listed = await pipeline.call("ZCARD", Keys.tagged(shard, tag))
                if listed != int(count):
                    faults.append(f"tag {tag} of {shard}: {count} have it, and {listed} are listed")
            return faults

        return look

    def _bytes(self, shard: str) -> Look:
        async def look() -> list[str]:
            counted = int((await self._table(shard, Keys.shard_files(shard))).get("bytes", 0))
            return [f"files of {shard}: counted as {counted} bytes"] if counted < 0 else []

        return look

    async def _table(self, shard: str, key: str) -> dict[str, str]:
        return pairs(await self._store.pipelines.at(shard).call("HGETALL", key))

    # -- people -------------------------------------------------------------------------------------------------

    async def _visitor(self, uid: str) -> list[str]:
        ((_, known),) = await self._store.copying.hashes([Keys.visitor(uid)])
        if not known:
            return []
        call, faults = self._store.pipelines.people.call, list[str]()
        if "nickname" not in known:
            faults.append("has no nickname")
        if sub := known.get("sub"):
            owner = (await call("HGET", Keys.subs(), sub) or b"").decode()
            if owner != uid:
                faults.append(f"is known to the shop, by what stands for {owner or 'nobody'}")
        if other := known.get("linked_to"):
            linked = msgspec.json.decode(await call("HGET", Keys.visitor(other), "linked") or b"[]")
            if uid not in [one["uid"] for one in linked]:
                faults.append(f"is linked to {other}, who does not know of it")
        return [f"visitor {uid}: {fault}" for fault in faults]

    async def _nickname(self, pair: str) -> list[str]:
        uid, _, fold = pair.partition(" ")
        known, owner = await asyncio.gather(
            self._store.pipelines.people.call("HGET", Keys.visitor(uid), "fold"),
            self._store.pipelines.people.call("HGET", Keys.nicknames(), fold),
        )
        if owner is None or owner.decode() != uid or (known or b"").decode() == fold:
            return []
        return [f"nickname {fold}: it is that of {uid}, who {'has another' if known else 'is nobody'}"]

    async def _team(self) -> list[str]:
        table = self._store.copying.table
        agents, names, faces = await asyncio.gather(*map(table, (Keys.agents(), Keys.agent_names(), Keys.faces())))
        faults = [f"agent {uid}: nobody can log in by that name" for uid in agents if uid not in names.values()]
        faults += [f"agent {uid}: has a name, and is nobody" for uid in names.values() if uid not in agents]
        for whose, id in faces.items():
            if await self._store.faces.picture(id) is None:
                faults.append(f"face of {whose}: the picture is gone")
        return faults


def _meta(standing: Standing) -> list[str]:
    meta = standing.meta
    floor, seq, parts = int(meta.get("floor", 0)), int(meta.get("seq", 0)), meta["state"].split("|")
    if len(parts) != 5 or parts[0] not in _STATUSES:
        return [f"its state makes no sense: {meta['state']}"]
    faults = []
    if standing.length != seq - floor:
        faults.append(f"{standing.length} entries are in its log, and it counts {floor + 1} to {seq}")
    if (parts[0] == "held") != bool(parts[2]):
        faults.append(f"it is {parts[0]}, and held by {parts[2] or 'nobody'}")
    for mark in ("read_v", "read_a", "message", "asked"):
        if int(meta.get(mark, 0)) > seq:
            faults.append(f"its mark {mark} is {meta[mark]}, and it ends with {seq}")
    return faults


async def _settled(look: Look) -> list[str]:
    """What seems wrong however often one looks."""
    faults = await look()
    for _ in range(_LOOKS - 1):
        if not faults:
            break
        await asyncio.sleep(_PAUSE)
        again = set(await look())
        faults = [fault for fault in faults if fault in again]
    return faults


async def _visitors(store: Store) -> AsyncIterator[list[str]]:
    prefix = Keys.visitor("")
    async for names in store.copying.names():
        yield [name[len(prefix) :] for name in names if name.startswith(prefix)]


async def _nicknames(store: Store) -> AsyncIterator[list[str]]:
    """`<uid> <folded nickname>` of each."""
    async for some in store.copying.nicknames():
        yield [f"{uid} {fold}" for fold, uid in some]
