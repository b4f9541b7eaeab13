"""By what a shop knows its customers: who is whom, and the keys that it signs for that with."""

import secrets
import time
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, NamedTuple

import msgspec

from app.chat.errors import Refusal
from app.store import scripts
from app.store.errors import StoreFull
from app.store.feed import Feed
from app.store.hashes import hash_of
from app.store.keys import Keys
from app.store.pipeline import Pipeline

# Keys that there may be: the one in use, and the next.
MOST_KEYS = 2
# That a key is used is written at most so often (ms).
_USE_NOTED_MS = 60 * 1000

_KEY, _IDENTIFY, _NOTE = map(scripts.load, ("identity_key", "identify", "note_visitor"))


class Key(msgspec.Struct, frozen=True):
    """What a shop signs with: the bytes of `secret` as they stand. `since`, `used`: unix ms, 0 for never."""

    secret: str
    since: int
    used: int = 0


class NewKey(NamedTuple):
    """A key and its id."""

    kid: str
    key: Key


class Identities:
    """Customers of whom the shop says who they are."""

    def __init__(self, pipeline: Pipeline, feed: Feed) -> None:
        self._pipeline, self._feed = pipeline, feed

    # -- keys ---------------------------------------------------------------------------------------------------

    async def keys(self) -> dict[str, Key]:
        """Every key there is, by its kid."""
        found = await self._pipeline.call("HGETALL", Keys.identity_keys())
        return {
            kid.decode(): msgspec.json.decode(key, type=Key) for kid, key in zip(found[::2], found[1::2], strict=True)
        }

    async def make_key(self) -> NewKey:
        """One more key. Raises Refusal too_many_keys."""
        made = NewKey(secrets.token_hex(4), Key(secrets.token_urlsafe(32), _now()))
        if not await self._keep(made.kid, None, made.key):
            raise Refusal("too_many_keys")
        return made

    async def use_key(self, kid: str, key: Key) -> None:
        """Note that it was used now, unless that was noted lately, or it is gone."""
        now = _now()
        if now - key.used >= _USE_NOTED_MS:
            with suppress(StoreFull):  # who has a session already must still be let in
                await self._keep(kid, key, msgspec.structs.replace(key, used=now))

    async def _keep(self, kid: str, seen: Key | None, key: Key) -> bool:
        before = msgspec.json.encode(seen) if seen else ""
        args = (kid, before, msgspec.json.encode(key), MOST_KEYS)
        return bool(await self._pipeline.eval(_KEY, (Keys.identity_keys(),), args, repeat=False))

    async def end_key(self, kid: str) -> bool:
        """End it, and with it every session that was proven by it (store/sessions.py); whether there was one.

        What every node hears of it closes the sockets of those.
        """
        ended = bool(await self._pipeline.call("HDEL", Keys.identity_keys(), kid))
        await self._feed.announce("key.ended", b"{}")
        return ended

    # -- customers ----------------------------------------------------------------------------------------------

    async def uid(self, sub: str) -> str:
        """The visitor whom the shop knows as `sub`, "" for none."""
        found = await self._pipeline.call("HGET", Keys.subs(), hash_of(sub))
        return found.decode() if found else ""

    async def identify(self, sub: str, uid: str) -> str:
        """The visitor whom the shop knows as `sub`: `uid` from now on, where nobody was before.

        "" where that visitor is somebody else already.
        """
        owner: bytes = await self._pipeline.eval(_IDENTIFY, (Keys.subs(), Keys.visitor(uid)), (hash_of(sub), uid))
        return owner.decode()

    async def vouch(self, uid: str, told: Mapping[str, Any]) -> None:
        """Keep what the shop vouches for of a visitor, of `name`, `email` and `attributes`; from now on that is all."""
        words = [word for key in ("name", "email") if key in told for word in (key, told[key])]
        await self._pipeline.eval(_NOTE, (Keys.visitor(uid),), ("identity", msgspec.json.encode(told), *words))


def _now() -> int:
    return int(time.time() * 1000)
