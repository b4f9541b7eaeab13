"""Sessions: an opaque random token in the client's hands, only its hash in the store, revocable, expiring."""

import asyncio
import secrets
import time
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any, Literal, TypedDict

import msgspec

from app.chat import protocol
from app.chat.conversation import Reader
from app.store import scripts
from app.store.errors import StoreFull
from app.store.feed import Feed
from app.store.hashes import hash_of
from app.store.keys import Keys
from app.store.people import Agent, Visitor
from app.store.pipeline import Pipeline
from app.store.resp import pairs, texts

_SESSION = scripts.load("session")
_HOUR_MS = 3600 * 1000
# Within which a log-in whose answer was lost may be repeated.
_ATTEMPT_MS = 10 * 60 * 1000
# Longer than any token of ours; what is longer is not looked up.
_LONGEST_TOKEN = 64
# Milliseconds that a visitor whom the shop vouches for stays so without being vouched for again.
_VOUCHED_MS = 24 * _HOUR_MS
# Sessions that one of them has: a token lets whoever repeats it in as often as they like, and each log-in looks at all
# of them. Of more those end that would end first: the page in question shows a token again.
MOST_PROVEN = 100
# Tokens that a session is known by: of those who go from page to page, each of which brings another.
_MOST_TOKENS = 20


class CameWith(TypedDict):
    """With which `browser` and from which `page` a visitor comes, "" where unknown."""

    browser: str
    page: str


@dataclass(frozen=True)
class Proof:
    """By what the shop vouched for a visitor: `kid`, `jwt`, `jwt_until` as of `Session`."""

    kid: str
    jwt: str
    jwt_until: int


# Under which name the uid is kept of who sees a part of a conversation alone: an earlier version, beside us or put back
# in our place, would show them all of it; it takes a session without `uid` for none.
_SINCE_UID = "since_uid"


class Bounds(TypedDict, total=False):
    """What bounds a session: `until`, `mailed` and `since` of `Session`."""

    until: int
    mailed: str
    since: int


@dataclass(frozen=True)
class Session:
    """Who is asking. `hash`: SHA-256 of the token, hex. `enter_at`, `expires_at`: unix ms. `browser`, `page`: with what
    and from where a visitor came, "" where unknown. `name`: what they are called; an agent's is the nickname.

    Of a visitor whom the shop vouches for: `kid`, the key that signed for them; `jwt`, the SHA-256 of each token they
    showed for it, the newest first, in hex with blanks between; `jwt_until`, when the newest ends, unix ms. `adopt`:
    the SHA-256 of what a tab proves by that it began the conversation. `until`: unix ms that using it does not go
    beyond, 0 for none.

    Of one who came by a letter: `mailed`, by what its address is known (chat/contact.py); `since`, the seq before which
    they see nothing, 0 for all.
    """

    hash: str
    uid: str
    kind: Literal["visitor", "agent"]
    nickname: str
    role: Literal["visitor", "agent", "admin"]
    enter_at: int
    expires_at: int
    browser: str = ""
    page: str = ""
    name: str = ""
    kid: str = ""
    jwt: str = ""
    jwt_until: int = 0
    adopt: str = ""
    until: int = 0
    mailed: str = ""
    since: int = 0

    @property
    def reader(self) -> Reader:
        """What they may see of a conversation that they may read."""
        return Reader("visitor" if self.kind == "visitor" else "agent", self.since)

    @property
    def bounds(self) -> Bounds:
        """Of one who came by a letter: what any other session that they come to by this one is bound by, too."""
        return Bounds(until=self.until, mailed=self.mailed, since=self.since) if self.mailed else Bounds()

    @property
    def proof(self) -> Proof | None:
        """By what the shop last vouched for them."""
        return Proof(self.kid, self.jwt.split()[0], self.jwt_until) if self.kid else None

    def was_begun_with(self, secret: str) -> bool:
        """Whether that proves that the session began the conversation."""
        return bool(self.adopt) and secrets.compare_digest(hash_of(secret), self.adopt)

    @property
    def user(self) -> dict[str, Any]:
        """Them, as frames and events show people."""
        return protocol.user(self.uid, self.nickname, self.role, self.enter_at, self.name, verified=bool(self.kid))


class Sessions:
    """The sessions in force. Using one in the second half of its life gives it a whole one again."""

    def __init__(self, pipeline: Pipeline, feed: Feed, *, visitor_days: int, agent_hours: int) -> None:
        self._pipeline, self._feed = pipeline, feed
        self._life = {"visitor": visitor_days * 24 * _HOUR_MS, "agent": agent_hours * _HOUR_MS}

    async def create(
        self,
        person: Visitor | Agent,
        *,
        browser: str = "",
        page: str = "",
        prove_by: int = 0,
        proof: Proof | None = None,
        until: int = 0,
        adopt: str = "",
        mailed: str = "",
        since: int = 0,
    ) -> tuple[str, Session]:
        """A new session and its token, which is nowhere else. It ends at `prove_by` (unix ms), unless it was used.

        `proof`: by what the shop vouched for them; that counts for a day, or until `until`. `adopt`: the secret by
        which it is proven that this session began the conversation. `mailed`, `since`: as of `Session`.
        """
        token = secrets.token_urlsafe(32)
        hash = hash_of(token)
        if isinstance(person, Agent):
            session = Session(hash, person.uid, "agent", person.nickname, person.role, _now(), 0, name=person.nickname)
        else:
            session = Session(
                hash, person.uid, "visitor", person.nickname, "visitor", person.enter_at, 0, name=person.name
            )
        session = replace(session, expires_at=_now() + self._life[session.kind], browser=browser, page=page)
        session = replace(session, mailed=mailed, since=since)
        if proof is not None:
            session = _proven(session, proof, until or _now() + _VOUCHED_MS)
        elif until:
            session = replace(session, until=until, expires_at=min(session.expires_at, until))
        if adopt:
            session = replace(session, adopt=hash_of(adopt))
        fields = {name: value for name, value in vars(session).items() if name != "hash"}
        if since:
            fields[_SINCE_UID] = fields.pop("uid")
        # Whoever uses it gives it a whole life, as in the second half of that.
        await self._store(replace(session, expires_at=prove_by) if prove_by else session, "1", **fields)
        return token, session

    async def _store(self, session: Session, new: str, **fields: str | int) -> None:
        """Write these fields of a session, and its end; of one that is not `new` only where it is in force."""
        words = [word for field in fields.items() for word in field]
        keys = (Keys.session(session.hash), Keys.sessions_of(session.uid))
        await self._pipeline.eval(_SESSION, keys, (session.hash, session.expires_at, new, *words), repeat=not new)

    async def get(self, token: str) -> Session | None:
        """The session of a token, or None; extended when half of its life is over."""
        if not token or len(token) > _LONGEST_TOKEN:
            return None
        return await self.by_hash(hash_of(token))

    async def by_hash(self, hash: str) -> Session | None:
        """The session of that hash; as `get`."""
        found = pairs(await self._pipeline.call("HGETALL", Keys.session(hash)))
        if _SINCE_UID in found:
            found["uid"] = found.pop(_SINCE_UID)
        if "uid" not in found:  # none, or what an earlier version left of one that had ended
            return None
        if "kid" in found and found["kid"] and not await self._is_key(found["kid"]):
            return None
        # One that began before people had names is called by the nickname.
        session = msgspec.convert({"name": found["nickname"], **found, "hash": hash}, Session, strict=False)
        now, life = _now(), self._life[session.kind]
        if session.expires_at <= now or 0 < session.until <= now:  # an earlier version would make it longer
            return None
        ends = min(now + life, session.until or now + life)
        if session.expires_at - now < life // 2 and session.expires_at < ends:
            longer = replace(session, expires_at=ends)
            with suppress(StoreFull):  # a full store must still be read
                await self._store(longer, "")
                return longer
        return session

    async def kept_of(self, uid: str) -> list[CameWith]:
        """What is kept of the sessions of a person beside what lets them in; it makes none longer."""
        hashes = texts(await self._pipeline.call("SMEMBERS", Keys.sessions_of(uid)))
        found = [pairs(await self._pipeline.call("HGETALL", Keys.session(hash))) for hash in hashes]
        return [CameWith(browser=one.get("browser", ""), page=one.get("page", "")) for one in found if one]

    async def _is_key(self, kid: str) -> bool:
        """Whether the shop signs with that key still."""
        return bool(await self._pipeline.call("HEXISTS", Keys.identity_keys(), kid))

    async def prove(self, session: Session, proof: Proof) -> Session:
        """The shop vouches anew for whoever has the session, which counts for another day."""
        session = _proven(session, proof, _now() + _VOUCHED_MS)
        more = {field: getattr(session, field) for field in ("kid", "jwt", "jwt_until", "until")}
        await self._store(session, "", **more)
        return session

    async def came_with(self, session: Session, browser: str, page: str) -> None:
        """The session's browser is used anew, from another page or in another version."""
        with suppress(StoreFull):
            await self._store(session, "", browser=browser, page=page)

    async def ticket_secret(self) -> bytes:
        """What every node signs tickets with. In a full store that has none this node has one to itself."""
        found: bytes | None = await self._pipeline.call("GET", Keys.ticket_secret())
        if found is None:
            new = secrets.token_bytes(32)
            with suppress(StoreFull):
                found = await self._pipeline.call("SET", Keys.ticket_secret(), new, "NX", "GET")
            return found or new
        return found

    async def attempted(self, id: str) -> str:
        """The uid of the visitor whom a log-in by this id made lately, or ""."""
        found = await self._pipeline.call("GET", Keys.attempt(hash_of(id)))
        return found.decode() if found else ""

    async def attempt(self, id: str, uid: str) -> str:
        """The uid of the visitor whom a log-in by this id makes: `uid`, but where another was faster."""
        former = await self._pipeline.call("SET", Keys.attempt(hash_of(id)), uid, "NX", "GET", "PX", _ATTEMPT_MS)
        return former.decode() if former else uid

    async def rename(self, uid: str, name: str) -> None:
        """A visitor is called otherwise from now on, in each of their sessions."""
        await self._change_all(uid, "name", name)

    async def disown(self, uid: str) -> None:
        """None of a visitor's sessions counts as the one that began the conversation, from now on."""
        await self._change_all(uid, "adopt", "")

    async def _change_all(self, uid: str, field: str, value: str) -> None:
        for hash in await self._pipeline.call("SMEMBERS", Keys.sessions_of(uid)):
            keys = (Keys.session(hash.decode()), Keys.sessions_of(uid))
            await self._pipeline.eval(_SESSION, keys, (hash, 0, "", field, value))

    async def revoke(self, session: Session) -> None:
        """End a session; every node closes its sockets and streams."""
        await self._end(session.uid, [session.hash])

    async def revoke_proven(self, session: Session) -> None:
        """End the session, and every other one for which a token was shown that was shown for this."""
        shown, proven = set(session.jwt.split()), await self._shown(session.uid)
        await self._end(session.uid, [hash for hash, jwt, _ in proven if not shown.isdisjoint(jwt.split())])

    async def revoke_unproven(self, uid: str) -> None:
        """End every session of a visitor whom the shop vouches for that began before it did, and what is too many."""
        sessions = await self._shown(uid)
        lasting = sorted((ends, hash) for hash, jwt, ends in sessions if jwt)[-MOST_PROVEN:]
        await self._end(uid, list({hash for hash, _, _ in sessions} - {hash for _, hash in lasting}))

    async def _shown(self, uid: str) -> list[tuple[str, str, int]]:
        """Of each session of a visitor its hash, what tokens were shown for it, as of `Session`, and when it ends."""
        hashes = texts(await self._pipeline.call("SMEMBERS", Keys.sessions_of(uid)))
        asked = (self._pipeline.call("HMGET", Keys.session(hash), "jwt", "expires_at") for hash in hashes)
        found = await asyncio.gather(*asked)
        return [(hash, (jwt or b"").decode(), int(ends or 0)) for hash, (jwt, ends) in zip(hashes, found, strict=True)]

    async def revoke_mailed(self, uid: str, *, but: str, keep: str = "") -> None:
        """End the sessions of a visitor that came by letters to another address than `but`, as of `mailed`, save the
        one whose hash is `keep`."""
        hashes = texts(await self._pipeline.call("SMEMBERS", Keys.sessions_of(uid)))
        found = await asyncio.gather(*(self._pipeline.call("HGET", Keys.session(hash), "mailed") for hash in hashes))
        mailed = [hash for hash, of in zip(hashes, found, strict=True) if of and of.decode() != but]
        await self._end(uid, [hash for hash in mailed if hash != keep])

    async def revoke_all(self, uid: str, *, keep: str = "") -> None:
        """End every session of a person but the one whose hash is `keep`."""
        hashes = texts(await self._pipeline.call("SMEMBERS", Keys.sessions_of(uid)))
        await self._end(uid, [hash for hash in hashes if hash != keep])

    async def _end(self, uid: str, hashes: list[str]) -> None:
        """All are ended before any of it is told: a node that was not told looks at its sessions when it can."""
        if hashes:
            await self._pipeline.call("DEL", *map(Keys.session, hashes))
            await self._pipeline.call("SREM", Keys.sessions_of(uid), *hashes)
        for hash in hashes:
            await self._feed.announce("session.revoked", msgspec.json.encode({"hash": hash}))


def _proven(session: Session, proof: Proof, until: int) -> Session:
    """The session as one for which that token was shown, after those before."""
    shown = list(dict.fromkeys([proof.jwt, *session.jwt.split()]))[:_MOST_TOKENS]
    jwt, ends = " ".join(shown), proof.jwt_until
    return replace(session, kid=proof.kid, jwt=jwt, jwt_until=ends, until=until, expires_at=until)


def _now() -> int:
    return int(time.time() * 1000)
