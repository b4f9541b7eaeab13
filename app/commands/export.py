"""`chatadmin export PERSON`: all that the shop has of somebody, as a file for them."""

import argparse
import os
import re
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from app.chat.shop import Shop
from app.commands import owner
from app.commands.error import CommandError
from app.commands.opened import driver_of, with_store
from app.commands.people import counted, described, several
from app.commands.said import reason
from app.config import Settings
from app.privacy.export import Export, Exported
from app.privacy.find import NobodyFound, Person, SeveralFound, find
from app.store.store import Store

# What no name of a file has.
_NO_NAME = re.compile(r"[^\w@.+-]+")


def command(options: argparse.Namespace, settings: Settings) -> int:
    """Do it; returns the exit status. Raises CommandError."""
    path = None if options.file == "-" else Path(options.file or f"{_NO_NAME.sub('_', options.person)}.zip")
    if path is None and sys.stdout.isatty():
        raise CommandError("a zip is nothing for a terminal: name a file, or send standard output to one")
    with _opened(path) as out:
        owner.become(settings)  # once the file is open: it may lie where that user may not write
        person, exported = with_store(settings, lambda store: _export(store, settings, options, out), begun=True)
    print(
        f"{described(person)}: {counted(exported.conversations, 'conversation')}, "
        f"{counted(exported.entries, 'entry', 'entries')}, {counted(exported.files, 'file')}"
        + (f" in {path}" if path else ""),
        file=sys.stdout if path else sys.stderr,
    )
    return 0


@contextmanager
def _opened(path: Path | None) -> Iterator[BinaryIO]:
    """A new file, for our user alone, or standard output; of a file that breaks off nothing is left to be read."""
    if path is None:
        with os.fdopen(os.dup(sys.stdout.fileno()), "wb") as out:
            yield out
        return
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        if (descriptor := _left(path)) < 0:
            raise CommandError(f"{path} is there already; name another file") from None
    except OSError as error:
        raise CommandError(f"{path} cannot be written: {reason(error)}") from None
    with os.fdopen(descriptor, "wb") as out:
        try:
            yield out
            out.flush()
            os.fsync(out.fileno())
        except BaseException:
            with suppress(OSError):
                os.ftruncate(descriptor, 0)
                path.unlink()
            raise


def _left(path: Path) -> int:
    """What an export that failed has left where it might not remove it any more: an empty file of ours; else -1."""
    with suppress(OSError):
        found = path.lstat()
        if stat.S_ISREG(found.st_mode) and (found.st_size, found.st_uid) == (0, os.geteuid()):
            descriptor = os.open(path, os.O_WRONLY | os.O_NOFOLLOW)
            os.fchmod(descriptor, 0o600)
            return descriptor
    return -1


async def _export(
    store: Store, settings: Settings, options: argparse.Namespace, out: BinaryIO
) -> tuple[Person, Exported]:
    try:
        person = await find(store, options.person)
    except SeveralFound as error:
        raise several(error) from None
    except NobodyFound as error:
        raise CommandError(str(error)) from None
    shop = await store.shop.read(Shop(name=settings.shop_name))
    return person, await Export(store, person, driver_of(settings), out, notes=options.notes).write(shop.name)
