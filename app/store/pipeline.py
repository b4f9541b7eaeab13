"""How commands reach the store: everything a loop turn asks for leaves as one write, on one connection; messages alone
may wait for those of later turns (`_turn_over`).

No task, lock or future per command: a reply calls back. Replies come in the order of the commands, so a caller that
gave up leaves its place in the line and never its reply to the next.

When the connection breaks, what has left and was not answered may have been done or not. Commands that may be repeated
are given again, in their order, on the next one: reads, and scripts that acknowledge again what they stored once. Those
that say `repeat=False` are answered StoreAway. What has not left, and what a server says it has not done, is given to
the next either way.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Iterable

from app.store.address import Address
from app.store.command import Command, Done, into
from app.store.connection import Connection
from app.store.errors import ELSEWHERE_CODES, StoreAway, meaning, word
from app.store.handshake import loads
from app.store.resp import Argument, Reply, ReplyError, pack
from app.store.scripts import Script
from app.store.topology import Topology
from app.store.troubles import Troubles

# Seconds after which an unanswered connection counts as dead. Twice an fsync that takes half a second, on a bad disk.
SILENCE_LIMIT = 1.5
# Seconds a command may wait for its answer before its caller is told that the store is away.
ANSWER_PATIENCE = 5.0
# Seconds between two looks at who has waited too long.
WATCH_INTERVAL = 0.25


class Pipeline:
    """The commands for keys with `hash_tag`, in their order, to whichever server serves them.

    `silence`: s after which an unanswered connection counts as dead. `patience`: s a command may wait for its answer,
    infinite for a blocking read. `away_patience`: s it may wait while the store is away.
    """

    def __init__(
        self,
        topology: Topology,
        hash_tag: str,
        troubles: Troubles,
        *,
        silence: float = SILENCE_LIMIT,
        patience: float = ANSWER_PATIENCE,
        away_patience: float | None = None,
    ) -> None:
        self._connection = Connection(topology, hash_tag, troubles, self._replied, self._changed)
        self._silence, self._patience = silence, patience
        self._away_patience = patience if away_patience is None else away_patience
        self._queue: deque[Command] = deque()
        self._flying: deque[Command] = deque()
        self._undone: list[Command] = []  # what the server says it has not done: goes before all others
        self._reloading = False  # the scripts were flushed: nothing is sent until all in flight is answered
        self._flush_due = False
        self.newest: Command | None = None
        """What was given last, and has not left yet: a batch that may be joined."""
        self._loop = asyncio.get_running_loop()
        self._heard = self._now = self._loop.time()  # `_now` by the last tick: near enough for a deadline
        self._clock: asyncio.TimerHandle | None = None

    # -- life -------------------------------------------------------------------------------------------------------

    @property
    def up(self) -> bool:
        """Whether the store answers right now."""
        return self._connection.up

    @property
    def address(self) -> Address | None:
        """The server whose replies come, or came last."""
        return self._connection.address

    @property
    def on_change(self) -> list[Callable[[bool], None]]:
        """Called with whether the store is up, whenever it is reached or lost."""
        return self._connection.on_change

    def start(self) -> None:
        """Begin to connect, and to keep connected."""
        self._connection.start()
        self._watch()

    async def ready(self) -> None:
        """Wait until the store is within reach."""
        await self._connection.ready()

    async def close(self) -> None:
        """End the connection. What was not answered is answered StoreAway."""
        if self._clock is not None:
            self._clock.cancel()
        await self._connection.close()
        for command in [*self._undone, *self._flying, *self._queue]:
            command.answer(StoreAway())
        self._undone.clear()
        self._flying.clear()
        self._queue.clear()
        self.newest = None

    def _changed(self, up: bool) -> None:
        if up:
            self.flush()
        else:
            self._take_back()

    def _take_back(self) -> None:
        """The connection broke: what may go again does so in its order, before what came later. A tab's messages must
        not overtake each other."""
        again = [command for command in self._undone if command.done is not None]
        for command in tuple(self._flying):  # whoever is answered may give the next
            if not command.repeat:
                command.answer(StoreAway())
            elif command.done is not None:
                again.append(command)
        latest = self.deadline()
        for command in again:
            command.deadline = min(command.deadline, latest)
        self._queue.extendleft(reversed(again))
        self._undone.clear()
        self._flying.clear()
        self.newest = None  # who asks while the store is away waits as long as anybody, and not as what waited before
        self._reloading = False

    def _watch(self) -> None:
        """Once a tick: tell callers that have waited too long, and end a connection that has fallen silent."""
        now = self._now = self._loop.time()
        if self._flying and self.up and now - self._heard > self._silence:
            self._connection.leave(f"no answer for {self._silence:g} s")
        for command in tuple(self._flying):  # whoever is answered may give the next
            if command.deadline > now:
                break
            command.answer(StoreAway())
        while self._queue and self._queue[0].deadline <= now:
            late = self._queue.popleft()
            if late is self.newest:  # a turn that took so long: nothing may join it any more
                self.newest = None
            late.answer(StoreAway())
        self._clock = self._loop.call_later(WATCH_INTERVAL, self._watch)

    # -- commands ---------------------------------------------------------------------------------------------------

    def ask(self, done: Done, *command: Argument) -> None:
        """Give `command`; `done` is called once, with the reply or a StoreError."""
        self.put(Command(pack(command), done, self.deadline(), None))

    def run(
        self, script: Script, keys: Iterable[str], args: Iterable[Argument], done: Done, *, repeat: bool = True
    ) -> None:
        """Run `script`; as `ask`."""
        keys = tuple(keys)
        packed = pack(("EVALSHA", script.sha, len(keys), *keys, *args))
        self.put(Command(packed, done, self.deadline(), script, repeat=repeat))

    def call(self, *command: Argument, repeat: bool = True) -> asyncio.Future[Reply]:
        """Give `command`: the reply to come, or StoreError; with StoreAway it may have been done.

        Cancelling it leaves the reply's place in the line.
        """
        future: asyncio.Future[Reply] = self._loop.create_future()
        self.put(Command(pack(command), into(future), self.deadline(), None, repeat=repeat))
        return future

    def eval(
        self, script: Script, keys: Iterable[str], args: Iterable[Argument], *, repeat: bool = True
    ) -> asyncio.Future[Reply]:
        """Run `script`; as `call`."""
        future: asyncio.Future[Reply] = self._loop.create_future()
        self.run(script, keys, args, into(future), repeat=repeat)
        return future

    def deadline(self) -> float:
        """Until when what is given now may wait for its answer (the loop's clock)."""
        return self._now + (self._patience if self._connection.up else self._away_patience)

    def put(self, command: Command) -> None:
        """Give a command; it leaves at the end of this turn, or a batch once something was answered (`_turn_over`)."""
        self._queue.append(command)
        self.newest = command
        self._flush_soon(self._turn_over)

    def _flush_soon(self, turn_over: Callable[[], None]) -> None:
        if not self._flush_due:
            self._flush_due = True
            self._loop.call_soon(turn_over)

    def _turn_over(self) -> None:
        """Have what was given leave; but a batch alone waits while the store is at work for us, and more may join it.

        A store beside us would look at it no sooner than it has answered, and a call costs it half of what a message
        does: a node that is quicker would give it a call for each.
        """
        if self._flying and len(self._queue) == 1 and self._queue[0].gathers and self.newest is not None:
            self._flush_due = False
        else:
            self.flush()

    def flush(self) -> None:
        """Have what was given leave now, not at the end of the turn."""
        self._flush_due, self.newest = False, None
        if not self._queue or self._reloading or not self._connection.up:
            return
        if not self._flying:
            self._heard = self._loop.time()
        self._connection.write(b"".join([command.pack() for command in self._queue]))
        self._flying.extend(self._queue)
        self._queue.clear()

    def _replied(self, reply: Reply) -> None:
        self._heard = self._loop.time()
        command = self._flying.popleft()
        if isinstance(reply, ReplyError):
            code = word(reply)
            if code in ELSEWHERE_CODES:
                self._undone.append(command)  # it and all behind it go to whoever serves us next
                self._connection.leave(str(reply))
                return
            if code == "NOSCRIPT" and command.script is not None:
                # The store's scripts were flushed: whatever is in flight fails alike.
                self._undone.append(command)
                self._reloading = True
            else:
                command.answer(meaning(reply))
        else:
            command.answer(reply)
        self._connection.well()
        if self._queue:
            self._flush_soon(self.flush)
        if self._reloading and not self._flying:
            self._reload()

    def _reload(self) -> None:
        """Give the store its scripts again, and then what failed for want of them."""
        self._reloading = False
        self._queue.extendleft(reversed(self._undone))
        self._undone.clear()
        packed = [pack(command) for command in loads()]
        self._connection.write(b"".join(packed))
        self._flying.extend(Command(b"", None, float("inf"), None) for _ in packed)
        self.flush()
