"""Blocking work on files in threads of its own: nobody else waits for a slow disk, or a mount that hangs.

In asyncio's own threads addresses are looked up, without which no store is found again.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


class Threads:
    """A few threads, which take what there is to do in its order."""

    def __init__(self, most: int) -> None:
        self._pool = ThreadPoolExecutor(most, "files")

    async def run(self, work: Callable[P, T], *args: P.args, **named: P.kwargs) -> T:
        """What `work` returns or raises. Who is cancelled meanwhile still waits for its end: no file is removed, or
        closed, while it is being written to."""
        done = asyncio.wrap_future(self._pool.submit(work, *args, **named))
        try:
            return await asyncio.shield(done)
        except asyncio.CancelledError:
            await asyncio.wait([done])
            done.exception()  # nobody else will ask
            raise

    def later(self, work: Callable[P, Any], *args: P.args, **named: P.kwargs) -> None:
        """Have it done, whoever goes meanwhile."""
        self._pool.submit(work, *args, **named)
