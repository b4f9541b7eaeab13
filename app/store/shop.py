"""The shop's own settings in the store: what administrators have decided, over what the configuration begins with."""

import msgspec
from redis.asyncio import Redis

from app.chat.shop import Change, Shop
from app.store import scripts
from app.store.feed import Feed
from app.store.keys import Keys


class ShopSettings:
    """One document, and the count of its changes."""

    def __init__(self, client: Redis, feed: Feed) -> None:
        self._client, self._feed = client, feed
        self._save = client.register_script(scripts.source("save_shop"))

    async def read(self, initial: Shop) -> Shop:
        """The settings in force; `initial` holds where nothing was decided."""
        version, document, by = await self._client.hmget(Keys.shop(), ["version", "document", "by"])
        change = msgspec.json.decode(document or b"{}", type=Change)
        return msgspec.structs.replace(initial, **change.decided(), version=int(version or 0), by=by or "")

    async def save(self, seen: int, change: Change, by: str) -> bool:
        """Change what `change` decides; False where somebody has changed something since version `seen`."""
        saved = await self._save(keys=[Keys.shop()], args=[seen, msgspec.json.encode(change), by])
        return bool(saved)

    async def tell(self) -> None:
        """Have every node read them again."""
        await self._feed.announce("shop.changed", b"{}")
