"""`chatadmin verify`: whether a backup is sound, or, without one, whether the store is."""

import argparse
import os
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from app.backup import sealed, verify
from app.backup.invariants import Live
from app.backup.places import BUCKET_PREFIX, open_there
from app.backup.records import BackupError
from app.commands.backup import NICENESS, contents
from app.commands.error import CommandError
from app.commands.opened import driver_of, with_store
from app.commands.owner import become
from app.commands.people import counted
from app.commands.progress import Progress
from app.commands.said import moment, reason, warn
from app.config import Settings
from app.store.store import Store


def of_file(options: argparse.Namespace, settings: Settings) -> int:
    """Say whether the backup `options.file` is sound; `-` is standard input, and it may be in a bucket. Exit status 1
    where it is not."""
    keys = identities(options.identity)
    try:
        found = _sound(options.file, keys, settings)
    except BackupError as error:
        raise CommandError(f"{called(options.file)}: {error}") from None
    except OSError as error:
        raise CommandError(f"{called(options.file)} cannot be read: {reason(error)}") from None
    say(options.file, found)
    return 0


def called(file: str) -> str:
    """How a backup is spoken of."""
    return "standard input" if file == "-" else file


def say(name: str, found: verify.Sound) -> None:
    """What a sound backup is."""
    of = f"as of {moment(found.version.at)}, by chatadmin {found.version.chatadmin}"
    print(f"{called(name)}: sound, {of}: {contents(found.manifest.counts)}")
    warn(found.manifest.warnings)


def identities(file: str | None) -> list[Any]:
    """The keys in that file; none without one. Raises CommandError."""
    try:
        return sealed.identities(Path(file)) if file else []
    except BackupError as error:
        raise CommandError(str(error)) from None


def _sound(file: str, keys: list[Any], settings: Settings) -> verify.Sound:
    if file == "-" or file.startswith(BUCKET_PREFIX):
        with ExitStack() as stack:
            source = sys.stdin.buffer if file == "-" else stack.enter_context(open_there(file, settings))
            return verify.judge(verify.read(source, stack, keys))
    path = Path(file)
    with Progress("verifying", "MiB", total=path.stat().st_size >> 20) as progress:
        return verify.file(path, keys, lambda done: progress.at(done >> 20))


def of_store(settings: Settings) -> int:
    """Say whether the live store is sound: a line for each thing that is not. Exit status 1 where there is one."""
    become(settings)
    os.nice(NICENESS)

    async def work(store: Store) -> int:
        live, found = Live(store, driver_of(settings)), 0
        with Progress("verifying", "conversations") as progress:
            async for fault in live.violations():
                found += 1
                print(fault, flush=True)
                progress.of(live.done, live.total)
        if not found:
            print(f"The store is sound: {counted(live.total, 'conversation')}, and all that belongs to them.")
        return int(bool(found))

    return with_store(settings, work, begun=True, unhurried=True)
