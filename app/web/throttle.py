"""How often one may try to log in: bounded per address, slower after each wrong password, never locked."""

import asyncio
import time
from collections import OrderedDict

from app.chat.errors import Refusal
from app.live.rate_limit import TokenBuckets

# Names remembered; the oldest are forgotten first.
_MAX_REMEMBERED = 10_000
# Wrong passwords for a name before each further answer takes longer, the longest it takes (s), and how long a wrong
# one is remembered (s). The right password always gets through, at most this much later.
_FREE_ATTEMPTS, _MAX_DELAY, _MEMORY_SECONDS = 3, 4.0, 900.0


class Throttle:
    """The attempts this worker has seen."""

    def __init__(self, per_minute: int) -> None:
        self._addresses = TokenBuckets(per_minute)
        self._failures: OrderedDict[str, tuple[int, float]] = OrderedDict()

    def check(self, address: str) -> None:
        """One more attempt from `address`. Raises Refusal slow_down."""
        if wait := self._addresses.take(address, time.monotonic()):
            raise Refusal("slow_down", retry_ms=wait)

    async def delay(self, name: str) -> None:
        """Wait as long as the wrong passwords for this name demand; the same for names that do not exist."""
        count, at = self._failures.get(name, (0, 0.0))
        if count > _FREE_ATTEMPTS and time.monotonic() - at < _MEMORY_SECONDS:
            await asyncio.sleep(min(0.25 * 2 ** (count - _FREE_ATTEMPTS - 1), _MAX_DELAY))

    def failed(self, name: str) -> None:
        """A wrong password."""
        count, at = self._failures.pop(name, (0, 0.0))
        now = time.monotonic()
        self._failures[name] = (count + 1 if now - at < _MEMORY_SECONDS else 1, now)
        if len(self._failures) > _MAX_REMEMBERED:
            self._failures.popitem(last=False)

    def succeeded(self, name: str) -> None:
        """The right one."""
        self._failures.pop(name, None)

    @property
    def remembered(self) -> int:
        """How many addresses and names are remembered."""
        return len(self._addresses) + len(self._failures)
