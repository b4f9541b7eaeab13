"""The agents' picture of the shop: who is here, who waits, who is served; kept up with the feed, told as events.

Changes within 100 ms are told together, and an event is framed once, however many read it.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from app.chat import protocol
from app.chat.conversation import Entry, Snapshot
from app.live.event_stream import EventStream
from app.live.visitor_row import VisitorRow
from app.store.people import Agent, Visitor

if TYPE_CHECKING:
    from app.store.sessions import Session

# Seconds within which changes are one event.
EVENT_WINDOW = 0.1
# Milliseconds a visitor who left is still shown.
DEPARTED_SHOWN_MS = 5 * 60 * 1000
# Entries of a visitor who is being asked for, after which the question is put again.
ENTRIES_UNTIL_ASKED_AGAIN = 20
# Readers told in one turn of the loop: a tenth of a millisecond.
STREAMS_PER_TURN = 16
# Seconds without any stream after which events are not kept for one that comes back.
SECONDS_WITHOUT_STREAMS = 60.0
# Events kept for streams that come back: at fifty changes a second the last forty seconds.
REMEMBERED_EVENTS = 2000


class Dashboard:
    """This node's picture. `unknown(uid)` is called for a visitor it has not met; `add` answers.

    While the store is asked, for everything or for one visitor, the feed goes on: what it tells meanwhile is kept,
    and applied to the answer.
    """

    def __init__(
        self, boot: str, agents: Callable[[], dict[str, Agent]], unknown: Callable[[str], None], now: Callable[[], int]
    ) -> None:
        self._boot, self._agents, self._unknown, self._now = boot, agents, unknown, now
        self.shop: Callable[[], dict[str, object]] = dict  # its own settings, for the snapshot and each change
        self._rows: dict[str, VisitorRow] = {}
        self._meanwhile: list[Entry] | None = None
        self._meeting: dict[str, list[Entry]] = {}
        self._agents_online: set[str] = set()
        self._streams: set[EventStream] = set()
        self._count = 0
        self._ring: deque[tuple[int, bytes]] = deque(maxlen=REMEMBERED_EVENTS)
        self._changed: dict[str, str] = {}
        self._flush: asyncio.TimerHandle | None = None
        self._telling: deque[EventStream] = deque()
        self._unread_since: float | None = float("-inf")
        self._closed = False

    # -- what happens -----------------------------------------------------------------------------------------------

    def expect(self) -> None:
        """The store is about to be asked for everything: `load` is the answer."""
        self._meanwhile = []

    def load(self, snapshots: Iterable[Snapshot], visitors: dict[str, Visitor], agents_online: set[str]) -> None:
        """Begin anew from the store; every stream gets a new snapshot."""
        self._rows = {
            snapshot.uid: VisitorRow.of(snapshot, visitors[snapshot.uid])
            for snapshot in snapshots
            if snapshot.uid in visitors
        }
        self._agents_online = set(agents_online)
        self._meeting.clear()
        meanwhile, self._meanwhile = self._meanwhile or [], None
        for entry in meanwhile:
            self.apply(entry)
        self._changed.clear()
        self._telling.clear()  # the snapshot is newer than what they had still to be told
        self._forget_places()
        for stream in tuple(self._streams):
            stream.push(self._snapshot(stream.delta))

    def add(self, snapshot: Snapshot, visitor: Visitor) -> None:
        """Meet a visitor that was `unknown`."""
        meanwhile = self._meeting.pop(snapshot.uid, [])
        if snapshot.uid not in self._rows:
            row = self._rows[snapshot.uid] = VisitorRow.of(snapshot, visitor)
            for entry in meanwhile:
                row.apply(entry)
        self._tell(snapshot.uid, "visitor")

    def apply(self, entry: Entry) -> None:
        """Keep up with the feed. Values are absolute, so what is seen twice does no harm."""
        if self._meanwhile is not None:
            self._meanwhile.append(entry)
        if entry.kind in ("agent.online", "agent.offline"):
            (self._agents_online.add if entry.kind == "agent.online" else self._agents_online.discard)(entry.author)
            self._tell(entry.author, "agent")
            return
        if entry.state is None:
            return
        row = self._rows.get(entry.uid)
        if row is None:
            if entry.role != "v" or not entry.logged:
                self._meet(entry)
                return
            row = self._rows[entry.uid] = VisitorRow.met(entry)
            self._tell(entry.uid, "visitor")
        self._tell(entry.uid, "visitor" if row.apply(entry) else "conversation")

    def _meet(self, entry: Entry) -> None:
        meanwhile = self._meeting.get(entry.uid)
        # Asked again after so many entries without an answer: the store may have been away.
        if meanwhile is None or len(meanwhile) >= ENTRIES_UNTIL_ASKED_AGAIN:
            meanwhile = self._meeting[entry.uid] = []
            self._unknown(entry.uid)
        meanwhile.append(entry)

    def agents_changed(self) -> None:
        """Somebody joined the team, or was locked out."""
        for uid in self._agents():
            self._tell(uid, "agent")

    def shop_changed(self) -> None:
        """The shop's own settings are others now."""
        self._tell("shop", "shop")

    def replies_changed(self, owner: str) -> None:
        """Canned replies were changed: an agent's own, or the shop's (""). Consoles ask for them anew."""
        self._tell(f"replies {owner}", "replies")

    def sweep(self) -> None:
        """Once a second: those who left a while ago are shown no longer, and streams that take nothing are cut."""
        before = self._now() - DEPARTED_SHOWN_MS
        for uid in [uid for uid, row in self._rows.items() if row.over(before)]:
            self._tell(uid, "gone")
        for stream in tuple(self._streams):
            stream.look()

    # -- what is told -----------------------------------------------------------------------------------------------

    def users(self) -> list[dict[str, object]]:
        """The visitors online, as `/v1/users` lists them."""
        return [row.whole(self._name) for row in self._rows.values() if row.online]

    def agents_online(self) -> bool:
        """Whether anybody is there who takes conversations."""
        agents = self._agents()
        return any(uid in agents and not agents[uid].away for uid in self._agents_online)

    def now(self) -> dict[str, object]:
        """How the shop stands: who waits and since when, who is talked to, who of the team is there."""
        states = [row.state for row in self._rows.values()]
        waiting = [state.waiting_since for state in states if state.status == "waiting"]
        return {
            "waiting": len(waiting),
            "waiting_since": protocol.timestamp(min(waiting)) if waiting else None,
            "held": sum(state.status == "held" for state in states),
            "agents_online": len(self._agents_online),
        }

    def is_online(self, uid: str) -> bool:
        """Whether this visitor is here."""
        row = self._rows.get(uid)
        return row is not None and row.online

    def subscribe(self, session: "Session", *, delta: bool, last: str, cut: Callable[[], object]) -> EventStream:
        """A new stream, at the place of its `last` event where that is still known, else with a snapshot.

        `cut()` drops its connection, should it take nothing.
        """
        stream = EventStream(session, delta, cut)
        if self._closed:
            stream.close()
            return stream
        missed = self._since(last) if delta else None
        stream.push(self._snapshot(delta) if missed is None else b"".join(missed))
        self._streams.add(stream)
        stream.on_close = self._streams.discard
        return stream

    def sessions(self) -> dict[str, "Session"]:
        """Whose streams are open, by hash."""
        return {stream.session.hash: stream.session for stream in self._streams}

    def renew(self, session: "Session") -> None:
        """A session was looked at again."""
        for stream in self._streams:
            if stream.session.hash == session.hash:
                stream.session = session

    def end_session(self, hash: str) -> None:
        """End every stream of a session."""
        for stream in [stream for stream in self._streams if stream.session.hash == hash]:
            stream.close()

    def close(self) -> None:
        """End every stream: the node stops."""
        self._closed = True
        for stream in tuple(self._streams):
            stream.close()
        if self._flush is not None:
            self._flush.cancel()

    def streams_of(self, session: str) -> int:
        """How many streams a session has open, by its hash."""
        return sum(stream.session.hash == session for stream in self._streams)

    @property
    def streams(self) -> int:
        """How many streams are open."""
        return len(self._streams)

    def _name(self, agent: str) -> str:
        found = self._agents().get(agent)
        return found.nickname if found else ""

    def _tell(self, uid: str, kind: str) -> None:
        old = self._changed.get(uid)
        # A whole visitor says all that a conversation's change would; and whoever is heard of again is not gone.
        if old is None or kind != "conversation" or old == "gone":
            self._changed[uid] = "visitor" if old == "gone" else kind
        if self._flush is None and not self._telling:
            self._soon()

    def _soon(self) -> None:
        if not self._closed:
            self._flush = asyncio.get_running_loop().call_later(EVENT_WINDOW, self._publish)

    def _publish(self) -> None:
        self._flush = None
        changed, self._changed = self._changed, {}
        if self._streams:
            self._unread_since = None
        elif self._nobody_reads():
            for uid in [uid for uid, kind in changed.items() if kind == "gone"]:
                self._rows.pop(uid, None)
            self._forget_places()
            return
        events = [self._event(uid, kind) for uid, kind in changed.items()]
        whole = b"".join(event for event in events if event)
        plain = b"" if all(stream.delta for stream in self._streams) else self._snapshot(delta=False)
        self._telling = deque(self._streams)
        self._tell_some(whole, plain)

    def _tell_some(self, whole: bytes, plain: bytes) -> None:
        """Tell streams a few at a time: a thousand of them must not keep the conversations waiting."""
        for _ in range(min(STREAMS_PER_TURN, len(self._telling))):
            stream = self._telling.popleft()
            stream.push(whole if stream.delta else plain)
        if self._telling:
            asyncio.get_running_loop().call_soon(self._tell_some, whole, plain)
        elif self._changed:
            self._soon()

    def _nobody_reads(self) -> bool:
        """Whether it is so long since anybody did that nobody will go on from there: then nothing is framed at all."""
        now = asyncio.get_running_loop().time()
        if self._unread_since is None:
            self._unread_since = now
        return now - self._unread_since > SECONDS_WITHOUT_STREAMS

    def _forget_places(self) -> None:
        self._ring.clear()
        self._count += 1  # so that nobody's place is known any more

    def _event(self, uid: str, kind: str) -> bytes:
        data: object
        if kind == "agent":
            agent = self._agents().get(uid)
            if agent is None:
                return b""
            data = self.agent(agent)
        elif kind == "shop":
            data = self.shop()
        elif kind == "replies":
            data = {"owner": uid.partition(" ")[2]}
        elif kind == "gone":
            self._rows.pop(uid, None)
            kind, data = "visitor", {"uid": uid, "gone": True}
        elif (row := self._rows.get(uid)) is None:
            return b""
        else:
            data = row.whole(self._name) if kind == "visitor" else row.conversation(self._name)
        self._count += 1
        event = self._frame(data, kind)
        self._ring.append((self._count, event))
        return event

    def _frame(self, data: object, kind: str = "") -> bytes:
        head = f"id: {self._boot}-{self._count}\n" + (f"event: {kind}\n" if kind else "")
        return head.encode() + b"data: " + protocol.encode(data) + b"\n\n"

    def _snapshot(self, delta: bool) -> bytes:
        if not delta:
            return self._frame(self.users())
        return self._frame(
            {
                "visitors": [row.whole(self._name) for row in self._rows.values()],
                "agents": [self.agent(agent) for agent in self._agents().values() if not agent.disabled],
                "shop": self.shop(),
            },
            "snapshot",
        )

    def agent(self, agent: Agent) -> dict[str, object]:
        """An agent, for agents."""
        return {
            "uid": agent.uid,
            "nickname": agent.nickname,
            "role": agent.role,
            "online": agent.uid in self._agents_online,
            "accepting": not agent.away,
            "disabled": agent.disabled,
        }

    def _since(self, last: str) -> list[bytes] | None:
        """The events after `last`, or None where they are not all known any more."""
        boot, _, number = last.rpartition("-")
        if boot != self._boot or not number.isdecimal() or int(number) > self._count:
            return None
        oldest = self._ring[0][0] if self._ring else self._count + 1
        if int(number) + 1 < oldest:
            return None
        return [event for count, event in self._ring if count > int(number)]
