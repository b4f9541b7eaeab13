"""Ending tasks."""

import asyncio
from collections.abc import Iterable
from typing import Any

# Seconds until a task that was cancelled and goes on is cancelled again.
CANCEL_INTERVAL = 0.1


async def end(tasks: Iterable[asyncio.Task[Any]]) -> None:
    """Cancel these tasks until they have ended, however often one of them loses a cancellation: before Python 3.12
    `asyncio.wait_for`, by which the client library asks a Sentinel, now and then does."""
    left = set(tasks)
    while left:
        for task in left:
            task.cancel()
        _, left = await asyncio.wait(left, timeout=CANCEL_INTERVAL)
