"""The shop forgets what it no longer wants to keep."""

import logging
from collections.abc import Callable

from app.live.duties.hourly import Hourly
from app.store.store import Store

log = logging.getLogger("chatadmin.live")

_DAY_MS = 24 * 3600 * 1000


class Keeper(Hourly):
    """Has the store forget. `days()` is how long entries are kept, 0 for ever; `now()` unix ms."""

    def __init__(self, store: Store, days: Callable[[], int], now: Callable[[], int]) -> None:
        super().__init__(store, "retention", "forgetting what is too old")
        self._days, self._now = days, now
        self.forgot: Callable[[], object] = lambda: None

    async def do(self) -> None:
        """Forget what is older than the shop keeps."""
        if not (days := self._days()):
            return
        removed = await self.store.retention.forget(self._now() - days * _DAY_MS)
        if removed:
            log.info("%d entries older than %d days were forgotten", removed, days)
            self.forgot()
