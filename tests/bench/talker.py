"""One end of a conversation in the generator: it sends, and accounts for every id it sent or was sent."""

import time
import zlib
from collections import deque
from typing import Any

from picows import WSFrame, WSListener, WSMsgType, WSTransport

from tests.bench.wires import Wire


class Tally:
    """What all ends of a run have counted, and how long deliveries took, in seconds since they were meant to leave."""

    def __init__(self) -> None:
        self.sent = self.delivered = self.acknowledged = 0
        self.faults: list[str] = []
        self.latencies: list[float] = []
        self.ready = 0
        self.connected: set[Talker] = set()


class Talker(WSListener):
    """Sends message after message. In a closed loop the next leaves when the last was delivered and acknowledged."""

    __slots__ = (
        "_acked",
        "_arrived",
        "_closed_loop",
        "_due",
        "_greeted",
        "_inflate",
        "_n",
        "_own",
        "_tab",
        "_tally",
        "_transport",
        "_wire",
        "partner",
    )

    def __init__(self, wire: Wire, tab: str, tally: Tally) -> None:
        self._wire, self._tab, self._tally = wire, tab, tally
        self._own = f"{tab}.".encode()  # what the ids of our messages begin with
        self.partner: Talker = self  # who is sent what we send
        self._transport: WSTransport
        self._n = self._acked = self._arrived = 0
        self._due: deque[float] = deque()
        self._greeted = self._closed_loop = False
        self._inflate: Any = None

    # -- what the socket calls ------------------------------------------------------------------------------------

    def on_ws_connected(self, transport: WSTransport) -> None:
        self._transport = transport
        self._tally.connected.add(self)
        if self._wire.hello:
            self._say(self._wire.hello)
        if self._wire.echoes:
            self._ready()

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        if frame.msg_type is not WSMsgType.TEXT:
            return
        payload = frame.get_payload_as_bytes()
        if frame.rsv1:
            self._inflate = self._inflate or zlib.decompressobj(-zlib.MAX_WBITS)
            payload = self._inflate.decompress(payload + b"\0\0\xff\xff")  # RFC 7692, 7.2.2
        if not self._greeted:
            if self._wire.greeted(payload, self._say):
                self._ready()
        elif self._wire.lines:
            for line in payload.split(b"\n"):
                self.judge(line)
        else:
            self.judge(payload)

    def judge(self, payload: bytes) -> None:
        """Account for what came."""
        if (read := self._wire.read(payload)) is None:
            self._wire.other(payload, self._say)
            return
        if read[0] or (self._wire.returns and read[1].startswith(self._own)):
            self._on_ack(read[1])
        else:
            self.partner._on_delivery(read[1])

    def on_ws_disconnected(self, transport: WSTransport) -> None:
        self._tally.ready -= 1
        self._tally.connected.discard(self)

    def _ready(self) -> None:
        self._greeted = True
        self._tally.ready += 1

    def _on_ack(self, id: bytes) -> None:
        self._acked += 1
        self._tally.acknowledged += 1
        if id.rpartition(b".")[2] != b"%d" % self._acked:
            self._tally.faults.append(f"{self._tab}: acknowledged {id!r}, not number {self._acked}")
        if self._closed_loop and self._arrived >= self._acked:
            self._next()

    def _on_delivery(self, id: bytes) -> None:
        """Ours has come to the other end."""
        self._arrived += 1
        tally = self._tally
        tally.delivered += 1
        if id != b"%s.%d" % (self._tab.encode(), self._arrived):
            tally.faults.append(f"{self._tab}: delivered {id!r}, not number {self._arrived}")
        if self._due:
            tally.latencies.append(time.perf_counter() - self._due.popleft())
        if self._closed_loop and (self._acked >= self._arrived or not self._wire.acknowledges):
            self._next()

    # -- what the run calls ---------------------------------------------------------------------------------------

    def start(self) -> None:
        """Begin a closed loop."""
        self._closed_loop = True
        self._next()

    def halt(self) -> None:
        """Send no more."""
        self._closed_loop = False

    def send(self, due: float) -> None:
        """Send one that should have left at `due` (perf_counter)."""
        self._due.append(due)
        self._next()

    def _next(self) -> None:
        self._n += 1
        self._tally.sent += 1
        self._say(self._wire.encode(f"{self._tab}.{self._n}", self._n))

    def _say(self, payload: bytes) -> None:
        self._transport.send(WSMsgType.TEXT, payload)

    def disconnect(self) -> None:
        """Drop the socket."""
        self._transport.disconnect(graceful=False)
