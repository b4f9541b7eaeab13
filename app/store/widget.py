"""What administrators have decided about the chat on the shop's own site, in the store."""

import msgspec

from app.chat.widget import Widget
from app.chat.widget_change import Change
from app.store.document import Document
from app.store.feed import Feed
from app.store.keys import Keys
from app.store.pipeline import Pipeline


class WidgetSettings(Document):
    """The document of that."""

    def __init__(self, pipeline: Pipeline, feed: Feed) -> None:
        super().__init__(pipeline, feed, Keys.widget(), "widget.changed")

    async def read(self, initial: Widget) -> Widget:
        """What is in force; `initial` holds where nothing was decided."""
        found = await self.stored()
        change = msgspec.json.decode(found.document, type=Change)
        return msgspec.structs.replace(initial, **change.decided(), version=found.version, by=found.by)
