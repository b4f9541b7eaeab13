"""A node: everything that runs in one worker. It owns every task, starts them and ends them, and says who hears what.

Routes reach its rooms and nothing beneath: `team`, `team_mail`, `chats`, `conversations`, `files`, `visitors`, `forms`,
`contacts`, `identities`, `identity_keys`, `links`, `ratings`, `shop`, `widget`, `browsing`, `whereabouts`, `dashboard`,
`neighbours`;
and, of the store, what a node has nothing to add to: `people`, `sessions`, `setup`, `replies`, `reports`, `faces`,
`mail`, `outbox`.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from functools import partial
from typing import Any

from app.chat import protocol
from app.chat.conversation import Entry
from app.config import Settings
from app.live.backups import Backups
from app.live.browsing import Browsing
from app.live.casework import Casework
from app.live.chats import Chats
from app.live.claims import Claims
from app.live.clock import now_ms
from app.live.contacts import Contacts
from app.live.conversations import Conversations
from app.live.dashboard import Dashboard
from app.live.delivery import Delivery
from app.live.directory import Directory
from app.live.duties.consumer import Consumer
from app.live.duties.follower import Follower
from app.live.duties.index import Indexing
from app.live.duties.reports import Counting
from app.live.erasure import Erasure
from app.live.files import Files
from app.live.forms import Forms
from app.live.greetings import Greetings
from app.live.hub import Hub
from app.live.identities import Identities
from app.live.identity_keys import IdentityKeys
from app.live.linking import Linking
from app.live.links import Links
from app.live.mail_trial import MailTrial
from app.live.neighbours import Neighbours
from app.live.owed import Owed
from app.live.presence import PresenceTracker
from app.live.rating import Ratings
from app.live.shop_settings import ShopSettings
from app.live.site_notes import SiteNotes
from app.live.snapshots import Snapshots
from app.live.tally import Tally, alone
from app.live.team import Team
from app.live.team_mail import TeamMail
from app.live.timings import Timings
from app.live.visits import Visits
from app.live.whereabouts import Whereabouts
from app.live.widget_settings import WidgetSettings
from app.store import tasks
from app.store.errors import NotNow, StoreUnfit
from app.store.sessions import Session
from app.store.store import Store

log = logging.getLogger("chatadmin.live")

# Seconds a draining node waits for messages on their way, and then for its people to depart: together less than the
# 6 s a worker gives it (server/worker.py), so that a store that is away then is no error of ours.
DRAIN_STEP_TIMEOUT = 2.5


class Node:
    """One worker's share of the chat, over an open store. `tally`: what it counts is written there."""

    def __init__(self, store: Store, settings: Settings, timings: Timings, tally: Tally | None = None) -> None:
        self.store, self._timings, self.tally = store, timings, tally or alone()
        self._tasks: set[asyncio.Task[Any]] = set()
        self._tending = False
        self.certificate_ends: Callable[[], float] | None = None  # where HTTPS is spoken: unix seconds, 0 without one
        self._owed = Owed(timings.again)
        self.started = False
        clock = asyncio.get_running_loop().time
        self._presence = PresenceTracker(store, self.spawn, clock, timings, self._owed)
        self.neighbours = Neighbours(self.tally)
        self._hub = Hub(store.conversations, self.neighbours)
        self.unfit: Callable[[StoreUnfit], None] = lambda _error: None
        """Told where this node must end, as the store has gone over to a format that it cannot read."""
        self._presence.unfit = lambda error: self.unfit(error)
        self.team = Team(store)
        self.team_mail = TeamMail(store, self.team, sends=settings.sends_mail)
        self._claims = Claims(store, self.team, clock, lambda: self._presence.boot, timings)
        self._casework = Casework(store, self.team, self._claims)
        self.dashboard = Dashboard(self._presence.boot, lambda: self.team.agents, self._introduce, now_ms)
        self.dashboard.namesake = self.team.has_namesake
        self.team.changed, self.team.moved = self._team_changed, self._agent_moved
        self._snapshots = Snapshots(store, self.team, self._claims, self.dashboard)
        self.files = Files(store, settings, clock, self.dashboard.room_changed)
        self.chats = Chats(
            store,
            settings.limits,
            timings,
            clock=clock,
            spawn=self.spawn,
            hub=self._hub,
            team=self.team,
            presence=self._presence,
            claims=self._claims,
            streams=self.dashboard.streams,
            files=self.files,
        )
        notes = SiteNotes(store.sites, clock, now_ms, self.spawn)
        self.widget = WidgetSettings(store, settings.sites, self.team, notes)
        by_mail = settings.sends_mail
        self.shop = ShopSettings(
            store, settings.shop_name, self.chats, self.dashboard, self.widget, self.spawn, by_mail=by_mail
        )
        self.shop.keeper.forgot = self.files.forgot
        self.conversations = Conversations(store, self._hub, self.team, self._claims, self._casework)
        visits = Visits(clock)
        self._greetings = Greetings(
            visits, lambda: self.widget.settings.triggers, self.dashboard.accepting, store.reports.shown
        )
        self.browsing = Browsing(store.browsing, clock, lambda: self._presence.boot, visits, self._greetings)
        looked_at = self.browsing.pages
        looked_at.changed = lambda id: self.dashboard.news("browsing", id, partial(looked_at.row, id))
        self.browsing.gossip.placed, self.dashboard.browsing = self.dashboard.placed, looked_at.rows
        self._erasure = Erasure(
            self.chats, self._hub, self._presence, self._claims, self.dashboard, self.browsing.pages
        )
        self.whereabouts = self.chats.whereabouts = Whereabouts(store, self.browsing, self.team, self.widget)
        self.forms = Forms(store, self.shop, self.widget)
        self.contacts = Contacts(store, self.forms, by_mail=by_mail)
        self.mail_trial = MailTrial()
        self.backups = Backups(store, settings.backup)
        self.delivery = Delivery(store, self.team, by_mail=by_mail)
        self.ratings = Ratings(store, self.widget)
        self.identity_keys = IdentityKeys(store.identities)
        self.identities = Identities(store, self.identity_keys, self.forms, Linking(store, self.team))
        self.links = Links(store)
        self.visitors = Directory(store, self.dashboard, self.team)
        views: list[Consumer[Any]] = [Indexing(store.index, store.people), Counting(store.reports)]
        self._follower = Follower(store, "views", views, store.feed.skimmed.take_changed)
        self.people, self.sessions = store.people, store.sessions
        self.replies, self.reports, self.setup, self.faces = store.replies, store.reports, store.setup, store.faces
        self.mail, self.outbox = store.mail, store.outbox
        # What may have changed while nothing could be heard of it.
        self._news = (
            *(self.team.load, self.shop.load, self.widget.load, self.files.tickets.load),
            self.chats.sessions.check_all,
        )

    # -- life ---------------------------------------------------------------------------------------------------

    async def start(self) -> None:
        """Read the feed from where it ends, load the snapshots, say that this node lives."""
        self.store.feed.on_entry, self.store.feed.followed = self._entry, self._hub.followed
        # The agents' list and the follower hear of it when they ask.
        self.store.feed.on_message = self._hub.deliver
        self.store.feed.on_skimmed, self.dashboard.catch_up = self.dashboard.more, self._catch_up
        self.store.feed.skimmed.on_unread = lambda: self._owed.owe(self._snapshots.take)
        self.store.feed.on_gap = self._gap
        self.store.pipelines.on_change(self._store_changed)
        self.store.browsing.channel.on_news = self.browsing.gossip.hear
        self.store.browsing.channel.on_gap = lambda: self._owed.owe(self.browsing.gossip.ask)
        await self.store.feed.start()
        loads = (self._presence.beat, self.team.load, self.shop.load, self.widget.load, self.files.tickets.load)
        for load in (*loads, self.browsing.load):
            await load()
        self.store.browsing.channel.start()
        await self._snapshots.take()
        for work in (self._presence, self._follower, self.shop.keeper, self.files, self._owed):
            self.spawn(work.run())
        self.spawn(self._tick())
        self.started = True

    async def stop(self) -> None:
        """Drain: no new work, `bye` to all, what is on its way is answered, then 1012; last the store is told."""
        self.chats.goodbye()
        with suppress(TimeoutError):
            async with asyncio.timeout(DRAIN_STEP_TIMEOUT):
                while self.chats.busy:
                    await self._answered()
        self.chats.close()
        self.dashboard.close()
        await tasks.end(self._tasks - {asyncio.current_task()})
        with suppress(TimeoutError, NotNow):
            async with asyncio.timeout(DRAIN_STEP_TIMEOUT):
                await self._presence.leave_all()
                await self._follower.stop()
        self.count()

    async def _answered(self) -> None:
        """One round trip to the store: whatever was asked before it has been answered after it."""
        try:
            await asyncio.gather(*(pipeline.call("PING") for pipeline in self.store.pipelines.each()))
        except NotNow:
            await self.store.pipelines.again()
        await asyncio.sleep(0)

    def spawn(self, work: Coroutine[Any, Any, Any]) -> None:
        """Run `work` as a task of this node: ended with it, and never failing silently."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._spent)

    def _spent(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("a task failed: %r", error, exc_info=error)

    def others(self) -> frozenset[str]:
        """The other nodes of the shop that live, as far as this one can tell, by their boots."""
        return self._presence.others()

    @property
    def draining(self) -> bool:
        """Whether it is about to end."""
        return self.chats.draining

    @property
    def store_up(self) -> bool:
        """Whether all of the store is within reach."""
        return self.store.pipelines.up

    @property
    def unfinished(self) -> bool:
        """Whether the store is not whole, as restoring a backup into it has not ended: nothing of it may be told."""
        return self.store.restoring.unfinished

    @property
    def ready(self) -> bool:
        """Whether this node should be given work."""
        return self.started and not self.draining and self.store_up and not self.store.feed.stalled

    # -- what comes from the store ----------------------------------------------------------------------------------

    def _entry(self, entry: Entry) -> None:
        if entry.uid:
            for said in self.store.feed.skimmed.take_of(entry.uid):
                self._snapshots.apply(said)
            self._hub.deliver(entry)
            self._follower.hear(entry)
            if entry.kind == "form" and (name := protocol.decode(entry.body)["fields"].get("name")):
                self._renamed(entry.uid, name)
            elif entry.kind == "identified":
                self._renamed(entry.uid, protocol.decode(entry.body)["user"]["name"])
        elif entry.kind == "session.revoked":
            self.chats.sessions.end(protocol.decode(entry.body)["hash"])
        elif entry.kind == "erased":
            self._erasure.hear(entry.body)
        elif entry.kind == "key.ended":
            self._owed.owe(self.chats.sessions.check_all)
        elif entry.kind == "roll_call":
            self.spawn(self._presence.answer(protocol.decode(entry.body)["tag"], entry.author))
        elif entry.kind == "format.raised":
            self._owed.owe(self._presence.beat)
        elif entry.kind == "agent.changed":
            self._owed.owe(self.team.load)
        elif entry.kind == "shop.changed":
            self._owed.owe(self.shop.load)
        elif entry.kind == "widget.changed":
            self._owed.owe(self.widget.load)
        elif entry.kind == "replies.changed":
            self.dashboard.news("replies", entry.author, partial(dict, owner=entry.author))
        elif entry.kind == "browsing":
            self.browsing.invitations.ordered(entry.body)
        self._snapshots.apply(entry)

    def _catch_up(self) -> None:
        """What was said since: of each conversation the latest."""
        for said in self.store.feed.skimmed.take():
            self._snapshots.apply(said)

    def _renamed(self, uid: str, name: str) -> None:
        """A visitor said what they are called."""
        self._presence.renamed(uid, name)
        self._hub.renamed(uid, name)

    async def _gap(self, shard: str) -> None:
        """Something of a shard was missed: every subscription of it compares with the log, sessions are looked at
        again, the snapshots are taken anew."""
        self.chats.metrics.gaps += 1
        self._follower.missed(shard)
        for subscription in self._hub.subscriptions():
            if self.store.keys.shard_of(subscription.room.uid) == shard:
                subscription.subscriber.broken(subscription)
        # Several shards move together: once is enough for what they have in common.
        self._presence.make_good()
        self._owed.owe(*self._news, self._snapshots.take)

    def _store_changed(self, up: bool) -> None:
        """The store, or one of its shards, is back: it may have refused who came and went, and the news of the team, of
        the shop and of sessions that ended."""
        if up and self.started:
            self._presence.forgive()
            self._presence.make_good()
            self._owed.owe(*self._news)

    def _team_changed(self) -> None:
        self.dashboard.agents_changed()
        self.shop.look()

    def _agent_moved(self, uid: str) -> None:
        self._hub.moved(uid)
        self.shop.look()

    def _introduce(self, uid: str) -> None:
        self.spawn(self._snapshots.meet(uid))

    # -- once a tick ------------------------------------------------------------------------------------------------

    def count(self) -> None:
        """Write what was counted, and what is so now, where every worker sees it."""
        sockets, streams = len(self.chats.connections), len(self.dashboard.streams)
        self.tally.mine.write(self.chats.metrics, self.ready, self.store_up, sockets, streams, len(self._hub))

    async def _tick(self) -> None:
        clock = asyncio.get_running_loop().time
        while True:
            due = clock() + self._timings.tick
            await asyncio.sleep(self._timings.tick)
            self.chats.metrics.late_us += int((clock() - due) * 1e6)
            self.count()
            self.chats.look()
            self._presence.sweep()
            self.dashboard.sweep()
            self.shop.look()
            self.store.browsing.channel.look()
            if not self._tending:  # sockets are looked after on time, however slow the store is
                self._tending = True
                self.spawn(self._tend())

    async def _tend(self) -> None:
        now, sessions = now_ms(), self.chats.sessions
        expired: list[Session] = [session for session in sessions.all().values() if session.expires_at <= now]
        duties: list[Callable[[], Awaitable[object]]] = [partial(sessions.check, session) for session in expired]
        duties += [self._claims.sweep, partial(self._casework.wake, now), self._claims.hang_up, self.files.look]
        duties += [partial(self.browsing.sweep, self._presence.others()), self._greetings.count]
        try:
            for duty in duties:
                with suppress(NotNow):  # what one needs is away; another's may not be, and the next tick asks again
                    await duty()
        finally:
            self._tending = False
