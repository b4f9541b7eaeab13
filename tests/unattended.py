"""A test that never ends: for test_guard.py, which kills the pytest that runs it. No run of the suite collects it."""

import os
import signal
from collections.abc import Callable
from pathlib import Path

from tests.running import Chatadmin, Valkey


def wait_for_ever(chatadmin: Chatadmin, store: Valkey) -> None:
    """Say what was started, in a file, and do nothing."""
    store.pause()  # what is stopped hears no polite signal
    Path(os.environ["STARTED"]).write_text(f"{os.getpid()} {chatadmin.pids()} {store.process.pid}")
    signal.pause()


def test_what_never_ends(chatadmin: Chatadmin, start_store: Callable[..., Valkey]) -> None:
    wait_for_ever(chatadmin, start_store("redis"))
