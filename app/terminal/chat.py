"""`chatadmin chat`: history, live messages, type to answer."""

import asyncio
import json
import os
import sys
import threading
import urllib.parse
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import datetime
from typing import Any

from app.terminal import api
from app.terminal.api import Server, TerminalError, called, json_line, printable
from app.terminal.attachments import Attachments, described
from app.terminal.socket import Conversation, Frame

_EVENTS = {
    "entered": "{} is here",
    "left": "{} left",
    "claimed": "{} joined the chat",
    "released": "{} gave the conversation back",
    "transferred": "{} handed the conversation over",
    "resolved": "{} closed the conversation",
    "identified": "the shop says that this is {}",
}
# What a visitor may have entered in a form.
_ENTERED = ("name", "email", "choice", "consent")


def chat(url: str, client: str | None, name: str | None, *, as_json: bool) -> int:
    """Talk until the end of input or Ctrl-C; returns the exit status. `as_json`: one frame a line, both ways."""
    talk: _Talk | None = None
    try:
        with api.logged_in(url, name) as server:
            talk = _Talk(server, client, as_json=as_json)
            asyncio.run(talk.run())
    except TerminalError as error:
        print(f"chatadmin: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        if talk and talk.unsent:
            print(f"chatadmin: not sent: {talk.unsent} message(s)", file=sys.stderr)
            return 1
    return 0


class _Talk:
    """One evening with one visitor."""

    def __init__(self, server: Server, client: str | None, *, as_json: bool) -> None:
        self._server, self._client, self._as_json = server, client, as_json
        self._me: dict[str, Any] = server.call("/v1/me")["value"]
        self._agent = "agent_role" in self._me
        if self._agent and not client:
            raise TerminalError("name the visitor to talk to: chatadmin chat NICKNAME")
        self._conversation: Conversation | None = None
        self._visitor = self._me
        if self._agent and client:
            self._visitor = server.call(f"/v1/visitors/{urllib.parse.quote(client, safe='')}")["value"]
        self._attachments = Attachments(server, {"client": client} if self._agent and client else {})

    @property
    def unsent(self) -> int:
        return len(self._attachments) + (self._conversation.unsent if self._conversation else 0)

    async def run(self) -> None:
        """Talk until the end of input. Raises TerminalError."""
        client = self._client if self._agent else None
        self._conversation = conversation = Conversation(self._server, client, self._heard, self._noticed)
        before = await conversation.start()
        connected = asyncio.ensure_future(conversation.run())
        typed = asyncio.ensure_future(self._type(conversation))
        try:
            await asyncio.wait({connected, typed}, return_when=asyncio.FIRST_COMPLETED)
            await (connected if connected.done() else typed)
        finally:
            for task in (connected, typed):
                task.cancel()
            await asyncio.gather(connected, typed, self._attachments.stop(), return_exceptions=True)
            if self._agent and (before["holder"] or {}).get("uid") != self._me["uid"]:
                self._give_back()

    def _give_back(self) -> None:
        """What we took by coming goes back by leaving; what was ours before stays."""
        assert self._client is not None
        with suppress(TerminalError):  # no longer ours
            path = f"/v1/conversations/{urllib.parse.quote(self._client, safe='')}/release"
            self._server.call(path, {})

    async def _type(self, conversation: Conversation) -> None:
        """Lines of standard input become messages; at its end what is on its way is waited for.

        Only who sits in front of a terminal means a file by `/file`: a text that is piped in could name any.
        """
        typed = not self._as_json and os.isatty(0)
        async for line in _lines():
            if self._as_json:
                _frame_typed(conversation, line)
            elif typed and self._attachments.take(conversation, line):
                continue
            elif text := line.replace("\0", "").strip():
                conversation.say(text)
        await self._attachments.settled()
        await conversation.settled()

    def _heard(self, frame: Frame) -> None:
        if frame.get("kind") in ("form", "identified"):  # they may be called otherwise from now on
            self._visitor = {**self._visitor, "name": frame["user"]["name"]}
        line = json_line(frame) if self._as_json else _line(frame, self._me["uid"], self._visitor)
        if line:
            print(line, flush=True)
        if not self._as_json:
            self._attachments.heard(frame)
        if frame["type"] == "message" and not self._as_json and self._conversation:
            self._conversation.send({"type": "read", "seq": frame["seq"]})

    def _noticed(self, up: bool) -> None:
        if not up:
            print("chatadmin: the connection is lost; trying again", file=sys.stderr)


async def _lines() -> AsyncIterator[str]:
    """Lines of standard input, be it a terminal, a pipe or a file."""
    loop = asyncio.get_running_loop()
    chunks: asyncio.Queue[bytes] = asyncio.Queue()

    def read() -> None:
        # Descriptor 0, not sys.stdin: a thread that waits in its buffer would hold up the end of the program.
        with suppress(RuntimeError):  # the loop has ended before the input
            while chunk := _read():
                loop.call_soon_threadsafe(chunks.put_nowait, chunk)
            loop.call_soon_threadsafe(chunks.put_nowait, b"")

    threading.Thread(target=read, daemon=True).start()
    rest = b""
    while chunk := await chunks.get():
        *lines, rest = (rest + chunk).split(b"\n")
        for line in lines:
            yield line.decode(errors="replace")
    if rest:
        yield rest.decode(errors="replace")


def _read() -> bytes:
    try:
        return os.read(0, 65536)
    except OSError:  # standard input is closed
        return b""


def _frame_typed(conversation: Conversation, line: str) -> None:
    if not line.strip():
        return
    try:
        frame = json.loads(line)
        if frame["type"] != "send" or "id" in frame:
            conversation.send(frame)
        elif _sayable(frame["content"], file := frame.get("file", "")):
            conversation.say(frame["content"], **({"file": file} if file else {}))
        else:
            raise ValueError
    except (ValueError, KeyError, TypeError, RecursionError):
        print('chatadmin: expected a frame a line, as in {"type": "send", "content": "Hello"}', file=sys.stderr)


def _sayable(content: object, file: object) -> bool:
    """Whether a server takes it: what it never will would be offered again and again."""
    words = isinstance(content, str) and "\0" not in content
    return words and isinstance(file, str) and bool(str(content).strip() or file)


def _line(frame: Frame, me: str, visitor: dict[str, Any]) -> str:
    """A frame for people; empty for what they need not see."""
    user = frame.get("user", {})
    name = called(visitor if user["uid"] == visitor["uid"] else user) if user else ""
    if frame["type"] == "message":
        who = "you" if user["uid"] == me else name
        lines = [*filter(None, [frame["content"]]), *([described(frame)] if "file" in frame else [])]
        return f"{_time(frame)} {who}: " + "\n      ".join(map(printable, "\n".join(lines).split("\n")))
    if frame["type"] == "event" and "again" in frame:
        return ""
    if frame["type"] == "event" and frame["kind"] in _EVENTS:
        return f"{_time(frame)} -- {_EVENTS[frame['kind']].format(name)}"
    if frame["type"] == "event" and frame["kind"] == "form":
        entered = {**frame["fields"], "consent": frame["fields"].get("consent", {}).get("text")}
        said = (f"{key}: {printable(entered[key])}" for key in _ENTERED if entered.get(key))
        return f"{_time(frame)} -- {name} entered, unverified: " + ", ".join(said)
    if frame["type"] == "error" and frame["code"] not in ("unknown_tab", "out_of_order", "slow_down"):
        return f"      !! {printable(frame['msg'])}"
    if frame["type"] == "reset":
        return "      -- the shop's history was restored; going on from there"
    return ""


def _time(frame: Frame) -> str:
    return datetime.fromisoformat(frame["msg_time"]).astimezone().strftime("%H:%M")
