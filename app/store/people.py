"""People: visitors by nickname, agents by name and password."""

import asyncio
import base64
import re
import secrets
import time
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Literal

import msgspec

from app.chat import names, protocol
from app.chat.agent_email import Mailbox
from app.chat.errors import Refusal
from app.store import passwords, scripts
from app.store.errors import StoreFull
from app.store.feed import Feed
from app.store.keys import Keys
from app.store.pipeline import Pipeline
from app.store.resp import pairs, texts

Role = Literal["admin", "agent"]

_DAY_MS = 24 * 3600 * 1000
_VISITOR = re.compile("v[a-z2-7]{25}")

# What is read of a visitor, in the order of `Visitor`.
_KNOWN = ("nickname", "enter_at", "first_seen", "seen", "browser", "page", "name", "email", "sub", "linked_to")
_KNOWN_OBJECTS = ("fields", "identity", "context", "linked", "mail")
_TAKE, _GIVE_BACK, _RECLAIM = map(scripts.load, ("take_nickname", "give_back_nickname", "reclaim_nickname"))
_ADD, _CHANGE, _DESCRIBE, _NOTE = map(scripts.load, ("add_agent", "change_agent", "describe", "note_visitor"))


@dataclass(frozen=True)
class Visitor:
    """A customer. `nickname` is their own, `name` what they are called. `enter_at`, `first_seen`, `seen`: unix ms.

    `fields`: what they entered (chat/entered.py), which nobody has verified. `sub`: by what the shop knows them, its
    SHA-256, hex, "" where it did not say; `identity`: what it vouches for, of `name`, `email`, `attributes`. `name` and
    `email` are those where there are such, else entered. `context`: what they were looking at as they wrote first.
    `linked`: the conversations that were theirs before it was known who they are, each `{uid, seq, at}`, `seq` that of
    the event in their own, `at` unix ms; `linked_to`: the uid of whose such a conversation is. `mail`: what is known of
    writing to them (chat/contact.py).
    """

    uid: str
    nickname: str
    enter_at: int
    first_seen: int = 0
    seen: int = 0
    browser: str = ""
    page: str = ""
    name: str = ""
    email: str = ""
    sub: str = ""
    linked_to: str = ""
    fields: dict[str, Any] = field(default_factory=dict, hash=False)
    identity: dict[str, Any] = field(default_factory=dict, hash=False)
    context: dict[str, Any] = field(default_factory=dict, hash=False)
    linked: list[dict[str, Any]] = field(default_factory=list, hash=False)
    mail: dict[str, Any] = field(default_factory=dict, hash=False)

    @property
    def verified(self) -> bool:
        """Whether the shop says who they are."""
        return bool(self.sub)

    def owns(self, uid: str) -> bool:
        """Whether a conversation is theirs: their own, or one that is linked to it."""
        return uid == self.uid or any(link["uid"] == uid for link in self.linked)

    @property
    def user(self) -> dict[str, Any]:
        """Them, as frames and events show people."""
        return protocol.user(self.uid, self.nickname, "visitor", self.enter_at, self.name, verified=self.verified)

    @property
    def called(self) -> list[str]:
        """By what they are found."""
        return list(dict.fromkeys(filter(None, (self.name, self.nickname, self.email))))


class Agent(msgspec.Struct, frozen=True):
    """Somebody who answers. `password`: an Argon2id hash. `invited`: and has not come yet, so has none. `away`: takes
    no conversations now, connected or not. `face`: the id of a picture, "" for none. `mail`: where it reaches them."""

    uid: str
    nickname: str
    role: Role
    disabled: bool = False
    password: str = ""
    enter_at: int = 0
    invited: bool = False
    away: bool = False
    face: str = ""
    mail: Mailbox = Mailbox()


def new_uid(letter: Literal["v", "a"]) -> str:
    """An id nobody can guess, longer than a nickname can be: the letter and 25 of base 32."""
    return letter + base64.b32encode(secrets.token_bytes(16)).decode().lower()[:25]


class People:
    """Everybody the store knows."""

    def __init__(self, pipeline: Pipeline, feed: Feed, *, nickname_days: int) -> None:
        self._pipeline, self._feed = pipeline, feed
        self._forget_ms = nickname_days * _DAY_MS

    # -- visitors -----------------------------------------------------------------------------------------------

    async def login_visitor(self, nickname: str, current: str | None, *, shop: str = "", prove_by: int = 0) -> Visitor:
        """The visitor of that nickname: `current` (the uid that asks) if it is theirs, else somebody new.

        `shop`: its name, which is kept for it. `prove_by` (unix ms, 0 for never): then the nickname of somebody new is
        free again, unless they have a session, or were seen, after it. Raises Refusal bad_nickname, nickname_reserved,
        nickname_taken.
        """
        nickname = names.clean(nickname)
        asking = await self.visitor(current) if current else None
        if asking is not None and names.fold(asking.nickname) == names.fold(nickname):
            shop = ""  # which was called otherwise when they came
        if names.reserved(nickname, [shop, *(agent.nickname for agent in await self.agents())]):
            raise Refusal("nickname_reserved")
        return await self._take(nickname, [nickname], current, prove_by)

    async def login_named(self, name: str, current: str | None, *, shop: str = "", prove_by: int = 0) -> Visitor:
        """A visitor who is called so, whoever else is: `current` (the uid that asks) if they are, else somebody new,
        with a nickname made of the name.

        `shop`, `prove_by`: as of `login_visitor`. Raises Refusal bad_nickname, nickname_reserved.
        """
        name = names.clean_name(name)
        asking = await self.visitor(current) if current else None
        same = asking is not None and names.fold(asking.name) == names.fold(name)
        if names.reserved(name, [] if same else [shop]):
            raise Refusal("nickname_reserved")
        kept = [shop, *(agent.nickname for agent in await self.agents())]
        handles, mine = names.handles(name), [asking.nickname] if asking and same else []
        first, rest = ((one for one in some if not names.reserved(one, kept)) for some in (handles[:2], handles[2:]))
        with suppress(Refusal):  # both of them taken, seldom: the rest need not be looked at for each log-in
            return await self._take(name, [*mine, *first], current, prove_by)
        return await self._take(name, list(rest), current, prove_by)

    async def login_anonymous(self, *, prove_by: int = 0) -> Visitor:
        """Somebody new who gave no name, and is called by the nickname they are given. `prove_by`: as above."""
        return await self._take("", names.anonymous(), None, prove_by)

    async def _take(self, name: str, nicknames: Sequence[str], current: str | None, prove_by: int) -> Visitor:
        """Whoever has the first of the nicknames that is free, or that `current` has; without a `name` that is what
        they are called. Raises Refusal nickname_taken."""
        new, now = new_uid("v"), _now()
        keys = (Keys.nicknames(), Keys.visitor(new), Keys.visitor(current or new))
        args: list[str | int] = [name, new, current or "", now, self._forget_ms, prove_by]
        args += [Keys.visitor(""), Keys.sessions_of("")]
        args += [word for nickname in nicknames for word in (nickname, names.fold(nickname))]
        # Repeated it would find its own name taken.
        uid, *taken = await self._pipeline.eval(_TAKE, keys, args, repeat=False)
        if uid == b"taken":
            raise Refusal("nickname_taken")
        nickname = taken[0].decode()
        return Visitor(uid.decode(), nickname, now, 0, now, name=name or nickname)

    async def release_nickname(self, uid: str) -> None:
        """Give the visitor's name back."""
        await self._pipeline.eval(_GIVE_BACK, (Keys.nicknames(), Keys.visitor(uid)), (uid,))

    async def reclaim_nickname(self, uid: str, others: Sequence[str] = ()) -> None:
        """The visitor's name is theirs again, should they have given it back, or else the first of `others` that is
        free. Raises Refusal nickname_taken."""
        words = [word for other in others for word in (other, names.fold(other))]
        if not await self._pipeline.eval(_RECLAIM, (Keys.nicknames(), Keys.visitor(uid)), (uid, *words)):
            raise Refusal("nickname_taken")

    async def visitor(self, uid: str) -> Visitor | None:
        """The visitor of that uid."""
        return (await self.visitors([uid])).get(uid)

    async def visitors(self, uids: Iterable[str]) -> dict[str, Visitor]:
        """The visitors of those uids, in one round trip."""
        uids = list(uids)
        found = await asyncio.gather(
            *(self._pipeline.call("HMGET", Keys.visitor(uid), *_KNOWN, *_KNOWN_OBJECTS) for uid in uids)
        )
        return {uid: _visitor(uid, known) for uid, known in zip(uids, found, strict=True) if known[0] is not None}

    async def find(self, client: str) -> Visitor | None:
        """The visitor of that uid or nickname."""
        if _VISITOR.fullmatch(client):  # nothing else a person typed may become part of a key
            return await self.visitor(client)
        if len(client) > names.LONGEST_NICKNAME * 8:
            return None
        uid = await self._pipeline.call("HGET", Keys.nicknames(), names.fold(client))
        return await self.visitor(uid.decode()) if uid else None

    async def known(self, client: str) -> Visitor:
        """As `find`. Raises Refusal unknown_client."""
        visitor = await self.find(client)
        if visitor is None:
            raise Refusal("unknown_client")
        return visitor

    async def touch(self, uid: str, **known: str) -> None:
        """The visitor was seen now; `known`: with which `browser`, from which `page`."""
        words = [word for field in known.items() for word in field]
        with suppress(StoreFull):  # a full store must still be read
            await self._pipeline.eval(_NOTE, (Keys.visitor(uid),), ("seen", _now(), *words))

    async def describe(
        self, uid: str, *, name: str, email: str, fields: dict[str, Any], mail: dict[str, Any] | None = None
    ) -> None:
        """Keep what is given of what a visitor is called and entered; the rest stays, and what the shop vouches for."""
        args = (name, email, *(msgspec.json.encode(some) if some else "" for some in (fields, mail)))
        await self._pipeline.eval(_DESCRIBE, (Keys.visitor(uid),), args)

    # -- agents -------------------------------------------------------------------------------------------------

    async def agents(self) -> list[Agent]:
        """Every agent, disabled ones too."""
        found, away, faces, mailboxes = await asyncio.gather(
            self._pipeline.call("HVALS", Keys.agents()),
            self._pipeline.call("SMEMBERS", Keys.away()),
            self._pipeline.call("HGETALL", Keys.faces()),
            self._pipeline.call("HGETALL", Keys.mailboxes()),
        )
        agents, looks, mail = [msgspec.json.decode(item, type=Agent) for item in found], pairs(faces), pairs(mailboxes)
        return [
            msgspec.structs.replace(
                agent,
                away=agent.uid.encode() in away,
                face=looks.get(agent.uid, ""),
                mail=msgspec.json.decode(mail.get(agent.uid, "{}"), type=Mailbox),
            )
            for agent in agents
        ]

    async def agent(self, uid: str) -> Agent | None:
        """The agent of that uid."""
        found = await self._pipeline.call("HGET", Keys.agents(), uid)
        return msgspec.json.decode(found, type=Agent) if found else None

    async def agent_named(self, name: str) -> Agent | None:
        """The agent of that name."""
        uid = await self._pipeline.call("HGET", Keys.agent_names(), names.fold(name))
        return await self.agent(uid.decode()) if uid else None

    async def has_admin(self) -> bool:
        """Whether somebody may manage this shop."""
        return any(agent.role == "admin" and not (agent.disabled or agent.invited) for agent in await self.agents())

    async def add_agent(self, name: str, password: str, role: Role, *, setup: str = "", invited: bool = False) -> Agent:
        """A new agent, who uses up the set-up secret with the hash `setup`, if given; or none, and it is not used up.

        An empty password is for the demo, and for who is `invited`: nothing matches it. Raises Refusal bad_nickname,
        weak_password, nickname_taken; setup_closed where the secret was used meanwhile.
        """
        name = names.clean(name)
        hashed = await passwords.hashed(password) if password else ""
        agent = Agent(new_uid("a"), name, role, password=hashed, enter_at=_now(), invited=invited)
        keys = (Keys.agents(), Keys.agent_names(), Keys.setup())
        args = (agent.uid, names.fold(agent.nickname), msgspec.json.encode(_record(agent)), setup)
        word = await self._pipeline.eval(_ADD, keys, args, repeat=False)
        if word != b"ok":
            raise Refusal("setup_closed" if word == b"closed" else "nickname_taken")
        await self.tell_changed(agent.uid)
        return agent

    async def change_agent(
        self, uid: str, *, role: Role | None, password: str, disabled: bool | None, even_last: bool
    ) -> Agent:
        """Change what is given of an agent; store/team.py tells the nodes, and ends their sessions.

        Raises Refusal unknown_agent, weak_password; and last_admin, unless `even_last`.
        """
        hashed = await passwords.hashed(password) if password else ""
        while True:
            kept = await self._pipeline.call("HGET", Keys.agents(), uid)
            if kept is None:
                raise Refusal("unknown_agent")
            agent = msgspec.json.decode(kept, type=Agent)
            wanted = msgspec.structs.replace(
                agent,
                role=role or agent.role,
                password=hashed or agent.password,
                invited=agent.invited and not hashed,
                disabled=agent.disabled if disabled is None else disabled,
            )
            args = (uid, kept, msgspec.json.encode(wanted), int(even_last))
            word = await self._pipeline.eval(_CHANGE, (Keys.agents(),), args)
            if word == b"last_admin":
                raise Refusal("last_admin")
            if word == b"ok":
                return wanted

    async def set_accepting(self, uid: str, accepting: bool) -> None:
        """Whether the agent takes conversations: apart from being connected, and kept until they say otherwise."""
        # Not part of the agent's record: two who change that at once would undo each other.
        await self._pipeline.call("SREM" if accepting else "SADD", Keys.away(), uid)
        await self.tell_changed(uid)

    async def authenticate(self, name: str, password: str) -> Agent | None:
        """The agent of that name and password. Takes as long whether or not there is one."""
        agent = await self.agent_named(name)
        right = await passwords.verify(agent.password if agent is not None else "", password)
        return agent if agent is not None and right and not agent.disabled else None

    async def tell_changed(self, uid: str) -> None:
        """Have every node read the team again, of which this agent is others now."""
        await self._feed.announce("agent.changed", b"{}", author=uid)


def _visitor(uid: str, known: list[bytes | None]) -> Visitor:
    words, objects = known[: len(_KNOWN)], known[len(_KNOWN) :]
    nickname, *came, browser, page, name, email, sub, linked_to = texts(words)
    enter, first, seen = (int(time or 0) for time in came)
    kept = {key: msgspec.json.decode(value) for key, value in zip(_KNOWN_OBJECTS, objects, strict=True) if value}
    called = name or nickname
    return Visitor(uid, nickname, enter, first, seen, browser, page, called, email, sub, linked_to, **kept)


def _record(agent: Agent) -> Agent:
    """What is kept of an agent in one piece."""
    return msgspec.structs.replace(agent, away=False, face="", mail=Mailbox())


def _now() -> int:
    return int(time.time() * 1000)
