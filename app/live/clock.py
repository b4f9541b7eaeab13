"""The time of day, for what is sent but not stored: what is stored has the store's."""

import time


def now_ms() -> int:
    """Unix milliseconds."""
    return int(time.time() * 1000)


def seconds_since(unix_ms: int) -> float:
    """0 where it never was, or is yet to be."""
    return max(0, now_ms() - unix_ms) / 1000 if unix_ms else 0.0
