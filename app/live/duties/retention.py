"""The shop forgets what it no longer wants to keep: one node at a time looks, once an hour and after a change."""

import asyncio
import logging
import secrets
from collections.abc import Callable
from contextlib import suppress

from app.store.errors import NotNow, StoreError
from app.store.store import Store

log = logging.getLogger("chatadmin.live")

# Seconds between two looks, of all nodes together; and between two questions whether it is our turn.
FORGET_INTERVAL, ASK_INTERVAL = 3600.0, 60.0
_DAY_MS = 24 * 3600 * 1000


class Keeper:
    """Has the store forget. `days()` is how long entries are kept, 0 for ever; `now()` unix ms."""

    def __init__(self, store: Store, days: Callable[[], int], now: Callable[[], int]) -> None:
        self._store, self._days, self._now = store, days, now
        self._wake = asyncio.Event()
        self._due = False  # whoever's turn it is

    async def run(self) -> None:
        """Look when it is our turn, until cancelled."""
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(ASK_INTERVAL):
                    await self._wake.wait()
            self._wake.clear()
            try:
                await self._look()
            except NotNow:
                log.debug("the store is away; what is too old is looked for a minute later")
            except StoreError as error:
                log.warning("what is too old could not be forgotten, and is looked for a minute later: %s", error)

    def at_once(self) -> None:
        """The limit is another one: look now, though another node may be at it."""
        self._due = True
        self._wake.set()

    async def _look(self) -> None:
        days = self._days()
        if not days or not (self._due or await self._turn()):
            return
        self._due = False
        try:
            removed = await self._store.retention.forget(self._now() - days * _DAY_MS)
        except BaseException:
            self._due = True
            raise
        if removed:
            log.info("%d entries older than %d days were forgotten", removed, days)

    async def _turn(self) -> bool:
        """Whether nobody has looked for an hour. By a new name each time, so that nobody renews the lease."""
        return await self._store.leases.take(
            self._store.keys.shard(0), "retention", secrets.token_hex(8), FORGET_INTERVAL
        )
