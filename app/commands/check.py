"""`chatadmin check`: is everything fit to serve? One line a thing, and what to do about it."""

import tempfile
from collections.abc import Awaitable, Callable, Iterable, Iterator
from pathlib import Path

import msgspec

from app import __version__, compiled
from app.checks import backups, certificate, clock, disk, files, formats, machine, mail, port, shop, store
from app.checks.finding import Finding
from app.commands import owner
from app.commands.error import CommandError
from app.commands.opened import with_store
from app.commands.said import reason
from app.config import Settings
from app.store.errors import EmbeddedError
from app.store.private import existing, refuse_unfit
from app.store.store import Store

# What is looked at, in this order: before the store is opened, in it, and afterwards.
FIRST: tuple[Callable[[Settings], Iterable[Finding]], ...] = (port.look, certificate.look, mail.look)
IN_THE_STORE: tuple[Callable[[Settings, Store], Awaitable[Iterable[Finding]]], ...] = (
    *(store.look, formats.look, clock.look, shop.look, files.look, backups.look),
    mail.waiting,
)
LAST: tuple[Callable[[Settings], Iterable[Finding]], ...] = (disk.look, machine.look)


def check(settings: Settings, exposed: list[str]) -> int:
    """Print the findings; exit status 1 where one failed. `exposed`: what is said of secrets that lie open."""
    failed = False
    for finding in (*(Finding("warn", "secrets", line) for line in exposed), *_findings(settings)):
        says = "".join(sign if sign.isprintable() else "?" for sign in finding.says)  # some of it others said
        print(f"{finding.verdict:4}  {finding.what}: {says}", flush=True)
        failed = failed or finding.verdict == "fail"
    return int(failed)


def _findings(settings: Settings) -> Iterator[Finding]:
    yield Finding("ok", "program", f"chatadmin {__version__}; {compiled.made()}")
    yield Finding("ok", "configuration", "every setting is understood")
    for look in FIRST:
        yield from look(settings)
    owner.become(settings)  # a port below 1024 is root's to try, data are their owner's to open
    yield from _store(settings)
    for look in LAST:
        yield from look(settings)


def _store(settings: Settings) -> Iterator[Finding]:
    """What is found in the store; where there is none yet, in an empty one that is thrown away."""
    if settings.redis or Path(settings.data_dir).exists():
        yield from _look(settings, settings)
        return
    place = existing(Path(settings.data_dir))
    try:
        refuse_unfit(Path(settings.data_dir))
        with tempfile.TemporaryDirectory(prefix=".chatadmin-check-", dir=place) as folder:  # and leave nothing
            yield Finding("ok", "data", f"{settings.data_dir} will be made by the first start")
            yield from _look(settings, msgspec.structs.replace(settings, data_dir=folder))
    except EmbeddedError as error:
        yield Finding("fail", "data", str(error))
    except OSError as error:
        says = f"{settings.data_dir} cannot be made in {place} ({reason(error)}): give another with --data-dir"
        yield Finding("fail", "data", says)


def _look(settings: Settings, opened: Settings) -> Iterator[Finding]:
    """`opened`: the settings by which the store is opened."""

    async def look(store: Store) -> list[Finding]:
        return [finding for topic in IN_THE_STORE for finding in await topic(settings, store)]

    try:
        yield from with_store(opened, look)
    except CommandError as error:
        yield Finding("fail", "store", str(error))
