"""One connection to the store, kept for ever: everything a loop turn asks for leaves as one write.

No task, lock or future per command: a reply calls back. Replies come in the order of the commands, so a caller that
gave up leaves its place in the line and never its reply to the next. When the connection breaks, commands whose
answer is unknown are given again, in their order, on the next one: so only what is safe to repeat may be asked here
(the scripts are: what they stored once they acknowledge again).
"""

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any, cast

import hiredis

from app.store import connect, scripts
from app.store.errors import StoreAway
from app.store.keys import Keys
from app.store.resp import Argument, pack
from app.store.topology import Topology

log = logging.getLogger("chatadmin.store")

# Seconds after which an unanswered connection counts as dead. Twice an fsync that takes half a second, on a bad disk.
SILENCE = 1.5
# Seconds between two attempts to connect, at first and at most: work resumes within 2 s of the store's return.
PAUSE, RETRY = 0.05, 0.5
# Seconds for somebody to say where a key is: two that are gone without a word, and one that answers.
WHERE = 3.0
# Seconds a command may wait for its answer before its caller is told that the store is away.
PATIENCE = 5.0

Reply = Any
Done = Callable[[Reply], None]


class Command:
    """What the store is asked once, or, where a connection breaks, until it answers."""

    __slots__ = ("_packed", "deadline", "done", "script")

    def __init__(self, packed: bytes, done: Done | None, deadline: float, script: scripts.Script | None) -> None:
        self._packed = packed
        self.done = done  # None where nobody wants an answer any more
        self.deadline = deadline
        self.script = script

    def pack(self) -> bytes:
        """As it goes to the store."""
        return self._packed

    def answer(self, reply: Reply) -> None:
        """Tell whoever asked; only the first answer counts."""
        done, self.done = self.done, None
        if done is not None:
            done(reply)


class _Wire(asyncio.Protocol):
    """The transport's end of a link: bytes in, replies out."""

    def __init__(self, replied: Callable[[Reply], None], lost: Callable[["_Wire"], None]) -> None:
        self._reader = hiredis.Reader(notEnoughData=_PARTIAL)
        self._replied, self._lost = replied, lost
        self.transport: asyncio.Transport
        self.open = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)  # uvloop's is one in all but name
        self.open = True

    def data_received(self, data: bytes) -> None:
        self._reader.feed(data)
        while self.open and (reply := self._reader.gets()) is not _PARTIAL:
            self._replied(reply)

    def cut(self) -> None:
        """End it at once: what else it may have brought is not looked at."""
        self.open = False
        self.transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        self.open = False
        self._lost(self)


_PARTIAL = object()


class Troubles:
    """What the links of a store say when a server is away: each thing once, whichever of them finds it."""

    def __init__(self) -> None:
        self._now: dict[object, tuple[str, str]] = {}

    def begin(self, link: object, place: str, reason: str) -> None:
        """A link was lost, or could not be opened."""
        if (place, reason) not in self._now.values():
            log.warning("store away at %s: %s", place, reason)
        self._now[link] = (place, reason)

    def end(self, link: object, topology: Topology) -> None:
        """A link is answered again."""
        if self._now.pop(link, None) and not self._now:
            log.warning("store is back at %s", topology)


class Link:
    """A connection to whichever server serves keys with `tag`; it comes back by itself.

    A server that no longer does so is left, and the commands go, in their order, to the one that does. `patience` is
    infinite for a blocking read, which has no deadline.

    `on_change(up)` is called whenever the store is reached or lost.
    """

    def __init__(
        self,
        topology: Topology,
        tag: str,
        troubles: Troubles,
        *,
        silence: float = SILENCE,
        patience: float = PATIENCE,
    ) -> None:
        self._topology, self._tag, self._troubles = topology, tag, troubles
        self._silence, self._patience = silence, patience
        self._queue: deque[Command] = deque()
        self._flying: deque[Command] = deque()
        self._greeting = 0
        self._wire: _Wire | None = None
        self.address: connect.Address | None = None
        """The server whose replies come, or came last."""
        self._flush_due = False
        self._again: list[Command] | None = None
        self._loop = asyncio.get_running_loop()
        self._heard = self._now = self._loop.time()  # `_now` by the last tick: near enough for a deadline
        self._lost = asyncio.Event()
        self._ready = asyncio.Event()
        self._pause = PAUSE
        self._reason = ""  # why it was lost this time
        self._troubled = False  # lost, and no command has been answered since
        self._keeper: asyncio.Task[None] | None = None
        self._clock: asyncio.TimerHandle | None = None
        self.on_change: list[Callable[[bool], None]] = []

    # -- life ---------------------------------------------------------------------------------------------------

    @property
    def up(self) -> bool:
        """Whether the store answers on this connection right now."""
        return self._ready.is_set()

    def start(self) -> None:
        """Begin to connect, and to keep connected."""
        self._keeper = self._loop.create_task(self._keep())
        self._watch()

    async def ready(self) -> None:
        """Wait until the store has answered the handshake."""
        await self._ready.wait()

    async def close(self) -> None:
        """End the connection. What was not answered is answered StoreAway."""
        if self._clock is not None:
            self._clock.cancel()
        # Before Python 3.12 `wait_for`, by which the client library writes, now and then loses a cancellation.
        while self._keeper is not None and not self._keeper.done():
            self._keeper.cancel()
            await asyncio.wait([self._keeper], timeout=0.1)
        if self._wire is not None:
            self._wire.cut()
        for command in [*self._flying, *self._queue]:
            command.answer(StoreAway())
        self._flying.clear()
        self._queue.clear()

    async def _keep(self) -> None:
        while True:
            self._lost.clear()
            self._reason, place = "", str(self._topology)
            try:
                async with asyncio.timeout(WHERE):
                    address = await self._topology.where(self._tag)
                place = str(address)
                async with asyncio.timeout(1):
                    wire = await connect.connect(address, lambda: _Wire(self._replied, self._dropped))
                self._greet(wire, address)
                async with asyncio.timeout(2):
                    await self._either_ready_or_lost()
                if self._ready.is_set():
                    await self._stay(address)
                self._reason = self._reason or "connection lost"
            except (OSError, TimeoutError) as error:
                self._reason = str(error) or "no answer"
            self._leave(self._reason)
            self._troubled = True
            self._troubles.begin(self, place, self._reason)
            await asyncio.sleep(self._pause)
            self._pause = min(self._pause * 2, RETRY)

    async def _stay(self, address: connect.Address) -> None:
        """Until the connection is lost, or another server has our keys and this one does not know it yet."""
        while not self._lost.is_set():
            with suppress(TimeoutError):
                async with asyncio.timeout(self._topology.look_again):
                    await self._lost.wait()
                return
            with suppress(OSError, TimeoutError):  # nobody to ask, nothing known: stay
                async with asyncio.timeout(WHERE):
                    now = await self._topology.where(self._tag)
                if now != address:
                    self._leave(f"{now} has taken over")

    async def _either_ready_or_lost(self) -> None:
        waits = [self._loop.create_task(event.wait()) for event in (self._ready, self._lost)]
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()

    def _greet(self, wire: _Wire, address: connect.Address) -> None:
        self._wire, self.address = wire, address
        self._heard = self._loop.time()
        greeting = [*connect.handshake(address, Keys.open(self._tag)), *_loads()]
        self._greeting = len(greeting)
        wire.transport.write(b"".join(pack(command) for command in greeting))

    def _greeted(self, reply: Reply) -> None:
        if wrong := connect.unfit(reply):
            self._leave(wrong)
            return
        self._greeting -= 1
        if self._greeting == 0:
            self._ready.set()
            self.flush()
            for change in self.on_change:
                change(True)

    def _leave(self, reason: str) -> None:
        """Leave this server: it does not serve us, or is gone without a word."""
        self._reason = reason
        if self._wire is not None:
            self._wire.cut()
            self._dropped(self._wire)

    def _dropped(self, wire: _Wire) -> None:
        if wire is not self._wire:
            return
        self._wire = None
        # In their order, before what came later: a tab's messages must not overtake each other.
        unanswered = [command for command in [*(self._again or []), *self._flying] if command.done is not None]
        self._queue.extendleft(reversed(unanswered))
        self._again = None
        self._flying.clear()
        self._lost.set()
        if self._ready.is_set():
            self._ready.clear()
            for change in self.on_change:
                change(False)

    def _watch(self) -> None:
        """Once a tick: tell callers that have waited too long, and end a connection that has fallen silent."""
        now = self._now = self._loop.time()
        if self._flying and self._wire is not None and now - self._heard > self._silence:
            self._leave(f"no answer for {self._silence:g} s")
        for command in tuple(self._flying):  # whoever is answered may give the next
            if command.deadline > now:
                break
            command.answer(StoreAway())
        while self._queue and self._queue[0].deadline <= now:
            self._queue.popleft().answer(StoreAway())
        self._clock = self._loop.call_later(0.25, self._watch)

    # -- commands -----------------------------------------------------------------------------------------------

    def ask(self, done: Done, *command: Argument) -> None:
        """Give `command`; `done` is called once, with the reply or a StoreError."""
        self.put(Command(pack(command), done, self.deadline(), None))

    def run(self, script: scripts.Script, keys: Iterable[str], args: Iterable[Argument], done: Done) -> None:
        """Run `script`; as `ask`."""
        keys = tuple(keys)
        packed = pack(("EVALSHA", script.sha, len(keys), *keys, *args))
        self.put(Command(packed, done, self.deadline(), script))

    def asked(self, *command: Argument) -> asyncio.Future[Reply]:
        """Give `command`: the reply to come, or what goes wrong. Cancelling it leaves the reply's place in the line."""
        future: asyncio.Future[Reply] = self._loop.create_future()
        self.ask(_into(future), *command)
        return future

    async def call(self, *command: Argument) -> Reply:
        """The reply to `command`; as `asked`."""
        return await self.asked(*command)

    async def eval(self, script: scripts.Script, keys: Iterable[str], args: Iterable[Argument]) -> Reply:
        """The reply to `script`; as `call`."""
        future: asyncio.Future[Reply] = self._loop.create_future()
        self.run(script, keys, args, _into(future))
        return await future

    def deadline(self) -> float:
        """Until when what is given now may wait for its answer (the loop's clock)."""
        return self._now + self._patience

    @property
    def newest(self) -> Command | None:
        """What was given last in this turn, and has not left yet."""
        return self._queue[-1] if self._flush_due and self._queue else None

    def put(self, command: Command) -> None:
        """Give a command; it leaves at the end of this turn."""
        self._queue.append(command)
        if not self._flush_due:
            self._flush_due = True
            self._loop.call_soon(self.flush)

    def flush(self) -> None:
        """Have what was given leave now, not at the end of the turn."""
        self._flush_due = False
        if self._wire is None or not self._ready.is_set() or not self._queue or self._again is not None:
            return
        if not self._flying:
            self._heard = self._loop.time()
        self._wire.transport.write(b"".join([command.pack() for command in self._queue]))
        self._flying.extend(self._queue)
        self._queue.clear()

    def _replied(self, reply: Reply) -> None:
        self._heard = self._loop.time()
        if self._greeting:
            self._greeted(reply)
            return
        command = self._flying.popleft()
        if isinstance(reply, hiredis.HiredisError):
            code = connect.word(reply)
            if code in connect.ELSEWHERE:
                self._flying.appendleft(command)  # it and all behind it go to whoever serves us next
                self._leave(str(reply))
                return
            if command.script is not None and code == "NOSCRIPT":
                self._hold(command)
            else:
                command.answer(connect.meaning(reply))
        else:
            command.answer(reply)
        if self._troubled:
            self._troubled, self._pause = False, PAUSE
            self._troubles.end(self, self._topology)
        if self._again is not None and not self._flying:
            self._reload()

    def _hold(self, command: Command) -> None:
        """The store's scripts were flushed: whatever is in flight fails alike. Collect it, send nothing meanwhile."""
        if self._again is None:
            self._again = []
        self._again.append(command)

    def _reload(self) -> None:
        assert self._wire is not None
        again, self._again = self._again or [], None
        self._queue.extendleft(reversed(again))
        loads = _loads()
        self._wire.transport.write(b"".join(pack(command) for command in loads))
        self._flying.extend(Command(b"", None, float("inf"), None) for _ in loads)
        self.flush()


def _loads() -> list[tuple[Argument, ...]]:
    return [("SCRIPT", "LOAD", scripts.load(name).source) for name in scripts.names()]


def ignore(_reply: Reply) -> None:
    """For a reply that nobody waits for; the link logs when the store is away."""


def _into(future: asyncio.Future[Reply]) -> Done:
    def done(reply: Reply) -> None:
        if future.done():
            return
        if isinstance(reply, Exception):
            future.set_exception(reply)
        else:
            future.set_result(reply)

    return done
