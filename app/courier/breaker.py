"""When so many lanes of an endpoint failed for the server's sake, it is left alone, but for a probe now and then."""

from collections.abc import Callable

# Lanes that failed, one after another, until it opens.
LANES = 3


class Breaker:
    """One endpoint's. `probe`: seconds between two probes while it is open."""

    def __init__(self, clock: Callable[[], float], probe: float) -> None:
        self._clock, self._probe = clock, probe
        self._failing: dict[str, None] = {}  # in the order in which they failed
        self._probe_at = 0.0
        self.reason = ""
        """Of the last failure."""

    @property
    def open(self) -> bool:
        """Whether the endpoint is left alone."""
        return len(self._failing) >= LANES

    @property
    def shut(self) -> str:
        """Why the next lane may not be tried; "" where it may."""
        return self.reason if self.open and self._clock() < self._probe_at else ""

    def failed(self, lane: str, reason: str) -> None:
        """A lane was tried, and failed for the server's sake."""
        self._failing[lane] = None
        self.reason, self._probe_at = reason, self._clock() + self._probe

    def passed(self) -> list[str]:
        """A lane was tried, and the server answered as it should: the lanes that failed before."""
        failing, self._failing, self.reason = list(self._failing), {}, ""
        return failing
