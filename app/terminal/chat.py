"""`chatadmin chat`: history, live messages, type to answer."""

import asyncio
import json
import sys
from datetime import datetime
from typing import Any

from app.terminal import api
from app.terminal.api import TerminalError, printable
from app.terminal.socket import Conversation


def chat(url: str, client: str | None, name: str | None, *, as_json: bool) -> int:
    """Talk until the end of input; returns the exit status. With `as_json` one frame a line, both ways."""
    try:
        token = api.token(url, name)
        me, _ = api.call(url, "/v1/me", token)
        if me.get("agent_role") and client is None:
            raise TerminalError("name the visitor to talk to: chatadmin chat NICKNAME")
        asyncio.run(_talk(url, token, client, me["uid"], as_json))
    except TerminalError as error:
        print(f"chatadmin: {error}", file=sys.stderr)
        return 1
    return 0


async def _talk(url: str, token: str, client: str | None, me: str, as_json: bool) -> None:
    def heard(frame: dict[str, Any]) -> None:
        line = json.dumps(frame, ensure_ascii=False) if as_json else _line(frame, me)
        if line:
            print(line, flush=True)

    conversation = Conversation(url, token, client, heard)
    connected = asyncio.ensure_future(conversation.run())
    typed = asyncio.ensure_future(_type(conversation, as_json))
    try:
        await asyncio.wait({connected, typed}, return_when=asyncio.FIRST_COMPLETED)
        if connected.done():
            await connected
        await typed
    finally:
        for task in (connected, typed):
            task.cancel()
        await asyncio.gather(connected, typed, return_exceptions=True)


async def _type(conversation: Conversation, as_json: bool) -> None:
    """Lines of standard input become messages; at its end what is on its way is waited for."""
    lines = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
    while line := (await lines.readline()).decode(errors="replace"):
        text = line.rstrip("\r\n")
        if as_json:
            _frame_typed(conversation, text)
        elif text.strip():
            conversation.say(text)
    await conversation.settled.wait()


def _frame_typed(conversation: Conversation, text: str) -> None:
    try:
        frame = json.loads(text)
        if frame["type"] == "send" and "id" not in frame:
            conversation.say(frame["content"])
        else:
            conversation.send(frame)
    except (ValueError, KeyError, TypeError):
        print('chatadmin: expected a frame a line, as in {"type": "send", "content": "Hello"}', file=sys.stderr)


def _line(frame: dict[str, Any], me: str) -> str:
    """A frame for people; empty for what they need not see."""
    if frame["type"] == "message":
        who = "you" if frame["user"]["uid"] == me else printable(frame["user"]["nickname"])
        text = frame["content"].replace("\n", "\n      ")
        return f"{_time(frame)} {who}: " + "\n".join(printable(part) for part in text.split("\n"))
    if frame["type"] == "event" and frame["kind"] in _EVENTS:
        return f"{_time(frame)} -- {_EVENTS[frame['kind']].format(printable(frame['user']['nickname']))}"
    if frame["type"] == "error" and frame["code"] not in ("unknown_tab",):
        return f"      !! {printable(frame['msg'])}"
    return ""


_EVENTS = {
    "entered": "{} is here",
    "left": "{} left",
    "claimed": "{} joined",
    "released": "{} gave the conversation back",
    "resolved": "{} closed the conversation",
}


def _time(frame: dict[str, Any]) -> str:
    return datetime.fromisoformat(frame["msg_time"]).astimezone().strftime("%H:%M")
