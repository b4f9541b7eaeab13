"""The log of a whole program is one object a line where that is asked for, whatever happens to it."""

import json
import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.cli.program import run
from tests.running import Chatadmin, command, wait_until

Start = Callable[..., Chatadmin]
JSON = {"CHATADMIN_LOG_FORMAT": "json", "CHATADMIN_LOG_LEVEL": "debug"}


def logged(lines: list[str]) -> list[dict[str, Any]]:
    found = [json.loads(line) for line in lines]
    for one in found:
        assert list(one)[:5] == ["time", "level", "logger", "pid", "message"]
        assert set(one) <= {"time", "level", "logger", "pid", "message", "error", "extra"}
    return found


def test_every_line_is_an_object(start_chatadmin: Start) -> None:
    shop = start_chatadmin(env=JSON)
    told = shop.process.lines
    after = max(number for number, line in enumerate(told) if line.startswith("Press Ctrl+C")) + 1
    store = next(pid for pid in shop.pids() if "valkey" in command(pid))
    os.kill(store, signal.SIGKILL)
    shop.process.wait_for("the store is started again")
    wait_until(lambda: any("store is back" in line for line in told[after:]), "the store again")
    assert shop.stop() == 0
    found = logged([line for line in told[after:] if line])
    said = {one["message"]: one for one in found}
    assert said["the store ended and will be started again"]["extra"] == {"status": -9}
    assert said["the store ended and will be started again"]["level"] == "error"
    assert said["stopped"]["logger"] == "chatadmin.main"
    assert {"chatadmin.main", "chatadmin.store"} <= {one["logger"] for one in found}


def test_so_are_the_last_words(start_chatadmin: Start, tmp_path: Path) -> None:
    place = str(start_chatadmin().data_dir)
    told = run("serve", "--server", "127.0.0.1:0", "--data-dir", place, home=tmp_path, env=JSON)
    assert told.status == 1
    (last,) = logged(told.err.splitlines())
    assert last["level"] == "critical"
    assert "is in use by another chatadmin" in last["message"]
