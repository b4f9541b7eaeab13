"""`chatadmin restore`: a backup becomes the shop, in a store that is empty, or is emptied first."""

import argparse
import asyncio
import os
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

from app.backup import taking, verify
from app.backup.archive import Reader
from app.backup.dump import Told
from app.backup.places import BUCKET_PREFIX, OWN, in_bucket, open_there
from app.backup.records import BackupError
from app.backup.restore import LEFT_OUT
from app.backup.restore import restore as put_in
from app.backup.verify import Sound
from app.commands import beside
from app.commands.backup import contents
from app.commands.error import CommandError
from app.commands.opened import driver_of, with_store
from app.commands.owner import become
from app.commands.people import counted
from app.commands.progress import Progress
from app.commands.said import moment, reason, warn
from app.commands.verify import called, identities
from app.config import Settings, masked
from app.files.directory import Directory
from app.files.threads import Threads
from app.live import file_place, timings
from app.privacy.ledger import FILE, Ledger, LedgerError
from app.store import formats
from app.store.errors import StoreError
from app.store.filling import Disturbed
from app.store.restoring import Unfinished
from app.store.store import Store

_STDIN = "-"
_CHUNK, _MIB = 1 << 20, 20
# Files removed in one go.
_FILES_TOGETHER = 500


class Backup(NamedTuple):
    """The backup: an open file that can be read again, what it is called, and the keys that may open it."""

    file: BinaryIO
    name: str
    identities: list[Any]

    @contextmanager
    def again(self) -> Iterator[Reader]:
        """Read it from its beginning. Raises BackupError."""
        self.file.seek(0)
        with ExitStack() as stack:
            yield verify.read(self.file, stack, self.identities)

    def verified(self) -> Sound:
        """See that it is sound. Raises BackupError."""
        size = os.fstat(self.file.fileno()).st_size
        with Progress("verifying", "MiB", total=size >> _MIB) as progress, self.again() as reader:
            return verify.judge(reader, lambda: progress.at(self.file.tell() >> _MIB))


@contextmanager
def opened(name: str, identity: str | None, settings: Settings) -> Iterator[Backup]:
    """The backup `name`; one on standard input or in a bucket is kept here for as long as it is read. Raises
    CommandError."""
    keys = identities(identity)
    with ExitStack() as stack:
        try:
            if name == _STDIN or name.startswith(BUCKET_PREFIX):
                source = sys.stdin.buffer if name == _STDIN else stack.enter_context(open_there(name, settings))
                file: Any = stack.enter_context(tempfile.TemporaryFile())
                while data := source.read(_CHUNK):
                    file.write(data)
            else:
                file = stack.enter_context(Path(name).open("rb"))
        except OSError as error:
            raise CommandError(f"{name} cannot be read: {reason(error)}") from None
        except BackupError as error:
            raise CommandError(str(error)) from None
        yield Backup(file, name, keys)


def restore(options: argparse.Namespace, settings: Settings) -> int:
    """Restore `options.file`; returns the exit status. Raises CommandError."""
    with opened(options.file, options.identity, settings) as backup:
        ledger = _ledger(options.file, options.erased, settings)
        become(settings)
        try:
            sound = backup.verified()
        except BackupError as error:
            raise CommandError(f"{called(options.file)}: {error}; nothing was changed") from None
        for one in sound.erased:
            ledger.know(one.salt, one.digest, one.at)
        with_store(
            settings, _Restore(settings, backup, sound, ledger, replace=options.replace).run, alone=True, unhurried=True
        )
    return 0


def _ledger(file: str, given: str | None, settings: Settings) -> Ledger:
    """Who was erased, as it stands beside the backup or in the file that was given. Raises CommandError."""
    place = Path(given) if given else Path(file).parent / FILE
    try:
        if not given and file == _STDIN:
            raise FileNotFoundError(FILE)
        found = _in_bucket(file, settings) if not given and file.startswith(BUCKET_PREFIX) else Ledger.read(place)
    except FileNotFoundError:
        if given:
            raise CommandError(f"{given} is not there; nothing was changed") from None
        print(
            f"chatadmin: warning: there is no {FILE} beside {called(file)}: whoever was erased since then comes back, "
            "but for those whom the store itself still knows of; --erased FILE names one",
            file=sys.stderr,
        )
        return Ledger()
    except LedgerError as error:
        raise CommandError(f"{error}; nothing was changed") from None
    except (OSError, BackupError) as error:
        raise CommandError(f"{place} cannot be read: {reason(error)}; nothing was changed") from None
    # Only where the settings have backups go does each erasure write it; anywhere else it is as old as the backup.
    when = moment(found.last_ms)
    last = f"{counted(len(found), 'person', 'people')}, the last erased {when}" if len(found) else "nobody"
    print(f"{given or FILE} names {last}; who was erased later and is not known to the store comes back.")
    return found


def _in_bucket(file: str, settings: Settings) -> Ledger:
    """The one beside a backup in a bucket. Raises FileNotFoundError, LedgerError, BackupError."""
    there, _ = in_bucket(file, settings)
    found = beside.read(there)
    if found is None:
        raise FileNotFoundError(FILE)
    return found


class _Restore:
    """One restore into a store that is reached. `sound`: what the backup says of itself."""

    def __init__(self, settings: Settings, backup: Backup, sound: Sound, ledger: Ledger, *, replace: bool) -> None:
        self._settings, self._backup, self._sound, self._ledger = settings, backup, sound, ledger
        self._replace, self._replaced = replace, ""
        self._files = driver_of(settings)
        if self._files is None and (many := sound.manifest.counts.get("file", 0)):
            raise CommandError(f"{backup.name} has {many} files, and there is no place for them: set files.directory")

    async def run(self, store: Store) -> None:
        """Restore. Raises CommandError, and what the store raises."""
        emptying, restoring = store.emptying, store.restoring
        said, unfinished = await restoring.said(), await restoring.look()
        shards = max(int(said.get("shards", 0)), unfinished.shards if unfinished else 0, store.keys.count)
        await self._refuse_living(store)
        counters, ends = await emptying.counters(), await emptying.written(shards)
        if unfinished:
            self._replaced = unfinished.replaced
        elif await emptying.in_use(shards):
            self._replaced = await self._back_up_first(store.url, int(said["shards"]))
        await restoring.begin(Unfinished(int(time.time() * 1000), shards, self._replaced))
        try:
            if (counters, ends) != (await emptying.counters(), await emptying.written(shards)):
                raise CommandError(f"somebody has used the store at {store.topology} meanwhile: stop every chatadmin")
            if self._files and not await file_place.is_ours(store.files, self._files, Threads(1)):
                raise CommandError(
                    f"{self._files.root} is not the place of this store's files, or another store's: "
                    "give an empty one (files.directory)"
                )
        except (CommandError, OSError, StoreError) as error:
            if not unfinished:
                await restoring.give_up(said)
            raise CommandError(f"{error}; nothing was changed") from None
        try:
            counts = await self._fill(store, shards)
        except (BackupError, Disturbed, OSError, StoreError) as error:
            raise CommandError(self._broke_off(reason(error))) from None
        except asyncio.CancelledError:  # Ctrl-C
            raise CommandError(self._broke_off("interrupted")) from None
        self._report(counts)

    async def _refuse_living(self, store: Store) -> None:
        """Raises CommandError where a node lives, or who knows: watched for as long as it may be silent."""
        still = timings.in_force(os.environ).dead
        if await store.emptying.living(still):
            raise CommandError(
                f"a chatadmin is running on the store at {store.topology}: stop all that use it; nothing was changed"
            )

    async def _back_up_first(self, url: str, shards: int) -> str:
        """Back up what is there, where it is to be replaced: the name of that file. Raises CommandError."""
        if not self._replace:
            raise CommandError(
                f"there is a shop in {self._where()} already: give an empty place, or --replace, which backs it up "
                "first and then empties it; nothing was changed"
            )
        place, key = self._before(), self._settings.backup.encrypt_to
        try:
            with taking.part_of(place) as file, Progress("backing up what is there", "conversations and files") as bar:
                other = Store(url, shards, 1, 1, 1)
                await self._into(file, other, key, bar.of)
        except (BackupError, OSError, StoreError) as error:
            raise CommandError(f"what is there could not be backed up: {reason(error)}; nothing was changed") from None
        print(f"What was there before is in {place}.")
        return str(place)

    def _before(self) -> Path:
        """Where what is replaced is backed up: beside the data, or, where those are elsewhere, beside the backup."""
        settings = self._settings
        folder = Path() if self._backup.name.startswith(BUCKET_PREFIX) else Path(self._backup.name).parent
        folder = folder.absolute() if settings.redis else Path(settings.data_dir)
        name = taking.name(int(time.time() * 1000), encrypted=bool(settings.backup.encrypt_to))
        return folder / name.replace(OWN, "before-restore-", 1)

    async def _into(self, file: BinaryIO, other: Store, key: str, told: Told) -> None:
        """Back up what is there, over however many shards it is spread."""
        try:
            await other.open(patient=False)
            await taking.into(file, other, self._files, key, told)
        finally:
            await other.close()

    def _where(self) -> str:
        return masked("redis", self._settings.redis) if self._settings.redis else self._settings.data_dir

    async def _fill(self, store: Store, shards: int) -> Counter[str]:
        """Empty the store and put the backup in. From here on it is not whole until it is all there."""
        self._ledger.merge(await Ledger.in_store(store))
        await store.emptying.empty(shards)
        if self._files:
            _remove_all(self._files)
        parts = self._sound.parts
        with Progress("restoring", "lines and files", total=parts) as bar, self._backup.again() as reader:
            counts = await put_in(store, self._files, reader, self._ledger, bar.at)
        await self._ledger.keep(store)
        if await store.emptying.counters():
            raise Disturbed("a chatadmin was started on this store meanwhile")
        await store.restoring.end(formats.NEWEST)
        return counts

    def _broke_off(self, says: str) -> str:
        """A restore that broke half-way, in words."""
        before = f"; what was there before is in {self._replaced}" if self._replaced else ""
        return (
            f"the restore broke off ({says}): the store is not whole and is served by nobody until "
            f"`chatadmin restore` is run again, which starts anew{before}"
        )

    def _report(self, counts: Counter[str]) -> None:
        print(f"{self._where()} is as of {moment(self._sound.version.at)}: {contents(counts)}.")
        if counts[LEFT_OUT]:
            print(f"Left out, as they were erased since: {counted(counts[LEFT_OUT], 'person', 'people')}.")
        print("Agents log in anew; visitors go on where they were.")
        warn(self._sound.manifest.warnings)


def _remove_all(files: Directory) -> None:
    """Every file that lies there: of what was there before, or of a restore that broke off. Raises OSError."""
    lying = files.sweep()
    while some := [found.id for found in islice(lying, _FILES_TOGETHER)]:
        files.delete(some)
