"""What is owed to the store, or has to be asked of it: done as soon as it takes it, once however often it fell due."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

from app.store.errors import NotNow, StoreError

log = logging.getLogger("chatadmin.live")

Duty = Callable[[], Awaitable[object]]


class Owed:
    """A node's duties that have fallen due. `again`: seconds until one that the store refused is tried again, since
    nothing tells when it takes what it did not."""

    def __init__(self, again: float) -> None:
        self._again = again
        self._due: dict[Duty, None] = {}
        self._wake = asyncio.Event()

    def owe(self, *duties: Duty) -> None:
        """These have fallen due, in this order."""
        self._due.update(dict.fromkeys(duties))
        self._wake.set()

    async def run(self) -> None:
        """Do what falls due, until cancelled. What cannot be done now keeps nothing else from being done."""
        while True:
            await self._wake.wait()
            self._wake.clear()
            for duty in tuple(self._due):
                del self._due[duty]  # now: what happens while it is done makes it due again
                await self._attempt(duty)
            if self._due:
                await asyncio.sleep(self._again)
                self._wake.set()

    async def _attempt(self, duty: Duty) -> None:
        try:
            await duty()
        except (StoreError, ValueError) as error:  # it, or a shard of it, is away, takes nothing yet, or is not as it
            # should be; or another version wrote what is there
            self._due[duty] = None
            if not isinstance(error, NotNow):
                unread = error if isinstance(error, ValueError) else None
                log.warning("what was missed cannot be made good: %s", error, exc_info=unread)
