"""The shop's own settings in the store: what administrators have decided, over what the configuration begins with."""

import msgspec

from app.chat.shop import Change, Shop
from app.store import scripts
from app.store.feed import Feed
from app.store.keys import Keys
from app.store.pipeline import Pipeline

_SAVE = scripts.load("save_shop")


class ShopSettings:
    """One document, and the count of its changes."""

    def __init__(self, pipeline: Pipeline, feed: Feed) -> None:
        self._pipeline, self._feed = pipeline, feed

    async def read(self, initial: Shop) -> Shop:
        """The settings in force; `initial` holds where nothing was decided."""
        version, document, by = await self._pipeline.call("HMGET", Keys.shop(), "version", "document", "by")
        change = msgspec.json.decode(document or b"{}", type=Change)
        return msgspec.structs.replace(initial, **change.decided(), version=int(version or 0), by=(by or b"").decode())

    async def save(self, seen: int, change: Change, by: str) -> bool:
        """Change what `change` decides; False where somebody has changed something since version `seen`."""
        args = (seen, msgspec.json.encode(change), by)
        return bool(await self._pipeline.eval(_SAVE, (Keys.shop(),), args, repeat=False))

    async def tell(self) -> None:
        """Have every node read them again."""
        await self._feed.announce("shop.changed", b"{}")
