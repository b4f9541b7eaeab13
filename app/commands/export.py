"""`chatadmin export PERSON`: all that the shop has of somebody, as a file for them."""

import argparse
import os
import sys
from pathlib import Path
from typing import BinaryIO

from app.chat.shop import Shop
from app.commands import owner
from app.commands.error import CommandError
from app.commands.opened import with_store
from app.commands.people import counted, described, several
from app.config import Settings
from app.files.directory import Directory
from app.privacy.export import Export, Exported
from app.privacy.find import NobodyFound, Person, SeveralFound, find
from app.store.store import Store


def command(options: argparse.Namespace, settings: Settings) -> int:
    """Do it; returns the exit status. Raises CommandError."""
    path = Path(options.file) if options.file not in (None, "-") else None
    if options.file == "-" and sys.stdout.isatty():
        raise CommandError("a zip is nothing for a terminal: name a file, or send standard output to one")
    draft = _begin(path or Path(f"chatadmin-{os.getpid()}.zip")) if options.file != "-" else None
    try:
        with draft.open("wb") if draft else os.fdopen(os.dup(sys.stdout.fileno()), "wb") as out:
            owner.become(settings)
            person, exported = with_store(settings, lambda store: _export(store, settings, options, out))
            out.flush()
        if draft:
            path = path or Path(f"{person.visitor.uid}.zip")
            _finish(draft, path)
    finally:
        if draft:
            draft.unlink(missing_ok=True)
    print(
        f"{described(person)}: {counted(exported.conversations, 'conversation')}, "
        f"{counted(exported.entries, 'entry', 'entries')}, {counted(exported.files, 'file')}"
        + (f" in {path}" if path else ""),
        file=sys.stdout if draft else sys.stderr,
    )
    return 0


async def _export(
    store: Store, settings: Settings, options: argparse.Namespace, out: BinaryIO
) -> tuple[Person, Exported]:
    try:
        person = await find(store, options.person)
    except SeveralFound as error:
        raise several(error) from None
    except NobodyFound as error:
        raise CommandError(str(error)) from None
    driver = Directory(Path(settings.files_directory)) if settings.files_directory else None
    shop = await store.shop.read(Shop(name=settings.shop_name))
    return person, await Export(store, person, driver, out, notes=options.notes).write(shop.name)


def _begin(path: Path) -> Path:
    """A file to write into, beside the one it is to be, for our user alone."""
    if path.exists():
        raise CommandError(f"{path} is there already; name another file")
    draft = path.with_name(f"{path.name}.part")
    os.close(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600))
    return draft


def _finish(draft: Path, path: Path) -> None:
    """Be that file, unless there is one by now."""
    try:
        os.link(draft, path)
    except FileExistsError:
        raise CommandError(f"{path} is there already; name another file") from None
