"""A conversation to take along: read a page at a time, up to the moment it was asked for, however long it is."""

from collections.abc import AsyncIterator

from app.chat import protocol
from app.chat.conversation import Entry, Reader
from app.chat.errors import Refusal
from app.live import history
from app.store.conversations import Conversations, Page, Reset
from app.store.people import Visitor

FORMAT = "chatadmin.transcript.v1"
# Entries read at once: half a megabyte of the longest messages is what a download costs whose peer takes no more.
ENTRIES_PER_READ = 20


class Broken(Exception):
    """The history changed while it was read: what was written so far is not all of it."""


class Transcript:
    """What `reader` may see of a visitor's conversation. Only the page being written is in memory."""

    def __init__(self, conversations: Conversations, visitor: Visitor, reader: Reader, first: Page) -> None:
        self._conversations, self._first = conversations, first
        self.visitor, self.reader = visitor, reader

    @classmethod
    async def open(cls, conversations: Conversations, visitor: Visitor, reader: Reader) -> "Transcript":
        """Its first page is read: a store that is away refuses now, and not after the first word."""
        page = await conversations.attach(visitor.uid, after=0, count=ENTRIES_PER_READ)
        if isinstance(page, Reset):  # the beginning is kept no more
            page = await conversations.attach(visitor.uid, after=page.floor, count=ENTRIES_PER_READ)
        if isinstance(page, Reset):
            raise Refusal("store_unavailable")
        return cls(conversations, visitor, reader, page)

    async def entries(self) -> AsyncIterator[Entry]:
        """Every entry, oldest first, what they may not see too. Raises Broken, and what the store raises."""
        page, end = self._first, self._first.seq
        while page.entries:
            for entry in page.entries:
                if entry.seq > end:
                    return
                yield entry
            last = page.entries[-1]
            if last.seq == end:
                return
            page = await self._after(last)

    async def _after(self, last: Entry) -> Page:
        page = await self._conversations.attach(
            last.uid, epoch=self._first.epoch, after=last.seq, id=last.id, count=ENTRIES_PER_READ
        )
        if isinstance(page, Reset) or not page.entries:
            raise Broken
        return page

    async def json(self, shop: str, exported: int) -> AsyncIterator[bytes]:
        """One JSON object, its entries as frames, one a line. `complete` comes last: a part of it is no JSON.

        `exported`: unix ms.
        """
        visitor = self.visitor
        head = {
            "format": FORMAT,
            "shop": shop,
            "visitor": visitor.user,
            "exported_at": protocol.timestamp(exported),
        }
        yield protocol.encode(head)[:-1] + b',"entries":['
        between = b"\n"
        async for entry in self.entries():
            yield between + history.frame(entry, self._first.epoch, self.reader)
            between = b",\n"
        yield b'\n],"complete":true}\n'
