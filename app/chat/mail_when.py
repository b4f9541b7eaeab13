"""When what agents wrote to somebody who has left is mailed: together, and not while they may still read it here."""

from collections.abc import Sequence

_SECOND = 1000
# How long somebody must be gone: who reloads, changes pages or loses the network for a while is not.
GONE_MS = 120 * _SECOND
HERE_MS = 3600 * _SECOND
# How long nothing more may have been said, for one mail to tell of all of it; and for how long that is waited.
SILENCE_MS, LONGEST_MS = 60 * _SECOND, 300 * _SECOND


def due(written: Sequence[int], *, here: bool, left: int, now: int) -> int:
    """When messages, `written` at these times, the oldest first, are mailed: by `now`, or else when to look again.

    `here`: whether their reader is; `left`: when they left last, 0 where that was never. All in unix ms.
    """
    if here:  # they read it, or leave, and then it is looked at again
        return now + HERE_MS
    said = min(written[-1] + SILENCE_MS, written[0] + LONGEST_MS)
    return max(said, left + GONE_MS)
