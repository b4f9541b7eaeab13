"""What administrators decide together in the store: one document, and the count of its changes."""

from typing import NamedTuple

import msgspec

from app.chat.decision import Decision
from app.store import scripts
from app.store.feed import Feed
from app.store.pipeline import Pipeline

_SAVE = scripts.load("save_document")
_FIELDS = dict[str, msgspec.Raw]


class Stored(NamedTuple):
    """JSON of what was decided; how often; and by whom last (uid)."""

    document: bytes
    version: int
    by: str


class Document:
    """The document under `key`; `changed` is what the feed tells the nodes when there is another."""

    def __init__(self, pipeline: Pipeline, feed: Feed, key: str, changed: str) -> None:
        self._pipeline, self._feed, self._key, self._changed = pipeline, feed, key, changed

    async def stored(self) -> Stored:
        """As it stands."""
        document, version, by = await self._pipeline.call("HMGET", self._key, "document", "version", "by")
        return Stored(document or b"{}", int(version or 0), (by or b"").decode())

    async def save(self, seen: int, decision: Decision, by: str) -> bool:
        """Change what was decided; False where somebody has changed something since version `seen`."""
        before = await self.stored()
        if before.version != seen:
            return False
        fields = msgspec.json.decode(before.document, type=_FIELDS)
        fields |= msgspec.json.decode(msgspec.json.encode(decision), type=_FIELDS)
        args = (seen, msgspec.json.encode(fields), by)
        return bool(await self._pipeline.eval(_SAVE, (self._key,), args, repeat=False))

    async def tell(self) -> None:
        """Have every node read it again."""
        await self._feed.announce(self._changed, b"{}")
