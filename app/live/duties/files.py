"""Bytes that no entry has any more, or never got, are removed: once an hour, and when entries were forgotten.

What is known of a file goes first, and its bytes an hour later: who makes a backup meanwhile knows of it still. Until
then they are bytes that nobody knows, and those go once they are a day old; so that they are found to be 23 hours old
is what is done first of all, and whoever is killed in between leaves nothing that does not go the next time.
"""

import asyncio
import logging
from itertools import groupby, islice

from app.files.directory import Driver, Found
from app.files.threads import Threads
from app.live.duties.hourly import Hourly
from app.live.file_place import is_ours
from app.store.files import Files
from app.store.store import Store

log = logging.getLogger("chatadmin.live")

# How long a file may wait to be sent, and remains of an upload lie there: longer than any upload takes.
UNSENT_MS = 24 * 3600 * 1000
# How long bytes lie there once their file is forgotten: longer than a backup takes between what it knows of a file and
# its bytes.
WAIT_MS = 3600 * 1000
# Files looked at together, and the pause after them (s), in which people's messages come first.
BATCH, BATCH_PAUSE = 200, 0.02


class Sweeper(Hourly):
    """Sweeps the place of files."""

    def __init__(self, store: Store, driver: Driver) -> None:
        super().__init__(store, "files", "sweeping files")
        self._driver, self._threads = driver, Threads(1)

    async def do(self) -> None:
        """Sweep, unless the place is not the one it should be: what is unknown here may be known to another store."""
        files, driver, threads = self.store.files, self._driver, self._threads
        if not await is_ours(files, driver, threads):
            log.warning(
                "the place of files is not the one this store's files are in, and is not swept: chatadmin check"
            )
        elif removed := await sweep(files, driver, threads, await self.store.now_ms() - UNSENT_MS):
            log.info("%d files that no message has were removed", removed)


async def sweep(files: Files, driver: Driver, threads: Threads, before: int) -> int:
    """Remove what no entry has: what was uploaded before `before` (unix ms) and not sent, what is left of an upload,
    and files of entries that were forgotten; those WAIT_MS after. Returns how many went. Raises OSError, and what the
    store raises."""
    everything, removed = driver.sweep(), 0
    while batch := await threads.run(lambda: list(islice(everything, BATCH))):
        for uid, some in groupby(batch, key=_conversation):
            lying = list(some)
            found = await files.needless(uid, [one.id for one in lying], before)
            await threads.run(driver.date, [*found.unsent, *found.trimmed], (before + WAIT_MS) / 1000)
            await files.forget(uid, found.unsent, unsent=True)
            await files.forget(uid, found.trimmed)
            old = {one.id for one in lying if one.at * 1000 < before}
            gone = [id for id in found.unknown if id in old]
            await threads.run(driver.delete, gone)
            removed += len(gone)
        await asyncio.sleep(BATCH_PAUSE)
    return removed


def _conversation(found: Found) -> str:
    return found.id.partition(".")[0]
