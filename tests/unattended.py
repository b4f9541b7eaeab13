"""A test that never ends: for test_guard.py, which kills the pytest that runs it. No run of the suite collects it."""

import os
import signal
import socket
from collections.abc import Callable
from pathlib import Path

from tests.running import Chatadmin, Valkey


def wait_for_ever(chatadmin: Chatadmin, store: Valkey) -> None:
    """Say what was started, in a file, and do nothing."""
    store.pause()  # what is stopped hears no polite signal
    reader, writer = socket.socketpair()
    writer.setblocking(False)
    signal.set_wakeup_fd(writer.fileno())  # signal.pause() would sleep on where one came just before it
    Path(os.environ["STARTED"]).write_text(f"{os.getpid()} {chatadmin.pids()} {store.process.pid}")
    reader.recv(1)


def test_what_never_ends(chatadmin: Chatadmin, start_store: Callable[..., Valkey]) -> None:
    wait_for_ever(chatadmin, start_store("redis"))
