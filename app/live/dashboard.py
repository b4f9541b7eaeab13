"""The agents' live list: who is here, who waits, who is served. Kept up with the feed, and sent as events.

Changes within 100 ms are sent together, and an event is framed once, however many streams are open.
"""

import asyncio
from collections.abc import Callable, Collection, Iterable
from typing import TYPE_CHECKING, Any, NamedTuple

from app.chat import protocol
from app.chat.conversation import Entry, Snapshot
from app.live.event_log import EventLog
from app.live.event_stream import EventStream
from app.live.event_streams import EventStreams
from app.live.team import shown
from app.live.visitor_row import NOTHING_OWED, TELLING, VisitorRow
from app.live.writing import Writing
from app.store.people import Agent, Visitor

if TYPE_CHECKING:
    from app.store.sessions import Session

# Seconds within which changes are sent together.
EVENT_WINDOW = 0.1
# Milliseconds a visitor who left is still shown.
DEPARTED_SHOWN_MS = 5 * 60 * 1000
# Entries of a visitor who is being asked for, after which the question is put again.
ENTRIES_UNTIL_ASKED_AGAIN = 20
# Seconds after which what was said is caught up with where nobody looks, so that not too much of it waits.
UNSEEN_SWEEPS = 20
# What a visitor may do without being here: they tell it over HTTP.
_NO_COMING = frozenset({*TELLING, "rated", "invited"})
# What is told by nobody of who has left.
_MAILED = frozenset({"mail.sent", "mail.delayed", "mail.failed"})


class Figures(NamedTuple):
    """How the shop stands on all nodes: visitors who are here, conversations that wait, since when the first does (unix
    ms, 0 where none does), those that are held, agents with a page open, and those of them who take conversations."""

    visitors: int
    waiting: int
    waiting_since_ms: int
    held: int
    agents_online: int
    agents_accepting: int


class Dashboard:
    """This node's live list. `unknown(uid)` is called for a visitor it has not met; `add` answers.

    While the store is asked, for everything or for one visitor, the feed goes on: the entries it brings meanwhile are
    kept, and applied to the answer.
    """

    def __init__(
        self, boot: str, agents: Callable[[], dict[str, Agent]], unknown: Callable[[str], None], now: Callable[[], int]
    ) -> None:
        self._agents, self._unknown, self._now = agents, unknown, now
        self.shop: Callable[[], dict[str, object]] = dict  # its own settings
        self.browsing: Callable[[], list[dict[str, object]]] = list  # who looks at the shop's pages
        self.namesake: Callable[[str], bool] = lambda name: False  # whether an agent is called so
        self.catch_up: Callable[[], None] = lambda: None  # apply what was said and is not applied yet
        self.streams = EventStreams()
        self._log = EventLog(boot)
        self._writing = Writing(asyncio.get_running_loop().time)
        self._rows: dict[str, VisitorRow] = {}
        self._namesakes: set[str] = set()  # of agents, when the team was last read
        self._agents_online: set[str] = set()
        self._meanwhile: list[Entry] | None = None
        self._meeting: dict[str, list[Entry]] = {}
        self._changed: dict[str, str] = {}
        self._news: dict[tuple[str, str], Callable[[], object]] = {}
        self._flush: asyncio.TimerHandle | None = None
        self._sweeps = 0
        self._behind = False  # somebody looks, and there is something to catch up with
        self._closed = self._full = False  # no room is left for files

    # -- what happens -----------------------------------------------------------------------------------------------

    def expect(self) -> None:
        """The store is about to be asked for everything: `load` is the answer."""
        self.catch_up()
        self._meanwhile = []

    def load(self, snapshots: Iterable[Snapshot], visitors: dict[str, Visitor], agents_online: set[str]) -> None:
        """Begin anew from the store; every stream gets a new snapshot."""
        before = self._rows
        self._rows = {
            snapshot.uid: VisitorRow.of(snapshot, visitors[snapshot.uid])
            for snapshot in snapshots
            if snapshot.uid in visitors
        }
        for uid in before.keys() & self._rows.keys():
            self._rows[uid].place = before[uid].place  # which is in no store
        self._agents_online = set(agents_online)
        self._meeting.clear()
        meanwhile, self._meanwhile = self._meanwhile or [], None
        for entry in meanwhile:
            self.apply(entry)
        self._changed.clear()
        self._news.clear()
        self._log.forget()
        self.streams.begin_anew(self._snapshot)

    def add(self, snapshot: Snapshot, visitor: Visitor) -> None:
        """Meet a visitor that was `unknown`, or known by their own entry alone."""
        uid, meanwhile = snapshot.uid, self._meeting.pop(snapshot.uid, None)
        met = self._rows.get(uid)
        if met is None or meanwhile is not None:
            row = self._rows[uid] = VisitorRow.of(snapshot, visitor)
            for entry in meanwhile or ():
                row.apply(entry)
            if met is not None:  # by their own coming
                row.online, row.left_at, row.place = met.online, met.left_at, met.place
        self._note(uid, "visitor")

    def apply(self, entry: Entry) -> None:
        """Keep up with the feed. Values are absolute, so what is seen twice does no harm."""
        if self._meanwhile is not None:
            self._meanwhile.append(entry)
        if entry.kind in ("agent.online", "agent.offline"):
            (self._agents_online.add if entry.kind == "agent.online" else self._agents_online.discard)(entry.author)
            self._note(entry.author, "agent")
            return
        if entry.kind == "typing":
            self._heard_writing(entry)
        if entry.state is None:
            return
        if entry.kind == "message":
            self._writing.said(entry.uid, entry.author)
        row = self._rows.get(entry.uid)
        if row is None:
            # By somebody who is about to come, or has left; or of them.
            apart = (entry.role == "v" and entry.kind in _NO_COMING) or entry.kind in _MAILED
            if apart and entry.state.status in NOTHING_OWED:
                return  # who comes is asked for
            if apart or entry.role != "v" or not entry.logged:
                self._meet(entry)
                return
            row = self._rows[entry.uid] = VisitorRow.met(entry)
            self._note(entry.uid, "visitor")
            if entry.seq > 1 or row.page:  # who has been here before, or said who, or where, they are
                self._meet(entry)
        elif entry.uid in self._meeting:
            self._meet(entry)
        self._note(entry.uid, "visitor" if row.apply(entry) else "conversation")

    def more(self) -> None:
        """There is something to `catch_up` with. Where nobody looks it may wait until somebody asks."""
        if not self._behind and not self.streams.long_none():
            self._behind = True
            self._soon()

    def _heard_writing(self, entry: Entry) -> None:
        told = entry.uid in self._rows and len(self.streams) > 0  # whether there is anybody to tell
        if told and self._writing.heard(entry.uid, entry.author, protocol.decode(entry.body)["on"]):
            self._soon()

    def _meet(self, entry: Entry) -> None:
        meanwhile = self._meeting.get(entry.uid)
        # Asked again after so many entries without an answer: the store may have been away.
        if meanwhile is None or len(meanwhile) >= ENTRIES_UNTIL_ASKED_AGAIN:
            meanwhile = self._meeting[entry.uid] = []
            self._unknown(entry.uid)
        meanwhile.append(entry)

    def agents_changed(self) -> None:
        """Somebody joined the team, or was locked out; who is called as they are is marked from now on."""
        for uid in self._agents():
            self._note(uid, "agent")
        namesakes = {uid for uid, row in self._rows.items() if self.namesake(row.name)}
        for uid in namesakes - self._namesakes:
            self._note(uid, "visitor")
        self._namesakes = namesakes

    def news(self, kind: str, of: str, data: Callable[[], object]) -> None:
        """Something that is no visitor and no agent has changed; what is told of it is asked for within the window."""
        self._news[kind, of] = data
        self._soon()

    def room_changed(self, full: bool) -> None:
        """There is no room for more files, or there is again."""
        self._full = full
        self.news("files", "", lambda: {"full": self._full})

    def sweep(self) -> None:
        """Once a second: those who left a while ago are shown no longer, and peers that take nothing are cut."""
        self._sweeps += 1
        if self._sweeps % UNSEEN_SWEEPS == 0 or not self.streams.long_none():
            self.catch_up()
            before = self._now() - DEPARTED_SHOWN_MS
            for uid in [uid for uid, row in self._rows.items() if row.over(before)]:
                self._note(uid, "gone")
        self._writing.sweep()
        self._soon()  # who writes may have waited to be told
        self.streams.sweep()

    def forget(self, uids: Collection[str]) -> None:
        """They were erased: they are shown no longer, and no stream that comes back hears of before."""
        self.catch_up()
        for uid in uids:
            self._meeting.pop(uid, None)
            self._note(uid, "gone")
        if self._meanwhile is not None:
            self._meanwhile = [entry for entry in self._meanwhile if entry.uid not in uids]
        self._log.forget()

    def uids(self) -> list[str]:
        """Of everybody on the list."""
        self.catch_up()
        return [*self._rows, *self._meeting]

    # -- what is shown ----------------------------------------------------------------------------------------------

    def users(self) -> list[dict[str, object]]:
        """The visitors online, as `/v1/users` lists them."""
        self.catch_up()
        return [row.whole(self._name, self.namesake) for row in self._rows.values() if row.online]

    def agents_connected(self) -> bool:
        """Whether any agent's page is open."""
        return not self._agents_online.isdisjoint(self._agents())

    def accepting(self) -> bool:
        """Whether one of them takes conversations."""
        agents = self._agents()
        return any(uid in agents and not agents[uid].away for uid in self._agents_online)

    def figures(self) -> Figures:
        """How the shop stands, in numbers."""
        self.catch_up()
        rows, agents = self._rows.values(), self._agents()
        waiting = [row.state.waiting_since for row in rows if row.state.status == "waiting"]
        return Figures(
            sum(row.online for row in rows),
            len(waiting),
            min(waiting, default=0),
            sum(row.state.status == "held" for row in rows),
            len(self._agents_online),
            sum(uid in agents and not agents[uid].away for uid in self._agents_online),
        )

    def now(self) -> dict[str, object]:
        """How the shop stands: who waits and since when, who is talked to, who of the team is there."""
        found = self.figures()
        return {
            "waiting": found.waiting,
            "waiting_since": protocol.timestamp(found.waiting_since_ms) if found.waiting else None,
            "held": found.held,
            "agents_online": found.agents_online,
        }

    def is_online(self, uid: str) -> bool:
        """Whether this visitor is here."""
        row = self._rows.get(uid)
        return row is not None and row.online

    def placed(self, uid: str, place: dict[str, Any]) -> None:
        """A visitor is elsewhere now: what of their context is other than it was."""
        if row := self._rows.get(uid):
            row.place = row.place | place
            self._note(uid, "visitor")

    def place(self, uid: str) -> dict[str, Any]:
        """What of a visitor's context is as they told since they came."""
        row = self._rows.get(uid)
        return row.place if row else {}

    def agent(self, agent: Agent) -> dict[str, object]:
        """An agent, for agents."""
        return shown(agent, online=agent.uid in self._agents_online)

    def _name(self, agent: str) -> str:
        found = self._agents().get(agent)
        return found.nickname if found else ""

    # -- what is sent -----------------------------------------------------------------------------------------------

    def subscribe(self, session: "Session", *, delta: bool, last: str, cut: Callable[[], object]) -> EventStream:
        """A new stream, at the place of its `last` event where that is still known, else with a snapshot.

        `cut()` drops its connection, should the peer take nothing.
        """
        self.catch_up()
        missed = self._log.since(last) if delta else None
        first = self._snapshot(delta) if missed is None else missed
        if delta and self._full:
            first += self._log.frame({"full": True}, "files")
        return self.streams.add(session, delta=delta, cut=cut, first=first)

    def close(self) -> None:
        """End every stream: the node stops."""
        self._closed = True
        self.streams.close()
        if self._flush is not None:
            self._flush.cancel()

    def _note(self, uid: str, kind: str) -> None:
        """Something changed, which is sent within the window."""
        old = self._changed.get(uid)
        # A whole visitor says all that a conversation's change would; and whoever is heard of again is not gone.
        if old is None or kind != "conversation" or old == "gone":
            self._changed[uid] = "visitor" if old == "gone" and kind != "gone" else kind
        self._soon()

    def _soon(self) -> None:
        """Send what changed when the window is over; if the last events are still being sent, after those."""
        free = self._flush is None and not self.streams.sending and not self._closed
        if free and (self._behind or self._changed or self._news or self._writing.due):
            self._flush = asyncio.get_running_loop().call_later(EVENT_WINDOW, self._publish)

    def _publish(self) -> None:
        unseen = self.streams.long_none()
        if not unseen or "gone" in self._changed.values():  # who is heard of meanwhile is not gone
            self.catch_up()
        self._flush, self._behind = None, False
        changed, self._changed = self._changed, {}
        news, self._news = self._news, {}
        writing = self._writing.take()
        if unseen:
            for uid in [uid for uid, kind in changed.items() if kind == "gone"]:
                self._rows.pop(uid, None)
            self._log.forget()
            return
        events = b"".join([self._event(uid, kind) for uid, kind in changed.items()])
        events += b"".join([self._log.append(data(), kind) for (kind, _), data in news.items()])
        events += b"".join([self._log.frame(heard, "typing") for heard in writing])  # over before a stream is back
        whole = b"" if self.streams.all_delta or not changed else self._snapshot(delta=False)
        self.streams.send(events, whole, self._soon)

    def _event(self, uid: str, kind: str) -> bytes:
        """The event of one change, empty where there is nothing to say any more."""
        data: object
        if kind == "agent":
            agent = self._agents().get(uid)
            if agent is None:
                return b""
            data = self.agent(agent)
        elif kind == "gone":
            self._rows.pop(uid, None)
            kind, data = "visitor", {"uid": uid, "gone": True}
        elif (row := self._rows.get(uid)) is None:
            return b""
        else:
            data = row.whole(self._name, self.namesake) if kind == "visitor" else row.conversation(self._name)
        return self._log.append(data, kind)

    def _snapshot(self, delta: bool) -> bytes:
        if not delta:
            return self._log.frame(self.users())
        return self._log.frame(
            {
                "visitors": [row.whole(self._name, self.namesake) for row in self._rows.values()],
                "agents": [self.agent(agent) for agent in self._agents().values() if not agent.disabled],
                "shop": self.shop(),
                "browsing": self.browsing(),
            },
            "snapshot",
        )
