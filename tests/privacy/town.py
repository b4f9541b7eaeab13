"""A store of several people with some of everything that a shop may have of somebody, and all that is in it."""

import asyncio
import random
from collections.abc import Iterable
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

import msgspec

from app.chat import protocol
from app.chat.files import FileInfo, new_id
from app.chat.pages import Page
from app.files.directory import Directory
from app.live.duties.consumer import Consumer
from app.live.duties.index import Indexing
from app.live.duties.reports import Counting
from app.live.duties.shard import ShardFollower
from app.store.changes import Event
from app.store.keys import Keys
from app.store.mail_tokens import stop_code
from app.store.messages import Stored, stored
from app.store.outbox import Job, Mark, job_id
from app.store.people import Agent, Visitor
from app.store.store import Store

_NOW = 1_764_400_000_000


@dataclass
class Somebody:
    """A person of the town: `uids` of all that they are, their own last; `words` that are theirs alone."""

    visitor: Visitor
    uids: list[str] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    files: list[str] = field(default_factory=list)


class Town:
    """Builds it. Everything that a person has holds their own mark: a word nobody else has."""

    def __init__(self, store: Store, place: Directory, chance: random.Random) -> None:
        self.store, self.place, self.chance = store, place, chance
        self.agents: list[Agent] = []
        self._n = 0

    async def begin(self) -> None:
        """The team, and a node."""
        mark = await self.store.files.new_mark()
        await self.store.files.settle(self.place.take(mark))
        self.agents = [await self.store.people.add_agent(name, "", "agent") for name in ("Anna", "Ben")]
        for shard in self.store.keys.shards():
            await self.store.presence.beat(shard, "boot", first=True)

    async def person(self, mark: str, linked: int = 0) -> Somebody:
        """Somebody with a bit of everything, and conversations of before it was known who they are."""
        store = self.store
        visitor = await store.people.login_named(f"Name{mark}", None)
        one = Somebody(visitor, [], [mark])
        await self._live(one, visitor, mark)
        await store.identities.identify(f"sub{mark}", visitor.uid)
        email = f"{mark}@example.com"
        await store.identities.vouch(visitor.uid, {"name": f"Name{mark}", "email": email})
        for number in range(linked):
            other = await store.people.login_named(f"Anon{mark} {number}", None)
            await self._live(one, other, mark)
            await self._link(other, visitor)
            one.uids.append(other.uid)
        one.uids.append(visitor.uid)
        one.visitor = await store.people.known(visitor.uid)
        return one

    def _event(self, **fields: object) -> Event:
        self._n += 1
        return Event(f"e-{self._n}", protocol.encode(fields))

    async def _live(self, one: Somebody, visitor: Visitor, mark: str) -> None:
        store, uid, chance = self.store, visitor.uid, self.chance
        user = {"uid": uid, "name": f"Name{mark}"}
        await store.presence.arrive("boot", uid, self._event(user=user, page=f"https://shop/{mark}"))
        await store.sessions.create(visitor, browser="Firefox", page=f"https://shop/{mark}", adopt=mark)
        await store.sessions.attempt(f"attempt{uid}", uid)
        await store.links.make(uid, 600_000)
        told = self._event(user=user, fields={"name": f"Name{mark}", "email": f"{mark}@example.com"})
        await store.people.describe(uid, name=f"Name{mark}", email=f"{mark}@example.com", fields={"order": f"#{mark}"})
        await store.contacts.put(uid, f"{mark}@example.com", {"email": f"{mark}@example.com", "agreed": 1, "by": ""})
        await store.contacts.bounced(uid, f"old{mark}@example.com", "550")
        await store.changes.introduce(uid, "form", mark, told)
        for n in range(1, chance.randint(3, 9)):
            await self.say(uid, uid, "v", n, f"where is parcel {mark} number {n} please")
        page = Page(page=f"https://shop/{mark}?x={chance.random()}", title=f"All {mark}", at="2026-11-01T10:00:00Z")
        store.whereabouts.walk(uid, [page], known=True)
        if chance.random() < 0.8:
            await self.file(one, uid, mark)
        await self._agents(uid, mark)
        await self._mail(uid, mark)

    async def say(self, uid: str, author: str, role: str, n: int, content: str, file: str = "", fence: int = 0) -> None:
        """A message, by a visitor or an agent."""
        answer: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        body = protocol.message_body(b'{"uid":"%s"}' % author.encode(), content)
        writer = self.store.messages.writer(uid, author, role)
        writer.append("message", fence, f"tab{author[-4:]}", n, content, body, file, answer.set_result)
        assert isinstance(stored(await answer), Stored)

    async def file(self, one: Somebody, uid: str, mark: str) -> None:
        """A file on disk, kept and sent; and one that is being written."""
        id = new_id(uid)
        draft = self.place.draft(id)
        draft.file.write(f"bytes of {mark}".encode())
        self.place.put(draft, id)
        info = FileInfo(id, f"photo-{mark}.png", "image/png", 9 + len(mark))
        await self.store.files.keep(uid, uid, False, info)
        answer: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        writer, body = self.store.messages.writer(uid, uid, "v"), protocol.message_body(b'{"uid":"v"}', "")
        writer.append("message", 0, "files", 1, id, body, id, answer.set_result)
        assert isinstance(stored(await answer), Stored)
        self.place.draft(new_id(uid)).file.close()
        one.files.append(id)

    async def _agents(self, uid: str, mark: str) -> None:
        store, chance = self.store, self.chance
        agent = chance.choice(self.agents)
        await store.changes.claim(
            uid, agent.uid, take_over=False, claimed=self._event(user={"uid": agent.uid}), released=self._event()
        )
        state = await store.conversations.state(uid)
        await self.say(uid, agent.uid, "a", 1, f"your parcel {mark} is on its way", fence=state.fence)
        for label in chance.sample(["vip", "late", "parcel"], chance.randint(0, 3)):
            await store.changes.tag(uid, agent.uid, label, on=True, tagged=self._event(tag=label))
        if chance.random() < 0.5:
            until = _NOW + 10**10
            await store.changes.snooze(
                uid, agent.uid, agent.uid, until, released=self._event(), snoozed=self._event(until=until)
            )
        args = {"uid": uid, "since": "1"}
        await store.outbox.post("alert", agent.uid, "waiting", args, id=job_id("alert", agent.uid, f"{uid}:1:1"))
        # ... and one that was told, whose id is remembered
        key = f"{store.keys.shard_of(agent.uid)}:o:j:{job_id('alert', agent.uid, f'{uid}:2:1')}"
        await store.pipelines.of(agent.uid).call("HSET", key, "args", msgspec.json.encode(args), "once", 1)

    async def _mail(self, uid: str, mark: str) -> None:
        store, email = self.store, f"{mark}@example.com"
        token = await store.mail.token(uid, email)
        await store.mail.count(email)
        if self.chance.random() < 0.5:
            await store.mail.stop(email)
        await store.mail.revoke(token)  # by which letters can still be stopped
        assert await store.mail.of_link(stop_code(token))
        await store.mail.token(uid, email)
        shard = store.keys.shard_of(uid)
        page = await store.conversations.now(uid)
        job = Job(job_id("mail", uid, "x"), "mail", uid, page.epoch, page.seq, "message", _NOW)
        await store.outbox.plan(shard, {uid: (Mark(page.epoch, 0), Mark(page.epoch, page.seq))}, [job])

    async def _link(self, anonymous: Visitor, known: Visitor) -> None:
        linking = self.store.linking
        assert await linking.decide(anonymous.uid, known.uid)
        owed = await linking.owed(anonymous.uid)
        place = await linking.into(
            known.uid,
            anonymous.uid,
            owed,
            linked=self._event(**{"from": anonymous.uid}),
            claimed=self._event(user={"uid": owed.holder}),
        )
        assert await linking.close(anonymous.uid, owed, released=self._event(), linked=self._event(to=known.uid))
        await linking.keep(anonymous.uid, known.uid, place)

    async def index(self) -> None:
        """Have the followers take in all of it: the search, and the reports."""
        for shard in self.store.keys.shards():
            consumers: list[Consumer[Any]] = [
                Indexing(self.store.index, self.store.people),
                Counting(self.store.reports),
            ]
            follower = ShardFollower(self.store, shard, "views", "me", consumers)
            await follower.work()


async def everything(store: Store) -> dict[str, Any]:
    """All that is in a store: by key its value, as lists, sets and dicts of texts."""
    found: dict[str, Any] = {}
    for pipeline in dict.fromkeys([store.pipelines.people, *store.pipelines.each()]):
        for key in await pipeline.call("KEYS", "*"):
            name = key.decode()
            if pipeline is store.pipelines.people or not name.startswith(Keys.people()):
                found[name] = await _value(store, name)
    return found


async def _value(store: Store, name: str) -> Any:
    shard = name.partition("}")[0] + "}"
    pipeline = store.pipelines.people if shard == Keys.people() else store.pipelines.at(shard)
    kind = (await pipeline.call("TYPE", name)).decode()
    if kind == "string":
        return (await pipeline.call("GET", name)).decode("latin-1")
    if kind == "set":
        return set(map(_text, await pipeline.call("SMEMBERS", name)))
    if kind == "list":
        return list(map(_text, await pipeline.call("LRANGE", name, 0, -1)))
    if kind == "stream":
        items = await pipeline.call("XRANGE", name, "-", "+")
        return {_text(id): tuple(map(_text, fields)) for id, fields in items}
    command = ("HGETALL", name) if kind == "hash" else ("ZRANGE", name, 0, -1, "WITHSCORES")
    flat = list(map(_text, await pipeline.call(*command)))
    return dict(zip(flat[::2], flat[1::2], strict=True))


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", "replace")


def without(found: dict[str, Any], uids: Iterable[str]) -> dict[str, Any]:
    """What there is but for what is named after these, as it has to be once they are erased."""
    words = tuple(uids)
    # A job, a session, a letter's token is one thing: whole theirs, or not at all; and a lane lists its jobs.
    records = {name for name in found if ":o:j:" in name or name.startswith(("{people}:s:", "{people}:mail:"))}
    whole = {name for name in records if any(word in str(found[name]) for word in words)}
    lanes = [value for name, value in found.items() if ":o:l:" in name and any(word in name for word in words)]
    words += tuple(name.rpartition(":")[2] for name in whole if ":o:j:" in name) + tuple(
        id for ids in lanes for id in ids
    )

    # A lane in which nothing waits but what goes is over, also one that is an agent's.
    over = {name.partition(":o:l:")[2] for name, ids in found.items() if ":o:l:" in name and set(ids) <= set(words)}

    def theirs(text: object) -> bool:
        return text in whole or any(word in str(text) for word in words)

    kept: dict[str, Any] = {}
    for name, value in found.items():
        if theirs(name):
            continue
        if isinstance(value, str):
            if not theirs(value):
                kept[name] = value
        elif isinstance(value, dict):
            ended = over if ":o:due:" in name else set()
            kept[name] = {key: one for key, one in value.items() if not (key in ended or theirs(key) or theirs(one))}
        else:
            kept[name] = type(value)(one for one in value if not theirs(one))
    return {name: value for name, value in kept.items() if value}


def holds(found: dict[str, Any], words: Iterable[str]) -> list[tuple[str, str]]:
    """Where one of the words stands."""
    return [(name, word) for name, value in found.items() for word in words if word in name or word in str(value)]


def bytes_of(place: Directory) -> bytes:
    """All that lies in a place of files, names too."""
    out = BytesIO()
    for path in sorted(place.root.rglob("*")):
        out.write(str(path).encode())
        if path.is_file():
            out.write(path.read_bytes())
    return out.getvalue()
