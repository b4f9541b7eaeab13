"""RESP, the store's protocol: how commands are written, and replies read."""

import asyncio
from collections.abc import Callable, Iterable
from typing import Any, cast

import hiredis

Argument = str | int | float | bytes | memoryview
Reply = Any
ReplyError = hiredis.HiredisError
"""An error reply, as it is read: it is not raised, but stands where the reply would."""

_PARTIAL = object()


def pack(command: tuple[Argument, ...]) -> bytes:
    """A command as it goes to the store."""
    packed: bytes = hiredis.pack_command(command)  # type: ignore[arg-type]  # its stub knows tuples of one
    return packed


def bulk(*words: Argument) -> bytes:
    """The words of a command, or some of them, as the store reads them; in front of all goes `*<how many>`."""
    packed = pack(words)
    return packed[packed.index(b"\n") + 1 :]


def unix_ms(reply: list[bytes]) -> int:
    """What a server's clock says, from its answer to TIME, unix ms."""
    seconds, microseconds = map(int, reply)
    return seconds * 1000 + microseconds // 1000


def texts(reply: Iterable[bytes | None]) -> list[str]:
    """What the store tells, as text; "" for what is not there."""
    return [(item or b"").decode() for item in reply]


def pairs(reply: list[bytes]) -> dict[str, str]:
    """A hash of the store, from the flat list it is told in."""
    known = texts(reply)
    return dict(zip(known[::2], known[1::2], strict=True))


class Stream(asyncio.Protocol):
    """An open connection: replies come out as `replied(reply)`, its end, once, as `lost(stream)`."""

    def __init__(self, replied: Callable[[Reply], None], lost: Callable[["Stream"], None]) -> None:
        self._reader = hiredis.Reader(notEnoughData=_PARTIAL)
        self._replied, self._lost = replied, lost
        self._transport: asyncio.Transport
        self._open = False
        self.write: Callable[[bytes], None]
        """Send bytes: the transport's own method, since every command passes here."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # uvloop's is one in all but name
        self.write = self._transport.write
        self._open = True

    def data_received(self, data: bytes) -> None:
        self._reader.feed(data)
        while self._open and (reply := self._reader.gets()) is not _PARTIAL:
            self._replied(reply)

    def cut(self) -> None:
        """End it at once: what else it may have brought is not looked at."""
        self._open = False
        self._transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        self._open = False
        self._lost(self)
