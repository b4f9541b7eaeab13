"""What one turn of the loop sends leaves as one write for each socket."""

import asyncio
from typing import ClassVar
from weakref import WeakKeyDictionary

from app.transport.bounds import WRITE_AT_ONCE_BYTES

# What stands before a text message (RFC 6455, 5.2) of so few bytes.
_SHORT_HEADS = tuple(bytes((0x81, size)) for size in range(126))


class Turn:
    """The outboxes that were given something to send in this turn."""

    _turns: ClassVar[WeakKeyDictionary[asyncio.AbstractEventLoop, "Turn"]] = WeakKeyDictionary()

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._call_soon = loop.call_soon
        self._filled: list[Outbox] = []

    @classmethod
    def of(cls, loop: asyncio.AbstractEventLoop) -> "Turn":
        """The loop's."""
        turn = cls._turns.get(loop)
        if turn is None:
            turn = cls._turns[loop] = cls(loop)
        return turn

    def add(self, outbox: "Outbox") -> None:
        """It has something to send."""
        if not self._filled:
            self._call_soon(self._flush)
        self._filled.append(outbox)

    def _flush(self) -> None:
        filled, self._filled = self._filled, []
        for outbox in filled:
            outbox.flush()


class Outbox:
    """The frames of one socket that leave together."""

    __slots__ = ("_bytes", "_ended", "_frames", "_transport", "_turn")

    def __init__(self, transport: asyncio.WriteTransport, turn: Turn) -> None:
        self._transport, self._turn = transport, turn
        self._frames: list[bytes] = []
        self._bytes = 0
        self._ended = False

    def send(self, text: bytes) -> None:
        """Send one text message (UTF-8)."""
        if self._ended:
            return
        size = len(text)
        if size < 126:
            head = _SHORT_HEADS[size]
        elif size < 65536:
            head = b"\x81\x7e" + size.to_bytes(2, "big")
        else:
            head = b"\x81\x7f" + size.to_bytes(8, "big")
        if not self._frames:
            self._turn.add(self)
        self._frames.append(head + text)
        self._bytes += size
        if self._bytes > WRITE_AT_ONCE_BYTES:
            self.flush()

    def flush(self) -> None:
        """Hand the turn's frames to the transport."""
        if self._frames:
            frames, self._frames, self._bytes = self._frames, [], 0
            self._transport.write(frames[0] if len(frames) == 1 else b"".join(frames))

    def end(self) -> None:
        """Send nothing more, nor what is still here."""
        self._ended = True
        self._frames.clear()
