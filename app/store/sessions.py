"""Sessions: an opaque random token in the client's hands, only its hash in the store, revocable, expiring."""

import secrets
import time
from contextlib import suppress
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any, Literal

import msgspec
from redis.asyncio import Redis

from app.store.errors import StoreFull
from app.store.feed import Feed
from app.store.keys import Keys
from app.store.people import Agent, Visitor

_HOUR_MS = 3600 * 1000
# Longer than any token of ours; what is longer is not looked up.
_LONGEST_TOKEN = 64


@dataclass(frozen=True)
class Session:
    """Who is asking. `hash`: SHA-256 of the token, hex. `enter_at`, `expires_at`: unix ms. `browser`, `page`: with what
    and from where a visitor came, "" where unknown."""

    hash: str
    uid: str
    kind: Literal["visitor", "agent"]
    nickname: str
    role: Literal["visitor", "agent", "admin"]
    enter_at: int
    expires_at: int
    browser: str = ""
    page: str = ""


class Sessions:
    """The sessions in force. Using one in the second half of its life gives it a whole one again."""

    def __init__(self, client: Redis, feed: Feed, *, visitor_days: int, agent_hours: int) -> None:
        self._client, self._feed = client, feed
        self._life = {"visitor": visitor_days * 24 * _HOUR_MS, "agent": agent_hours * _HOUR_MS}

    async def create(self, person: Visitor | Agent, *, browser: str = "", page: str = "") -> tuple[str, Session]:
        """A new session and its token, which is nowhere else."""
        token = secrets.token_urlsafe(32)
        hash = hash_of(token)
        if isinstance(person, Agent):
            session = Session(hash, person.uid, "agent", person.nickname, person.role, _now(), 0)
        else:
            session = Session(hash, person.uid, "visitor", person.nickname, "visitor", person.enter_at, 0)
        session = replace(session, expires_at=_now() + self._life[session.kind], browser=browser, page=page)
        fields: dict[Any, Any] = {name: value for name, value in vars(session).items() if name != "hash"}
        async with self._client.pipeline(transaction=True) as batch:
            batch.hset(Keys.session(hash), mapping=fields)
            batch.pexpireat(Keys.session(hash), session.expires_at)
            batch.sadd(Keys.sessions_of(session.uid), hash)
            # The index outlives its longest session, and no longer.
            batch.pexpireat(Keys.sessions_of(session.uid), session.expires_at)
            await batch.execute()
        return token, session

    async def get(self, token: str) -> Session | None:
        """The session of a token, or None; extended when half of its life is over."""
        if not token or len(token) > _LONGEST_TOKEN:
            return None
        return await self.by_hash(hash_of(token))

    async def by_hash(self, hash: str) -> Session | None:
        """The session of that hash; as `get`."""
        found = await self._client.hgetall(Keys.session(hash))
        if "uid" not in found:  # none, or what an extension left that crossed the session's end
            return None
        session = msgspec.convert({**found, "hash": hash}, Session, strict=False)
        now, life = _now(), self._life[session.kind]
        if session.expires_at <= now:
            return None
        if session.expires_at - now < life // 2:
            with suppress(StoreFull):  # a full store must still be read
                return await self._extend(replace(session, expires_at=now + life))
        return session

    async def _extend(self, session: Session) -> Session:
        async with self._client.pipeline(transaction=True) as batch:
            batch.hset(Keys.session(session.hash), "expires_at", str(session.expires_at))
            batch.pexpireat(Keys.session(session.hash), session.expires_at)
            batch.pexpireat(Keys.sessions_of(session.uid), session.expires_at)
            await batch.execute()
        return session

    async def came_with(self, session: Session, browser: str, page: str) -> None:
        """The session's browser is used anew, from another page or in another version."""
        async with self._client.pipeline(transaction=True) as batch:
            batch.hset(Keys.session(session.hash), mapping={"browser": browser, "page": page})
            # The session may have ended meanwhile: what this leaves of it ends as well.
            batch.pexpireat(Keys.session(session.hash), session.expires_at)
            with suppress(StoreFull):
                await batch.execute()

    async def make_link(self, uid: str) -> str:
        """A secret for a visitor who lost their cookie: it lets whoever brings it in as them, once, within a day."""
        secret = secrets.token_urlsafe(24)
        await self._client.set(Keys.link(hash_of(secret)), uid, px=24 * _HOUR_MS)
        return secret

    async def linked(self, secret: str) -> str:
        """The uid of the visitor a secret stands for, or ""."""
        return str(await self._client.get(Keys.link(hash_of(secret))) or "")

    async def use_link(self, secret: str) -> bool:
        """A secret is worth nothing from now on; whether it was until now."""
        return bool(await self._client.delete(Keys.link(hash_of(secret))))

    async def revoke(self, session: Session) -> None:
        """End a session; every node closes its sockets and streams."""
        await self._end(session.uid, [session.hash])

    async def revoke_all(self, uid: str, *, keep: str = "") -> None:
        """End every session of a person but the one whose hash is `keep`."""
        await self._end(uid, [str(hash) for hash in await self._client.smembers(Keys.sessions_of(uid)) if hash != keep])

    async def _end(self, uid: str, hashes: list[str]) -> None:
        """All are ended before any of it is told: a node that was not told looks at its sessions when it can."""
        async with self._client.pipeline(transaction=True) as batch:
            for hash in hashes:
                batch.delete(Keys.session(hash))
                batch.srem(Keys.sessions_of(uid), hash)
            await batch.execute()
        for hash in hashes:
            await self._feed.announce("session.revoked", msgspec.json.encode({"hash": hash}))


def hash_of(token: str) -> str:
    """What the store keeps of a token."""
    return sha256(token.encode(errors="surrogatepass")).hexdigest()


def _now() -> int:
    return int(time.time() * 1000)
