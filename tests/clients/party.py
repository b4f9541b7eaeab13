"""A `Party` is a visitor or an agent in one tab, whom a test drives.

It remembers every frame it was sent, over all its connections, so that a test can ask afterwards whether anything was
missing, doubled or out of order.
"""

import asyncio
import json
from typing import Any

import pytest
from picows import WSHandshakeError, WSMsgType, WSTransport

from tests.clients.api import Frame
from tests.clients.connection import Listener, connect, held

PATIENCE = 60.0  # seconds until silence counts as broken


class _Socket(Listener):
    def __init__(self, party: "Party") -> None:
        super().__init__()
        self._party = party

    def heard(self, transport: WSTransport, frame: Frame) -> None:
        self._party.heard(frame)

    def closing(self, code: int) -> None:
        self._party.close_code = code

    def on_ws_disconnected(self, transport: WSTransport) -> None:
        self._party.lost()


class Party:
    """One tab of a visitor, or of an agent with `client`. Full mode unless `plain`."""

    def __init__(self, url: str, token: str, tab: str, client: str = "", plain: bool = False) -> None:
        self.url, self.token, self.tab, self.client, self.plain = url, token, tab, client, plain
        self.frames: list[Frame] = []
        self.entries: list[Frame] = []  # message, event and ack, each once, over all connections
        self.acked: dict[str, int] = {}  # id -> seq
        self.sent: dict[str, str] = {}  # id -> content, in the order of its first sending
        self.place: tuple[int, int, str] | None = None
        self.faults: list[str] = []
        self.close_code = 0
        self._transport: WSTransport | None = None
        self._changed = asyncio.Event()

    # -- the socket -----------------------------------------------------------------------------------------------

    async def connect(self, conversation: str = "") -> None:
        """Connect, going on from the place held. A console (no `client`) joins `conversation`."""
        query: Frame = {"client": self.client} if self.client else {}
        if not conversation and (self.place or not self.plain):
            query |= held(self.place)
        self.close_code = 0
        start = len(self.frames)
        transport = await connect(_Socket(self), self.url, self.token, query, self.plain)
        self._transport = None if transport.is_disconnected else transport
        if self.plain:
            return
        await self._told(start, "hello")
        if conversation:
            self.send({"type": "join", "conversation": conversation, **held(self.place)})
        await self._told(start, "joined", "reset")

    async def _told(self, start: int, *kinds: str) -> None:
        """Wait for one of these frames. Raises ConnectionError if the connection ends first."""

        def told() -> bool:
            return any(frame["type"] in kinds for frame in self.frames[start:])

        await self.until(lambda: told() or not self.connected, f"a frame {kinds}")
        if not told():
            raise ConnectionError(f"{self.tab} was cut off before {kinds}")

    async def refused(self) -> int:
        """The status with which the handshake is refused."""
        with pytest.raises(WSHandshakeError) as caught:
            await self.connect()
        assert caught.value.response is not None
        return int(caught.value.response.status)

    def drop(self) -> None:
        """Cut the connection without a word."""
        if self._transport is not None:
            self._transport.disconnect(graceful=False)

    async def close(self) -> None:
        """Say goodbye and wait for the end."""
        if self._transport is not None:
            self._transport.send_close()
            self._transport.disconnect()
            await self.until(lambda: self._transport is None, "the end of the connection")

    def lost(self) -> None:
        self._transport = None
        self._changed.set()

    @property
    def connected(self) -> bool:
        return self._transport is not None

    async def until(self, condition: Any, what: str, patience: float = PATIENCE) -> None:
        """Wait until `condition()`, at most `patience` seconds; looked at after every frame."""
        try:
            async with asyncio.timeout(patience):
                while not condition():
                    self._changed.clear()
                    await self._changed.wait()
        except TimeoutError:
            raise AssertionError(f"{self.tab}: not within {patience:.0f} s: {what}; {self.frames[-3:]}") from None

    async def next(self, kind: str, start: int = 0) -> Frame:
        """The first frame of a type, from number `start` on."""
        await self.until(lambda: any(f.get("type") == kind for f in self.frames[start:]), f"a frame {kind}")
        return next(f for f in self.frames[start:] if f.get("type") == kind)

    # -- frames ---------------------------------------------------------------------------------------------------

    def send(self, frame: Frame) -> None:
        """Any frame."""
        if self._transport is not None:
            self._transport.send(WSMsgType.TEXT, json.dumps(frame).encode())

    def raw(self, payload: bytes) -> None:
        """Any text."""
        if self._transport is not None:
            self._transport.send(WSMsgType.TEXT, payload)

    def say(self, n: int, content: str, conversation: str = "") -> str:
        """Offer message number `n` of this tab; returns its id."""
        id = f"{self.tab}.{n}"
        self.sent.setdefault(id, content)
        to = {"conversation": conversation} if conversation else {}
        self.send({"type": "send", "id": id, "content": content, **to})
        return id

    def heard(self, frame: Frame) -> None:
        self.frames.append(frame)
        if not self.plain:
            self._judge(frame)
        self._changed.set()

    def _judge(self, frame: Frame) -> None:
        """The contract's word on order: each seq once, without a gap, whatever happened to the connection."""
        if frame["type"] == "ack":
            known = self.acked.setdefault(frame["id"], frame["seq"])
            if known != frame["seq"]:
                self.faults.append(f"{frame['id']} acknowledged as {known} and as {frame['seq']}")
        if frame["type"] not in ("message", "event", "ack") or frame.get("repeat"):
            return
        epoch, seq = frame["epoch"], frame["seq"]
        if self.place and self.place[0] == epoch and seq != self.place[1] + 1:
            self.faults.append(f"after {self.place[1]} came {seq}")
        self.place = (epoch, seq, frame.get("id", ""))
        self.entries.append(frame)
