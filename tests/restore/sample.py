"""A store with something of every kind that a backup has, and as little else as can be."""

import asyncio
import random
import secrets
from pathlib import Path
from typing import Any

from app.chat import protocol
from app.chat.agent_email import Mailbox
from app.chat.files import FileInfo, new_id
from app.chat.replies import Reply
from app.chat.shop import Change
from app.files.directory import Directory
from app.store.changes import Event
from app.store.keys import Keys
from app.store.linking import Place
from app.store.messages import Stored, stored
from app.store.people import Visitor
from app.store.sessions import Proof
from app.store.store import Store
from tests.store.counting import count_up

STATES = ("here", "waiting", "held", "snoozed", "resolved", "rated", "blocked", "trimmed", "forgotten")
_LATER = 4_000_000_000_000  # unix ms: in a hundred years
_DAY_MS = 24 * 3600 * 1000


def opened(url: str, shards: int = 1) -> Store:
    """A store, to be opened."""
    return Store(url, shards, nickname_days=30, visitor_days=30, agent_hours=1)


class Sample:
    """Fills a store that is open, by the product's own means. What it makes follows from `seed`, but for ids."""

    def __init__(self, store: Store, files: Path, seed: int, messages: int = 12) -> None:
        self.store, self.files, self._random, self._messages = store, Directory(files), random.Random(seed), messages
        self.visitors: list[Visitor] = []
        self.tokens: dict[str, str] = {}
        """Of anonymous visitors, by uid."""
        self.agent_token = ""
        self.proven_token = ""
        self.bytes: dict[str, bytes] = {}
        """Of files, by id."""
        self._numbers: dict[str, int] = {}

    async def fill(self) -> None:
        """All of it."""
        files = self.store.files
        await files.settle(await asyncio.to_thread(self.files.take, await files.new_mark()))
        await self._team()
        for number, state in enumerate(STATES * 2):
            visitor = await self.store.people.login_named(f"Visitor {number}", None)
            self.visitors.append(visitor)
            self.tokens[visitor.uid], _ = await self.store.sessions.create(visitor, browser="Firefox", page="/tea")
            await self._conversation(visitor.uid, state)
        await self._known_ones()
        await self._besides()

    async def _team(self) -> None:
        people = self.store.people
        self.anna = await people.add_agent("Anna", "correct horse battery", "admin")
        self.ben = await people.add_agent("Ben", "another long password", "agent")
        await people.set_accepting(self.ben.uid, accepting=False)
        await self.store.agent_mail.change(self.anna.uid, lambda box: Mailbox(email="anna@shop.example"))
        self.agent_token, _ = await self.store.sessions.create(self.anna)
        await self.store.faces.put(self.anna.uid, b"\xff\xd8 a face \x00\xff")
        await self.store.faces.put("shop", b"\x89PNG a logo")
        await self.store.shop.save(0, Change(name="Tea & Söhne", retention_days=400), self.anna.uid)
        await self.store.replies.add(self.anna.uid, Reply("", "Hello", "Good day!", shared=True))
        await self.store.replies.add(self.anna.uid, Reply("", "mine", "Только моё", shared=False))

    async def _conversation(self, uid: str, state: str) -> None:
        if state == "here":
            await self.store.presence.arrive("boot", uid, self._event())
            await self.store.presence.depart("boot", uid, self._event())
            return
        for number in range(self._random.randrange(2, self._messages)):
            await self.say(uid, uid, "v", f'Nr. {number}: 茶 {secrets.token_hex(4)} "quoted" \\ \u2028')
        await self._file(uid, sent=True)
        if state == "waiting":
            await self._file(uid, sent=False)
            return
        if state == "blocked":
            await self.store.changes.block(
                uid, "", self.anna.uid, on=True, released=self._event(), blocked=self._event()
            )
            return
        changes = self.store.changes
        held = await changes.claim(uid, self.anna.uid, take_over=False, claimed=self._event(), released=self._event())
        await self.say(uid, self.anna.uid, "a", "An answer", fence=held.state.fence)
        for tag in self._random.sample(["vip", "退货", "urgent"], 2):
            await changes.tag(uid, self.anna.uid, tag, on=True, tagged=self._event())
        if state == "snoozed":
            until = self._random.randrange(_LATER // 2, _LATER)
            await changes.snooze(
                uid, self.anna.uid, self.anna.uid, until, released=self._event(), snoozed=self._event()
            )
        if state in ("resolved", "rated", "trimmed", "forgotten"):
            await changes.resolve(uid, self.anna.uid, self.anna.uid, resolved=self._event())
        if state == "rated":
            await changes.rate(uid, good=True, comment=True, rated=self._event(good=True))
        if state == "trimmed":
            page = await self.store.conversations.before(uid, 0, 3)
            await self._until_after(page[0].time)
            await self.say(uid, uid, "v", "after all")
            await self.store.retention.trim(uid, page[0].time + 1)
            await self._sweep(uid)
        if state == "forgotten":
            await self._until_after(await self.store.now_ms())
            await self.store.retention.trim(uid, await self.store.now_ms())
            await self._sweep(uid)

    async def _sweep(self, uid: str) -> None:
        """Files go with the messages that have them."""
        ids = [id for id in self.bytes if id.startswith(uid)]
        went = await self.store.files.forget(uid, (await self.store.files.needless(uid, ids, 0)).trimmed)
        self.files.delete(went)
        for id in went:
            del self.bytes[id]

    async def _until_after(self, time: int) -> None:
        while await self.store.now_ms() <= time:
            pass

    async def say(self, uid: str, author: str, role: str, content: str, *, fence: int = 0, file: str = "") -> Stored:
        """A message."""
        n = self._numbers[author + uid] = self._numbers.get(author + uid, 0) + 1
        answer: asyncio.Future[object] = asyncio.get_running_loop().create_future()
        body = protocol.message_body(protocol.encode(self._user(author)), content)
        writer = self.store.messages.writer(uid, author, role)
        writer.append("message", fence, "t", n, content, body, file, answer.set_result)
        place = stored(await answer)
        assert isinstance(place, Stored), place
        return place

    def _user(self, uid: str) -> dict[str, Any]:
        """Somebody, as frames show people."""
        return protocol.user(uid, "Somebody", "visitor" if uid.startswith("v") else "agent", 0, "Somebody")

    def _event(self, **more: object) -> Event:
        """Something that Anna did."""
        return Event(f"e-{secrets.token_hex(8)}", protocol.event_body(self._user(self.anna.uid), **more))

    async def _file(self, uid: str, *, sent: bool) -> None:
        info = FileInfo(new_id(uid), "Tee.pdf", "application/pdf", self._random.randrange(1, 200_000))
        self.bytes[info.id] = self._random.randbytes(info.size)
        draft = await asyncio.to_thread(self.files.draft, info.id)
        draft.file.write(self.bytes[info.id])
        await asyncio.to_thread(self.files.put, draft, info.id)
        await self.store.files.keep(uid, uid, note=False, info=info)
        if sent:
            await self.say(uid, uid, "v", "a file", file=info.id)

    async def _known_ones(self) -> None:
        """Whom the shop vouches for, an anonymous one who turned out to be them, and one who gave the name back."""
        identities, people = self.store.identities, self.store.people
        key = await identities.make_key()
        known, before, gone = self.visitors[-1], self.visitors[1], self.visitors[4]
        await identities.identify("customer 4711", known.uid)
        await identities.vouch(known.uid, {"name": "Kim", "email": "kim@example.org"})
        visitor = await people.visitor(known.uid)
        assert visitor is not None
        assert visitor.verified
        proof = Proof(key.kid, "ab" * 32, _LATER)
        self.proven_token, _ = await self.store.sessions.create(visitor, proof=proof)
        self.known, self.linked = visitor, before
        assert await self.store.linking.keep(before.uid, known.uid, Place(3, 1_764_000_000_000))
        await people.release_nickname(gone.uid)
        self.nameless = gone

    async def _counted(self) -> None:
        """Reports have counted what was said: in some conversations all of it, in others a part."""
        for visitor in self.visitors[3:8]:
            page = await self.store.conversations.now(visitor.uid)
            entries = await self.store.conversations.before(visitor.uid, 0, 50)
            some = entries[: self._random.randrange(1, len(entries) + 1)]
            await count_up(self.store.reports, visitor.uid, page.epoch, some)

    async def _besides(self) -> None:
        await self._counted()
        first = self.visitors[2]
        mail = self.store.mail
        self.token = await mail.token(first.uid, "lily@example.org")
        page = await self.store.conversations.now(first.uid)
        await mail.begin(self.token, first.uid, fence=1, epoch=page.epoch, seqs=[page.seq])
        meta = self.store.keys.conversation(first.uid).meta
        await self.store.pipelines.of(first.uid).call("HSET", meta, "mailed", f"{page.epoch}:{page.seq}")
        await mail.stop("nobody@example.org")
        await self.store.reports.shown({"t1": 3}, await self.store.now_ms())
        trail = self.store.keys.trail(first.uid)
        await self.store.pipelines.of(first.uid).call("RPUSH", trail, '{"page":"/a"}', '{"page":"/b"}')
        await self.store.pipelines.of(first.uid).call("PEXPIRE", trail, _DAY_MS)
        people = self.store.pipelines.people
        await people.call("ZADD", Keys.sites("seen"), 1_764_000_000_000, "https://shop.example")
