"""An answer that is made while it is sent: whole, or cut off so that no part of it passes for the whole."""

import asyncio
import logging
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import aclosing

from quart import request

from app.transport.offers import stream_offer

log = logging.getLogger("chatadmin.web")

# Seconds a peer may take for a piece; slower than any phone.
STALLED_TIMEOUT = 60.0
CUT_TIMEOUT = 1.0  # seconds for a connection to be cut


def whole(pieces: AsyncGenerator[bytes, None], what: str, *expected: type[Exception]) -> AsyncIterator[bytes]:
    """The pieces, of `what` (for the log); what cannot be finished is cut off. `expected`: errors that say it all.

    A peer that takes nothing is cut off, too. Called while the request is served.
    """
    offer = stream_offer(request.scope)
    return _sent(pieces, what, expected, offer.cut if offer else None)


async def _sent(
    pieces: AsyncGenerator[bytes, None],
    what: str,
    expected: tuple[type[Exception], ...],
    abort: Callable[[], object] | None,
) -> AsyncIterator[bytes]:
    loop, task = asyncio.get_running_loop(), asyncio.current_task()
    assert task is not None
    cut = abort or task.cancel
    try:
        async with aclosing(pieces):
            async for piece in pieces:
                stalled = loop.call_later(STALLED_TIMEOUT, cut)
                try:
                    yield piece
                finally:
                    stalled.cancel()
    except expected as error:
        log.warning("%s was cut short: %s", what, error or type(error).__name__)
    except Exception:
        log.exception("%s was cut short", what)
    else:
        return
    cut()
    await asyncio.sleep(CUT_TIMEOUT)  # HTTP/1.1: the request has ended with its connection by then
    task.cancel()
    await asyncio.sleep(0)
