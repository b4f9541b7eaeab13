"""The shop's own backups, in the place that the settings name, of which the newest are kept: made by the command, or in
the courier's stead by a process that is told on standard input which."""

import asyncio
import logging
import signal
import sys
from typing import BinaryIO

import msgspec

from app.backup import taking
from app.backup.asked import BUSY_STATUS, Asked
from app.backup.dump import Told
from app.backup.making import Busy, Maker
from app.backup.places import Place, place
from app.backup.records import BackupError
from app.backup.taking import Taken
from app.commands import beside
from app.commands.error import CommandError
from app.commands.opened import driver_of, with_store
from app.commands.owner import become
from app.commands.progress import Progress
from app.config import Settings
from app.privacy.ledger import Ledger, LedgerError
from app.server import log
from app.store.backups import Made
from app.store.errors import StoreError
from app.store.store import Store


def kept(settings: Settings, to: str, encrypt_to: str) -> tuple[Made, Taken]:
    """One more in `to`; what is beyond `keep` goes where that is the place of the settings. Raises CommandError."""
    become(settings)
    keep = settings.backup.keep if to == settings.backup.to else 0

    async def work(store: Store) -> tuple[Made, Taken]:
        with Progress("backing up", "conversations and files") as progress:
            shop = _Shop(store, settings, encrypt_to, progress.of)
            return await shop.back_up(place(to, settings), keep), shop.taken[0]

    try:
        return with_store(settings, work, begun=True, unhurried=True)
    except BackupError as error:
        raise CommandError(f"no backup was made: {error}") from None
    except LedgerError as error:
        raise CommandError(f"it was made, but who was erased could not be written beside it: {error}") from None


def asked() -> int:
    """The backup that standard input describes (Asked, as JSON); returns the exit status. What came of it stands in the
    store."""
    found = msgspec.json.decode(sys.stdin.buffer.read(), type=Asked)
    log.set_up(found.settings.log_level, found.settings.log_format)
    return asyncio.run(_asked(found))


async def _asked(asked: Asked) -> int:
    settings, says, task = asked.settings, logging.getLogger("chatadmin.backup"), asyncio.current_task()
    assert task is not None
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    days, hours = settings.sessions.visitor_days, settings.sessions.agent_hours
    store = Store(asked.url, settings.shards, settings.nickname_days, days, hours, unhurried=True)
    try:
        await store.open()
        shop = _Shop(store, settings, settings.backup.encrypt_to)
        made = await shop.back_up(place(settings.backup.to, settings), settings.backup.keep, asked.wanted_ms)
        says.info("a backup was made", extra={"place": made.place, "file": made.name, "bytes": made.bytes})
        return 0
    except Busy:
        return BUSY_STATUS
    except (BackupError, asyncio.CancelledError):  # the courier reads why in the store, or ends us
        return 1
    except (LedgerError, StoreError) as error:
        says.error("a backup cannot be made as it should: %s", str(error) or "the store answers no more")
        return 1
    finally:
        await store.close()


class _Shop:
    """What is backed up. `taken`: the backup that was."""

    def __init__(
        self, store: Store, settings: Settings, encrypt_to: str, told: Told = lambda done, total: None
    ) -> None:
        self._store, self._encrypt_to, self._told = store, encrypt_to, told
        self._files = driver_of(settings)
        self.taken: list[Taken] = []

    async def back_up(self, kept_in: Place, keep: int, wanted_ms: int = 0) -> Made:
        """As Maker.make; then who was erased is written beside it. Raises LedgerError, and what that raises."""
        maker = Maker(self._store, self._take, encrypted=bool(self._encrypt_to))
        made = await maker.make(kept_in, keep, wanted_ms)
        ledger = await Ledger.in_store(self._store)
        try:
            await asyncio.to_thread(beside.write, kept_in, ledger)
        except BackupError as error:  # which would say that no backup was made
            raise LedgerError(str(error)) from None
        return made

    async def _take(self, file: BinaryIO) -> None:
        self.taken.append(await taking.into(file, self._store, self._files, self._encrypt_to, self._told))
