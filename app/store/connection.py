"""One connection to the store, kept for ever."""

import asyncio
from collections.abc import Callable
from contextlib import suppress

from app.store import tasks
from app.store.address import Address, connect
from app.store.handshake import handshake, unfit
from app.store.keys import Keys
from app.store.resp import Reply, Stream, pack
from app.store.topology import Topology
from app.store.troubles import Troubles

# Seconds between two attempts to connect, at first and at most: work resumes within 2 s of the store's return.
FIRST_PAUSE, LONGEST_PAUSE = 0.05, 0.5
# Seconds for somebody to say where a key is: two that are gone without a word, and one that answers.
LOCATE_TIMEOUT = 3.0
# Seconds to open a connection, and for the handshake to be answered.
CONNECT_TIMEOUT, HANDSHAKE_TIMEOUT = 1.0, 2.0


class Connection:
    """Leads to whichever server serves keys with `hash_tag`, and comes back by itself; a server that no longer serves
    them is left.

    `replied(reply)` is called for each reply but the handshake's, `on_change(up)` when the server is reached or lost.
    """

    def __init__(
        self,
        topology: Topology,
        hash_tag: str,
        troubles: Troubles,
        replied: Callable[[Reply], None],
        changed: Callable[[bool], None],
    ) -> None:
        self._topology, self._hash_tag, self._troubles = topology, hash_tag, troubles
        self._after_greeting = replied
        self.on_change = [changed]
        self.address: Address | None = None
        """The server whose replies come, or came last."""
        self._stream: Stream | None = None
        self._greeting = 0  # replies of the handshake that are still to come
        self._lost = asyncio.Event()
        self._ready = asyncio.Event()
        self.up = False
        """Whether the store answers here right now."""
        self._pause = FIRST_PAUSE
        self._reason = ""  # why it was lost this time
        self._troubled = False  # lost, and nothing has been answered since
        self._keeper: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to connect, and to keep connected."""
        self._keeper = asyncio.get_running_loop().create_task(self._keep())

    async def ready(self) -> None:
        """Wait until the store has answered the handshake."""
        await self._ready.wait()

    async def close(self) -> None:
        """End it."""
        if self._keeper is not None:
            await tasks.end([self._keeper])
        if self._stream is not None:
            self._stream.cut()

    def write(self, packed: bytes) -> None:
        """Send commands, while it is up."""
        if self._stream is not None:
            self._stream.write(packed)

    def leave(self, reason: str) -> None:
        """Leave this server: it does not serve us, or is gone without a word."""
        self._reason = reason
        if self._stream is not None:
            self._stream.cut()
            self._dropped(self._stream)

    def well(self) -> None:
        """A command was answered: what troubles there were are over."""
        if self._troubled:
            self._troubled, self._pause = False, FIRST_PAUSE
            self._troubles.end(self, self._topology)

    # -- from one server to the next --------------------------------------------------------------------------------

    async def _keep(self) -> None:
        while True:
            self._lost.clear()
            self._reason, place = "", str(self._topology)
            try:
                async with asyncio.timeout(LOCATE_TIMEOUT):
                    address = await self._topology.where(self._hash_tag)
                place = str(address)
                async with asyncio.timeout(CONNECT_TIMEOUT):
                    stream = await connect(address, lambda: Stream(self._replied, self._dropped))
                self._greet(stream, address)
                async with asyncio.timeout(HANDSHAKE_TIMEOUT):
                    await self._either_ready_or_lost()
                if self.up:
                    await self._stay(address)
                self._reason = self._reason or "connection lost"
            except (OSError, TimeoutError) as error:
                self._reason = str(error) or "no answer"
            self.leave(self._reason)
            self._troubled = True
            self._troubles.begin(self, place, self._reason)
            await asyncio.sleep(self._pause)
            self._pause = min(self._pause * 2, LONGEST_PAUSE)

    async def _stay(self, address: Address) -> None:
        """Until the connection is lost, or another server has our keys and this one does not know it yet."""
        while not self._lost.is_set():
            with suppress(TimeoutError):
                async with asyncio.timeout(self._topology.look_again):
                    await self._lost.wait()
                return
            with suppress(OSError, TimeoutError):  # nobody to ask, nothing known: stay
                async with asyncio.timeout(LOCATE_TIMEOUT):
                    now = await self._topology.where(self._hash_tag)
                if now != address:
                    self.leave(f"{now} has taken over")

    async def _either_ready_or_lost(self) -> None:
        waits = [asyncio.create_task(event.wait()) for event in (self._ready, self._lost)]
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()

    def _greet(self, stream: Stream, address: Address) -> None:
        self._stream, self.address = stream, address
        greeting = handshake(address, Keys.open(self._hash_tag))
        self._greeting = len(greeting)
        stream.write(b"".join(map(pack, greeting)))

    def _replied(self, reply: Reply) -> None:
        if not self._greeting:
            self._after_greeting(reply)
        elif wrong := unfit(reply):
            self.leave(wrong)
        else:
            self._greeting -= 1
            if self._greeting == 0:
                self._ready.set()
                self._tell(True)

    def _dropped(self, stream: Stream) -> None:
        if stream is not self._stream:
            return
        self._stream = None
        self._lost.set()
        if self.up:
            self._ready.clear()
            self._tell(False)

    def _tell(self, up: bool) -> None:
        self.up = up
        for change in self.on_change:
            change(up)
