"""A shop with something of everything that a store keeps, made by the same parts that the product makes it by."""

import asyncio
import itertools
import json
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from app.chat import contact, protocol
from app.chat.agent_email import Mailbox
from app.chat.files import FileInfo, new_id
from app.chat.pages import Page
from app.chat.replies import Reply
from app.files.directory import Directory
from app.store.changes import Event
from app.store.keys import Keys
from app.store.messages import Stored, stored
from app.store.people import Visitor
from app.store.sessions import Proof
from app.store.sites import Site
from app.store.store import Store
from tests.store.counting import count_up

FAR = 4_000_000_000_000  # unix ms, in the year 2096


@asynccontextmanager
async def opened(url: str, shards: int = 1) -> AsyncIterator[Store]:
    """A store, open."""
    store = Store(url, shards, 30, 30, 12)
    await store.open()
    try:
        yield store
    finally:
        await store.close()


class Shop:
    """An open store, a place of files, and whoever comes."""

    def __init__(self, store: Store, place: Path) -> None:
        self.store, self.files = store, Directory(place)
        place.mkdir(exist_ok=True)
        self._numbers = itertools.count(1)
        self._said: dict[tuple[str, str], itertools.count[int]] = {}
        self.sent: dict[str, int] = {}
        """Of each conversation the seq that was acknowledged last."""

    def event(self, **told: object) -> Event:
        return Event(f"e-{next(self._numbers)}", protocol.event_body({"uid": "u", "nickname": "u"}, **told))

    async def say(self, uid: str, text: str, author: str = "", *, kind: str = "message", file: str = "") -> int:
        """A message or a note, whose seq it returns."""
        author = author or uid
        n = next(self._said.setdefault((uid, author), itertools.count(1)))
        fence = (await self.store.conversations.state(uid)).fence if author != uid else 0
        answer: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        body = protocol.message_body(b'{"uid":"%s"}' % author.encode(), text)
        writer = self.store.messages.writer(uid, author, "v" if author == uid else "a")
        writer.append(kind, fence, "tab", n, text, body, file, answer.set_result)
        place = stored(await answer)
        assert isinstance(place, Stored), place
        self.sent[uid] = place.seq
        return place.seq

    async def file(self, uid: str, data: bytes, *, note: bool = False, by: str = "") -> str:
        """A file of that conversation, which was not sent yet."""
        id = new_id(uid)
        draft = self.files.draft(id)
        draft.file.write(data)
        self.files.put(draft, id)
        await self.store.files.keep(uid, by or uid, note, FileInfo(id, "kettle.png", "image/png", len(data)))
        return id

    async def visitor(self, name: str) -> Visitor:
        """Somebody who has written."""
        visitor = await self.store.people.login_named(name, None)
        uid = visitor.uid
        await self.store.presence.arrive("boot", uid, self.event())
        await self.say(uid, f"{name}: is the rain jacket available in M?")
        return visitor

    async def furnish(self) -> None:
        """Something of everything."""
        store, people = self.store, self.store.people
        boss = await people.add_agent("Anna", "", "admin")
        ben = await people.add_agent("Ben", "", "agent")
        await people.set_accepting(ben.uid, accepting=False)
        await store.agent_mail.change(ben.uid, lambda box: Mailbox("ben@example.com", "", "zh", 1))
        await store.faces.put(boss.uid, b"\xff\xd8 Anna")
        await store.faces.put("shop", b"\x89PNG logo")
        for owner, shared in (("", True), (ben.uid, False)):
            await store.replies.add(owner or boss.uid, Reply("", "hi", "Hello!", shared))
        await store.identities.make_key()
        await store.sites.note("seen", Site("https://shop.example", 17))
        await store.pipelines.people.call(
            "HSET", Keys.shop(), "document", '{"name":"Umbrellas"}', "version", 2, "by", boss.uid
        )
        await store.pipelines.people.call(
            "HSET", Keys.widget(), "document", '{"on":true}', "version", 1, "by", boss.uid
        )

        lily, marco, wei, gone = [await self.visitor(name) for name in ("Lily", "Marco", "陈伟", "Gone")]
        await store.sessions.create(lily)
        kid = next(iter(await store.identities.keys()))
        await store.sessions.create(marco, proof=Proof(kid, "ab" * 32, FAR))
        await store.sessions.create(boss)
        await store.identities.identify("customer-7", marco.uid)
        await store.contacts.put(
            lily.uid, "lily@example.com", contact.agreed("lily@example.com", 1, language="en", before={})
        )
        token = await store.mail.token(lily.uid, "lily@example.com")
        await store.mail.begin(token, lily.uid, fence=1, epoch=1, seqs=[1])
        await store.mail.stop("never@example.com")
        await people.release_nickname(gone.uid)

        await store.changes.claim(lily.uid, boss.uid, take_over=False, claimed=self.event(), released=self.event())
        await self.say(lily.uid, "It is!", boss.uid)
        await self.say(lily.uid, "she is a friend", ben.uid, kind="note")
        await self.say(lily.uid, "a picture", file=await self.file(lily.uid, os.urandom(3000)))
        await self.file(lily.uid, b"not sent")
        await store.changes.tag(lily.uid, boss.uid, "VIP 雨", on=True, tagged=self.event())
        await store.changes.snooze(marco.uid, "", boss.uid, FAR, released=self.event(), snoozed=self.event())
        await store.changes.resolve(wei.uid, "", boss.uid, resolved=self.event())
        store.whereabouts.walk(lily.uid, [Page("/jackets", "Jackets", "2026-11-29T19:00:00Z")], known=True)
        for visitor in (lily, wei):
            now = await store.conversations.now(visitor.uid)
            entries = await store.conversations.between(visitor.uid, 1, now.seq, 100)
            await count_up(store.reports, visitor.uid, now.epoch, entries)

    async def chat(self, count: int) -> list[str]:
        """More visitors who have written a few lines; their uids."""
        uids = []
        for number in range(count):
            uid = (await self.visitor(f"Customer {number}")).uid
            for line in range(number % 5):
                await self.say(uid, f"line {line} of it, about jackets and the rain " * (1 + line))
            uids.append(uid)
        return uids


def lines(data: bytes) -> list[Any]:
    """The records of a member, as whoever reads JSON sees them."""
    return [json.loads(line) for line in data.splitlines()]
