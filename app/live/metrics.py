"""What a node counts, as integers."""

from dataclasses import dataclass


@dataclass
class Metrics:
    """Counters since the node started. `late_us`: microseconds by which its ticks came late, all together."""

    acknowledged: int = 0
    closed: int = 0
    slow_readers: int = 0
    silent: int = 0
    gaps: int = 0
    late_us: int = 0
