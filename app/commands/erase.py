"""`chatadmin erase PERSON`: all that the shop has of somebody, for good, whether or not the server runs."""

import argparse
import asyncio
import sys
from pathlib import Path

from app.backup.places import place
from app.backup.records import BackupError
from app.commands import beside, owner
from app.commands.error import CommandError
from app.commands.opened import driver_of, with_store
from app.commands.people import counted, described, one, several
from app.config import Settings
from app.privacy.erase import PlaceError, erase, is_forgotten, off_disk
from app.privacy.find import NobodyFound, Person, SeveralFound, find
from app.privacy.ledger import Ledger, LedgerError
from app.store import leftovers
from app.store.store import Store


def command(options: argparse.Namespace, settings: Settings) -> int:
    """Do it; returns the exit status. Raises CommandError."""
    if not options.yes and not (sys.stdin and sys.stdin.isatty()):
        raise CommandError("there is no terminal to ask whether it is meant; use --yes")
    owner.become(settings)
    untold: list[str] = []

    async def work(store: Store) -> list[str]:
        person = await _meant(store, options.person)
        if person is not None:
            await _ask(store, person, sure=options.yes)
            removed = await erase(store, person, driver_of(settings), lambda ledger: _note(settings, ledger, untold))
            print(
                f"{described(person)} is erased: {counted(removed.conversations, 'conversation')}, "
                f"{counted(removed.entries, 'entry', 'entries')}, {counted(removed.files, 'file')}."
            )
        return await off_disk(store, person)

    try:
        troubles = with_store(settings, work, begun=True)
    except PlaceError as error:
        raise CommandError(f"{error}. Nothing was erased") from None
    if not settings.redis:
        troubles += [f"{path} is still there" for path in leftovers.clear(Path(settings.data_dir))]
    if troubles:
        raise CommandError("what was erased may still be read on the store's disk: " + "; ".join(troubles))
    print("It is gone from the store's disk, too. Backups of before still have it: restoring one leaves it out.")
    if untold:
        raise CommandError("; ".join(untold))
    return 0


async def _meant(store: Store, person: str) -> Person | None:
    """Who is meant; None where they are gone from the store, and perhaps not from its disk. Raises CommandError."""
    try:
        return await find(store, person)
    except SeveralFound as error:
        raise several(error) from None
    except NobodyFound as error:
        if not await is_forgotten(store, person):
            raise CommandError(str(error)) from None
        print("They are erased already; the store writes its file anew.")
        return None


async def _ask(store: Store, person: Person, *, sure: bool) -> None:
    """Raises CommandError where it is not meant."""
    if sure:
        return
    print(one(person))
    try:
        answer = await asyncio.to_thread(input, "Erase all of it, for good? Type erase: ")
    except EOFError:
        answer = ""
    if answer.strip() != "erase":
        raise CommandError("nothing was erased")


def _note(settings: Settings, ledger: Ledger, troubles: list[str]) -> None:
    """Write the ledger beside the backups; what goes wrong with that is added to `troubles`."""
    if not settings.backup.to:
        return
    try:
        beside.write(place(settings.backup.to, settings), ledger)
    except (BackupError, LedgerError) as error:
        troubles.append(f"who was erased could not be written beside the backups ({error}): back up anew")
