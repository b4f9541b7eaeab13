"""When so many lanes of an endpoint fail for the server's sake, it is left alone, but for a probe now and then."""

from collections.abc import Callable

# Lanes that fail until it opens, while none passes.
LANES = 3
# Seconds after which one that failed is tried again since another passed: it may have failed for its own sake.
REST = 300.0


class Breaker:
    """One endpoint's. `probe`: seconds between two probes while it is open."""

    def __init__(self, clock: Callable[[], float], probe: float) -> None:
        self._clock, self._probe, self._probe_at = clock, probe, 0.0
        self._in_a_row: set[str] = set()
        self._tried: dict[str, float] = {}  # when each was that has not passed since
        self.reason = ""
        """Of the last failure."""

    @property
    def open(self) -> bool:
        """Whether the endpoint is left alone."""
        return len(self._in_a_row) >= LANES

    @property
    def shut(self) -> str:
        """Why the next lane may not be tried; "" where it may."""
        return self.reason if self.open and self._clock() < self._probe_at else ""

    @property
    def calm(self) -> bool:
        """Whether nothing fails."""
        return not self._tried

    def failed(self, lane: str, reason: str) -> None:
        """A lane was tried, and failed for the server's sake."""
        self._in_a_row.add(lane)
        self._tried[lane] = self._clock()
        self.reason, self._probe_at = reason, self._clock() + self._probe

    def passed(self, lane: str) -> list[str]:
        """A lane was tried, and the server answered as it should: those that failed before, and may be tried again."""
        self._in_a_row.clear()
        self._tried.pop(lane, None)
        rested = [name for name, at in self._tried.items() if self._clock() - at >= REST]
        for name in rested:
            del self._tried[name]
        return rested
