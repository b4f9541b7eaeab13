"""Who holds a conversation: claim, release, transfer, resolve, and back to waiting when the holder is gone."""

import asyncio
import logging
from collections import Counter
from collections.abc import Callable, Iterable

from app.chat import protocol
from app.chat.conversation import Entry, State
from app.chat.errors import Refusal
from app.live.presence import event_id
from app.live.team import Team
from app.live.timings import Timings
from app.store.changes import Event, Outcome
from app.store.errors import Erased, NotNow, StoreError
from app.store.sessions import Session
from app.store.store import Store

log = logging.getLogger("chatadmin.live")


class Claims:
    """Changes of hands, and a watch over holders who went away."""

    def __init__(
        self,
        store: Store,
        team: Team,
        clock: Callable[[], float],
        boot: Callable[[], str],
        timings: Timings,
    ) -> None:
        self._store, self._team, self._clock, self._boot, self._timings = store, team, clock, boot, timings
        self._held: dict[str, State] = {}
        self._absent: dict[str, float] = {}
        self._plain: Counter[tuple[str, str]] = Counter()  # this node's plain connections, by agent and conversation
        self._ask_at = 0.0
        self._hung_up: dict[tuple[str, str], Session] = {}  # whose last was closed here, until it is settled

    # -- changes of hands ---------------------------------------------------------------------------------------

    async def claim(self, uid: str, session: Session, *, take_over: bool = False, boot: str = "") -> Outcome:
        """Make the agent its holder; `boot`: by a plain connection on that node.

        Raises Refusal claimed, naming who holds it, visitor_blocked, or forbidden.
        """
        if take_over and session.role != "admin":
            raise Refusal("forbidden")
        former = self._team.user((await self._state(uid)).owner if take_over else "")
        taker = {"uid": session.uid, "nickname": session.nickname}
        outcome = await self._store.changes.claim(
            uid,
            session.uid,
            take_over=take_over,
            claimed=event(session.user),
            released=event(former, reason="taken_over", to=taker),
            boot=boot,
        )
        if outcome.word == "claimed":
            raise self._claimed(outcome)
        if outcome.word == "blocked":
            raise Refusal("visitor_blocked")
        return self.unless_held(outcome)

    async def release(self, uid: str, session: Session) -> Outcome:
        """Give it back. An administrator may do so for whoever holds it."""
        holder = await self._holder(uid, session)
        outcome = await self._store.changes.release(
            uid, holder, fence=None, away=False, released=event(self._team.user(holder), reason="released")
        )
        return self.unless_held(outcome)

    async def transfer(self, uid: str, session: Session, to: str, note: str = "") -> Outcome:
        """Hand it to the agent `to` (uid or name), with a note for them. Raises Refusal unknown_agent."""
        agent = self._team.find(to)
        holder = await self._holder(uid, session)
        new = self._team.user(agent.uid)
        outcome = await self._store.changes.transfer(
            uid,
            holder,
            agent.uid,
            transferred=event(
                session.user, to={"uid": agent.uid, "nickname": agent.nickname}, **({"note": note} if note else {})
            ),
            claimed=event(new, **{"from": {"uid": holder, "nickname": self._team.name(holder)}}),
        )
        return self.unless_held(outcome)

    async def resolve(self, uid: str, session: Session) -> Outcome:
        """Close it. Raises Refusal claimed where it is not theirs to close."""
        holder = await self.may_end(uid, session)
        outcome = await self._store.changes.resolve(uid, holder, session.uid, resolved=event(session.user))
        return self.unless_held(outcome)

    async def may_end(self, uid: str, session: Session) -> str:
        """The holder of a conversation that `session` may end: theirs, nobody's, or anybody's to an administrator.

        Raises Refusal claimed, naming who holds it.
        """
        state = await self._state(uid)
        if state.owner not in ("", session.uid) and session.role != "admin":
            raise self._not_yours(state)
        return state.owner

    async def _state(self, uid: str) -> State:
        return await self._store.conversations.state(uid)

    async def _holder(self, uid: str, session: Session) -> str:
        state = await self._state(uid)
        if state.owner == session.uid or (state.owner and session.role == "admin"):
            return state.owner
        raise self._not_yours(state)

    def _not_yours(self, state: State) -> Refusal:
        return Refusal("claimed", holder=self._team.name(state.owner)) if state.owner else Refusal("not_yours")

    def _claimed(self, outcome: Outcome) -> Refusal:
        return Refusal("claimed", holder=self._team.name(outcome.state.owner))

    def unless_held(self, outcome: Outcome) -> Outcome:
        """The outcome; raises Refusal claimed where somebody else was faster, visitor_blocked where nobody may, linked
        where it goes on in another conversation."""
        if outcome.word == "linked":
            raise Refusal("linked")
        if outcome.word == "held" and outcome.state.owner:
            raise self._claimed(outcome)
        if outcome.word == "held" and outcome.state.status == "blocked":
            raise Refusal("visitor_blocked")
        return outcome

    # -- plain mode: a connection is the claim ------------------------------------------------------------------

    async def connect_plain(self, uid: str, session: Session) -> Outcome:
        """An agent's plain-mode connection claims its conversation. Raises Refusal claimed, visitor_blocked."""
        key = (session.uid, uid)
        self._plain[key] += 1  # first: another that closes meanwhile must not give the claim back
        try:
            return await self.claim(uid, session, boot=self._boot())
        except BaseException:
            self._one_less(key, session)  # the store may have taken it all the same
            raise

    async def disconnect_plain(self, uid: str, session: Session) -> None:
        """The last such connection, on whichever node, gives back the claim that the first one took."""
        key = (session.uid, uid)
        if self._one_less(key, session):
            await self._hang_up(key, session)

    def _one_less(self, key: tuple[str, str], session: Session) -> bool:
        """Whether that was the last on this node."""
        self._plain[key] -= 1
        if self._plain[key] > 0:
            return False
        del self._plain[key]
        self._hung_up[key] = session
        return True

    async def hang_up(self) -> None:
        """From time to time: what closed here and is not settled, since the store took nothing, or another node had a
        connection as well: it may die without a word."""
        if self._clock() >= self._ask_at:
            self._ask_at = self._clock() + self._timings.ask_again
            await asyncio.gather(*(self._hang_up(*hung_up) for hung_up in tuple(self._hung_up.items())))

    async def _hang_up(self, key: tuple[str, str], session: Session) -> None:
        """Give back what a plain connection took, unless there is one again, here or on another node."""
        agent, uid = key
        try:
            if not self._plain[key]:
                released = event(session.user, reason="released")
                outcome = await self._store.changes.hang_up(uid, agent, self._boot(), released=released)
                if outcome.word == "present":
                    return
        except NotNow:
            log.debug("a plain connection's claim could not be given back: it is asked again")
        except Erased:
            self._hung_up.pop(key, None)
        except StoreError as error:
            log.warning("a plain connection's claim could not be given back: %s", error)
        else:
            if self._hung_up.get(key) is session:  # else another has been closed meanwhile
                del self._hung_up[key]

    # -- holders who are gone -------------------------------------------------------------------------------------

    def load(self, states: dict[str, State]) -> None:
        """Begin from a snapshot of the open conversations."""
        self._held = {uid: state for uid, state in states.items() if state.owner}
        now = self._clock()
        gone = {state.owner for state in self._held.values()} - self._team.online
        self._absent = {owner: self._absent.get(owner, now) for owner in gone}

    def uids(self) -> list[str]:
        """Of every conversation that is held."""
        return list(self._held)

    def forget(self, uids: Iterable[str]) -> None:
        """These conversations were erased."""
        for uid in uids:
            self._held.pop(uid, None)

    def apply(self, entry: Entry) -> None:
        """Keep up with the feed."""
        if entry.kind == "agent.online":
            self._absent.pop(entry.author, None)
        elif entry.kind == "agent.offline":
            self._absent[entry.author] = self._clock()
        elif entry.state is not None:
            if entry.state.owner:
                self._held[entry.uid] = entry.state
                if entry.state.owner not in self._team.online:
                    self._absent.setdefault(entry.state.owner, self._clock())
            else:
                self._held.pop(entry.uid, None)

    async def sweep(self) -> None:
        """Once a tick: what a holder left behind goes back to waiting, its place kept."""
        due = self._clock() - self._timings.absent
        for owner in [owner for owner, since in self._absent.items() if since <= due]:
            # As they were held: another node may be faster, and what is not theirs any more is not given back.
            for uid, state in [(uid, state) for uid, state in self._held.items() if state.owner == owner]:
                released = event(self._team.user(owner), reason="away")
                await self._store.changes.release(uid, owner, fence=state.fence, away=True, released=released)
            self._absent.pop(owner, None)


def event(user: dict[str, str], **more: object) -> Event:
    """A new event about `user`."""
    return Event(event_id(), protocol.event_body(user, **more))
