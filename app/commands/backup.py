"""`chatadmin backup`: all of the shop in one file, whether or not the server is running."""

import argparse
import os
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import BinaryIO

import msgspec

from app.backup import taking
from app.backup.places import BUCKET_PREFIX
from app.backup.records import BackupError
from app.backup.taking import Taken
from app.commands.backup_kept import kept
from app.commands.error import CommandError
from app.commands.opened import driver_of, with_store
from app.commands.owner import become
from app.commands.people import counted
from app.commands.progress import Progress
from app.commands.said import reason, warn
from app.config import ConfigError, Settings
from app.config.backup_rules import EXPECTED, fits
from app.privacy.ledger import FILE, Ledger, LedgerError
from app.store.backups import Failure, Made
from app.store.store import Store

# What it yields to everybody else: a tenth of a processor that others want, all of one that is idle.
NICENESS = 10
STDOUT = "-"


class _Done(msgspec.Struct, frozen=True):
    """What whoever took it tells whoever keeps it: what was taken, and the ledger of erasures as a file."""

    taken: Taken
    ledger: bytes


def backup(options: argparse.Namespace, settings: Settings) -> int:
    """Take one into `options.place`; returns the exit status. Raises CommandError, ConfigError."""
    encrypt_to = settings.backup.encrypt_to if options.encrypt_to is None else options.encrypt_to
    if options.encrypt_to and not fits(setting := "backup.encrypt_to", options.encrypt_to):
        secret = ", not the secret one, which must not be here" if options.encrypt_to.startswith("AGE-SECRET") else ""
        raise ConfigError(f"--encrypt-to: expected {EXPECTED[setting]}{secret}")
    os.nice(NICENESS)
    usual = settings.backup.to
    to = options.place or usual
    if usual and os.path.normpath(to) == os.path.normpath(usual):  # however it was typed: one at a time is made there
        to = usual
    if to and (to == usual or to.startswith(BUCKET_PREFIX)):
        made, taken = kept(settings, to, encrypt_to)
        _report(f"{made.place}/{made.name}", taken, verified=True, out=sys.stdout)
        return 0
    if options.place == STDOUT:
        become(settings)
        done = _take(settings, sys.stdout.buffer, "", encrypt_to)
        _report("standard output", done.taken, verified=False, out=sys.stderr)
        return 0
    place = _place(options.place, settings, encrypted=bool(encrypt_to))
    try:
        with taking.part_of(place) as file:
            done = _as_owner(settings, lambda: _take(settings, file, str(place), encrypt_to))
        Ledger.decode(done.ledger).write(place.parent / FILE)
    except LedgerError as error:
        raise CommandError(f"{place} was made, but who was erased could not be written beside it: {error}") from None
    except OSError as error:
        raise CommandError(f"{place} was not made: {reason(error)}; what was there before is as it was") from None
    _report(str(place), done.taken, verified=True, out=sys.stdout)
    return 0


def _place(given: str | None, settings: Settings, *, encrypted: bool) -> Path:
    """The file to make. Raises CommandError."""
    place = Path(given or ".")
    if place.is_dir():
        return place / taking.name(int(time.time() * 1000), encrypted=encrypted)
    if str(given).endswith("/") or not place.parent.is_dir():
        raise CommandError(f"{place if str(given).endswith('/') else place.parent} is no directory: make it first")
    return place


def _take(settings: Settings, file: BinaryIO, place: str, encrypt_to: str) -> _Done:
    """Take it into an open file, or a pipe, which has no `place`. Raises CommandError."""

    folder = str(Path(place).absolute().parent) if place else STDOUT
    # Where one is made each day, one elsewhere would pass for it, and end its tries where it failed.
    noted = not settings.backup.at

    async def work(store: Store) -> _Done:
        at = await store.now_ms()
        if noted:
            await store.backups.begun(at)
        try:
            take = taking.into if place else taking.to_pipe
            with Progress("backing up", "conversations and files") as progress:
                taken = await take(file, store, driver_of(settings), encrypt_to, progress.of)
        except (BackupError, OSError) as error:
            says = reason(error)
            if noted:
                await store.backups.failed(Failure(at, says))
            raise CommandError(f"no backup was made: {says}") from None
        made = Made(at, os.path.basename(place), folder, taken.bytes, bool(place), bool(encrypt_to))
        if noted:
            await store.backups.made(made)
        return _Done(taken, (await Ledger.in_store(store)).encode())

    return with_store(settings, work, begun=True, unhurried=True)


def _as_owner(settings: Settings, work: Callable[[], _Done]) -> _Done:
    """What `work` returns. Root has a child do it, as the owner of the data, and stays root: for the name of the file,
    which may stand where nobody else may write. Raises CommandError."""
    if os.geteuid() != 0:
        return work()
    end, begin = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(end)
        status = 1
        try:
            become(settings)
            answer, status = msgspec.msgpack.encode(work()), 0
        except CommandError as error:
            answer = str(error).encode()
        except BaseException as error:  # noqa: BLE001 - whatever it is, the parent says it
            answer = f"no backup was made: {error or type(error).__name__}".encode()
        with os.fdopen(begin, "wb") as pipe:
            pipe.write(answer)
        sys.stderr.flush()
        os._exit(status)
    os.close(begin)
    with os.fdopen(end, "rb") as pipe:
        answer = pipe.read()
    _, status = os.waitpid(child, 0)
    if status != 0:
        raise CommandError(answer.decode() or "no backup was made: what made it was killed")
    return msgspec.msgpack.decode(answer, type=_Done)


def _report(place: str, taken: Taken, *, verified: bool, out: object) -> None:
    print(f"{place}: {contents(taken.manifest.counts)}; {_size(taken.bytes)}, {taken.seconds:.0f} s", file=out, end="")  # type: ignore[call-overload]
    print(", verified" if verified else "", file=out)  # type: ignore[call-overload]
    warn(taken.manifest.warnings)


def contents(counts: Mapping[str, int]) -> str:
    """What is in a backup, in numbers. `counts`: of each kind of record, as a manifest has them."""
    many = {"entry": "entries"}
    kinds = ("conversation", "entry", "visitor", "agent", "file")
    return ", ".join(counted(counts.get(kind, 0), kind, many.get(kind, "")) for kind in kinds)


def _size(size: int) -> str:
    return f"{size / (1 << 20):,.1f} MiB"
