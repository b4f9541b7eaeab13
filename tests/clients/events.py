"""A reader of the event stream, block by block."""

import http.client
import json
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from tests.running import PATIENCE, in_time


class Stream:
    """An open stream of an agent's; `answer` is what the server said at its opening."""

    def __init__(self, url: str, token: str, query: str = "", **headers: str) -> None:
        self._link = http.client.HTTPConnection(urlsplit(url).netloc, timeout=PATIENCE)
        self._link.connect()
        self.socket = self._link.sock  # the client forgets it: the answer lasts as long as the connection
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self._link.request("GET", f"/v1/stream{query}", headers={"Authorization": token, **named})
        self.answer = self._link.getresponse()

    def block(self) -> list[str]:
        """The lines up to the next empty one; none at the end of the stream."""
        lines = []
        while line := self.answer.readline().decode().rstrip("\n"):
            lines.append(line)
        return lines

    def event(self) -> tuple[str, str, Any]:
        """(id, event, data) of the next event; comments are passed over, but not for ever."""
        deadline = time.monotonic() + PATIENCE
        while True:
            assert time.monotonic() < deadline, "nothing but heartbeats"
            lines = self.block()
            if not lines:
                raise EOFError
            if not lines[0].startswith(":"):
                named = dict(line.split(": ", 1) for line in lines)
                return named["id"], named.get("event", ""), json.loads(named["data"])

    def until(self, right: Callable[..., bool]) -> Any:
        """The data of the next event that is `right(kind, data)`."""
        deadline = time.monotonic() + PATIENCE
        while True:
            assert time.monotonic() < deadline, "other events alone"
            _, kind, data = self.event()
            if right(kind, data):
                return data

    def over(self, within: float) -> bool:
        """Whether the stream ends within so many seconds."""
        begun = time.monotonic()
        while self.answer.read1(65536):
            pass
        return in_time(begun, within)

    def close(self) -> None:
        self.answer.close()
        self._link.close()
