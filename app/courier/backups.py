"""Scheduled backups: looks whether one is wanted, and has it made by a process of its own, so no mail waits for it.

On every node of a shop a courier looks; which of them makes it is decided in the store (app/backup/making.py).
"""

import asyncio
import logging
import os
from asyncio.subprocess import DEVNULL, PIPE
from contextlib import suppress
from subprocess import SubprocessError

import msgspec

from app import resources
from app.backup.asked import BUSY_STATUS, Asked
from app.backup.schedule import wanted_since
from app.chat import alerts
from app.config import Settings
from app.courier.drivers import looking
from app.store import child
from app.store.backups import Failure, Known
from app.store.outbox import job_id
from app.store.store import Store

log = logging.getLogger("chatadmin.courier")

# The kind of a job that tells of a backup that failed: of what, by its argument `reason`, and by `last` whether there
# is one from before.
BACKUP = "backup"
# Seconds between two looks: whoever asks for one in the console sees it begin.
LOOK_INTERVAL = 2.0
# How much a busy machine prefers all else to it (nice(2)): nobody waits for a backup.
NICENESS = 15
# What a shell would say, too.
_NOT_STARTED = 127
_DAY_MS = 24 * 3600 * 1000
# Seconds that it gets to remove what it has begun, when we end; less than we get ourselves (server/supervisor.py).
END_TIMEOUT = 3.0


class BackupWatcher:
    """Looks after the backups of a shop, whose store is at `url`."""

    def __init__(self, settings: Settings, store: Store, url: str) -> None:
        self._settings, self._store, self._url = settings, store, url

    async def run(self) -> None:
        """Work until cancelled."""
        await looking(self.look, LOOK_INTERVAL, "it cannot be seen whether a backup is wanted")

    async def look(self) -> None:
        """Have one made, where it is wanted. Raises what the store raises."""
        store = self._store
        known, now_ms = await asyncio.gather(store.backups.read(), store.now_ms())
        wanted_ms = 0 if known.busy else wanted_since(self._settings.backup, known, now_ms)
        if not wanted_ms:
            return
        status = await self._made(wanted_ms)
        if status not in (0, BUSY_STATUS):
            await self._failed(wanted_ms, status)

    async def _made(self, wanted_ms: int) -> int:
        """Run the process; its exit status, or _NOT_STARTED."""
        command = resources.command("backup", "--asked")
        parent = os.getpid()

        def begin() -> None:
            child.die_with_parent(parent)
            os.nice(NICENESS)

        try:
            process = await asyncio.create_subprocess_exec(
                *command, stdin=PIPE, stdout=DEVNULL, cwd=resources.ROOT, preexec_fn=begin
            )
        except (OSError, SubprocessError) as error:  # the file of the program may be gone, or memory short
            log.error("the process that makes backups cannot be started: %s", error)
            return _NOT_STARTED
        try:
            await process.communicate(msgspec.json.encode(Asked(self._settings, self._url, wanted_ms)))
        except BaseException:
            await _end(process)
            raise
        return process.returncode or 0

    async def _failed(self, wanted_ms: int, status: int) -> None:
        """Say so, in the log and to the administrators; once for each time it was to be made."""
        backups = self._store.backups
        known, now_ms = await asyncio.gather(backups.read(), self._store.now_ms())
        began = known.begun_ms >= wanted_ms
        if not known.busy and (known.open or not began):  # it did not live to say why
            if not began:  # else it would be begun again and again
                await backups.begun(now_ms)
            reason = f"the process that makes backups ended with status {status}; the log may say why"
            await backups.failed(Failure(now_ms, reason))
            known = await backups.read()
        if failure := known.failure:
            log.error("the backup failed: %s", failure.reason)
            await self._tell(known, failure)

    async def _tell(self, known: Known, failure: Failure) -> None:
        """Mail the administrators, once for each day on which it was to be made."""
        if not self._settings.sends_mail:
            return
        day, args = failure.at_ms // _DAY_MS, {"reason": failure.reason, "last": "1" if known.last else ""}
        for agent in alerts.administrators(await self._store.people.agents()):
            id = job_id("account", agent.uid, f"{BACKUP}:{day}")
            await self._store.outbox.post("account", agent.uid, BACKUP, args, id=id)


async def _end(process: asyncio.subprocess.Process) -> None:
    """Have it end, be it at once."""
    with suppress(ProcessLookupError):
        process.terminate()
    try:
        await asyncio.wait_for(process.wait(), END_TIMEOUT)
    except TimeoutError:
        process.kill()
        await process.wait()
