"""The feed: what one blocking reader per shard hands to its node, in order, each entry once.

Ids are `0-1`, `0-2`, ... without gaps, so an entry that was trimmed away unseen shows as a gap; and the last entry
seen is compared after each reconnect and each quiet second, so a store that was flushed or rolled back shows too.
Both end in `on_gap`: whoever follows a conversation then compares it with its log.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any

import hiredis

from app.chat.conversation import Entry, State
from app.chat.errors import Refusal
from app.store import scripts
from app.store.keys import Keys
from app.store.link import Link

log = logging.getLogger("chatadmin.store")

# Milliseconds a read blocks, and seconds of silence after which its connection counts as dead.
BLOCK_MS, SILENCE = 800, 2.5
# Seconds before asking again a store that refused to be read.
PAUSE = 0.5
# Entries taken in one read: bounds how long the node's other work waits.
BATCH = 500

_TELL = scripts.load("tell")


class Feed:
    """The feeds of all shards, read on connections of their own; `on_entry` and `on_gap` are set before `start`."""

    def __init__(self, url: str, keys: Keys, link: Link) -> None:
        self._url, self._keys, self._link = url, keys, link
        self._readers: list[asyncio.Task[None]] = []
        self.on_entry: Callable[[Entry], None]
        self.on_gap: Callable[[], Awaitable[None]]

    async def start(self) -> None:
        """Note where each feed ends now, and begin to read from there."""
        for tag in self._keys.tags():
            reader = _Reader(self._url, self._keys.feed(tag), self)
            await reader.begin()
            self._readers.append(asyncio.create_task(reader.run()))

    async def stop(self) -> None:
        """End the readers."""
        for task in self._readers:
            task.cancel()
        await asyncio.gather(*self._readers, return_exceptions=True)

    async def announce(self, kind: str, body: bytes, *, author: str = "") -> None:
        """Tell every node something that belongs to no conversation."""
        await self._link.eval(_TELL, (self._keys.feed(self._keys.shard_tag(0)),), ("", kind, author, "s", body))


class _Reader:
    def __init__(self, url: str, key: str, feed: Feed) -> None:
        self._link = Link(url, silence=SILENCE, patience=float("inf"))
        self._key, self._feed = key, feed
        self._last = 0
        self._seen: Any = None
        self._check = False

    async def begin(self) -> None:
        self._link.on_change.append(self._changed)
        self._link.start()
        await self._link.ready()
        await self._skip_to_end()
        self._check = False

    def _changed(self, up: bool) -> None:
        self._check = True

    async def run(self) -> None:
        """Read for ever. Whatever the store answers, a node that stopped reading would be deaf without knowing."""
        try:
            while True:
                try:
                    await self._read()
                except (Refusal, hiredis.HiredisError) as error:
                    log.warning("feed %s cannot be read: %s", self._key, error)
                    self._check = True
                    await asyncio.sleep(PAUSE)
        finally:
            await self._link.close()

    async def _read(self) -> None:
        if self._check:
            self._check = False
            await self._compare()
        reply = await self._link.call(
            "XREAD", "COUNT", BATCH, "BLOCK", BLOCK_MS, "STREAMS", self._key, f"0-{self._last}"
        )
        if not reply:
            self._check = True  # quiet, or emptied behind our back: a flushed feed starts again at 0-1
        elif not self._check:
            await self._take(reply[0][1])

    async def _take(self, items: list[Any]) -> None:
        for id, fields in items:
            number = int(id[2:])
            if number != self._last + 1:
                log.warning("feed %s: entries %d to %d were trimmed unseen", self._key, self._last + 1, number - 1)
                self._last = number - 1
                await self._feed.on_gap()
            self._last, self._seen = number, fields
            self._feed.on_entry(_entry(fields))

    async def _compare(self) -> None:
        """Is the last entry we saw still the one at its place?"""
        here = f"0-{self._last}"
        found = await self._link.call("XRANGE", self._key, here, here) if self._last else []
        if (self._last and not found) or (found and found[0][1] != self._seen and self._seen is not None):
            log.warning("feed %s: not the one that was read before; comparing every conversation", self._key)
            await self._skip_to_end()
            await self._feed.on_gap()

    async def _skip_to_end(self) -> None:
        top = await self._link.call("XREVRANGE", self._key, "+", "-", "COUNT", 1)
        self._last, self._seen = (int(top[0][0][2:]), top[0][1]) if top else (0, None)


def _entry(fields: list[bytes]) -> Entry:
    _, head, _, body = fields
    uid, seq, epoch, kind, author, role, id, time, *standing = head.decode().split("|")
    state = None
    if standing != [""]:
        status, waiting, owner, fence, unread = standing
        state = State(status, int(waiting), owner, int(fence), int(unread))  # type: ignore[arg-type]  # the script's
    return Entry(uid, int(seq), int(epoch), kind, author, role, id, int(time), body, state)
