"""How many files a session may send in a minute, and how many may be on their way from an address at once."""

import time
from collections import Counter, OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager

from app.chat.errors import Refusal
from app.config import Limits
from app.live.rate_limit import TokenBucket

# Sessions whose pace is remembered; the oldest are forgotten first.
_MAX_REMEMBERED = 10_000
# Milliseconds after which who has too many on their way may ask again.
_RETRY_MS = 1000


class UploadPace:
    """What this node has seen."""

    def __init__(self, limits: Limits) -> None:
        self._per_minute, self._at_once = limits.files_per_minute, limits.uploads_at_once
        self._sessions: OrderedDict[str, TokenBucket] = OrderedDict()
        self._addresses: Counter[str] = Counter()

    @contextmanager
    def one_more(self, session: str, address: str) -> Iterator[None]:
        """A file of a session, by its hash, is on its way from `address`. Raises Refusal slow_down."""
        if 0 < self._at_once <= self._addresses[address]:
            raise Refusal("slow_down", retry_ms=_RETRY_MS)
        if wait := self._bucket(session).take(time.monotonic()):
            raise Refusal("slow_down", retry_ms=wait)
        self._addresses[address] += 1
        try:
            yield
        finally:
            self._addresses[address] -= 1
            if not self._addresses[address]:
                del self._addresses[address]

    def _bucket(self, session: str) -> TokenBucket:
        bucket = self._sessions.pop(session, None)
        bucket = bucket or TokenBucket(self._per_minute / 60, self._per_minute, time.monotonic())
        self._sessions[session] = bucket
        if len(self._sessions) > _MAX_REMEMBERED:
            self._sessions.popitem(last=False)
        return bucket
