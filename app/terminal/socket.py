"""The WebSocket half: one conversation in full mode, kept through every interruption."""

import asyncio
import json
import random
import secrets
import ssl
import urllib.parse
from collections import OrderedDict
from collections.abc import Callable
from typing import Any

from picows import WSFrame, WSHandshakeError, WSListener, WSMsgType, WSTransport, ws_connect

from app.terminal.api import TerminalError

SUBPROTOCOL = "chatadmin.v1"
LONGEST_PAUSE = 5.0  # s between two attempts to reconnect, at most; never the same for two clients


class _Listener(WSListener):
    def __init__(self, heard: Callable[[dict[str, Any]], None]) -> None:
        self._heard = heard
        self._text = b""

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        if frame.msg_type in (WSMsgType.TEXT, WSMsgType.CONTINUATION):
            self._text += frame.get_payload_as_bytes()
            if frame.fin:
                text, self._text = self._text, b""
                self._heard(json.loads(text))
        elif frame.msg_type is WSMsgType.PING:
            transport.send_pong(frame.get_payload_as_bytes())
        elif frame.msg_type is WSMsgType.CLOSE:
            transport.send_close(frame.get_close_code())
            transport.disconnect()


class Conversation:
    """One conversation: `heard(frame)` gets every frame, each entry once; `say` keeps a text until it is stored."""

    def __init__(self, url: str, token: str, client: str | None, heard: Callable[[dict[str, Any]], None]) -> None:
        self._url, self._token, self._client, self._heard = url.rstrip("/"), token, client, heard
        self._place: tuple[int, int, str] | None = None
        self._tab, self._n = secrets.token_hex(6), 0
        self._outbox: OrderedDict[str, str] = OrderedDict()
        self._transport: WSTransport | None = None
        self._ready = False
        self.settled = asyncio.Event()
        self.settled.set()

    def say(self, content: str) -> str:
        """Offer a text, now or when there is a connection; returns its id."""
        self._n += 1
        id = f"{self._tab}.{self._n}"
        self._outbox[id] = content
        self.settled.clear()
        self._offer(id)
        return id

    def send(self, frame: dict[str, Any]) -> None:
        """Any other frame; lost where there is no connection."""
        if self._transport is not None and self._ready:
            self._transport.send(WSMsgType.TEXT, json.dumps(frame).encode())

    def _offer(self, id: str) -> None:
        self.send({"type": "send", "id": id, "content": self._outbox[id]})

    async def run(self) -> None:
        """Stay connected until cancelled. Raises TerminalError where trying again would not help."""
        pause = 0.0
        while True:
            try:
                transport = await self._connect()
                pause = 0.0
                await transport.wait_disconnected()
                if transport.close_handshake and transport.close_handshake.recv:
                    self._final(transport.close_handshake.recv.code)
            except WSHandshakeError as error:
                self._refused(error)
            except OSError:
                pause = pause or 0.1  # nobody answers: the pause below, then again
            finally:
                self._transport, self._ready = None, False
            await asyncio.sleep(pause + random.uniform(0.1, 0.5))
            pause = min(max(pause * 2, 0.2), LONGEST_PAUSE)

    async def _connect(self) -> WSTransport:
        query = {"client": self._client} if self._client else {}
        if self._place is not None:
            epoch, after, id = self._place
            query |= {"epoch": str(epoch), "after": str(after), **({"id": id} if id else {})}
        else:
            query["after"] = "0"
        scheme, _, rest = self._url.partition("://")
        address = f"{'wss' if scheme == 'https' else 'ws'}://{rest}/v1/chat?{urllib.parse.urlencode(query)}"
        transport, _ = await ws_connect(
            lambda: _Listener(self._frame),
            address,
            ssl_context=ssl.create_default_context() if scheme == "https" else None,
            extra_headers=[("Authorization", f"Bearer {self._token}"), ("Sec-WebSocket-Protocol", SUBPROTOCOL)],
            enable_auto_ping=True,
            enable_auto_pong=False,
        )
        self._transport = transport
        return transport

    def _final(self, code: object) -> None:
        if str(getattr(code, "value", code)) == "4401":
            raise TerminalError("the session has ended; log in again")

    def _refused(self, error: WSHandshakeError) -> None:
        status = int(error.response.status) if error.response else 0
        if status in (400, 401, 403, 404, 409):
            try:
                sentence = str(json.loads(error.raw_body or b"")["msg"])
            except (ValueError, KeyError, TypeError):
                sentence = f"the server answered {status}"
            raise TerminalError(sentence)

    def _frame(self, frame: dict[str, Any]) -> None:
        kind = frame["type"]
        if kind == "joined":
            self._place = self._place if self._place and self._place[0] == frame["epoch"] else (frame["epoch"], 0, "")
            self._ready = True
            for id in list(self._outbox):
                self._offer(id)
        elif kind in ("message", "event", "ack"):
            self._place = (
                (frame["epoch"], frame["seq"], frame.get("id", "")) if not frame.get("repeat") else self._place
            )
        elif kind == "reset":
            self._place = None
            if self._transport is not None:
                self._transport.disconnect()
        if kind in ("ack", "message") or (kind == "error" and frame.get("code") in ("mismatch", "too_long", "fenced")):
            self._settle(frame.get("id", ""))
        elif kind == "error" and frame.get("code") == "unknown_tab":
            self._new_tab()
        elif kind == "error" and frame.get("code") in ("slow_down", "store_unavailable", "store_full"):
            asyncio.get_running_loop().call_later(frame.get("retry_ms", 1000) / 1000, self._offer_again)
        self._heard(frame)

    def _offer_again(self) -> None:
        for id in list(self._outbox):
            self._offer(id)

    def _new_tab(self) -> None:
        texts, self._outbox = list(self._outbox.values()), OrderedDict()
        self._tab, self._n = secrets.token_hex(6), 0
        for text in texts:
            self.say(text)

    def _settle(self, id: str) -> None:
        self._outbox.pop(id, None)
        if not self._outbox:
            self.settled.set()
