"""Whether the place of files is there, the one this store's files are in, and for us to write to."""

import os
import shutil
from pathlib import Path

from app.checks.finding import Finding
from app.config import Settings
from app.files.directory import MARK, Directory
from app.store.private import existing
from app.store.store import Store


async def look(settings: Settings, store: Store) -> list[Finding]:
    """Compare the place's mark with the store's."""
    return [await _place(settings.files_directory, store)]


async def _place(place: str, store: Store) -> Finding:
    if not place:
        says = "none are taken: with a store of your own set files.directory, a place that all servers on it share"
        return Finding("warn", "files", says)
    root = Path(place)
    try:
        mark, home = Directory(root).mark(), await store.files.home()
    except OSError as error:
        return Finding("fail", "files", f"{root} cannot be looked at ({error.strerror}): none are taken")
    if not os.access(existing(root), os.W_OK | os.X_OK):
        return Finding("fail", "files", f"{existing(root)} may not be written by this user: none are taken")
    if mark == home and mark:
        free, total = shutil.disk_usage(root).free, await store.files.total()
        return Finding("ok", "files", f"{total >> 20} MiB in {root}, {free >> 20} MiB free")
    if not home and Directory(root).empty() and (not mark or await store.files.made(mark)):
        return Finding("ok", "files", f"they will be kept in {root}")
    return Finding("fail", "files", _wrong_place(root, home))


def _wrong_place(root: Path, home: str) -> str:
    if not home:
        return f"{root} is the place of another store: none are taken until files.directory names another place"
    return (
        f"{root} is not where this store's files are, so none are taken: mount the place that all servers share, "
        f"or, if it is lost for good, write {home} into {root / MARK}"
    )
