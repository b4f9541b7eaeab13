"""Whether this machine's clock is right, as far as can be told from here."""

import time

from app.checks.finding import Finding
from app.config import Settings
from app.store.store import Store

# Milliseconds the store's clock may differ from ours before sessions and times look odd.
MAX_CLOCK_SKEW_MS = 2000
# Unix time of a day in 2026: a clock before this program was written is wrong.
EARLIEST_CLOCK = 1767225600


async def look(settings: Settings, store: Store) -> list[Finding]:
    """Compare it with the store's, and with the day before which this program was not written."""
    apart = abs(await store.now_ms() - int(time.time() * 1000))
    if time.time() < EARLIEST_CLOCK:
        return [Finding("fail", "clock", f"this machine's says {time.strftime('%Y-%m-%d')}: set it, best by NTP")]
    if apart > MAX_CLOCK_SKEW_MS:
        return [Finding("warn", "clock", f"{apart} ms from the store's: set both by NTP")]
    return [Finding("ok", "clock", f"{apart} ms from the store's")]
