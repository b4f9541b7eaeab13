"""`chatadmin watch`: the dashboard, line by line."""

import json
import random
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from typing import Any

from app.terminal import api
from app.terminal.api import TerminalError, printable

SILENCE = 40  # s without even a comment line after which the stream counts as dead; one comes every 15
LONGEST_PAUSE = 5.0  # s between two attempts to reconnect


def watch(url: str, name: str | None, *, as_json: bool) -> int:
    """Follow the dashboard until interrupted; returns the exit status. With `as_json` one event a line."""
    try:
        token = api.token(url, name)
        api.call(url, "/v1/users", token)  # a clear refusal at once
        for event, data in _events(url, token):
            line = json.dumps({"event": event, "data": data}, ensure_ascii=False) if as_json else _line(event, data)
            if line:
                print(line, flush=True)
    except TerminalError as error:
        print(f"chatadmin: {error}", file=sys.stderr)
        return 1
    return 0


def _events(url: str, token: str) -> Iterator[tuple[str, Any]]:
    last, pause = "", 0.2
    while True:
        headers = {"Authorization": f"Bearer {token}", "Accept": "text/event-stream"}
        if last:
            headers["Last-Event-ID"] = last
        try:
            request = urllib.request.Request(url.rstrip("/") + "/v1/stream?delta=1", headers=headers)
            with urllib.request.urlopen(request, timeout=SILENCE) as stream:
                pause = 0.2
                for last, event, data in _parse(stream):  # noqa: B007  # kept for the next request
                    yield event, json.loads(data)
        except urllib.error.HTTPError as error:
            if error.code in (401, 403):
                raise TerminalError("the session has ended; log in again") from None
        except OSError:
            pass  # the server is away: the pause below, then again
        time.sleep(pause * random.uniform(0.5, 1.5))
        pause = min(pause * 2, LONGEST_PAUSE)


def _parse(stream: Any) -> Iterator[tuple[str, str, str]]:
    """Each event of a stream: its id, its name, its data."""
    id, event = "", "message"
    data: list[str] = []
    for raw in stream:
        line = raw.decode(errors="replace").rstrip("\r\n")
        field, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if not line:
            if data:
                yield id, event, "\n".join(data)
            event, data = "message", []
        elif field == "id":
            id = value
        elif field == "event":
            event = value
        elif field == "data":
            data.append(value)


def _line(event: str, data: Any) -> str:
    """An event for people; empty for what they need not see."""
    if event == "snapshot":
        return "\n".join([f"{len(data['visitors'])} visitors", *(_line("visitor", item) for item in data["visitors"])])
    if event == "agent":
        return f"agent    {printable(data['nickname'])} is {'online' if data['online'] else 'offline'}"
    if data.get("gone"):
        return ""
    name = printable(data.get("nickname") or data["uid"])
    holder = f" with {printable(data['admin'])}" if data.get("admin") else ""
    presence = "" if event != "visitor" else " (online)" if data.get("online") else " (left)"
    last = f": {printable(data['last']['content'])}" if data.get("last") else ""
    return f"{data['status']:8} {name}{presence}{holder}{last}"
