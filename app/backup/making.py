"""A backup from its beginning to its end, whoever wants it: taken, looked at, put in its place, and only then what is
beyond `keep` is removed.

One is made at a time, by a lease in the store. What was begun and never ended lies there as `.part`, or as an upload
that nobody sees; the next one removes it first.
"""

import asyncio
import logging
import os
import re
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from app.backup import taking
from app.backup.places import OWN, PART, Place, trouble
from app.backup.records import BackupError
from app.store import tasks
from app.store.backups import Failure, Made
from app.store.errors import NotNow, StoreError
from app.store.store import Store

log = logging.getLogger("chatadmin.backup")

# What a backup is called, so that names are in the order of time.
NAME = re.compile(rf"{OWN}\d{{8}}-\d{{6}}\.tar\.gz(\.age)?")
# Seconds between two renewals of the lease.
RENEW_INTERVAL = 15.0


class Busy(BackupError):
    """Another one is being made just now, or was begun since this one was wanted."""


class Maker:
    """Makes backups of a store. `take(file)` writes one into an empty file and sees that what lies there is sound, or
    raises what is wrong. `encrypted`: whether what it writes is."""

    def __init__(self, store: Store, take: Callable[[BinaryIO], Awaitable[object]], *, encrypted: bool) -> None:
        self._store, self._take, self._encrypted = store, take, encrypted

    async def make(self, place: Place, keep: int = 0, wanted_ms: int = 0) -> Made:
        """One more in `place`, of which the `keep` newest are kept; 0 keeps all. What comes of it stands in the store.

        Raises Busy, also where one was begun since `wanted_ms` (0: whenever that was); BackupError, once that is noted;
        what the store raises while nothing is begun.
        """
        known = self._store.backups
        async with self._alone():
            if wanted_ms and (await known.read()).begun_ms >= wanted_ms:
                raise Busy("one was begun since")
            at_ms = await self._store.now_ms()
            await known.begun(at_ms)
            try:
                made = await self._made(place, at_ms)
            except (BackupError, OSError, StoreError) as error:
                reason = _reason(error, place)
                with suppress(StoreError):
                    await known.failed(Failure(at_ms, reason))
                raise BackupError(reason) from error
            await known.made(made)
            await self._prune(place, made.name, keep)
            return made

    async def _made(self, place: Place, at_ms: int) -> Made:
        name = taking.name(at_ms, encrypted=self._encrypted)
        if left := await asyncio.to_thread(place.sweep):
            log.warning("removed what earlier backups left unfinished", extra={"place": place.label, "files": left})
        part = await asyncio.to_thread(lambda: place.workshop / f"{name}{PART}")
        try:
            with _empty(part) as file:
                await self._take(file)
                size = os.fstat(file.fileno()).st_size
            await asyncio.to_thread(place.put, name, part)
        finally:
            part.unlink(missing_ok=True)
        return Made(at_ms, name, place.label, size, verified=True, encrypted=self._encrypted)

    async def _prune(self, place: Place, made: str, keep: int) -> None:
        """Remove what is beyond `keep`, never the one just made. That this fails is no failure of the one."""
        try:
            found = await asyncio.to_thread(place.list)
            others = [one.name for one in found if NAME.fullmatch(one.name) and one.name != made]
            for name in others[: max(0, len(others) + 1 - keep)] if keep else []:
                await asyncio.to_thread(place.delete, name)
        except BackupError as error:
            log.warning("old backups cannot be removed: %s", error)

    @asynccontextmanager
    async def _alone(self) -> AsyncIterator[None]:
        known, me = self._store.backups, secrets.token_hex(8)
        if not await known.take(me):
            raise Busy("a backup is being made already: wait until it is")
        renewing = asyncio.create_task(self._renew(me))
        try:
            yield
        finally:
            await tasks.end({renewing})
            with suppress(StoreError):
                await known.give_up(me)

    async def _renew(self, me: str) -> None:
        while True:
            await asyncio.sleep(RENEW_INTERVAL)
            with suppress(NotNow):
                await self._store.backups.take(me)


def _empty(part: Path) -> BinaryIO:
    """A new file, to be written and read back."""
    descriptor = os.open(part, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    return os.fdopen(descriptor, "w+b", buffering=0)


def _reason(error: Exception, place: Place) -> str:
    if isinstance(error, OSError):
        return trouble(error, place.workshop)
    return str(error) or "the store answered no more"
