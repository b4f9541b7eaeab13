"""How many files a session may send in a minute, and how many may be on their way from an address at once."""

import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from app.chat.errors import Refusal
from app.config import Limits
from app.live.rate_limit import TokenBuckets

# Milliseconds after which who has too many on their way may ask again.
_RETRY_MS = 1000


class UploadPace:
    """What this node has seen."""

    def __init__(self, limits: Limits) -> None:
        self._sessions, self._at_once = TokenBuckets(limits.files_per_minute), limits.uploads_at_once
        self._addresses: Counter[str] = Counter()

    @contextmanager
    def one_more(self, session: str, address: str) -> Iterator[None]:
        """A file of a session, by its hash, is on its way from `address`. Raises Refusal slow_down."""
        if 0 < self._at_once <= self._addresses[address]:
            raise Refusal("slow_down", retry_ms=_RETRY_MS)
        if wait := self._sessions.take(session, time.monotonic()):
            raise Refusal("slow_down", retry_ms=wait)
        self._addresses[address] += 1
        try:
            yield
        finally:
            self._addresses[address] -= 1
            if not self._addresses[address]:
                del self._addresses[address]
