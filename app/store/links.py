"""One-time links: a secret that leads to a visitor, only its hash in the store."""

import secrets

from app.store.hashes import hash_of
from app.store.keys import Keys
from app.store.pipeline import Pipeline


class Links:
    """Those that nobody has used yet, and that are not over."""

    def __init__(self, pipeline: Pipeline) -> None:
        self._pipeline = pipeline

    async def make(self, uid: str, life_ms: int, *, by: str = "") -> str:
        """A secret that lets whoever brings it in as this visitor, once, within `life_ms`.

        `by`: the hash of the session that asks for it, of a visitor whom the shop vouches for.
        """
        secret = secrets.token_urlsafe(24)
        await self._pipeline.call("SET", Keys.link(hash_of(secret)), f"{uid} {by}".strip(), "PX", life_ms)
        return secret

    async def find(self, secret: str) -> tuple[str, str]:
        """The uid of the visitor a secret stands for, and the hash of the session that asked for it; "" for none."""
        found = await self._pipeline.call("GET", Keys.link(hash_of(secret)))
        uid, _, by = found.decode().partition(" ") if found else ("", "", "")
        return uid, by

    async def use(self, secret: str) -> bool:
        """A secret is worth nothing from now on; whether it was until now."""
        return bool(await self._pipeline.call("DEL", Keys.link(hash_of(secret)), repeat=False))
