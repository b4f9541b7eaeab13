"""The store, opened for the length of one command."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import TypeVar

from app import words
from app.chat.errors import Refusal
from app.commands.error import CommandError
from app.config import Settings, masked
from app.files.directory import Directory
from app.store.embedded import attached, held
from app.store.errors import EmbeddedError, NotNow, RestoreIncomplete, StoreError, StoreUnfit
from app.store.store import Store

T = TypeVar("T")

# Seconds to wait for the store: a command has a person in front of it.
STORE_TIMEOUT = 5


def driver_of(settings: Settings) -> Directory | None:
    """Where files are kept; None where none can be."""
    return Directory(Path(settings.files_directory)) if settings.files_directory else None


class _Last(logging.Handler):
    """Keeps what the store's connection said last, for the one line a command may print."""

    said = ""

    def emit(self, record: logging.LogRecord) -> None:
        self.said = record.getMessage()


def with_store(
    settings: Settings,
    work: Callable[[Store], Awaitable[T]],
    *,
    alone: bool = False,
    begun: bool = False,
    unhurried: bool = False,
) -> T:
    """Run `work` with the store a server with these settings uses, running or not. Raises CommandError.

    `alone`: no server may run on the embedded one, nor start meanwhile; and whatever is in it, it is given as it is.
    `begun`: it is of no use on an embedded one that was never started, which is told and not made.
    `unhurried`: it is long work, behind all others in line for the processor.
    """
    last, log = _Last(), logging.getLogger("chatadmin")
    log.handlers, log.propagate = [last], False
    try:
        with _place(settings, alone=alone, begun=begun) as url:
            return asyncio.run(_run(settings, url, work, alone=alone, unhurried=unhurried))
    except (EmbeddedError, StoreUnfit, RestoreIncomplete) as error:
        raise CommandError(str(error)) from None
    except TimeoutError:
        where = masked("redis", settings.redis) if settings.redis else settings.data_dir
        raise CommandError(
            f"{last.said or f'store away at {where}: no answer'}; is it running, and the address right?"
        ) from None
    except NotNow as error:
        raise CommandError(words.sentence(error.refusal(), words.ENGLISH)) from None
    except StoreError as error:
        raise CommandError(f"the store refused: {error}") from None
    except Refusal as refusal:
        raise CommandError(words.sentence(refusal, words.ENGLISH)) from None


def _place(settings: Settings, *, alone: bool, begun: bool) -> AbstractContextManager[str]:
    if settings.redis:
        return nullcontext(settings.redis)
    return held(settings.data_dir) if alone else attached(settings.data_dir, begun=begun)


async def _run(
    settings: Settings, url: str, work: Callable[[Store], Awaitable[T]], *, alone: bool, unhurried: bool
) -> T:
    days, hours = settings.sessions.visitor_days, settings.sessions.agent_hours
    store = Store(url, settings.shards, settings.nickname_days, days, hours, unhurried=unhurried)
    try:
        async with asyncio.timeout(STORE_TIMEOUT):
            await (store.reach() if alone else store.open(patient=False))
        return await work(store)
    finally:
        await store.close()
