"""What the courier hands to the process that makes a backup in its stead."""

import msgspec

from app.config import Settings

# Exit status of that process where another makes it, or has begun one since.
BUSY_STATUS = 3


class Asked(msgspec.Struct, frozen=True):
    """By which settings, from the store at `url`, for whoever has wanted one since `wanted_ms` (unix ms)."""

    settings: Settings
    url: str
    wanted_ms: int
