"""The store's front door: one object that opens, offers and closes all of it."""

import asyncio
import logging

from redis.asyncio import Redis

from app.store import connect
from app.store.conversations import Conversations
from app.store.feed import Feed
from app.store.keys import Keys
from app.store.link import Link
from app.store.people import People
from app.store.presence import Presence
from app.store.sessions import Sessions

log = logging.getLogger("chatadmin.store")

# Redis 7.0 brought the partial stream ids the feed counts by.
_OLDEST = (7, 0)
# How entries and conversations are written. Another number is another version's store.
FORMAT = "2"


class StoreUnfit(Exception):
    """A store that answers, and must not be used as it is set up: one line for the operator."""


class Store:
    """Redis or Valkey at one URL. Open it, use its parts, close it."""

    def __init__(self, url: str, shards: int, nickname_days: int, visitor_days: int, agent_hours: int) -> None:
        self.url = url
        self.keys = Keys(shards)
        self.client: Redis = connect.client(url)
        self.link = Link(url)
        self.conversations = Conversations(self.link, self.keys)
        self.presence = Presence(self.link, self.keys)
        self.feed = Feed(url, self.keys, self.link)
        self.sessions = Sessions(self.client, self.feed, visitor_days=visitor_days, agent_hours=agent_hours)
        self.people = People(self.client, self.feed, nickname_days=nickname_days)

    async def open(self) -> None:
        """Connect, waiting for a store that is away, and see that it is fit. Raises StoreUnfit."""
        self.link.start()
        await self.link.ready()
        await self._fit()

    async def _fit(self) -> None:
        info = await self.client.info("server")
        version = str(info.get("valkey_version") or info["redis_version"])
        if tuple(int(part) for part in version.split(".")[:2]) < _OLDEST:
            raise StoreUnfit(f"the store at {self.link.address} is version {version}; 7.0 or newer is needed")
        memory = await self.client.info("memory")
        policy = memory.get("maxmemory_policy", "noeviction")
        if policy != "noeviction":
            raise StoreUnfit(
                f"the store at {self.link.address} may evict messages (maxmemory-policy {policy}); set it to noeviction"
            )
        persistence = await self.client.info("persistence")
        if not persistence.get("aof_enabled"):
            log.warning("the store keeps no append-only file: a crash of it loses what it held in memory")
        await self._agree_on_shards()

    async def _agree_on_shards(self) -> None:
        key = self.keys.store()
        found = await self.client.hgetall(key)
        if "shards" in found and found.get("format") != FORMAT:
            raise StoreUnfit(
                f"the store at {self.link.address} was written by another version of chatadmin "
                f"(format {found.get('format', '1')!s}; this one reads {FORMAT}); start that version or empty it"
            )
        await self.client.hsetnx(key, "format", FORMAT)  # first, so that a node beside us never sees shards alone
        await self.client.hsetnx(key, "shards", str(self.keys.shards))
        decided = int(await self.client.hget(key, "shards") or self.keys.shards)
        if decided != self.keys.shards:
            raise StoreUnfit(
                f"this store was created with {decided} shards and cannot be read with {self.keys.shards}; "
                f"set shards: {decided}"
            )

    async def close(self) -> None:
        """End every connection."""
        await self.feed.stop()
        await self.link.close()
        async with asyncio.timeout(2):
            await self.client.aclose()
