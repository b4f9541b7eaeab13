"""The shop's own settings in the store: what administrators have decided, over what the configuration begins with."""

import asyncio

import msgspec

from app.chat import names
from app.chat.shop import Change, Shop
from app.chat.wording import by_language
from app.store.document import Document
from app.store.faces import SHOP
from app.store.feed import Feed
from app.store.keys import Keys
from app.store.pipeline import Pipeline


class _Kept(Change, frozen=True):
    """What was decided. `greeting`: the one of before there was one a language, which counts as the English one."""

    greeting: str | None = None

    def change(self) -> Change:
        """The same in the words of now."""
        greetings = {"en": self.greeting} if self.greetings is None and self.greeting else self.greetings
        ordered = None if greetings is None else by_language(greetings)
        # A name of before they were refused could turn around what stands beside it in a window's title.
        return Change(self.name and names.undirected(self.name), ordered, self.accent, self.retention_days, self.hours)


class ShopSettings(Document):
    """The document of these."""

    def __init__(self, pipeline: Pipeline, feed: Feed) -> None:
        super().__init__(pipeline, feed, Keys.shop(), "shop.changed")

    async def read(self, initial: Shop) -> Shop:
        """The settings in force; `initial` holds where nothing was decided."""
        found, logo = await asyncio.gather(self.stored(), self._pipeline.call("HGET", Keys.faces(), SHOP))
        change = msgspec.json.decode(found.document, type=_Kept).change()
        shown = (logo or b"").decode()
        return msgspec.structs.replace(initial, **change.decided(), version=found.version, by=found.by, logo=shown)
