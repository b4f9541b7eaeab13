"""The WebSocket half: one conversation in full mode, kept through every interruption."""

import asyncio
import json
import random
import ssl
import urllib.parse
from collections.abc import Callable
from typing import Any

from picows import WSError, WSFrame, WSHandshakeError, WSListener, WSMsgType, WSTransport, ws_connect

from app.terminal.api import Server, TerminalError, sentence
from app.terminal.outbox import Outbox

SUBPROTOCOL = "chatadmin.v1"
LONGEST_PAUSE = 5.0  # s between two attempts to reconnect, at most; never the same for two clients
PAGE = 50  # entries of history shown at first
RELOAD = 10  # pages of 200 entries looked through for what a restored store has lost
SESSION_ENDED = 4401
# An error with one of these means "later", any other with an id "never".
_LATER = ("slow_down", "store_unavailable", "store_full", "internal", "not_joined")

Frame = dict[str, Any]


class _Listener(WSListener):
    def __init__(self, up: Callable[[WSTransport], None], heard: Callable[[Frame], None]) -> None:
        self._up, self._heard = up, heard
        self._text = b""

    def on_ws_connected(self, transport: WSTransport) -> None:
        self._up(transport)

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        if frame.msg_type in (WSMsgType.TEXT, WSMsgType.CONTINUATION):
            self._text += frame.get_payload_as_bytes()
            if frame.fin:
                text, self._text = self._text, b""
                self._heard(json.loads(text))
        elif frame.msg_type is WSMsgType.CLOSE:
            transport.send_close(frame.get_close_code())
            transport.disconnect()


class Conversation:
    """One conversation: `heard` gets every frame, each entry once; `say` keeps a text until it is stored.

    `client` names it to an agent; a visitor has only their own. `noticed(up)` tells of a connection lost or found.
    """

    def __init__(
        self, server: Server, client: str | None, heard: Callable[[Frame], None], noticed: Callable[[bool], None]
    ) -> None:
        self._server, self._client, self._heard, self._noticed = server, client, heard, noticed
        self._query = {"client": client} if client else {}
        self._place: tuple[int, int, str] = (0, 0, "")
        self._seen: set[str] = set()
        self._outbox: Outbox[Frame] = Outbox()
        self._transport: WSTransport | None = None
        self._joined = self._was_up = False
        self._pause = 0.0
        self._retry: asyncio.TimerHandle | None = None
        self._renewal: asyncio.Task[None] | None = None
        self._settled: asyncio.Event = asyncio.Event()

    @property
    def unsent(self) -> int:
        """How many texts the server has not acknowledged."""
        return len(self._outbox)

    async def start(self) -> Frame:
        """Read the newest history, passing it to `heard`; returns that answer. Raises TerminalError."""
        answer = await self._page(PAGE)
        self._pass_on(answer)
        return answer

    def say(self, content: str, **more: object) -> str:
        """Offer a text, and what goes with it, now or when there is a connection; returns its id."""
        id = self._outbox.add({"content": content, **more})
        self._offer()
        return id

    def send(self, frame: Frame) -> None:
        """Any other frame; lost where there is no connection."""
        if self._transport is not None and self._joined:
            self._transport.send(WSMsgType.TEXT, json.dumps(frame).encode())

    async def settled(self) -> None:
        """Wait until everything said is stored or refused."""
        while self._outbox or self._renewal:
            self._settled.clear()
            await self._settled.wait()

    # -- the connection -------------------------------------------------------------------------------------------

    async def run(self) -> None:
        """Stay connected until cancelled. Raises TerminalError where trying again would not help."""
        while True:
            try:
                transport = await self._connect()
                await transport.wait_disconnected()
                closed = transport.close_handshake
                if closed and closed.recv and closed.recv.code.value == SESSION_ENDED:
                    raise TerminalError("the session has ended; log in again")
            except WSHandshakeError as error:
                await self._refused(error)
            except (OSError, WSError):  # nobody answers: the pause below, then again
                self._pause = self._pause or 0.1
            finally:
                self._transport, self._joined = None, False
                self._outbox.forget_offers()
            if self._was_up:
                self._was_up = False
                self._noticed(False)
            if self._renewal:
                await self._renewal
            await asyncio.sleep(self._pause + random.uniform(0.1, 0.5))
            self._pause = min(max(self._pause * 2, 0.2), LONGEST_PAUSE)

    async def _connect(self) -> WSTransport:
        epoch, after, id = self._place
        query = {**self._query, "epoch": str(epoch), "after": str(after), "id": id}
        scheme, _, rest = self._server.url.partition("://")
        tls = scheme == "https"
        transport, _ = await ws_connect(
            lambda: _Listener(self._connected, self._frame),
            f"{'wss' if tls else 'ws'}://{rest}/v1/chat?{urllib.parse.urlencode(query)}",
            ssl_context=ssl.create_default_context() if tls else None,
            extra_headers=[
                ("Authorization", f"Bearer {self._server.token}"),
                ("Sec-WebSocket-Protocol", SUBPROTOCOL),
            ],
            enable_auto_ping=True,
            enable_auto_pong=True,
        )
        return transport

    async def _refused(self, error: WSHandshakeError) -> None:
        """Raise TerminalError where the server's refusal of the handshake is final."""
        status = int(error.response.status) if error.response else 0
        if 400 <= status < 500 and status != 429:
            # The body may come after the headers, when the library has stopped reading: ask for it in full.
            await asyncio.to_thread(self._ask_why)
            if status != 409:  # else it was given back this moment, and is ours
                raise TerminalError(sentence(status, error.raw_body or b""))

    def _ask_why(self) -> None:
        self._server.call("/v1/me")
        if self._client:
            self._server.call(f"/v1/msgs?{urllib.parse.urlencode(self._query)}")
            self._server.call(f"/v1/conversations/{urllib.parse.quote(self._client, safe='')}/claim", {})

    def _connected(self, transport: WSTransport) -> None:
        """Called before the first frame, which may come together with the answer to the handshake."""
        self._transport = transport

    def _offer(self) -> None:
        self._retry = None
        if self._joined and not self._renewal:
            for id, said in self._outbox.offer():
                self.send({**said, "type": "send", "id": id})

    # -- frames ---------------------------------------------------------------------------------------------------

    def _frame(self, frame: Frame) -> None:
        match frame["type"]:
            case "hello":
                self._outbox.window = frame["limits"]["unacknowledged"]
            case "joined":
                self._up(frame)
            case "message" | "event" | "ack":
                self._entry(frame)
            case "error":
                self._error(frame)
            case "bye":
                self._pause = frame["retry_ms"] / 1000
            case "reset":
                self._renew(acknowledged=True)
        self._heard(frame)
        if not self._outbox:
            self._settled.set()

    def _up(self, frame: Frame) -> None:
        if not self._place[0]:
            self._place = (frame["epoch"], *self._place[1:])
        self._joined = True
        self._pause = 0.0
        if not self._was_up:
            self._was_up = True
            self._noticed(True)
        self._offer()

    def _entry(self, frame: Frame) -> None:
        if not frame.get("repeat"):
            self._place = (frame["epoch"], frame["seq"], frame.get("id", ""))
        self._seen.add(frame.get("id", ""))
        self._outbox.stored(frame.get("id", ""))
        self._offer()

    def _error(self, frame: Frame) -> None:
        code, id = frame["code"], frame.get("id", "")
        if code == "unknown_tab":
            self._renew(acknowledged=False)
        elif code in _LATER:
            self._outbox.forget_offers(slower=True)
            if self._retry is None:
                pause = frame.get("retry_ms", 1000) / 1000
                self._retry = asyncio.get_running_loop().call_later(pause, self._offer)
        elif id and code != "out_of_order":  # that only says that one before it was refused
            self._outbox.drop(id)
            self._offer()

    def _pass_on(self, answer: Frame) -> None:
        """Take in a page of history: show what is new, and go on from its end."""
        frames = answer["value"]
        for frame in frames:
            if frame.get("id") and frame["id"] not in self._seen:
                self._seen.add(frame["id"])
                self._heard(frame)
        self._place = (answer["epoch"], frames[-1]["seq"] if frames else answer["seq"], answer["id"])

    # -- a store that forgot --------------------------------------------------------------------------------------

    def _renew(self, *, acknowledged: bool) -> None:
        if self._renewal is None:
            self._renewal = asyncio.get_running_loop().create_task(self._reload(acknowledged))

    async def _reload(self, acknowledged: bool) -> None:
        """Read the history anew; offer what is ours and not in it; connect again from there."""
        while True:
            try:
                ids, answer = await self._history()
                break
            except TerminalError:  # away; a session that ended shows when connecting
                await asyncio.sleep(random.uniform(0.5, 1.5))
        forgotten = answer["epoch"] != self._place[0]  # then what it acknowledged may be missing too
        self._outbox.renew(ids, acknowledged=acknowledged or forgotten)
        self._pass_on(answer)
        self._renewal = None
        self._was_up = False  # on purpose: no news
        if self._transport is not None:
            self._transport.disconnect()
        if not self._outbox:
            self._settled.set()

    async def _history(self) -> tuple[set[str], Frame]:
        """The ids of what the server holds, and its newest page."""
        answer = page = await self._page(200)
        ids = {frame.get("id", "") for frame in page["value"]}
        for _ in range(RELOAD - 1):
            if not page["value"] or page["value"][0]["seq"] <= 1:
                break
            page = await self._page(200, before=page["value"][0]["seq"])
            ids |= {frame.get("id", "") for frame in page["value"]}
        return ids, answer

    async def _page(self, limit: int, **more: int) -> Frame:
        query = urllib.parse.urlencode({**self._query, "frames": 1, "limit": limit, **more})
        return await asyncio.to_thread(self._server.call, f"/v1/msgs?{query}")
