"""A tab that speaks the public protocol and nothing else: outbox, resume, reconnect to another node; and its journal.

Unlike `tests.clients.party.Party`, which a test drives by hand, it lives by itself through whatever happens to the
network.
"""

import asyncio
import json
import random
from collections.abc import Callable, Collection, Iterable
from contextlib import suppress

from picows import WSCloseCode, WSError, WSFrame, WSHandshakeError, WSMsgType, WSTransport

from tests.clients.connection import Listener, connect, held
from tests.prove.journal import Frame, Heard, Journal, content, mark

# Seconds until a handshake, and an open connection that says nothing to our pings, count as dead.
CONNECT, SILENCE = 4.0, 5.0
# Seconds between two looks at a connection, and before what was refused for the moment is offered again.
LOOK, AGAIN = 1.0, 0.2
# Refusals that mean "not now", and those that mean "not you": an agent who is not, or no longer, the holder.
NOT_NOW = ("store_unavailable", "store_full", "slow_down")
NOT_YOU = ("not_yours", "fenced")


class Line:
    """One conversation as a tab follows it: the place held, and what is not acknowledged yet."""

    def __init__(self, uid: str, tab: str) -> None:
        self.uid, self._tab = uid, tab
        self.place: tuple[int, int, str] | None = None
        self.asked = False  # a join is on its way on this connection, or answered: another would bring all once more
        self.target: int | None = None  # the seq at which this connection has caught up; None: not joined
        self.holder = ""
        self.outbox: dict[str, None] = {}
        self.uncertain: set[str] = set()  # offered, and then cut off or put off: stored or not
        self.n = self._tabs = 0

    def next_id(self) -> str:
        self.n += 1
        return f"{self._tab}x{self._tabs}.{self.n}" if self._tabs else f"{self._tab}.{self.n}"

    def new_tab(self) -> None:
        """Count from 1 again under another name: of a refused message it may be unknown whether it used its number."""
        self._tabs, self.n = self._tabs + 1, 0

    def left(self) -> None:
        """It is not followed any more, or not yet."""
        self.asked, self.target = False, None

    @property
    def live(self) -> bool:
        """Whether all was heard that there was when this connection joined."""
        return self.target is not None and (self.place[1] if self.place else 0) >= self.target


class _Socket(Listener):
    def __init__(self, tab: "Tab") -> None:
        super().__init__()
        self._tab = tab

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        if self._tab.socket is not self:  # given up before its handshake was answered; another stands in its place
            transport.disconnect(graceful=False)
            return
        self._tab.alive()
        super().on_ws_frame(transport, frame)

    def heard(self, transport: WSTransport, frame: Frame) -> None:
        self._tab.heard(transport, frame)

    def on_ws_disconnected(self, transport: WSTransport) -> None:
        if self._tab.socket is self:
            self._tab.lost()


class Tab:
    """A visitor's page, or an agent's console that follows `conversations`. `urls()` names the nodes there are."""

    def __init__(
        self,
        name: str,
        uid: str,
        role: str,
        token: str,
        urls: Callable[[], list[str]],
        conversations: Iterable[str],
        rng: random.Random,
    ) -> None:
        self.name, self.uid, self.role, self.token, self.urls, self.rng = name, uid, role, token, urls, rng
        self.journal = Journal(name, uid, role)
        # Ids count per conversation and tab; a tab's name in each makes them unique for the journal.
        self.lines = {uid: Line(uid, f"{name}c{n}") for n, uid in enumerate(conversations)}
        self.node = rng.randrange(len(urls()))
        self.home: int | None = None  # the node to come back to; None: any
        self.wanted = True  # to be connected
        self.may_end = False  # the session may, by a log-in or a log-out
        self.connected_at: int | None = None
        self.on_ack: Callable[[], None] = lambda: None
        self._loop = asyncio.get_running_loop()
        self.socket: _Socket | None = None  # of the connection there is, or that is tried
        self._transport: WSTransport | None = None
        self._frozen: WSTransport | None = None
        self._gone = asyncio.Event()
        self._heard_at = 0.0
        self._timers: set[str] = set()

    # -- the connection -------------------------------------------------------------------------------------------

    async def live(self) -> None:
        """Be connected until `wanted` is False; after each cut to whichever node answers."""
        while self.wanted:
            if await self._connect():
                await self._watch()
                self.journal.reconnects += 1
            if self.wanted:
                await asyncio.sleep(self.rng.uniform(0.05, 0.4))
                self.node = self.rng.randrange(len(self.urls())) if self.home is None else self.home

    async def _connect(self) -> bool:
        query = held(self.lines[self.uid].place) if self.role == "visitor" else {}
        url = self.urls()[self.node]
        self._gone.clear()
        self._heard_at = self._loop.time()
        for line in self.lines.values():
            line.left()
        socket = self.socket = _Socket(self)
        with suppress(OSError, WSHandshakeError, WSError, asyncio.IncompleteReadError):
            async with asyncio.timeout(CONNECT):
                transport = await connect(socket, url, self.token, query, plain=False)
            if not transport.is_disconnected:
                self._transport, self.connected_at = transport, self.node
                return True
        self.socket = None
        return False

    async def _watch(self) -> None:
        """Until the connection ends; one that says nothing is ended here."""
        while not self._gone.is_set():
            with suppress(TimeoutError):
                async with asyncio.timeout(LOOK):
                    await self._gone.wait()
            silent = self._loop.time() - self._heard_at
            if not self.wanted or silent > SILENCE:
                self.drop()
            elif silent > LOOK:
                self._send({"type": "ping"})

    def alive(self) -> None:
        self._heard_at = self._loop.time()

    def lost(self) -> None:
        """The connection is gone: what was offered on it may be stored or not."""
        self._transport, self.connected_at = None, None
        for line in self.lines.values():
            line.left()
            line.uncertain.update(line.outbox)
        self._gone.set()

    def drop(self) -> None:
        """Cut the connection without a word."""
        if self._transport is not None:
            self._transport.disconnect(graceful=False)

    def freeze(self) -> None:
        """Read and write nothing any more, and keep the connection open: a machine that stands still."""
        if self._transport is not None:
            self._frozen, self._transport = self._transport, None
            self._frozen.underlying_transport.pause_reading()

    def close(self) -> None:
        """Close it as a browser does that leaves the page."""
        if self._transport is not None:
            self._transport.send_close(WSCloseCode.GOING_AWAY)
            self._transport.disconnect()

    def follow(self, uid: str) -> None:
        """One more conversation, for a console."""
        if uid not in self.lines:
            line = self.lines[uid] = Line(uid, f"{self.name}c{len(self.lines)}")
            self._join(line)

    def retire(self) -> None:
        """The page is gone: of what has no answer it is not known whether it was stored."""
        self.wanted = self.journal.complete = False
        for line in self.lines.values():
            self.journal.abandoned.update(line.outbox)
            line.outbox.clear()
        self.close()

    def _send(self, frame: Frame) -> None:
        if self._transport is not None:
            self._transport.send(WSMsgType.TEXT, json.dumps(frame).encode())

    # -- what is sent ---------------------------------------------------------------------------------------------

    def say(self, conversation: str, file: tuple[str, str] | None = None) -> None:
        """One more message, or with a file: its id, and the digest of its bytes."""
        line = self.lines[conversation]
        id = line.next_id()
        self.journal.offered[id] = conversation
        if file is not None:
            self.journal.attached[id] = file
        line.outbox[id] = None
        if line.live:
            self._offer(line, id)

    def waiting(self) -> int:
        """How many messages are not answered yet."""
        return sum(len(line.outbox) for line in self.lines.values())

    def _offer(self, line: Line, id: str) -> None:
        file, _ = self.journal.attached.get(id, (None, ""))
        more = {"file": file} if file else {}
        self._send({"type": "send", "id": id, "conversation": line.uid, "content": content(id), **more})

    def _offer_all(self, line: Line) -> None:
        for id in tuple(line.outbox):
            self._offer(line, id)

    def _join(self, line: Line) -> None:
        if self._transport is not None and not line.asked:
            line.asked = True
            self._send({"type": "join", "conversation": line.uid, **held(line.place)})

    def _later(self, what: str, line: Line, act: Callable[[Line], None]) -> None:
        """Once, in a moment, on whichever connection there is then."""
        if (key := f"{what} {line.uid}") not in self._timers:
            self._timers.add(key)

            def now() -> None:
                self._timers.discard(key)
                if what == "join" or line.live:
                    act(line)

            self._loop.call_later(AGAIN, now)

    # -- what is heard --------------------------------------------------------------------------------------------

    def heard(self, transport: WSTransport, frame: Frame) -> None:
        """Act on a frame, and write it down."""
        self._transport = transport  # the first frames come before `ws_connect` returns
        kind = frame["type"]
        if kind in ("message", "event", "ack"):
            self._entry(self.lines[frame["conversation"]], frame)
        elif kind == "hello":
            if self.role != "visitor":
                for line in self.lines.values():
                    self._join(line)
        elif kind == "joined":
            line = self.lines[frame["conversation"]]
            line.target = frame["seq"]
            line.holder = (frame["holder"] or {"uid": ""})["uid"]
            self._caught_up(line)
        elif kind == "reset":
            self.journal.resets += 1
            line = self.lines[frame["conversation"]]
            line.place = None
            line.left()
            self._join(line)
        elif kind == "error":
            self._refused(frame)

    def _entry(self, line: Line, frame: Frame) -> None:
        place, id = (frame["epoch"], frame["seq"]), frame.get("id", "")
        if frame["type"] == "ack":
            if id not in self.journal.acked:
                self.journal.acked[id] = place
                self.on_ack()
            elif self.journal.acked[id] != place:
                self.journal.moved.append(f"{id} at {self.journal.acked[id]} and {place}")
            self.journal.repeats += bool(frame.get("repeat"))
            self._settled(line, id)
            if frame.get("repeat"):
                return
        elif frame["type"] == "message" and self.role == "agent":
            self._settled(line, id)  # our own, read back: what was not acknowledged is stored all the same
        line.place = (*place, id)
        said = 0 if frame["type"] == "ack" else mark(frame)
        self.journal.heard.setdefault(line.uid, []).append(Heard(*place, id, said))
        _hands(line, frame)
        if line.outbox and frame["seq"] == line.target:
            self._caught_up(line)

    def _settled(self, line: Line, id: str) -> None:
        if id in line.outbox:
            del line.outbox[id]
            line.uncertain.discard(id)
            if id not in self.journal.acked:
                self.journal.abandoned.add(id)

    def _caught_up(self, line: Line) -> None:
        """Everything is heard that was there when we came: what is not acknowledged is offered again."""
        if line.live:
            self._offer_all(line)

    def _refused(self, frame: Frame) -> None:
        code, id = frame["code"], frame.get("id", "")
        line = self.lines.get(frame.get("conversation") or self.journal.offered.get(id, ""))
        if line is None:
            if self.role == "agent" or code not in NOT_NOW:
                self.journal.complaints.append(f"{code}: {frame}")
            return
        if id and id not in line.outbox:
            return  # given up, or acknowledged on another connection, meanwhile
        if code in NOT_NOW or code == "not_joined":
            line.uncertain.update(line.outbox)
            if not id:
                line.left()
            self._later("offer" if id else "join", line, self._offer_all if id else self._join)
        elif code == "no_session" and self.may_end:
            self._give_up(line, id, code)
        elif code not in (*NOT_YOU, "out_of_order") and not self._begins(code, id):
            self.journal.complaints.append(f"{code}: {frame}")
        elif self.role == "visitor":
            self._later("offer", line, self._offer_all)  # one before it was put off
        else:
            self._give_up(line, id, code)

    def _begins(self, code: str, id: str) -> bool:
        """Whether the tab is unknown because its first message was put off, and nothing of it was ever acknowledged."""
        return code == "unknown_tab" and id.rpartition(".")[0] + ".1" not in self.journal.acked

    def _give_up(self, line: Line, id: str, code: str) -> None:
        """An agent who is not the holder: this one is refused; what went after it has no answer yet."""
        if id in line.uncertain:
            self.journal.abandoned.add(id)
        else:
            self.journal.refused[id] = code
        del line.outbox[id]
        self.journal.abandoned.update(line.outbox)
        line.outbox.clear()
        line.uncertain.clear()
        line.new_tab()


async def end(tabs: Iterable[Tab], tasks: Collection[asyncio.Task[None]]) -> None:
    """Have people go, without a word, and what is done in their name end."""
    for tab in tabs:
        tab.wanted = False
        tab.drop()
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


def _hands(line: Line, frame: Frame) -> None:
    """Keep up with who holds it."""
    kind = frame.get("kind")
    if kind == "claimed":
        line.holder = frame["user"]["uid"]
    elif kind in ("released", "resolved", "transferred"):
        line.holder = ""
