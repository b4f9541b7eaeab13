"""`chatadmin watch`: the dashboard, line by line."""

import http.client
import json
import random
import sys
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from app.terminal import api
from app.terminal.api import Server, TerminalError, called, json_line, name_of, printable

SILENCE = 40  # s without even a comment line after which the stream counts as dead; one comes every 15
LONGEST_PAUSE = 5.0  # s between two attempts to reconnect


def watch(url: str, name: str | None, *, as_json: bool) -> int:
    """Follow the dashboard until Ctrl-C; returns the exit status. With `as_json` one event a line."""
    people: dict[str, Any] = {}
    try:
        with api.logged_in(url, name) as server:
            server.call("/v1/users")  # a clear refusal at once
            for event, data in _events(server):
                line = json_line({"event": event, "data": data}) if as_json else describe(event, data, people)
                if line:
                    print(line, flush=True)
    except TerminalError as error:
        print(f"chatadmin: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 0
    return 0


def _events(server: Server) -> Iterator[tuple[str, Any]]:
    """Every event, through every interruption."""
    last, pause = "", 0.0
    while True:
        headers = {"Accept": "text/event-stream", **({"Last-Event-ID": last} if last else {})}
        try:
            request = server.request("/v1/stream?delta=1", headers=headers)
            with urllib.request.urlopen(request, timeout=SILENCE) as stream:
                for last, event, data in parse(stream):  # noqa: B007  # asked from again after an interruption
                    pause = 0.0
                    yield event, json.loads(data)
        except urllib.error.HTTPError as error:
            if error.code in (401, 403):
                raise TerminalError("the session has ended; log in again") from None
        except (OSError, http.client.HTTPException):
            print("chatadmin: the connection is lost; trying again", file=sys.stderr)
        time.sleep(pause + random.uniform(0.1, 0.5))  # never the same for two clients
        pause = min(max(pause * 2, 0.2), LONGEST_PAUSE)


def parse(stream: Iterable[bytes]) -> Iterator[tuple[str, str, str]]:
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


def describe(event: str, data: Any, people: dict[str, Any]) -> str:
    """An event for people; empty for what they need not see. `people` is who is on the list so far, by uid."""
    if event == "snapshot":
        people |= {item["uid"]: item for item in data["visitors"]}
        count = len(data["visitors"])
        head = f"{count} {'visitor' if count == 1 else 'visitors'}"
        same = Counter(map(_folded, people.values()))
        rows = [(item, called(item, alike=same[_folded(item)] > 1)) for item in data["visitors"]]
        return "\n".join([head, *(_row("visitor", item, name) for item, name in rows)])
    if event == "agent":
        return f"{'agent':8} {printable(data['nickname'])} is {'online' if data['online'] else 'offline'}"
    if event not in ("visitor", "conversation"):
        return ""
    if data.get("gone"):
        name = _name(data["uid"], people)
        people.pop(data["uid"], None)
        return f"{'gone':8} {name}"
    if event == "visitor":
        people[data["uid"]] = data
    return _row(event, data, _name(data["uid"], people))


def _row(event: str, data: Any, name: str) -> str:
    """What is told of somebody, who is called `name`."""
    holder = f" with {printable(data['admin'])}" if data.get("admin") else ""
    left = " (left)" if event == "visitor" and not data["online"] else ""
    last = f": {printable(data['last']['content'])}" if data.get("last") else ""
    return f"{data['status']:8} {name}{left}{holder}{_owed(data)}{last}"


def _owed(data: Any) -> str:
    """Since when somebody who was taken has had no answer, by this machine's clock and zone."""
    if data["status"] != "held" or not data.get("waiting_since") or (data["last"] or {}).get("by") == "agent":
        return ""
    return f", unanswered since {datetime.fromisoformat(data['waiting_since']).astimezone():%H:%M}"


def _name(uid: str, people: dict[str, Any]) -> str:
    """What somebody on the list is called, so that nobody else on it is called the same."""
    if uid not in people:
        return uid
    same = [person for person in people.values() if _folded(person) == _folded(people[uid])]
    return called(people[uid], alike=len(same) > 1)


def _folded(person: Any) -> str:
    """By what two names are one."""
    return name_of(person).casefold()
