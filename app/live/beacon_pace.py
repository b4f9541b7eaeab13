"""How often the pages of the shop's sites say that they are looked at: the more of them there are, the less often."""

# Seconds between two times that a page says so: fewer than these nobody notices, and after more they count as gone.
SOONEST, LATEST = 15, 120
# Times a second that a node is to be told, pages that are opened and left among them: less than a twentieth of a core,
# at 1.25 ms each on a slow one (docs/performance.md). Of how many seconds the number of the latter is the mean.
_PER_SECOND, _MEAN_SECONDS = 25, 30


class BeaconPace:
    """`pause`: after how many seconds a page should say so again."""

    def __init__(self) -> None:
        self.pause = SOONEST
        self._turns, self._turns_per_second = 0, 0.0

    def turn(self) -> None:
        """A page was opened, or left."""
        self._turns += 1

    def sweep(self, pages: int) -> None:
        """Once a second: this many say so to this node. Those that are opened and left do, whatever they are told, so
        those that stay have what is left."""
        self._turns_per_second += (self._turns - self._turns_per_second) / _MEAN_SECONDS
        self._turns = 0
        left = max(_PER_SECOND - self._turns_per_second, 1.0)
        self.pause = round(min(max(SOONEST, pages / left), LATEST))
