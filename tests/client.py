"""An outside client: it knows the public contract and nothing of `app/`. Tests speak to the product through it.

A `Party` is a visitor or an agent in one tab. It remembers every frame it was sent, over all its connections, so that
a test can ask afterwards whether anything was missing, doubled or out of order.
"""

import asyncio
import json
import subprocess
import urllib.error
import urllib.parse
import urllib.request
from typing import Any

import pytest
from picows import WSFrame, WSHandshakeError, WSListener, WSMsgType, WSTransport, ws_connect

from tests.running import ROOT, Chatadmin, environment, program_under_test

PATIENCE = 20.0  # seconds until silence counts as broken

Frame = dict[str, Any]


class HttpError(Exception):
    """A refusal: its status and the answer's JSON."""

    def __init__(self, status: int, body: Any) -> None:
        super().__init__(f"{status}: {body}")
        self.status, self.body = status, body


def request(url: str, path: str, token: str = "", body: Any = None, method: str | None = None) -> tuple[Any, Any]:
    """The JSON of an answer and its headers. Raises HttpError for a refusal."""
    headers = {"Authorization": token} if token else {}
    data = json.dumps(body).encode() if body is not None else None
    asked = urllib.request.Request(url + path, data, headers, method=method)
    try:
        with urllib.request.urlopen(asked, timeout=PATIENCE) as answer:
            return json.load(answer), answer.headers
    except urllib.error.HTTPError as error:
        raise HttpError(error.code, json.loads(error.read() or b"null")) from None


def ready(url: str) -> bool:
    """Whether the server says that it is fit to serve; anything but yes and "not now" is an error."""
    try:
        request(url, "/readyz")
    except HttpError as error:
        if error.status != 503:
            raise
        return False
    return True


def login(url: str, nickname: str, password: str | None = None) -> tuple[str, str]:
    """A new session: its token and the person's uid."""
    body = {"nickname": nickname} | ({"password": password} if password is not None else {})
    answer, headers = request(url, "/login", body=body, method="POST")
    return headers["Token"], answer["value"]["uid"]


def set_up(url: str, secret: str, name: str = "Anna", password: str = "correct horse battery") -> str:
    """Create the first administrator; returns a token of theirs."""
    request(url, "/setup", body={"secret": secret, "name": name, "password": password}, method="POST")
    return login(url, name, password)[0]


def add_agent(running: Chatadmin, name: str, password: str, role: str = "agent") -> None:
    """Add an agent beside the running server, as an operator would."""
    line = [*program_under_test(), "agent", "add", name, "--role", role, "--password-stdin"]
    line += ["--data-dir", str(running.data_dir)]
    env = environment(running.folder, None)
    subprocess.run(line, input=password.encode(), env=env, cwd=ROOT, check=True, timeout=PATIENCE, capture_output=True)


def history(url: str, token: str, client: str = "") -> list[Frame]:
    """Every entry of a conversation, oldest first, as full-mode frames."""
    found: list[Frame] = []
    while True:
        after = found[-1]["seq"] if found else 0
        query = urllib.parse.urlencode({"client": client, "frames": 1, "after": after, "limit": 200})
        page = request(url, f"/v1/msgs?{query}", token)[0]["value"]
        found += page
        if len(page) < 200:
            return found


class _Listener(WSListener):
    def __init__(self, party: "Party") -> None:
        self._party = party
        self._text = b""

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        kind = frame.msg_type
        if kind in (WSMsgType.TEXT, WSMsgType.CONTINUATION):
            self._text += frame.get_payload_as_bytes()
            if frame.fin:
                text, self._text = self._text, b""
                self._party.heard(json.loads(text))
        elif kind == WSMsgType.PING:
            transport.send_pong(frame.get_payload_as_bytes())
        elif kind == WSMsgType.CLOSE:
            self._party.close_code = int.from_bytes(frame.get_payload_as_bytes()[:2], "big")
            transport.disconnect()

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
        query = {"client": self.client} if self.client else {}
        if self.place and not conversation:
            query |= dict(zip(("epoch", "after", "id"), map(str, self.place), strict=True))
        elif not self.plain and not conversation:
            query["after"] = "0"
        headers = [("Authorization", self.token)]
        if not self.plain:
            headers.append(("Sec-WebSocket-Protocol", "chatadmin.v1"))
        address = self.url.replace("http", "ws", 1) + "/v1/chat?" + urllib.parse.urlencode(query)
        self.close_code = 0
        start = len(self.frames)
        transport, _ = await ws_connect(lambda: _Listener(self), address, extra_headers=headers, enable_auto_pong=False)
        self._transport = None if transport.is_disconnected else transport
        if self.plain:
            return
        await self._told(start, "hello")
        if conversation:
            self.send({"type": "join", "conversation": conversation, **self._held()})
        await self._told(start, "joined", "reset")

    async def _told(self, start: int, *kinds: str) -> None:
        """Wait for one of these frames. Raises ConnectionError if the connection ends first."""

        def told() -> bool:
            return any(frame["type"] in kinds for frame in self.frames[start:])

        await self.until(lambda: told() or not self.connected, f"a frame {kinds}")
        if not told():
            raise ConnectionError(f"{self.tab} was cut off before {kinds}")

    def _held(self) -> Frame:
        return dict(zip(("epoch", "after", "id"), self.place, strict=True)) if self.place else {"after": 0}

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
