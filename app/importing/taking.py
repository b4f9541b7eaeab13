"""Takes over what a source has: who somebody is here, what becomes of their messages, what is new of them."""

import asyncio
import base64
import unicodedata
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from itertools import islice
from typing import Any
from zlib import crc32

from app.chat import names, protocol
from app.chat.conversation import Entry
from app.chat.errors import Refusal
from app.importing.lines import Message, Person, Source, Whole
from app.store.importing import Staged
from app.store.people import Agent, Visitor
from app.store.store import Store

# People taken over at once, so that the store need not wait for us.
PEOPLE_AT_ONCE = 8
# Entries read at once of what is here already.
READ_AT_ONCE = 200
# In whose name something stands that was said for the shop by nobody who is named.
NOBODY = "Former colleague"


@dataclass
class Figures:
    """What became of it. `here`: messages that were here before; `late`: messages older than what is here of their
    person, and `touched`: of people who have talked here since, which can be put nowhere; `erased`: people who were
    erased here; `known`: people whose `sub` is another visitor's."""

    people: int = 0
    messages: int = 0
    here: int = 0
    late: int = 0
    touched: int = 0
    erased: int = 0
    known: int = 0
    agents: int = 0


def uid_of(person: Person) -> str:
    """Who somebody is here: the same each time, which makes an import that is run again one."""
    digest = blake2b(f"import\n{person.id}".encode("utf-8", "surrogatepass"), digest_size=16).digest()
    return "v" + base64.b32encode(digest).decode().lower()[:25]


class Taking:
    """One import into an open store.

    `longest`: characters of a message, 0 for any number; a longer one becomes several. `erased(uid)`: whether somebody
    was erased here, and is not to come back; `erased_since(uid)`: whether that was since the import began."""

    def __init__(
        self,
        store: Store,
        shop: str,
        longest: int,
        erased: Callable[[str], bool],
        erased_since: Callable[[str], Awaitable[bool]],
    ) -> None:
        self.figures = Figures()
        self._store, self._shop, self._longest = store, shop, longest
        self._erased, self._erased_since = erased, erased_since
        self._agents: dict[str, Agent] = {}
        self._team: list[str] = []
        self._hiring = asyncio.Lock()

    async def all(self, source: Source, told: Callable[[int], None]) -> None:
        """Take over all of a source; `told` hears how many people that were. Raises what the store raises: then whole
        people are here, and it can be run again."""
        self._team = [agent.nickname for agent in await self._store.people.agents()]
        people, done = iter(source), 0
        while some := list(islice(people, PEOPLE_AT_ONCE)):
            await asyncio.gather(*map(self._person, some))
            done += len(some)
            told(done)

    async def _person(self, whole: Whole) -> None:
        uid, figures = uid_of(whole.person), self.figures
        if self._erased(uid):
            figures.erased += 1
            return
        known = await self._store.importing.known(uid)
        here, since = await self._here(uid) if known else (set[str](), 0)
        said = list(_in_order(whole))
        new = [one for one in said if one.id not in here and (not known or one.at >= known.last_ms)]
        late = sum(one.id not in here and one.at >= since for one in said) - len(new)
        figures.here += len(said) - len(new) - late
        figures.late += late
        if known and new and not known.untouched:
            figures.touched += len(new)
            return
        if not new:
            return
        visitor = await self._visitor(uid, whole.person, said)
        # Looked at once they are there: who is erased from now on is removed by that.
        if await self._erased_since(uid):
            await self._store.importing.forget(uid, whole.person.sub)
            figures.erased += 1
            return
        entries = await self._entries(visitor, new, known.seq if known else 0)
        resolved = any(staged.entry.kind == "resolved" for staged in entries[-2:])
        state = f"{'resolved' if resolved else 'here'}|0||0|0"
        if await self._store.importing.take(uid, known, entries, state):
            figures.people += not known
            figures.messages += len(new)
        else:
            figures.touched += len(new)

    async def _here(self, uid: str) -> tuple[set[str], int]:
        """The ids of what is in a log, and since when all that was written is: the shop may have forgotten the rest."""
        ids, seq, since = set[str](), 0, 0
        while entries := await self._store.conversations.between(uid, seq + 1, 2**52, READ_AT_ONCE):
            if not seq and entries[0].seq > 1:
                since = entries[0].time
            ids |= {entry.id for entry in entries}
            seq = entries[-1].seq
        return ids, since

    # -- people ---------------------------------------------------------------------------------------------------

    async def _visitor(self, uid: str, person: Person, said: Sequence["_Said"]) -> Visitor:
        """Who they are here; made known, if they are not."""
        if visitor := await self._store.people.visitor(uid):
            return visitor
        name = _name(person.name, self._shop)
        nickname = self._nickname(name)
        first, last = said[0].at, said[-1].at
        fields = {key: value for key, value in (("name", name), ("email", person.email)) if value}
        visitor = Visitor(uid, nickname, first, first, last, name=name, email=person.email, fields=fields)
        owner = await self._store.importing.introduce(visitor, names.fold(nickname), person.sub)
        self.figures.known += owner != uid
        return await self._store.people.visitor(uid) or visitor

    def _nickname(self, name: str) -> str:
        """One for who is called so, which no agent has; it is not theirs alone, since they do not log in by it."""
        kept = [self._shop, *self._team]
        handles = (one for one in (names.handles(name) if name else ()) if not names.reserved(one, kept))
        return next(handles, names.anonymous()[0])

    async def _agent(self, name: str) -> Agent:
        """The one of that name; somebody new, who cannot log in, where there is none."""
        name = _agent_name(name)
        async with self._hiring:
            if name not in self._agents:
                found = await self._store.people.agent_named(name)
                if found is None:
                    found = await self._store.people.add_agent(name, "", "agent")
                    found = await self._store.team.change(found.uid, disabled=True)
                    self.figures.agents += 1
                self._agents[name] = found
        return self._agents[name]

    # -- entries --------------------------------------------------------------------------------------------------

    async def _entries(self, visitor: Visitor, new: Sequence["_Said"], seq: int) -> list[Staged]:
        """The log as it would be had they been here: they came, both said what they said, each conversation was closed
        by who answered last in it, they left."""
        made: list[Staged] = []
        time, answered = new[0].at, dict[str, Agent]()

        def add(kind: str, author: str, role: str, id: str, body: bytes, before: str = "") -> None:
            entry = Entry(visitor.uid, seq + len(made) + 1, 0, kind, author, role, id, time, body, None)
            made.append(Staged(entry, before))

        came = f"{new[0].id}-{len(new)}"
        add("entered", visitor.uid, "v", f"e-{came}", protocol.event_body(visitor.user))
        for one in new:
            time = one.at
            agent = await self._agent(one.message.agent) if one.message.by == "agent" else None
            author, role, user = (agent.uid, "a", _shown(agent)) if agent else (visitor.uid, "v", visitor.user)
            kind = "note" if one.message.note else "message"
            for number, text in enumerate(_pieces(one.message.said, self._longest), 1):
                body = protocol.message_body(protocol.encode(user), text)
                # A tab of its own for each: its pieces are numbered as a tab numbers what it sends.
                at = f"{made[-1].entry.seq if number > 1 else 0}|{crc32(text.encode()):x}"
                add(kind, author, role, f"{one.tab}.{number}", body, at)
            if agent and not one.message.note:
                answered[one.conversation] = agent
            if one.last and (closing := answered.get(one.conversation)):
                add("resolved", closing.uid, "a", f"r-{one.tab}", protocol.event_body(_shown(closing)))
        add("left", visitor.uid, "v", f"l-{came}", protocol.event_body(visitor.user))
        return made


class _Said:
    """A message, and where it belongs. `last` of its conversation; `id`: that of its entry, or of its first one."""

    def __init__(self, conversation: str, message: Message, *, last: bool) -> None:
        self.conversation, self.message, self.last = conversation, message, last
        self.at = message.at_ms
        source = f"{conversation}\n{message.id}".encode("utf-8", "surrogatepass")
        self.tab = "i" + blake2b(source, digest_size=8).hexdigest()
        self.id = f"{self.tab}.1"


def _in_order(whole: Whole) -> Iterable[_Said]:
    """All that was said with one person, in the order of its time."""
    said = []
    for conversation in whole.conversations:
        messages = sorted(conversation.messages, key=lambda message: message.at)
        said += [_Said(conversation.id, message, last=message is messages[-1]) for message in messages]
    return sorted(said, key=lambda one: one.at)


def _pieces(text: str, longest: int) -> Iterator[str]:
    """A text in pieces of at most so many characters, none of which shows nothing."""
    longest = longest or len(text)
    for start in range(0, len(text), longest):
        if any(map(names.visible, piece := text[start : start + longest])):
            yield piece


def _name(name: str, shop: str) -> str:
    """A customer's name as it may stand here, "" where it may not: nobody is called as the shop's own office is."""
    try:
        name = names.clean_name(names.permitted(name)[: names.LONGEST_NAME])
    except Refusal:
        return ""
    return "" if names.reserved(name, [shop]) else name


def _agent_name(name: str) -> str:
    try:
        whole = " ".join(unicodedata.normalize("NFKC", names.permitted(name)).split())
        return names.clean(whole[: names.LONGEST_NICKNAME])
    except Refusal:
        return NOBODY


def _shown(agent: Agent) -> dict[str, Any]:
    return protocol.user(agent.uid, agent.nickname, agent.role, agent.enter_at)
