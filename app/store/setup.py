"""The one-time secret that lets whoever started the shop make its first administrator."""

import secrets

from app.store.hashes import hash_of
from app.store.keys import Keys
from app.store.pipeline import Pipeline

# Seconds a secret is good for.
SECRET_LIFE = 30 * 60


class Setup:
    """One secret at a time; `People.add_agent` uses it up."""

    def __init__(self, pipeline: Pipeline) -> None:
        self._pipeline = pipeline

    async def offer(self) -> str:
        """A new secret. An older one is worth nothing from now on."""
        secret = secrets.token_urlsafe(24)
        await self._pipeline.call("SET", Keys.setup(), hash_of(secret), "EX", SECRET_LIFE)
        return secret

    async def match(self, secret: str) -> str:
        """What the store keeps of this secret, "" where it is not the one that was offered last."""
        hashed = hash_of(secret)
        kept = await self._pipeline.call("GET", Keys.setup()) or b""
        return hashed if secrets.compare_digest(kept, hashed.encode()) else ""
