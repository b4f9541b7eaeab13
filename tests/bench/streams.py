"""Readers of an event stream in the generator: they count, and some of them stop reading."""

import asyncio
import socket
from typing import cast

# Bytes a stalled reader's kernel takes before the server notices.
NARROW = 4096


class Reader(asyncio.Protocol):
    """Counts the events of a stream; `stalled` takes in the headers and then nothing."""

    def __init__(self, request: bytes, mark: bytes, *, stalled: bool = False) -> None:
        self._request, self._mark, self._stalled = request, mark, stalled
        self._tail = b""
        self.events = 0
        self.closed = False
        self.began = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._transport.write(self._request)

    def data_received(self, data: bytes) -> None:
        if not self.began.done():
            self.began.set_result(None)
            if self._stalled:
                self._transport.pause_reading()
        data = self._tail + data
        self.events += data.count(self._mark)
        self._tail = data[-len(self._mark) + 1 :]

    def connection_lost(self, exc: Exception | None) -> None:
        self.closed = True
        if not self.began.done():
            self.began.set_exception(ConnectionError("the stream was refused"))

    def close(self) -> None:
        """Drop the connection."""
        self._transport.abort()


async def listen(host: str, path: str, token: str, mark: bytes, readers: int, *, stalled: bool = False) -> list[Reader]:
    """Open so many streams and wait for the first bytes of each."""
    authorization = f"Authorization: {token}\r\n" if token else ""
    request = f"GET {path} HTTP/1.1\r\nHost: {host}\r\n{authorization}\r\n".encode()
    loop = asyncio.get_running_loop()
    address, _, port = host.partition(":")
    opened: list[Reader] = []
    for _ in range(readers):
        sock = socket.socket()
        if stalled:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, NARROW)
        sock.setblocking(False)
        await loop.sock_connect(sock, (address, int(port)))
        _, reader = await loop.create_connection(lambda: Reader(request, mark, stalled=stalled), sock=sock)
        await reader.began
        opened.append(reader)
    return opened
