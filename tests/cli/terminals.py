"""Somebody in front of a terminal: `chatadmin chat` and `watch` as running processes."""

import json
import os
import pty
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.clients import api
from tests.running import PATIENCE, ROOT, Chatadmin, Process, environment, program_under_test


class Terminal:
    """`chatadmin chat` or `watch` with somebody in front of it; at a `keyboard`, or what they type comes by a pipe."""

    def __init__(self, *arguments: str, home: Path, token: str = "", keyboard: bool = False) -> None:
        if keyboard:
            self._keys, reader = pty.openpty()
        else:
            reader, self._keys = os.pipe()
        env = environment(home, {"PYTHONPATH": str(ROOT), **({"CHATADMIN_TOKEN": token} if token else {})})
        self.process = Process([*program_under_test(), *arguments], env, home, stdin=reader)
        os.close(reader)

    def type(self, text: str) -> None:
        os.write(self._keys, text.encode() + b"\n")

    def type_frame(self, **frame: object) -> None:
        self.type(json.dumps(frame))

    def sees(self, pattern: str, timeout: float = PATIENCE) -> None:
        self.process.wait_for(pattern, timeout)

    @property
    def frames(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in list(self.process.lines) if line.startswith("{")]

    def leave(self) -> int:
        """End of input; returns the exit status."""
        if self._keys >= 0:
            os.close(self._keys)
            self._keys = -1
        return self.process.wait()

    def interrupt(self) -> int:
        self.process.signal(signal.SIGINT)
        return self.process.wait()

    def close(self) -> None:
        if self._keys >= 0:
            os.close(self._keys)
        self.process.close()


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Callable[..., Terminal]]:
    opened: list[Terminal] = []

    def open_(*arguments: str, **options: Any) -> Terminal:
        opened.append(Terminal(*arguments, home=tmp_path, **options))
        return opened[-1]

    yield open_
    for one in opened:
        one.close()


def hire(served: Chatadmin, name: str = "Anna") -> str:
    """A new agent, logged in: the token. The first is the administrator; others are added as an operator would."""
    try:
        return api.set_up(served.url, served.setup_secret, name)
    except api.HttpError:
        api.add_agent(served, name)
        return api.log_in(served.url, name, api.PASSWORD)
