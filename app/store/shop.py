"""The shop's own settings in the store: what administrators have decided, over what the configuration begins with."""

import msgspec

from app.chat import names
from app.chat.shop import Change, Shop, by_language
from app.store import scripts
from app.store.feed import Feed
from app.store.keys import Keys
from app.store.pipeline import Pipeline

_SAVE = scripts.load("save_shop")


class _Document(Change, frozen=True):
    """What was decided. `greeting`: the one of before there was one a language, which counts as the English one."""

    greeting: str | None = None

    def change(self) -> Change:
        """The same in the words of now."""
        greetings = {"en": self.greeting} if self.greetings is None and self.greeting else self.greetings
        ordered = None if greetings is None else by_language(greetings)
        # A name of before they were refused could turn around what stands beside it in a window's title.
        return Change(self.name and names.undirected(self.name), ordered, self.accent, self.retention_days)


class ShopSettings:
    """One document, and the count of its changes."""

    def __init__(self, pipeline: Pipeline, feed: Feed) -> None:
        self._pipeline, self._feed = pipeline, feed

    async def read(self, initial: Shop) -> Shop:
        """The settings in force; `initial` holds where nothing was decided."""
        version, document, by = await self._pipeline.call("HMGET", Keys.shop(), "version", "document", "by")
        change = msgspec.json.decode(document or b"{}", type=_Document).change()
        return msgspec.structs.replace(initial, **change.decided(), version=int(version or 0), by=(by or b"").decode())

    async def save(self, seen: int, change: Change, by: str) -> bool:
        """Change what `change` decides; False where somebody has changed something since version `seen`."""
        args = (seen, msgspec.json.encode(change), by)
        return bool(await self._pipeline.eval(_SAVE, (Keys.shop(),), args, repeat=False))

    async def tell(self) -> None:
        """Have every node read them again."""
        await self._feed.announce("shop.changed", b"{}")
