"""Memory that the C library keeps after a crowd has gone is given back to the machine.

What was owed to a thousand readers that never read lies in small pieces all over the heap; the library returns such
only when asked. glibc has the call; others have nothing to ask for.
"""

import asyncio
import ctypes

from app.live.node import Node

# Seconds between two looks, and sockets that must have gone since for it to be worth it: asking takes some
# milliseconds for each hundred megabytes.
EVERY, CROWD = 10.0, 100


async def give_back(node: Node) -> None:
    """Until cancelled, a task of the node: ask whenever a crowd, or somebody who was owed much, has gone."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    slow = gone = 0
    while trim is not None:
        await asyncio.sleep(EVERY)
        seen = node.metrics
        if seen.slow_readers != slow or seen.closed - gone >= CROWD:
            trim(0)
            slow, gone = seen.slow_readers, seen.closed
