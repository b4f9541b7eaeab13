"""A node: everything that runs in one worker. It owns every task, starts them and ends them."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from functools import partial
from typing import Any

from app.chat import protocol
from app.chat.conversation import Entry, State
from app.chat.errors import Refusal
from app.config import Settings
from app.live import history
from app.live.casework import Casework
from app.live.claims import Claims
from app.live.connection import Connection
from app.live.dashboard import Dashboard
from app.live.directory import Directory
from app.live.duties.follower import Follower
from app.live.duties.index import Indexing
from app.live.duties.reports import Counting
from app.live.front import Front
from app.live.full import FullConnection, Resume
from app.live.guests import Guests
from app.live.hub import Hub
from app.live.metrics import Metrics
from app.live.picture import Picture
from app.live.plain import PlainConnection
from app.live.roster import Roster
from app.live.timings import Timings
from app.store import tasks
from app.store.conversations import Outcome
from app.store.errors import NotNow, StoreError
from app.store.people import Agent
from app.store.sessions import Session
from app.store.store import Store

log = logging.getLogger("chatadmin.live")

# Seconds a draining node waits for messages on their way, and then for its people to depart: together less than the
# 6 s a worker gives it (server/worker.py), so that a store that is away then is no error of ours.
LAST_WORDS = 2.5


class Node:
    """One worker's share of the chat, over an open store."""

    def __init__(self, store: Store, settings: Settings, timings: Timings) -> None:
        self.store, self.settings, self._timings = store, settings, timings
        self.clock = asyncio.get_running_loop().time
        self.metrics = Metrics()
        self.hub = Hub(store.conversations)
        self.roster = Roster(store, self.spawn, self.clock, timings)
        self.agents: dict[str, Agent] = {}
        self.claims = Claims(store, lambda: self.agents, self.clock, lambda: self.roster.boot, timings)
        self.casework = Casework(store, self.claims)
        self.dashboard = Dashboard(self.roster.boot, lambda: self.agents, self._introduce, self.now_ms)
        self.picture = Picture(store, self.claims, self.dashboard)
        self.front = Front(self)
        self.directory = Directory(store, self.dashboard, self.agent_name)
        self.follower = Follower(store, "views", [Indexing(store.index), Counting(store.reports)])
        self.draining = False
        self.connections: set[Connection] = set()
        self.guests = Guests(settings, store.sessions, self.dashboard)
        self._tasks: set[asyncio.Task[Any]] = set()
        self.started = False
        self._tending = False
        self._compare_due = False
        self._returned = asyncio.Event()  # the store, or one of its shards, after it was away
        self.limits = settings.limits.told()

    # -- life ---------------------------------------------------------------------------------------------------

    async def start(self) -> None:
        """Read the feed from where it ends, load the picture, say that this node lives."""
        self.store.feed.on_entry = self._entry
        self.store.feed.on_gap = self._gap
        self.store.links.on_change(self._store_changed)
        await self.store.feed.start()
        await self.roster.beat()
        await self._load()
        self.spawn(self.roster.run())
        self.spawn(self.follower.run())
        self.spawn(self.front.keeper.run())
        self.spawn(self._make_good())
        self.spawn(self._tick())
        self.started = True

    async def stop(self) -> None:
        """Drain: no new work, `bye` to all, what is on its way is answered, then 1012; last the store is told."""
        self.draining = True
        bye = protocol.frame("bye", retry_ms=1000)
        for connection in tuple(self.connections):
            connection.hush()
            if connection.mode == "full":
                connection.send(bye)
        with suppress(TimeoutError):
            async with asyncio.timeout(LAST_WORDS):
                while any(connection.busy for connection in self.connections):
                    await self._answered()
        for connection in tuple(self.connections):
            connection.close(protocol.RESTART, "restarting")
        self.dashboard.close()
        await tasks.end(self._tasks - {asyncio.current_task()})
        with suppress(TimeoutError, NotNow):
            async with asyncio.timeout(LAST_WORDS):
                await self.roster.leave_all()
                await self.follower.stop()

    async def _answered(self) -> None:
        """One round trip to the store: whatever was asked before it has been answered after it."""
        try:
            await asyncio.gather(*(link.call("PING") for link in self.store.links.each()))
        except NotNow:
            await self.store.links.again()
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

    @property
    def ready(self) -> bool:
        """Whether this node should be given work."""
        return self.started and not self.draining and self.store.links.up and not self.store.feed.stalled

    def now_ms(self) -> int:
        """Unix milliseconds, for what is told but not stored."""
        return int(time.time() * 1000)

    # -- what comes from the store ----------------------------------------------------------------------------------

    def _entry(self, entry: Entry) -> None:
        if entry.uid:
            self.hub.deliver(entry)
            self.follower.hear(entry)
        elif entry.kind == "session.revoked":
            self.guests.end(protocol.decode(entry.body)["hash"])
        elif entry.kind == "roll_call":
            self.spawn(self.roster.answer(protocol.decode(entry.body)["tag"], entry.author))
        elif entry.kind == "agent.changed":
            self.spawn(self._agents_changed())
        else:
            self.front.hear(entry)
        self.picture.apply(entry)

    async def _gap(self, tag: str) -> None:
        """Something of a shard was missed: who follows its conversations compares with the log, sessions are looked
        at again, the picture is new."""
        self.metrics.gaps += 1
        self.follower.missed(tag)
        for follow in self.hub.follows():
            if self.store.keys.tag(follow.room.uid) == tag:
                follow.follower.broken(follow)
        if not self._compare_due:  # several shards move together: once is enough for what they have in common
            self._compare_due = True
            self.spawn(self._compare())

    async def _compare(self) -> None:
        try:
            await self.roster.beat()
            await self.roster.reconcile()
            self._compare_due = False
            await self._load()
            await self._check_sessions()
        except NotNow:
            self._compare_due = True
            await self.store.links.again()
            self.spawn(self._compare())

    async def _check_sessions(self) -> None:
        for session in self.guests.sessions().values():
            await self.guests.check(session)

    async def _load(self) -> None:
        await self.load_agents()
        await self.front.load()
        await self.picture.take()

    def _introduce(self, uid: str) -> None:
        self.spawn(self.picture.meet(uid))

    async def _agents_changed(self) -> None:
        try:
            await self.load_agents()
        except NotNow:
            await self.store.links.again()
            self.spawn(self._agents_changed())

    async def load_agents(self) -> None:
        """Read the team again, after a change. Raises what the store raises."""
        self.agents = {agent.uid: agent for agent in await self.store.people.agents()}
        self.dashboard.agents_changed()

    def _store_changed(self, up: bool) -> None:
        if up and self.started:
            self.roster.forgive()
            self._returned.set()

    async def _make_good(self) -> None:
        """Each time the store returns, for all shards that do so together. It may have refused who came and went, and
        the news of the team, of the shop and of sessions that ended."""
        duties = (self.roster.beat, self.roster.reconcile, self.load_agents, self.front.load, self._check_sessions)
        while True:
            await self._returned.wait()
            self._returned.clear()
            for duty in duties:
                try:
                    await duty()
                except NotNow:
                    self._returned.set()  # it, or another shard, is away again, or takes nothing yet
                except StoreError as error:
                    log.warning("what was missed cannot be made good: %s", error)
            if self._returned.is_set():
                await asyncio.sleep(self._timings.again)  # nothing tells when it takes what it did not

    # -- connections ------------------------------------------------------------------------------------------------

    async def open_chat(
        self,
        session: Session,
        *,
        client: str | None,
        full: bool,
        resume: Resume | None = None,
        language: str = "en",
        address: str = "",
    ) -> Connection:
        """The receiver for a socket that is about to be accepted.

        Raises Refusal unknown_client, claimed, too_many_connections, draining or store_unavailable.
        """
        self.admit(session, address)
        uid = session.uid if session.kind == "visitor" else await self._client(session, client, full)
        if full:
            return FullConnection(self, session, language, address, uid, resume or Resume())
        if uid is None:
            raise Refusal("unknown_client")
        return PlainConnection(self, session, language, address, uid)

    def admit(self, session: Session, address: str) -> None:
        """Whether the session may have one more socket or stream. Raises Refusal too_many_connections or draining."""
        if self.draining:
            raise Refusal("draining")
        self.guests.admit(session, address)

    async def _client(self, session: Session, client: str | None, full: bool) -> str | None:
        if client is None:
            return None
        visitor = await self.store.people.known(client)
        if full:
            await self.claim(visitor.uid, session)
        else:
            await self.claims.connect_plain(visitor.uid, session)
        return str(visitor.uid)

    def connected(self, connection: Connection) -> None:
        """A socket opened."""
        self.connections.add(connection)
        self.guests.enter(connection, self.clock())
        self.roster.enter(connection.session)

    def disconnected(self, connection: Connection) -> None:
        """A socket is gone."""
        session = connection.session
        self.connections.discard(connection)
        self.metrics.closed += 1
        self.guests.leave(connection, self.clock())
        self.roster.leave(session)
        if connection.mode == "plain" and session.kind == "agent" and not self.draining:
            assert isinstance(connection, PlainConnection)
            self.spawn(self.claims.disconnect_plain(connection.uid, session))

    # -- once a tick --------------------------------------------------------------------------------------------------

    async def _tick(self) -> None:
        while True:
            await asyncio.sleep(self._timings.tick)
            now, wall = self.clock(), self.now_ms()
            for connection in tuple(self.connections):
                silent = now - connection.heard
                if silent > self._timings.cut:
                    self.metrics.silent += 1
                    connection.close(protocol.SILENT, "silent too long")
                elif silent > self._timings.ask and not connection.pinged:
                    connection.ping()
                if connection.busy:
                    connection.offer_again(now)
            expired = [session for session in self.guests.sessions().values() if session.expires_at <= wall]
            self.roster.sweep()
            self.dashboard.sweep()
            self.guests.forget(now)
            if not self._tending:  # sockets are looked after on time, however slow the store is
                self._tending = True
                self.spawn(self._tend(expired))

    async def _tend(self, expired: list[Session]) -> None:
        duties: list[Callable[[], Awaitable[object]]] = [partial(self.guests.check, session) for session in expired]
        duties += [self.claims.sweep, partial(self.casework.wake, self.now_ms()), self.claims.hang_up]
        try:
            for duty in duties:
                with suppress(NotNow):  # what one needs is away; another's may not be, and the next tick asks again
                    await duty()
        finally:
            self._tending = False

    # -- for the routes ---------------------------------------------------------------------------------------------

    def holder(self, state: State) -> dict[str, str] | None:
        """Who holds a conversation, for a frame."""
        if not state.owner:
            return None
        return {"uid": state.owner, "nickname": self.agent_name(state.owner)}

    def agent_name(self, uid: str) -> str:
        """An agent's name; empty for nobody."""
        agent = self.agents.get(uid)
        return agent.nickname if agent else ""

    def view(self, uid: str, state: State) -> dict[str, object]:
        """A conversation's state, for an answer."""
        holder = self.holder(state)
        return {
            "uid": uid,
            "status": state.status,
            "holder": holder,
            "waiting_since": protocol.timestamp(state.waiting_since) if state.waiting_since else None,
            "admin": holder["nickname"] if holder else "",
            "is_chated": holder is not None,
        }

    def changed(self, uid: str, outcome: Outcome) -> dict[str, object]:
        """A conversation's state after a change made here, for an answer."""
        self.hub.learn(uid, outcome.state)
        return self.view(uid, outcome.state)

    async def claim(self, uid: str, session: Session, *, take_over: bool = False) -> dict[str, object]:
        """Take a conversation. Raises Refusal claimed."""
        return self.changed(uid, await self.claims.claim(uid, session, take_over=take_over))

    async def release(self, uid: str, session: Session) -> dict[str, object]:
        """Give it back."""
        return self.changed(uid, await self.claims.release(uid, session))

    async def transfer(self, uid: str, session: Session, to: str, note: str) -> dict[str, object]:
        """Hand it to a colleague, by uid or name."""
        return self.changed(uid, await self.claims.transfer(uid, session, to, note))

    async def resolve(self, uid: str, session: Session) -> dict[str, object]:
        """Close it."""
        return self.changed(uid, await self.claims.resolve(uid, session))

    async def is_blocked(self, uid: str) -> bool:
        """Whether this visitor was shut out."""
        return (await self.store.conversations.state(uid)).status == "blocked"

    async def history(
        self,
        uid: str,
        before: int | None,
        after: int | None,
        limit: int,
        *,
        messages: bool,
        around: int | None = None,
    ) -> history.History:
        """A page of a conversation."""
        if around is not None:
            return await history.around(self.store.conversations, uid, around, limit, messages=messages)
        return await history.read(self.store.conversations, uid, before, after, limit, messages=messages)

    async def desk(self) -> dict[str, object]:
        """What a visitor may know before writing: is somebody there, and how long an answer takes."""
        if not self.store.links.some_up:
            raise Refusal("store_unavailable")  # at once: a page asks for this before it shows itself
        answer_ms = await self.store.conversations.answer_ms()
        return {
            "agents_online": self.dashboard.agents_online(),
            "answer_minutes": max(1, round(answer_ms / 60000)) if answer_ms is not None else None,
        }
