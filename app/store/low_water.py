"""The disk must never be quite full: a server that syncs every write ends when one fails.

Below a low-water mark the embedded store is told to take no more (`maxmemory 1`: writes are refused as `store_full`,
reads and the leases of presence go on) until there is room again.
"""

import os
import socket

from app.store.embedded import EmbeddedStore

# Free bytes below which nothing more is taken: room for what is on its way, and for the log; and from which on it is
# taken again, more, so that the two do not alternate.
LOW_BYTES, ENOUGH_BYTES = 32_000_000, 48_000_000
ANSWER_TIMEOUT = 0.5  # s for the store to answer; asked again a second later

SHUT_COMMAND = b"CONFIG SET maxmemory 1\r\n"
OPEN_COMMAND = b"CONFIG SET maxmemory 0\r\n"


class LowWater:
    """Watches the disk under one embedded store. Ask it to `look` about once a second."""

    def __init__(self, store: EmbeddedStore) -> None:
        self._store = store
        self._shut_for = 0  # the pid of the server that was told to refuse; one that was started anew was not

    @property
    def shut(self) -> bool:
        """Whether the store refuses writes on our word."""
        return bool(self._shut_for)

    def look(self) -> str:
        """Shut or open the store if need be; returns the line to log when that changed, else an empty one."""
        try:
            place = os.statvfs(self._store.data_dir)
        except OSError as error:  # unmounted under us; the store will say more
            return f"the data directory cannot be looked at: {error.strerror}"
        free = place.f_bavail * place.f_frsize
        pid = self._store.pid
        if free < LOW_BYTES and pid and pid != self._shut_for and self._tell(SHUT_COMMAND):
            self._shut_for = pid
            return f"the disk is nearly full ({free // 1_000_000} MB left): no message is taken until there is room"
        if free >= ENOUGH_BYTES and self._shut_for and self._tell(OPEN_COMMAND):
            self._shut_for = 0
            return "there is room on the disk again: messages are taken"
        return ""

    def _tell(self, command: bytes) -> bool:
        try:
            with socket.socket(socket.AF_UNIX) as connection:
                connection.settimeout(ANSWER_TIMEOUT)
                connection.connect(self._store.url.removeprefix("unix://"))
                connection.sendall(command)
                return connection.recv(64).startswith(b"+OK")
        except OSError:
            return False
