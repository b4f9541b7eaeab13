"""Who is present on this node: written to the store, vouched for by a heartbeat; and the people of dead nodes.

Nobody has a timer of their own. A departure waits a moment, so that a reload is no leaving. Meanwhile the other nodes
that had them are asked whether they still do: a dead one does not answer, and ends no later than this one. What could
not be stored while the store was away is made good by one comparison when it is back.
"""

import asyncio
import logging
import secrets
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import replace

from app.chat import protocol
from app.live.owed import Owed
from app.live.timings import Timings
from app.store.changes import Event
from app.store.errors import NotNow, RestoreIncomplete, StoreError, StoreUnfit
from app.store.people import Visitor
from app.store.sessions import Session
from app.store.store import Store

log = logging.getLogger("chatadmin.live")

# Departures stored, or asked about, at once: a millisecond of the node's time.
PEOPLE_AT_ONCE = 20


def event_id() -> str:
    """A unique id for an event's entry."""
    return f"e-{secrets.token_hex(8)}"


class PresenceTracker:
    """The people with a connection on this node."""

    def __init__(
        self, store: Store, spawn: Callable[..., object], clock: Callable[[], float], timings: Timings, owed: Owed
    ) -> None:
        self.boot = secrets.token_hex(6)
        self._store, self._spawn, self._clock, self._timings, self._owed = store, spawn, clock, timings, owed
        self._connections: Counter[str] = Counter()
        self._sessions: dict[str, Session] = {}
        self._leaving: dict[str, float] = {}
        self._closed: set[str] = set()  # whose last connection closed since the last sweep
        self._counters: dict[tuple[str, str], tuple[str, float]] = {}
        self._registered: set[str] = set()  # the shards that know this boot
        self.unfit: Callable[[StoreUnfit], None] = lambda _error: None
        """Told where the store has gone over to a format of which this version knows nothing."""

    # -- coming and going -------------------------------------------------------------------------------------------

    def enter(self, session: Session) -> None:
        """One more connection of theirs."""
        self._leaving.pop(session.uid, None)
        self._connections[session.uid] += 1
        if session.uid not in self._sessions:
            self._sessions[session.uid] = session
            self._spawn(self._arrive(session))

    def leave(self, session: Session) -> None:
        """One connection less; with none left they depart after a moment."""
        self._connections[session.uid] -= 1
        if self._connections[session.uid] <= 0:
            del self._connections[session.uid]
            self._leaving[session.uid] = self._clock() + self._timings.grace
            self._closed.add(session.uid)

    def uids(self) -> list[str]:
        """Of everybody who is here, or was a moment ago."""
        return list(self._sessions)

    def forget(self, uids: Iterable[str]) -> None:
        """They were erased, and have no connection any more: nobody is told that they left."""
        for uid in uids:
            self._sessions.pop(uid, None)
            self._leaving.pop(uid, None)
            self._closed.discard(uid)

    def renamed(self, uid: str, name: str) -> None:
        """They are called otherwise from now on, should they be here."""
        if session := self._sessions.get(uid):
            self._sessions[uid] = replace(session, name=name)

    def sweep(self) -> None:
        """Once a tick: ask who else has those that closed, and store the departures that are due."""
        now = self._clock()
        closed, self._closed = self._closed & self._leaving.keys(), set()
        if closed and self.others():
            self._spawn(self._ask_all([self._sessions[uid] for uid in closed]))
        gone = [uid for uid, due in self._leaving.items() if due <= now]
        for uid in gone:
            del self._leaving[uid]
        if gone:
            self._spawn(self._depart_all([self._sessions.pop(uid) for uid in gone]))

    async def _ask_all(self, sessions: list[Session]) -> None:
        for start in range(0, len(sessions), PEOPLE_AT_ONCE):
            some = [session for session in sessions[start : start + PEOPLE_AT_ONCE] if session.uid in self._leaving]
            await asyncio.gather(*map(self._ask, some))

    async def _ask(self, session: Session) -> None:
        """Have the other nodes answer for one of ours who is about to depart."""
        keys, uid = self._store.keys, session.uid
        shards = keys.shards() if session.kind == "agent" else [keys.shard_of(uid)]
        others = {
            shard: [boot for where, boot in self._counters if where == shard and boot != self.boot] for shard in shards
        }
        asked = (self._store.presence.call_roll(shard, self.boot, uid, others[shard]) for shard in shards)
        try:
            _raise(await asyncio.gather(*asked, return_exceptions=True))
        except NotNow:
            log.debug("a roll could not be called everywhere; who was on a dead node departs when that is found out")
        if uid in self._leaving:
            self._leaving[uid] = max(self._leaving[uid], self._clock() + self._timings.answer)

    async def answer(self, shard: str, uid: str) -> None:
        """A node asks in a shard who has `uid`: say so if we do."""
        if session := self._sessions.get(uid):
            try:
                await self._vouch(shard, session)
            except NotNow:
                log.debug("a roll call could not be answered; it is made good when the store is back")

    async def _vouch(self, shard: str, session: Session) -> None:
        """Have this shard know that they are here, if it must."""
        if session.kind == "agent":
            await self._store.presence.agent(shard, self.boot, session.uid, online=True)
        elif self._store.keys.shard_of(session.uid) == shard:
            await self._store.presence.arrive(self.boot, session.uid, _event(session))

    async def _depart_all(self, sessions: list[Session]) -> None:
        """A few at a time: when thousands leave at once, those who stay must not wait for them."""
        for start in range(0, len(sessions), PEOPLE_AT_ONCE):
            # Whoever came back before their turn has not left.
            some = [
                session for session in sessions[start : start + PEOPLE_AT_ONCE] if session.uid not in self._sessions
            ]
            await asyncio.gather(*(self._depart(self.boot, session) for session in some))

    async def _arrive(self, session: Session) -> None:
        try:
            if session.kind == "agent":
                await self._agent(self.boot, session.uid, online=True)
            else:
                await self._store.presence.arrive(self.boot, session.uid, _event(session))
        except NotNow:
            self.make_good()
            log.info("an arrival could not be stored; it is made good when the store takes it")

    async def _depart(self, boot: str, session: Session) -> None:
        try:
            if session.kind == "agent":
                await self._agent(boot, session.uid, online=False)
            else:
                await self._store.presence.depart(boot, session.uid, _event(session))
                await self._store.people.touch(session.uid)
        except NotNow:
            self.make_good()
            log.info("a departure could not be stored; it is made good when the store takes it")

    async def _agent(self, boot: str, uid: str, *, online: bool) -> None:
        """Tell every shard of an agent; raises what went wrong once all have been asked."""
        presence = self._store.presence
        asked = (presence.agent(shard, boot, uid, online=online) for shard in self._store.keys.shards())
        _raise(await asyncio.gather(*asked, return_exceptions=True))

    def make_good(self) -> None:
        """What was to be stored may not be: this node is vouched for, and compared, once it can be."""
        self._owed.owe(self.beat, self.reconcile)

    async def reconcile(self) -> None:
        """Make the store's idea of this node true again, in every shard that is within reach."""
        shards = self._store.keys.shards()
        _raise(await asyncio.gather(*(self._reconcile(shard) for shard in shards), return_exceptions=True))

    async def _reconcile(self, shard: str) -> None:
        stored = await self._store.presence.on_node(shard, self.boot)
        for uid, session in tuple(self._sessions.items()):
            if uid not in stored:
                await self._vouch(shard, session)
        await self._remove(shard, self.boot, stored - self._sessions.keys())

    async def leave_all(self) -> None:
        """The node stops: its people depart now, unless another node has them. Nobody need watch it die."""
        sessions, self._sessions = self._sessions, {}
        for session in sessions.values():
            await self._depart(self.boot, session)
        for shard in self._registered:
            if last := self._counters.get((shard, self.boot)):
                await self._store.presence.bury(shard, self.boot, last[0])

    # -- nodes ------------------------------------------------------------------------------------------------------

    async def beat(self) -> None:
        """Vouch for this node in every shard, and look at the others. Raises what went wrong once all were asked."""
        shards = self._store.keys.shards()
        heard = await asyncio.gather(*(self._beat(shard) for shard in shards), return_exceptions=True)
        if False in heard:
            log.warning("this node was given up for dead; it begins anew")
            self.boot = secrets.token_hex(6)
            self._counters.clear()
            self._registered.clear()
            try:
                await self.beat()
            finally:
                await self.reconcile()
        _raise(heard)

    async def _beat(self, shard: str) -> bool:
        """Vouch for this node in one shard, and bury who is dead there; False where this node was buried."""
        first, is_first_shard = shard not in self._registered, shard == self._store.keys.shard(0)
        try:
            if is_first_shard:
                await self._store.formats.vouch(self.boot, first=first)
            counters = await self._store.presence.beat(shard, self.boot, first=first)
            if is_first_shard:
                # Behind the beat: who restores sees that, or this sees who restores.
                await self._store.restoring.refuse()
        except NotNow:
            self.forgive(shard)
            raise
        except StoreUnfit as error:
            self.unfit(error)
            raise
        if not counters:
            return False
        self._registered.add(shard)
        now = self._clock()
        for boot, counter in counters.items():
            seen = self._counters.get((shard, boot))
            if seen is None or seen[0] != counter:
                self._counters[shard, boot] = (counter, now)
            elif boot != self.boot and now - seen[1] >= self._timings.dead:
                await self._bury(shard, boot, counter)
        return True

    def others(self) -> frozenset[str]:
        """The other nodes that live, as far as this one can tell, by their boots."""
        return frozenset(boot for _, boot in self._counters) - {self.boot}

    def forgive(self, shard: str = "") -> None:
        """The shard (or all of the store) was away, so nobody could beat: everybody's time starts anew there."""
        for key in [key for key in self._counters if shard in ("", key[0])]:
            del self._counters[key]

    async def _bury(self, shard: str, boot: str, counter: str) -> None:
        on_it = await self._store.presence.bury(shard, boot, counter)
        if on_it:
            log.warning("node %s is dead; %d people depart with it", boot, len(on_it))
            await self._remove(shard, boot, set(on_it))
            await self._store.presence.bury(shard, boot, counter)
        self._counters.pop((shard, boot), None)

    async def _remove(self, shard: str, boot: str, uids: set[str]) -> None:
        visitors = await self._store.people.visitors([uid for uid in uids if uid.startswith("v")])
        for uid in uids:
            if uid.startswith("a"):
                await self._store.presence.agent(shard, boot, uid, online=False)
            else:
                visitor = visitors.get(uid) or Visitor(uid, "", 0)
                body = protocol.event_body(visitor.user)
                await self._store.presence.depart(boot, uid, Event(event_id(), body))

    async def run(self) -> None:
        """Beat until cancelled."""
        while True:
            await asyncio.sleep(self._timings.beat)
            try:
                await self.beat()
            except RestoreIncomplete as error:  # begun while we stood still, and counted as dead
                self.unfit(StoreUnfit(str(error)))
                return
            except NotNow:
                log.debug("a shard is away, or takes nothing; the next beat asks again")
            except StoreUnfit:
                return  # whoever runs us was told, and ends us
            except StoreError as error:
                log.warning("who is here cannot be stored: %s", error)


def _raise(outcomes: Iterable[object]) -> None:
    """Raise the first of the errors among what `gather` brought."""
    for outcome in outcomes:
        if isinstance(outcome, BaseException):
            raise outcome


def _event(session: Session) -> Event:
    known = {name: value for name in ("browser", "page") if (value := getattr(session, name))}
    return Event(event_id(), protocol.event_body(session.user, **known))
