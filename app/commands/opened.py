"""The store, opened for the length of one command."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import AbstractContextManager, nullcontext
from typing import TypeVar

from app.chat.errors import Refusal
from app.cli import CommandError
from app.config import Settings, masked
from app.store.embedded import EmbeddedError, attached
from app.store.store import Store, StoreUnfit

T = TypeVar("T")

# Seconds to wait for the store: a command has a person in front of it.
PATIENCE = 5


def with_store(settings: Settings, work: Callable[[Store], Awaitable[T]]) -> T:
    """Run `work` with the store a server with these settings uses, running or not. Raises CommandError."""
    place: AbstractContextManager[str] = nullcontext(settings.redis) if settings.redis else attached(settings.data_dir)
    logging.getLogger("chatadmin").setLevel(logging.CRITICAL)  # one line says it all
    try:
        with place as url:
            return asyncio.run(_run(settings, url, work))
    except (EmbeddedError, StoreUnfit) as error:
        raise CommandError(str(error)) from None
    except TimeoutError:
        where = masked("redis", settings.redis) if settings.redis else settings.data_dir
        raise CommandError(f"the store at {where} does not answer; is it running?") from None
    except Refusal as refusal:
        raise CommandError(refusal.message("en")) from None


async def _run(settings: Settings, url: str, work: Callable[[Store], Awaitable[T]]) -> T:
    store = Store(
        url, settings.shards, settings.nickname_days, settings.sessions.visitor_days, settings.sessions.agent_hours
    )
    try:
        async with asyncio.timeout(PATIENCE):
            await store.open()
        return await work(store)
    finally:
        await store.close()
