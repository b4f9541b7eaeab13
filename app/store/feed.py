"""The feed: what one blocking FeedReader per shard hands to its node, in order, each entry once.

An item holds what was stored in one step: of each entry its head and body.
Ids are `0-1`, `0-2`, ... without gaps, so an item that was trimmed away unseen shows as a gap; and the last entry
seen is compared after each reconnect and each quiet second, so a store that was flushed or rolled back shows too.
Both end in `on_gap`: whoever follows a conversation of that shard then compares it with its log. A failover to a
replica that was behind is such a roll back.

What was read is handed on once it is as safe as the settings ask (`WAIT`, `WAITAOF`). Since acknowledgements leave
when the feed brings a message, they wait with it; and nobody sees what a failover might still take back.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Container
from typing import Any, NamedTuple

from app.chat.conversation import Entry
from app.store import entries, scripts, tasks
from app.store.address import Address
from app.store.command import ignore
from app.store.errors import StoreError
from app.store.keys import Keys
from app.store.pipeline import Pipeline
from app.store.pipelines import Pipelines
from app.store.skimmed import Skimmed

log = logging.getLogger("chatadmin.store")

# Milliseconds a read blocks, and seconds of silence after which its connection counts as dead.
BLOCK_MS, SILENCE_LIMIT = 800, 2.5
# Milliseconds to wait for replicas and disks at a time: a disk that is synced every second takes one and some, and
# while they pass the connection is silent.
WAIT_MS = 2000
# Seconds before asking again a store that refused to be read.
REFUSED_PAUSE = 0.5
# Items taken in one read. With `acknowledge:` set a read takes as long as disks and replicas do.
ITEMS_PER_READ = 500
# Entries handed on before the node's other work has its turn.
ENTRIES_PER_TURN = 500

_MARK, _TELL = scripts.load("mark"), scripts.load("tell")


class Safety(NamedTuple):
    """What must have happened to a message before it is acknowledged, beyond the store having taken it."""

    synced: bool = False
    """It is on the primary's disk."""
    replicas: int = 0
    """So many replicas have it; with `synced`, on their disks."""

    def command(self) -> tuple[str | int, ...] | None:
        """How to wait for that, or None where there is nothing to wait for."""
        if self.synced:
            return ("WAITAOF", 1, self.replicas, WAIT_MS)
        return ("WAIT", self.replicas, WAIT_MS) if self.replicas else None

    def reached(self, reply: Any) -> bool:
        """Whether the reply to that command says so."""
        if self.synced:
            return bool(reply[0] >= 1 and reply[1] >= self.replicas)
        return bool(reply >= self.replicas)


class Feed:
    """The feeds of all shards, read on connections of their own; `on_entry` and `on_gap` are set before `start`.

    With `followed` set, messages are `skimmed`, and of those only the ones in conversations that are followed (encoded
    uids) come, by `on_message`; `on_skimmed` is called whenever there are more.
    """

    def __init__(self, keys: Keys, pipelines: Pipelines, safety: Safety) -> None:
        self.pipelines, self.safety, self.wait = pipelines, safety, safety.command()
        self._keys = keys
        self._readers: dict[str, FeedReader] = {}
        self._reading: list[asyncio.Task[None]] = []
        self.followed: Container[bytes] | None = None
        self.skimmed = Skimmed()
        self.on_skimmed: Callable[[], None] = _nothing
        self.on_message: Callable[[Entry], None] = self._as_any
        self.on_entry: Callable[[Entry], None]
        self.on_gap: Callable[[str], Awaitable[None]]

    async def start(self) -> None:
        """Note where each feed ends now, and begin to read from there."""
        self._readers = {shard: FeedReader(shard, self) for shard in self._keys.shards()}
        await asyncio.gather(*(reader.begin() for reader in self._readers.values()))
        self._reading = [asyncio.create_task(reader.run()) for reader in self._readers.values()]

    async def stop(self) -> None:
        """End the readers."""
        await tasks.end(self._reading)
        await asyncio.gather(*[reader.close() for reader in self._readers.values()])

    def when_safe(self, uid: str, done: Callable[[bool], None]) -> None:
        """For what a reply has just said of this conversation: call `done(True)` once that is as safe as the settings
        ask. `done(False)` where it came from a server that another one has replaced: it may be taken back."""
        reader = self._readers[self._keys.shard_of(uid)]
        if reader.address != self.pipelines.of(uid).address:
            done(False)
        elif self.wait is None:
            done(True)
        else:
            reader.unsafe.append(done)

    def _as_any(self, message: Entry) -> None:
        self.on_entry(message)

    @property
    def stalled(self) -> bool:
        """Whether nothing is acknowledged somewhere, for want of replicas or disks."""
        return any(reader.waited for reader in self._readers.values())

    async def announce(self, kind: str, body: bytes, *, author: str = "") -> None:
        """Tell every node something that belongs to no conversation."""
        shard = self._keys.shard(0)
        await self.pipelines.at(shard).eval(_TELL, (self._keys.feed(shard),), ("", kind, author, "s", body))


class FeedReader:
    """Reads one shard's feed."""

    def __init__(self, shard: str, feed: Feed) -> None:
        all = feed.pipelines
        self._pipeline = Pipeline(all.topology, shard, all.troubles, silence=SILENCE_LIMIT, patience=float("inf"))
        self._shard, self._key, self._feed = shard, Keys.feed(shard), feed
        self._last = 0
        self._seen: Any = None
        self._check = False
        self._ahead: asyncio.Future[Any] | None = None
        self.waited = False
        self.unsafe: list[Callable[[bool], None]] = []

    @property
    def address(self) -> Address | None:
        """The server whose feed is read."""
        return self._pipeline.address

    async def begin(self) -> None:
        """Connect, and note where the feed ends."""
        self._pipeline.on_change.append(self._changed)
        self._pipeline.start()
        await self._pipeline.ready()
        await self._skip_to_end()
        self._check = False

    def _changed(self, up: bool) -> None:
        self._check = True
        unsafe, self.unsafe = self.unsafe, []
        for done in unsafe:  # what they wait for is on a server that may not be the one that is read next
            done(False)

    async def run(self) -> None:
        """Read for ever. Whatever the store answers, a node that stopped reading would be deaf without knowing."""
        while True:
            if refused := await self._refused():
                log.warning("feed %s cannot be read: %s", self._key, refused)
                self._check = True
                await asyncio.sleep(REFUSED_PAUSE)

    async def _refused(self) -> StoreError | None:
        """Read once; what the store said against it."""
        try:
            await self._read()
        except StoreError as error:
            return error
        return None

    async def close(self) -> None:
        """End its connection."""
        await self._pipeline.close()

    async def _read(self) -> None:
        ahead, self._ahead = self._ahead, None
        if self._check and ahead is None:
            self._check = False
            await self._compare()
        reply = await (ahead or self._ask(f"0-{self._last}"))
        if (reply or self.unsafe) and not await self._safe():
            return  # the next read begins at the same place
        if not reply:
            self._check = True  # the feed is quiet, or was emptied unseen: a flushed one starts again at 0-1
        elif not self._check:
            if self._feed.wait is None:
                # The next read is asked for before these are handed on: what is stored meanwhile comes by itself.
                self._ahead = self._ask(reply[0][1][-1][0])
            await self._take(reply[0][1])

    def _ask(self, after: str | bytes) -> asyncio.Future[Any]:
        asked = self._pipeline.call("XREAD", "COUNT", ITEMS_PER_READ, "BLOCK", BLOCK_MS, "STREAMS", self._key, after)
        self._pipeline.flush()
        return asked

    async def _safe(self) -> bool:
        """Whether what the store has taken until now is as safe as the settings ask; waits for it a while."""
        if self._feed.wait is None:
            return True
        asking = len(self.unsafe)
        self._pipeline.run(_MARK, (Keys.mark(self._shard),), (), ignore)
        reached = self._feed.safety.reached(await self._pipeline.call(*self._feed.wait))
        if self._check:
            return False  # another server may have answered
        if not reached:
            self._say("too few replicas (or disks) have what was written: nothing is acknowledged until they do")
            return False
        self._say("")
        safe, self.unsafe = self.unsafe[:asking], self.unsafe[asking:]
        for done in safe:
            done(True)
        return True

    def _say(self, trouble: str) -> None:
        """Log a trouble when it begins and when it ends."""
        if bool(trouble) != self.waited:
            log.warning("feed %s: %s", self._key, trouble or "acknowledging again")
        self.waited = bool(trouble)

    async def _take(self, items: list[Any]) -> None:
        handed, skims = 0, self._feed.followed is not None
        for id, fields in items:
            number = int(id[2:])
            if number != self._last + 1:
                log.warning("feed %s: items %d to %d were trimmed unseen", self._key, self._last + 1, number - 1)
                self._last = number - 1
                await self._feed.on_gap(self._shard)
            self._last, self._seen = number, fields
            told = self._understood(fields)
            if told is None:
                log.error(
                    "feed %s: item %d cannot be read: is another version at work on this store?", self._key, number
                )
                await self._feed.on_gap(self._shard)
                continue
            for entry in told:
                said = entry.kind == "message" and entry.state is not None
                (self._feed.on_message if skims and said else self._feed.on_entry)(entry)
            handed += len(fields) // 2
            if handed >= ENTRIES_PER_TURN:
                handed = 0
                await asyncio.sleep(0)
        if len(self._feed.skimmed):
            self._feed.on_skimmed()

    def _understood(self, fields: list[bytes]) -> list[Entry] | None:
        """As `_read_item`; None where another version wrote it."""
        try:
            return self._read_item(fields)
        except ValueError:
            return None

    def _read_item(self, fields: list[bytes]) -> list[Entry]:
        """What of an item is to be handed on now. Raises ValueError where another version wrote it."""
        followed, skimmed, told = self._feed.followed, self._feed.skimmed, []
        for at in range(0, len(fields), 2):
            head, body = fields[at], fields[at + 1]
            uid = entries.uid_told(head)
            if followed is not None and uid not in followed and skimmed.takes(head, body):
                continue
            entry = entries.told(head, body)
            if followed is not None and entry.kind == "message" and entry.state is not None:
                # One without a state would hide the one that has it: it goes by as what happens does.
                skimmed.keep(uid, entry.role == "v", head, body)
            told.append(entry)
        return told

    async def _compare(self) -> None:
        """Look whether the last item that was read is still the one at its place; else all of the shard is compared."""
        here = f"0-{self._last}"
        found = await self._pipeline.call("XRANGE", self._key, here, here) if self._last else []
        if (self._last and not found) or (found and found[0][1] != self._seen and self._seen is not None):
            log.warning("feed %s: not the one that was read before; comparing every conversation", self._key)
            await self._skip_to_end()
            await self._feed.on_gap(self._shard)

    async def _skip_to_end(self) -> None:
        top = await self._pipeline.call("XREVRANGE", self._key, "+", "-", "COUNT", 1)
        self._last, self._seen = (int(top[0][0][2:]), top[0][1]) if top else (0, None)


def _nothing() -> None:
    """Where nobody asks for what was skimmed."""
