"""Who looks at the pages of the shop's sites now, as far as these tell this node: nothing but how many they are."""

from collections import OrderedDict
from collections.abc import Callable

# Seconds between two times that a page says so: fewer than these nobody notices, and after more they count as gone.
SOONEST, LATEST = 15, 120
# Times a second that a node is told: a twentieth of a core, at 0.9 ms each.
_PER_SECOND = 50
# Seconds after which who was not heard of has gone, and how many are remembered: beyond, the pause is the longest.
_GONE, _REMEMBERED = 180.0, LATEST * _PER_SECOND


class Browsing:
    """By the random name of each page's life. Times are those of `clock`, monotonic seconds."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._heard: OrderedDict[str, float] = OrderedDict()

    def __len__(self) -> int:
        return len(self._heard)

    def hear(self, id: str, *, gone: bool) -> int:
        """A page is looked at, or was left: the seconds after which it should say so again."""
        now = self._clock()
        self._heard.pop(id, None)
        if not gone:
            self._heard[id] = now
        while self._heard and (len(self) > _REMEMBERED or next(iter(self._heard.values())) < now - _GONE):
            self._heard.popitem(last=False)
        return min(max(SOONEST, -(-len(self) // _PER_SECOND)), LATEST)
