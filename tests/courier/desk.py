"""A shop at its store: visitors write, an agent answers, and what a courier makes of it is looked at."""

import asyncio
import itertools
import json
from collections.abc import Sequence

from app.chat import contact, protocol
from app.courier.planning import Planning
from app.live.duties.follower import Follower
from app.store.changes import Event
from app.store.messages import Stored, stored
from app.store.outbox import Lane
from app.store.outbox_keys import OutboxKeys
from app.store.people import Visitor
from app.store.resp import Reply
from app.store.store import Store

FAR = 4_000_000_000_000  # unix ms, in the year 2096
ANNA = "a" + "n" * 25


async def open_store(url: str) -> Store:
    """A store of two shards."""
    store = Store(url, 2, nickname_days=1, visitor_days=1, agent_hours=1)
    await store.open()
    return store


class Desk:
    """An open store with whoever talks."""

    def __init__(self, store: Store) -> None:
        self.store, self.outbox = store, store.outbox
        self._numbers = itertools.count(1)
        self._said: dict[tuple[str, str], itertools.count[int]] = {}

    def event(self, **told: object) -> Event:
        return Event(f"e-{next(self._numbers)}", protocol.event_body({"uid": "u", "nickname": "u"}, **told))

    async def visitor(self, email: str = "") -> str:
        """Somebody who has written, and then was answered by Anna once; returns their uid."""
        uid = (await self.store.people.login_anonymous()).uid
        if email:
            await self.agree(uid, email)
        await self.say(uid, uid)
        await self.store.changes.claim(uid, ANNA, take_over=True, claimed=self.event(), released=self.event())
        return uid

    async def agree(self, uid: str, email: str) -> Visitor:
        """From now on they are answered at that address, as routes keep it."""
        await self.store.contacts.put(uid, email, contact.agreed(email, 1, language="en", before={}))
        return await self.store.people.known(uid)

    async def tell_form(self, uid: str, **fields: object) -> None:
        digest = json.dumps(fields)
        await self.store.changes.introduce(uid, "form", digest, self.event(fields=fields))

    async def say(self, uid: str, author: str = ANNA, kind: str = "message") -> int:
        """A message, or a note; returns its seq."""
        answer: asyncio.Future[Reply] = asyncio.get_running_loop().create_future()
        n = next(self._said.setdefault((uid, author), itertools.count(1)))
        body = protocol.message_body(b'{"uid":"%s"}' % author.encode(), f"text {n}")
        role, fence = ("v", 0) if author == uid else ("a", (await self.store.conversations.state(uid)).fence)
        self.store.messages.writer(uid, author, role).append(kind, fence, "t", n, f"{n}", body, "", answer.set_result)
        found = stored(await answer)
        assert isinstance(found, Stored), found
        shard = self.store.keys.shard_of(uid)
        await self.store.pipelines.at(shard).call("ZADD", self.store.keys.all(shard), 1, uid)
        return found.seq

    async def plan(self) -> None:
        """Compare all conversations with what is planned, and plan what is not."""
        follower = Follower(self.store, "courier", [Planning(self.store)])
        try:
            for shard in follower._shards.values():
                await shard.work()
        finally:
            await follower.stop()

    async def take(self, uid: str) -> Lane | None:
        """The lane of a visitor, if it is due."""
        lane = await self.outbox.take(self.store.keys.shard_of(uid), ("mail",))
        assert lane is None or lane.subject == uid
        return lane

    async def waiting(self, uid: str) -> Sequence[int]:
        """The seqs of what waits to be told to a visitor, if their lane is due."""
        own, pipeline, lane = OutboxKeys(self.store.keys.shard_of(uid)), self.store.pipelines.of(uid), f"mail:{uid}"
        if int(await pipeline.call("ZSCORE", own.due("mail"), lane) or FAR) > await self.store.now_ms():
            return []
        waits = await pipeline.call("LRANGE", own.lane(lane), 0, -1)
        return [int(await pipeline.call("HGET", own.job(id.decode()), "seq")) for id in waits]
