"""A TCP proxy that does harm on demand: what a bad network, or a host that went away, looks like to both ends.

Bytes pass in order whatever happens to them; "up" is from who connected to who listens, "down" the way back.
"""

import asyncio
import random
import socket
import struct
from collections import deque
from contextlib import suppress
from typing import cast


class End(asyncio.Protocol):
    """One side of a connection through the proxy; what it is sent is passed to `other`."""

    def __init__(self, proxy: "Proxy", *, up: bool) -> None:
        self.proxy, self.up = proxy, up
        self.other: End
        self.transport: asyncio.Transport | None = None
        self.left: int | None = None  # bytes that may still pass before the connection is cut
        self._late: deque[bytes | None] = deque()  # on their way to `other`; None: the end of them
        self._due = 0.0
        self._ended = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)
        # In the next turn: until Python 3.11.4 asyncio began to read after this, paused or not.
        asyncio.get_running_loop().call_soon(self._pause_if_held)

    def _pause_if_held(self) -> None:
        if self.transport is not None and self.proxy.held(up=self.up):
            self.transport.pause_reading()

    def data_received(self, data: bytes) -> None:
        if self.proxy.swallowing and not self.up:
            return
        if self.left is None:
            self.pass_on(data)
            return
        self.pass_on(data[: self.left])
        self.left -= len(data)
        if self.left <= 0:
            self.reset_both()

    def eof_received(self) -> bool:
        self.pass_on(None)
        return True  # the other direction goes on

    def connection_lost(self, exc: Exception | None) -> None:
        self.proxy.ends.discard(self)
        self.other._ended = True
        if self.other.transport is not None:
            self.other.transport.abort()

    def pass_on(self, data: bytes | None) -> None:
        """Send it to the other side, as late as things are now; None: it has ended."""
        loop, delay = asyncio.get_running_loop(), self.proxy.next_delay()
        if delay == 0 and not self._late:
            self.other.write(data)
            return
        self._late.append(data)
        self._due = max(self._due, loop.time() + delay)
        loop.call_at(self._due, lambda: self.other.write(self._late.popleft()))

    def write(self, data: bytes | None) -> None:
        """To the socket of this side; nothing once it is closing."""
        if self._ended or self.transport is None or self.transport.is_closing():
            return
        if data is None:
            self._ended = True
            with suppress(OSError):  # the peer has reset it, which we are told next
                self.transport.write_eof()
            if self.other._ended and self.other.transport is not None:  # both have said all they had to say
                self.other.transport.close()
                self.transport.close()
        else:
            self.transport.write(data)

    def reset_both(self) -> None:
        """RST to both sides: what is in flight is gone."""
        for end in (self, self.other):
            end._ended = True
            if end.transport is not None and not end.transport.is_closing():
                linger = struct.pack("ii", 1, 0)
                end.transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
                end.transport.abort()


class Proxy:
    """Listens on a free port of loopback and passes everything to `target`: `host:port`, or the path of a socket."""

    end = End

    def __init__(self, target: str, rng: random.Random | None = None) -> None:
        self.target = target
        self.ends: set[End] = set()
        self.swallowing = False
        self.delay = self.jitter = 0.0
        self.port = 0
        self._held: set[bool] = set()
        self._rng = rng or random.Random(0)
        self._server: asyncio.Server | None = None

    async def start(self) -> None:
        """Listen; `port` is known afterwards."""
        self._server = await asyncio.get_running_loop().create_server(self._accept, "127.0.0.1", 0, backlog=4096)
        self.port = self._server.sockets[0].getsockname()[1]

    def stop(self) -> None:
        """Listen no more and cut what is open."""
        if self._server is not None:
            self._server.close()
        self.reset()

    def aim(self) -> str:
        """Where the next connection goes. Raises OSError where it can go nowhere."""
        return self.target

    def _accept(self) -> End:
        near, far = self.end(self, up=True), self.end(self, up=False)
        near.other, far.other = far, near
        self.ends.add(near)
        self.ends.add(far)
        asyncio.get_running_loop().create_task(self._reach(near, far))
        return near

    async def _reach(self, near: End, far: End) -> None:
        loop = asyncio.get_running_loop()
        await asyncio.sleep(0)  # `near` has its transport after this turn
        assert near.transport is not None
        near.transport.pause_reading()
        try:
            target = self.aim()
            if target.startswith("/"):
                await loop.create_unix_connection(lambda: far, target)
            else:
                host, _, port = target.rpartition(":")
                await loop.create_connection(lambda: far, host, int(port))
        except OSError:
            self.ends.discard(far)
            near.reset_both()
            return
        if near.transport.is_closing():
            far.reset_both()
        elif True not in self._held:
            near.transport.resume_reading()

    # -- harm -----------------------------------------------------------------------------------------------------

    def next_delay(self) -> float:
        """Seconds that the next bytes take longer."""
        return self.delay + self._rng.random() * self.jitter if self.delay or self.jitter else 0.0

    def reset(self) -> None:
        """Cut every connection with RST."""
        for end in tuple(self.ends):
            end.reset_both()

    def half_close(self, *, up: bool) -> None:
        """End one direction of every connection; the other goes on."""
        for end in tuple(self.ends):
            if end.up == up:
                end.pass_on(None)

    def cut_after(self, size: int, *, up: bool) -> None:
        """Let `size` more bytes pass in one direction of every connection, then cut it with RST."""
        for end in self.ends:
            if end.up == up:
                end.left = size

    def swallow(self) -> None:
        """From now on requests pass and replies vanish: what was asked is done, and nobody is told."""
        self.swallowing = True

    def hold(self, *, up: bool = True, down: bool = True) -> None:
        """Let nothing pass any more; the connections stay open. What is held back passes after `release`."""
        self._held |= {way for way, wanted in ((True, up), (False, down)) if wanted}
        for end in self.ends:
            if end.up in self._held and end.transport is not None:
                end.transport.pause_reading()

    def held(self, *, up: bool) -> bool:
        return up in self._held

    def release(self) -> None:
        """End of `hold`: what was held back passes now, late."""
        self._held.clear()
        for end in tuple(self.ends):
            if end.transport is not None and not end.transport.is_closing() and end.other.transport is not None:
                end.transport.resume_reading()

    def heal(self) -> None:
        """A good network again. Where replies were swallowed nothing can go on: those connections are cut."""
        self.delay = self.jitter = 0.0
        self.release()
        if self.swallowing:
            self.swallowing = False
            self.reset()
