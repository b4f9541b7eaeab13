"""Memory that the C library would keep is given back to the machine. glibc has the calls; others need none.

What was buffered for a thousand peers that never read lies in small pieces all over the heap; the library returns such
only when asked. What is large it maps by itself and returns at once, but it learns from the first of its kind to keep
the next: the 19 MiB of a password check stayed with the thread that made it, for good.
"""

import asyncio
import ctypes

from app.live.node import Node

# Seconds between two looks, and sockets that must have gone since for it to be worth it: asking takes some
# milliseconds for each hundred megabytes.
LOOK_INTERVAL, SOCKETS_GONE = 10.0, 100
# mallopt's parameters (malloc.h). What has MAPPED_BYTES is mapped by itself, whatever was freed before: none of our
# buffers has, a password check has, and takes 25 ms in place of 19 for it. The heap keeps SPARE_BYTES until asked.
M_TRIM_THRESHOLD, M_MMAP_THRESHOLD = -1, -3
MAPPED_BYTES, SPARE_BYTES = 8 << 20, 32 << 20


def keep_nothing_large() -> None:
    """For this process, from now on."""
    if option := getattr(ctypes.CDLL(None), "mallopt", None):
        option(M_MMAP_THRESHOLD, MAPPED_BYTES)
        option(M_TRIM_THRESHOLD, SPARE_BYTES)


async def give_back(node: Node) -> None:
    """Until cancelled, a task of the node: ask whenever a crowd, or a peer for whom much was buffered, has gone."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    slow = gone = 0
    while trim is not None:
        await asyncio.sleep(LOOK_INTERVAL)
        seen = node.chats.metrics
        if seen.slow_readers != slow or seen.closed - gone >= SOCKETS_GONE:
            trim(0)
            slow, gone = seen.slow_readers, seen.closed
