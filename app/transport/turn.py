"""What one turn of the loop sends leaves as one write for each socket."""

import asyncio
from typing import ClassVar, Protocol
from weakref import WeakKeyDictionary


class Sending(Protocol):
    """Something that gathers what it is to send."""

    def flush(self) -> None:
        """Hand it to the transport."""


class Turn:
    """Those that were given something to send in this turn."""

    _turns: ClassVar[WeakKeyDictionary[asyncio.AbstractEventLoop, "Turn"]] = WeakKeyDictionary()

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._call_soon = loop.call_soon
        self._sending: list[Sending] = []

    @classmethod
    def of(cls, loop: asyncio.AbstractEventLoop) -> "Turn":
        """The loop's."""
        turn = cls._turns.get(loop)
        if turn is None:
            turn = cls._turns[loop] = cls(loop)
        return turn

    def add(self, sending: Sending) -> None:
        """It has something to send."""
        if not self._sending:
            self._call_soon(self._flush)
        self._sending.append(sending)

    def _flush(self) -> None:
        all_of_them, self._sending = self._sending, []
        for sending in all_of_them:
            sending.flush()
