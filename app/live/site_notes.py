"""What this node notes of sites: that their pages show the chat, or would, were they listed."""

from collections import OrderedDict
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Any

from app.chat import sites
from app.live.rate_limit import TokenBucket
from app.store.errors import NotNow
from app.store.sites import Fate, Site, Sites

# Seconds in which one is written down once, and how many are remembered for that.
_PAUSE, _REMEMBERED = 60.0, 1000
# Written down at once, and then in a minute: anybody can name any, also under a `*` that is listed. All of a list are.
_BURST: dict[Fate, int] = {"seen": sites.MOST, "refused": 10}
_PER_MINUTE: dict[Fate, int] = {"seen": sites.MOST, "refused": 5}


class SiteNotes:
    """Seconds are those of `clock`, which is monotonic; `now_ms` is what is written down."""

    def __init__(
        self,
        store: Sites,
        clock: Callable[[], float],
        now_ms: Callable[[], int],
        spawn: Callable[[Coroutine[Any, Any, Any]], object],
    ) -> None:
        self._store, self._clock, self._now_ms, self._spawn = store, clock, now_ms, spawn
        self._noted: OrderedDict[tuple[Fate, str], float] = OrderedDict()
        self._paces = {fate: TokenBucket(_PER_MINUTE[fate] / 60, _BURST[fate], clock()) for fate in _BURST}

    def note(self, fate: Fate, origin: str) -> None:
        """A page of `origin` was `seen`, or `refused`; what no site could be is none."""
        now = self._clock()
        noted = self._noted.get((fate, origin))
        if (noted is not None and now - noted < _PAUSE) or not sites.is_one(origin):
            return
        if self._paces[fate].take(now):
            return
        self._noted[fate, origin] = now
        self._noted.move_to_end((fate, origin))
        if len(self._noted) > _REMEMBERED:
            self._noted.popitem(last=False)
        self._spawn(self._write(fate, Site(origin, self._now_ms())))

    async def _write(self, fate: Fate, site: Site) -> None:
        with suppress(NotNow):  # its next page says so again
            await self._store.note(fate, site)

    async def all(self) -> tuple[list[Site], list[Site]]:
        """Those that were seen, and those that were refused, by whichever node; newest first."""
        return await self._store.all("seen"), await self._store.all("refused")
