"""What a node counts, as integers: the operator's page turns them into Prometheus' text."""

from dataclasses import dataclass


@dataclass
class Metrics:
    """Counters since the node started."""

    acknowledged: int = 0
    closed: int = 0
    slow_readers: int = 0
    silent: int = 0
    gaps: int = 0
