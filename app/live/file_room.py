"""How much room there is for files: in a conversation, of all there are, and on the disk, which messages need too."""

import asyncio
import logging
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from app.chat.errors import Refusal
from app.config import Limits
from app.files.directory import Driver
from app.files.threads import Threads
from app.store.files import Files
from app.store.low_water import LOW_BYTES

log = logging.getLogger("chatadmin.live")

# Free bytes that files leave on the disk: no file may cost the store its next message.
SPARED_BYTES = 2 * LOW_BYTES
# For "none" among the limits: more than any disk holds.
_ANY = 2**63


class FileRoom:
    """What is on its way to this node counts as if it were here."""

    def __init__(self, driver: Driver, threads: Threads, files: Files, limits: Limits) -> None:
        self._driver, self._threads, self._files, self._limits = driver, threads, files, limits
        self._coming: Counter[str] = Counter()
        self.seen: tuple[int, int] | None = None  # bytes that all files had, and that were free, when last looked at

    async def check(self, uid: str, size: int) -> None:
        """Whether a file of `size` bytes may come into the conversation `uid`. Raises Refusal files_full, OSError, and
        what the store raises."""
        used, left = await asyncio.gather(self._files.used(uid), self.left())
        if used + self._coming[uid] + size > (self._limits.conversation_bytes or _ANY) or size > left:
            raise Refusal("files_full")

    async def left(self) -> int:
        """Bytes there is room for, in all conversations together. Raises OSError, and what the store raises."""
        total, free = self.seen = await asyncio.gather(self._files.total(), self._threads.run(self._driver.free))
        left = min((self._limits.files_total_bytes or _ANY) - total, free - SPARED_BYTES)
        return left - self._coming.total()

    @contextmanager
    def held(self, uid: str, size: int) -> Iterator[None]:
        """Hold that room for a file on its way."""
        self._coming[uid] += size
        try:
            yield
        finally:
            self._coming[uid] -= size
            if not self._coming[uid]:
                del self._coming[uid]
