"""The store's front door: one object that opens, offers and closes all of it."""

import asyncio
import logging
from typing import Literal

from app.store import formats, topology
from app.store.agent_mail import AgentMail
from app.store.backups import Backups
from app.store.browsing import Browsing
from app.store.challenges import Challenges
from app.store.changes import Changes
from app.store.contacts import Contacts
from app.store.conversations import Conversations
from app.store.copying import Copying
from app.store.directory import Directory
from app.store.emptying import Emptying
from app.store.erased import Erased
from app.store.erasing import Erasing
from app.store.errors import NotNow, StoreError, StoreUnfit
from app.store.faces import Faces
from app.store.feed import Feed, Safety
from app.store.files import Files
from app.store.formats import Formats
from app.store.identities import Identities
from app.store.importing import Importing
from app.store.index import Index
from app.store.keys import Keys
from app.store.leases import Leases
from app.store.linking import Linking
from app.store.links import Links
from app.store.logs import Logs
from app.store.mail_tokens import Mail
from app.store.messages import Messages
from app.store.outbox import Outbox
from app.store.people import People
from app.store.pipelines import Pipelines
from app.store.presence import Presence
from app.store.replies import Replies
from app.store.reports import Reports
from app.store.resp import pairs, unix_ms
from app.store.restoring import Restoring
from app.store.retention import Retention
from app.store.rewriting import Rewriting
from app.store.search import Search
from app.store.server_info import info_of
from app.store.sessions import Sessions
from app.store.setup import Setup
from app.store.shop import ShopSettings
from app.store.sites import Sites
from app.store.team import Team
from app.store.unindexing import Unindexing
from app.store.whereabouts import Whereabouts
from app.store.widget import WidgetSettings

log = logging.getLogger("chatadmin.store")

# Redis 7.0 brought the partial stream ids the feed counts by.
_OLDEST_VERSION = (7, 0)
# ... and 7.2 WAITAOF.
_WAITAOF_VERSION = (7, 2)
# Shards of a new store in a cluster: enough to use as many servers, few enough to read each one's feed.
CLUSTER_SHARDS = 16
# Seconds that connections to Sentinels and a cluster's servers get to end.
TOPOLOGY_CLOSE_TIMEOUT = 2.0

# Nothing but the store's own word.
TAKEN_BY_STORE = Safety()


class Store:
    """Redis or Valkey at one URL. Open it, use its parts, close it."""

    def __init__(
        self,
        url: str,
        shards: int | Literal["auto"],
        nickname_days: int,
        visitor_days: int,
        agent_hours: int,
        safety: Safety = TAKEN_BY_STORE,
        *,
        unhurried: bool = False,
    ) -> None:
        self.url = url
        self.topology = topology.of(url)
        if shards == "auto":
            shards = CLUSTER_SHARDS if self.topology.spread else 1
        self.keys = Keys(shards)
        self.pipelines = Pipelines(self.topology, self.keys, unhurried=unhurried)
        self.formats = Formats(self.pipelines, self.keys, str(self.topology))
        self.conversations = Conversations(self.pipelines, self.keys)
        self.copying = Copying(self.pipelines, self.keys)
        self.messages = Messages(self.pipelines, self.keys)
        self.files = Files(self.pipelines, self.keys)
        self.changes = Changes(self.pipelines, self.keys)
        self.directory = Directory(self.pipelines, self.keys)
        self.presence = Presence(self.pipelines, self.keys)
        self.leases = Leases(self.pipelines)
        self.outbox = Outbox(self.pipelines, self.keys)
        self.linking = Linking(self.pipelines, self.keys)
        self.logs = Logs(self.pipelines, self.keys)
        self.index = Index(self.pipelines, self.keys)
        self.reports = Reports(self.pipelines, self.keys, self.conversations)
        self.feed = Feed(self.keys, self.pipelines, safety)
        people = self.pipelines.people
        self.sessions = Sessions(people, self.feed, visitor_days=visitor_days, agent_hours=agent_hours)
        self.browsing = Browsing(self.pipelines, self.keys, self.feed, self.sessions)
        self.people = People(people, self.feed, nickname_days=nickname_days)
        self.contacts = Contacts(people)
        self.identities = Identities(people, self.feed)
        self.links = Links(people)
        self.importing = Importing(self.pipelines, self.keys)
        self.erased = Erased(people)
        self.mail = Mail(people)
        self.erasing = Erasing(
            self.pipelines,
            self.keys,
            people=self.people,
            conversations=self.conversations,
            mail=self.mail,
            feed=self.feed,
            unindexing=Unindexing(self.pipelines, self.keys, self.index),
        )
        self.whereabouts = Whereabouts(self.pipelines, self.keys, visitor_days=visitor_days)
        self.search = Search(self.pipelines, self.keys, self.conversations, self.people)
        self.setup = Setup(people)
        self.challenges = Challenges(people)
        self.backups = Backups(people)
        self.agent_mail = AgentMail(people, self.outbox)
        self.team = Team(self.people, self.sessions, self.agent_mail)
        self.shop = ShopSettings(people, self.feed)
        self.widget = WidgetSettings(people, self.feed)
        self.sites = Sites(people)
        self.replies = Replies(people, self.feed)
        self.faces = Faces(people)
        self.rewriting = Rewriting(self.pipelines)
        self.retention = Retention(self.pipelines, self.keys, self.index)
        self.emptying = Emptying(self.pipelines, self.keys)
        self.restoring = Restoring(self.pipelines, self.keys, str(self.topology))

    async def open(self, *, patient: bool = True) -> None:
        """Connect, waiting for a store that is away, and see that it is fit. Raises StoreUnfit.

        One into which a backup is being restored is waited for, too; unless `patient`, it raises RestoreIncomplete.
        """
        await self.reach()
        await (self.restoring.over() if patient else self.restoring.refuse())
        await self._agree()

    async def reach(self) -> None:
        """Connect, and see that its servers are fit, whatever is in them: for who restores. Raises StoreUnfit."""
        self.pipelines.start()
        await self.pipelines.ready()
        for pipeline in self.pipelines.each():
            self._fit(await info_of(pipeline))

    def _fit(self, info: dict[str, str]) -> None:
        """See that one server of the store is fit. Raises StoreUnfit."""
        version = str(info.get("valkey_version") or info["redis_version"])
        oldest = _WAITAOF_VERSION if self.feed.safety.synced else _OLDEST_VERSION
        if tuple(int(part) for part in version.split(".")[:2]) < oldest:
            needed = ".".join(map(str, oldest))
            raise StoreUnfit(f"the store at {self.topology} is version {version}; {needed} or newer is needed")
        policy = info.get("maxmemory_policy", "noeviction")
        if policy != "noeviction":
            raise StoreUnfit(
                f"the store at {self.topology} may evict messages (maxmemory-policy {policy}); set it to noeviction"
            )
        if info.get("aof_enabled") != "1":
            if self.feed.safety.synced:
                raise StoreUnfit(
                    f"the store at {self.topology} keeps no append-only file, which acknowledge.on_disk waits for; "
                    "set appendonly yes"
                )
            log.warning("the store keeps no append-only file: a crash of it loses what it held in memory")

    async def _agree(self) -> None:
        key, pipeline = self.keys.store(), self.pipelines.at(self.keys.shard(0))
        found = pairs(await pipeline.call("HGETALL", key))
        if "shards" in found:
            self.formats.judge(found.get("format", ""))
        if not {"format", "shards"} <= found.keys():  # a full store is to be read, and takes nothing
            # The format first, so that a node beside us never sees shards alone.
            await pipeline.call("HSETNX", key, "format", formats.NEWEST)
            await pipeline.call("HSETNX", key, "shards", self.keys.count)
        decided = pairs(await pipeline.call("HGETALL", key))
        if decided["shards"] != str(self.keys.count):
            raise StoreUnfit(
                f"this store was created with {decided['shards']} shards and cannot be read with {self.keys.count}; "
                f"set shards: {decided['shards']}"
            )
        await self.formats.begin(decided["format"])

    async def infos(self) -> list[dict[str, str]]:
        """What each of its servers says of itself, by the names of INFO: first the one with the people."""
        asked = (self.pipelines.people, *self.pipelines.each())
        found = await asyncio.gather(*map(info_of, asked))
        return list({told["run_id"]: told for told in found}.values())

    async def synced(self) -> str:
        """When that server's append-only file is synced: `always`, `everysec` or `no`; "" where it does not say."""
        try:
            found = await self.pipelines.people.call("CONFIG", "GET", "appendfsync")
        except NotNow:
            raise
        except StoreError:  # a provider's, or an account that may not ask
            return ""
        return str(found[1].decode()) if found else ""

    async def now_ms(self) -> int:
        """What that server's clock says, unix ms."""
        return unix_ms(await self.pipelines.people.call("TIME"))

    async def close(self) -> None:
        """End every connection."""
        await self.feed.stop()
        await self.browsing.channel.close()
        await self.pipelines.close()
        async with asyncio.timeout(TOPOLOGY_CLOSE_TIMEOUT):
            await self.topology.close()
