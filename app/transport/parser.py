"""picows' protocol, made ours: fed with a handshake that was judged already, and silent about what peers do wrong."""

import asyncio
import logging
from typing import Any

from picows import WSAutoPingStrategy, WSUpgradeRequest, WSUpgradeResponse, WSUpgradeResponseWithListener
from picows.picows import WSProtocol  # type: ignore[attr-defined]

from app.transport.bounds import READ_BUFFER_BYTES
from app.transport.socket import Socket


class Parser(WSProtocol):  # type: ignore[misc]
    """picows' protocol, fed with the handshake, and watched for its verdict on the peer."""

    def __init__(self, socket: Socket, headers: list[tuple[bytes, bytes]], limit: int) -> None:
        accept = WSUpgradeResponse.create_101_response([(n.decode("latin1"), v.decode("latin1")) for n, v in headers])

        def answer(request: WSUpgradeRequest) -> WSUpgradeResponseWithListener:
            return WSUpgradeResponseWithListener(accept, socket)

        never = WSAutoPingStrategy.PING_WHEN_IDLE  # when to ping is the node's business
        super().__init__(
            None, None, False, answer, _QUIET, True, None, False, 1, 1, never, False, limit, None, READ_BUFFER_BYTES
        )

    def feed(self, data: bytes) -> None:
        """Take in `data` as if it had come from the transport."""
        while data:
            buffer = self.get_buffer(-1)
            size = min(len(data), len(buffer))
            buffer[:size] = data[:size]
            self.buffer_updated(size)
            data = data[size:]

    def forget_handshake(self) -> None:
        """picows keeps it, a kilobyte, for as long as the socket lives, and nobody asks."""
        self.transport.request.headers.clear()
        self.transport.response.headers.clear()

    def buffer_updated(self, nbytes: int) -> None:
        """New bytes were put in the buffer."""
        super().buffer_updated(nbytes)
        if self.transport.is_close_frame_sent:
            self.listener.broke_protocol()


class Writer:
    """The transport as picows sees it. Closing is ours: picows' way would wait for a peer that reads nothing."""

    def __init__(self, transport: asyncio.Transport) -> None:
        self.write, self.writelines, self.abort = transport.write, transport.writelines, transport.abort
        self.get_write_buffer_size, self.get_extra_info = transport.get_write_buffer_size, transport.get_extra_info

    def close(self) -> None:
        """Said after a verdict, on which `Socket.broke_protocol` has acted."""


class _Quiet:
    """picows' words: what a peer does wrong is no error of ours, and costs no line and no logger of its own."""

    _log = logging.getLogger("chatadmin.socket")

    def isEnabledFor(self, level: int) -> bool:
        return False

    def _drop(self, *args: Any) -> None:
        pass

    debug = info = warning = error = log = _drop

    def exception(self, message: str, *args: Any) -> None:
        self._log.exception(message, *args)


_QUIET = _Quiet()
