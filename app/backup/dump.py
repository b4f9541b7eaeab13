"""A store read out into a backup, while it serves.

Shard by shard: what reports have counted, then its conversations, the one silent longest first; then people; then the
bytes of files. Whoever reads meanwhile finds it as quick as before: each call is short, and no more of them are on
their way at once than there are PLACES. In memory are the pages of those, and some 70 bytes for each conversation,
person and file, by which nothing comes twice.
"""

import asyncio
import errno
import io
from collections import Counter
from collections.abc import AsyncIterator, Iterable
from typing import Protocol

import msgspec

from app.backup import archive, logs, people
from app.backup.archive import Writer
from app.backup.logs import Lines
from app.backup.people import Once
from app.backup.records import Counts, Manifest, Pace
from app.files.directory import Driver
from app.files.threads import Threads
from app.store.reports import KEPT_DAYS
from app.store.store import Store

# Conversations that are read at once, of each shard in turn.
PLACES = 16
# Conversations whose names are read together.
_NAMES_PER_PAGE = 200
# Bytes of lines that are handed to the thread which packs them.
_HANDED_BYTES = 512 << 10
# Warnings that are told one by one.
_MOST_WARNINGS = 100
_DAY_MS = 24 * 3600 * 1000


class Told(Protocol):
    """Is told how far it is: `done` of `total` conversations and files."""

    def __call__(self, done: int, total: int) -> None: ...


async def dump(store: Store, files: Driver | None, writer: Writer, told: Told = lambda done, total: None) -> Manifest:
    """Write all of the store, and the files in `files`, where there are such.

    Raises StoreError, OSError, BackupError.
    """
    return await _Dump(store, files, writer, told).run()


class _Dump:
    """One of them."""

    def __init__(self, store: Store, files: Driver | None, writer: Writer, told: Told) -> None:
        self._store, self._driver, self._writer, self._told = store, files, writer, told
        self._threads, self._turn = Threads(1), asyncio.Lock()
        self._counts: Counter[str] = Counter()
        self._warnings: list[str] = []
        self._unsaid = self._done = self._total = 0
        self._pending: list[bytes] = []
        self._pending_bytes = 0
        self._people, self._reports, self._files = Lines(), Lines(), Lines()

    async def run(self) -> Manifest:
        """All of it."""
        try:
            shards = self._store.keys.shards()
            self._total = sum(await asyncio.gather(*map(self._store.copying.total, shards)))
            for shard in shards:
                await self._counted(shard)
                await self._conversations(shard)
            await self._hand_over()
            async for records in people.read(self._store):
                self._keep(self._people, people.lines(records))
                self._counts.update(str(type(record).__struct_config__.tag) for record in records)
            await self._spooled(archive.PEOPLE, self._people)
            await self._spooled(archive.REPORTS, self._reports)
            await self._bytes_of_files()
            if self._unsaid:
                self._warnings.append(f"and {self._unsaid} more of these")
            return await self._threads.run(self._writer.finish, dict(self._counts), self._warnings, len(shards))
        finally:
            for spool in (self._people, self._reports, self._files):
                spool.close()

    # -- reports ------------------------------------------------------------------------------------------------

    async def _counted(self, shard: str) -> None:
        """Before the conversations: what is counted of them meanwhile is not in here, rather than counted twice once
        its entries come again."""
        copying = self._store.copying
        today = await copying.clock(shard) // _DAY_MS
        async for day, until, counts in copying.counts(shard, today - KEPT_DAYS - 1, today + 1):
            line = Counts(day, until, {field: int(count) for field, count in counts.items()})
            self._keep(self._reports, [msgspec.json.encode(line)])
            self._counts["counts"] += 1
        if pace := await copying.pace(shard):
            self._keep(self._reports, [msgspec.json.encode(Pace(pace))])
            self._counts["pace"] += 1

    # -- conversations ------------------------------------------------------------------------------------------

    async def _conversations(self, shard: str) -> None:
        once, places = Once(), asyncio.Semaphore(PLACES)

        async def one(uid: str, activity: int) -> None:
            try:
                await self._conversation(uid, activity)
            finally:
                places.release()

        try:
            async with asyncio.TaskGroup() as group:
                async for uid, activity in self._names(shard):
                    if once.is_new(uid):
                        await places.acquire()
                        group.create_task(one(uid, activity))
        except BaseExceptionGroup as failed:  # the first, as if it had been alone
            raise failed.exceptions[0] from None

    async def _names(self, shard: str) -> AsyncIterator[tuple[str, int]]:
        """Every conversation of a shard and its activity. One that is active meanwhile comes again."""
        since, skip = "-inf", 0
        while True:
            page = await self._store.logs.page(shard, since, skip, _NAMES_PER_PAGE)
            for uid, activity in page:
                yield uid, int(float(activity))
            if len(page) < _NAMES_PER_PAGE:
                return
            last = page[-1][1]
            since, skip = last, skip + _NAMES_PER_PAGE if last == since else 0

    async def _conversation(self, uid: str, activity: int) -> None:
        found = await logs.read(self._store, uid, activity)
        if found is None:  # erased meanwhile
            return
        try:
            if found.fault:
                self._warn(found.fault)
            encode = msgspec.json.encode
            async with self._turn:
                await self._hand([encode(found.conversation)])
                if found.entries.bytes > logs.SPOOLED_BYTES:
                    await self._hand_over()
                    await self._threads.run(self._writer.conversations, found.entries.each())
                else:
                    await self._hand(list(found.entries.each()))
                await self._hand([encode(file) for file in found.files])
            self._keep(self._files, (file.id.encode() for file in found.files))
            self._counts += Counter(conversation=1, entry=found.entries.count, file=len(found.files))
            self._total += len(found.files)
            self._step()
        finally:
            found.entries.close()

    async def _hand(self, lines: list[bytes]) -> None:
        self._pending += lines
        self._pending_bytes += sum(map(len, lines))
        if self._pending_bytes >= _HANDED_BYTES:
            await self._hand_over()

    async def _hand_over(self) -> None:
        lines, self._pending, self._pending_bytes = self._pending, [], 0
        await self._threads.run(self._writer.conversations, lines)

    # -- members ------------------------------------------------------------------------------------------------

    @staticmethod
    def _keep(spool: Lines, lines: Iterable[bytes]) -> None:
        spool.add(list(lines))

    async def _spooled(self, name: str, spool: Lines) -> None:
        await self._threads.run(self._writer.member, name, spool.start(), spool.bytes)

    async def _bytes_of_files(self) -> None:
        for line in self._files.each():
            id = line.decode()
            fault = await self._threads.run(self._file, id)
            if fault:
                self._warn(f"{archive.FILES}{id}: {fault}")
            self._step()

    def _file(self, id: str) -> str:
        """Put the bytes of a file into the backup; or say why they are not there."""
        if self._driver is None:
            return "there is no place of files here: set files.directory"
        try:
            with self._driver.open(id) as file:
                data = file.read()  # at once: a disk that cannot read it must not leave half a member
        except OSError as error:
            return "it is missing" if error.errno == errno.ENOENT else f"it cannot be read ({error.strerror})"
        self._writer.member(f"{archive.FILES}{id}", io.BytesIO(data), len(data))
        self._counts["bytes of files"] += len(data)
        return ""

    def _warn(self, line: str) -> None:
        if len(self._warnings) < _MOST_WARNINGS:
            self._warnings.append(line)
        else:
            self._unsaid += 1

    def _step(self) -> None:
        self._done += 1
        self._told(self._done, self._total)
