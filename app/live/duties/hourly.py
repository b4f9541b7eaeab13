"""What one of all nodes does about once an hour, and at once where there is a reason."""

import asyncio
import logging
import secrets
from abc import ABC, abstractmethod
from contextlib import suppress

from app.store.errors import NotNow, StoreError
from app.store.store import Store

log = logging.getLogger("chatadmin.live")

# Seconds between two times, of all nodes together; and between two questions whether it is our turn.
INTERVAL, ASK_INTERVAL = 3600.0, 60.0


class Hourly(ABC):
    """A duty under the lease `name`. `what` is done, for the log. Two nodes that do it at once do no harm."""

    def __init__(self, store: Store, name: str, what: str) -> None:
        self.store, self._name, self._what = store, name, what
        self._wake = asyncio.Event()
        self._due = False  # whoever's turn it is

    @abstractmethod
    async def do(self) -> None:
        """Do it. What it raises of the store or of a disk is logged, and it is done a minute later."""

    async def run(self) -> None:
        """Do it when it is our turn, until cancelled."""
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(ASK_INTERVAL):
                    await self._wake.wait()
            self._wake.clear()
            try:
                await self._look()
            except NotNow:
                log.debug("the store is away; %s is done a minute later", self._what)
            except (StoreError, OSError) as error:
                log.warning("%s is put off for a minute: %s", self._what, error)

    def at_once(self) -> None:
        """There is a reason: do it now, though another node may be at it."""
        self._due = True
        self._wake.set()

    async def _look(self) -> None:
        if not (self._due or await self._turn()):
            return
        self._due = False
        try:
            await self.do()
        except BaseException:
            self._due = True
            raise

    async def _turn(self) -> bool:
        """Whether nobody has done it for an hour. By a new name each time, so that nobody renews the lease."""
        return await self.store.leases.take(self.store.keys.shard(0), self._name, secrets.token_hex(8), INTERVAL)
