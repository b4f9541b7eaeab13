"""Whether there is a backup, how old it is, whether it was looked through, and who could read it."""

import os
from collections.abc import Iterator
from pathlib import Path

from app.checks.finding import Finding
from app.config import Settings
from app.store.backups import Known
from app.store.private import existing
from app.store.store import Store

_DAY_MS, _HOUR_MS = 24 * 3_600_000, 3_600_000
# Days after which one that is made by hand alone should be made again.
_BY_HAND_DAYS = 30


async def look(settings: Settings, store: Store) -> list[Finding]:
    """The last one, and the place of the next."""
    known, now_ms = await store.backups.read(), await store.now_ms()
    return [_last(settings, known, now_ms), *_place(settings)]


def _last(settings: Settings, known: Known, now_ms: int) -> Finding:
    backup, last = settings.backup, known.last
    if last is None:
        if known.failure:
            return Finding("warn", "backup", f"the first one failed: {known.failure.reason}")
        if backup.at:
            return Finding("ok", "backup", f"the first is made in {backup.to} as soon as the server runs")
        says = "there is none: set backup.at and backup.to, or run `chatadmin backup` (docs/operating.md)"
        return Finding("warn", "backup", says)
    age = _age(now_ms - last.at_ms)
    if known.failure:
        return Finding("warn", "backup", f"the last attempt failed: {known.failure.reason}; the last one is {age} old")
    if known.overdue(now_ms) if backup.at else now_ms - last.at_ms > _BY_HAND_DAYS * _DAY_MS:
        advice = "the server was not running, or its log says why" if backup.at else "set backup.at, or make one"
        return Finding("warn", "backup", f"the last one is {age} old: {advice}")
    if not last.verified:
        says = f"the last one, {age} old, was not looked through: `chatadmin verify {last.name}` where it lies"
        return Finding("warn", "backup", says)
    return Finding("ok", "backup", f"{last.name} in {last.place}, {age} old, verified")


def _place(settings: Settings) -> Iterator[Finding]:
    backup = settings.backup
    if backup.to.startswith("s3://"):
        if not backup.encrypt_to:
            says = "they leave this machine unencrypted, with all that was said and every password's hash in them"
            yield Finding("warn", "backups", f"{says}: set backup.encrypt_to")
        elif backup.s3.endpoint.startswith("http://"):
            yield Finding("ok", "backups", f"{backup.to}, encrypted to a key; the way there is not")
        return
    if not backup.to:
        return
    place = Path(backup.to)
    if not os.access(existing(place), os.W_OK | os.X_OK):
        yield Finding("warn", "backups", f"{existing(place)} may not be written by this user: none are made by it")
    elif not settings.redis and existing(place).stat().st_dev == existing(Path(settings.data_dir)).stat().st_dev:
        says = f"{place} is on the disk whose loss they are for: name another disk, or a bucket, in backup.to"
        yield Finding("warn", "backups", says)


def _age(ms: int) -> str:
    days, hours = divmod(max(0, ms) // _HOUR_MS, 24)
    return f"{days} d {hours} h" if days else f"{hours} h"
