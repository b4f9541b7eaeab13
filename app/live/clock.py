"""The time of day, for what is sent but not stored: what is stored has the store's."""

import time


def now_ms() -> int:
    """Unix milliseconds."""
    return int(time.time() * 1000)
