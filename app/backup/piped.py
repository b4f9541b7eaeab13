"""A thread at the other end of a pipe, for what wants to be the one who reads, or who writes."""

import threading
from collections.abc import Callable
from contextlib import suppress
from typing import BinaryIO


class Piped(threading.Thread):
    """Does `work`, closes its end of the pipe, and remembers what went wrong."""

    def __init__(self, work: Callable[[], object], end: BinaryIO) -> None:
        super().__init__(daemon=True)
        self._work, self._end = work, end
        self.error: BaseException | None = None
        self.start()

    def run(self) -> None:
        """The work."""
        try:
            self._work()
        except BaseException as error:  # noqa: BLE001 - it is raised where the work is waited for
            self.error = error
        with suppress(OSError):  # nobody reads any more
            self._end.close()
