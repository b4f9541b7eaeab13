"""The folder a frozen program unpacks itself to: kept from cleaners while we run, gone when we have.

The loader (the process that was started) unpacks to `_MEI<its pid, 8 hex digits><6 random>` in the temporary
folder, runs us as its child, and removes the folder when we end - unless it was killed before. Every function
here does nothing when run from source.
"""

import contextlib
import fcntl
import os
import re
import shutil
import sys
from pathlib import Path

from app.store.child import alive

NAME = re.compile(r"_MEI([0-9a-f]{8})\w{6}")
MARKER = ".chatadmin"  # unpacked before all else: another program's folder is none of our business

_FOLDER = str(getattr(sys, "_MEIPASS", ""))
_held = -1


def launcher() -> int:
    """The pid of the loader that unpacked us; 0 when run from source or from a folder of another name."""
    found = NAME.fullmatch(os.path.basename(_FOLDER))
    return int(found[1], 16) if found else 0


def hold() -> None:
    """Lock the folder for as long as any of our processes lives: systemd-tmpfiles leaves locked folders be."""
    global _held
    if _FOLDER and _held < 0:
        _held = os.open(_FOLDER, os.O_RDONLY | os.O_DIRECTORY)
        fcntl.flock(_held, fcntl.LOCK_SH)


def sweep() -> None:
    """Remove what killed instances of this program, of this user, left in the temporary folder."""
    if not launcher():
        return
    for folder in Path(_FOLDER).parent.glob("_MEI*"):
        found = NAME.fullmatch(folder.name)
        if found and not alive(int(found[1], 16)):
            with contextlib.suppress(OSError):  # gone meanwhile, or swept by another
                _remove_if_ours(folder)


def _remove_if_ours(folder: Path) -> None:
    if folder.stat().st_uid != os.geteuid() or not (folder / MARKER).exists():
        return
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)  # held: in use, from a container that shares /tmp
        shutil.rmtree(folder)
    finally:
        os.close(descriptor)


def leave(parent: int) -> None:
    """Remove our folder if nobody is left to do it: `parent`, who should have waited for us, is dead."""
    if _FOLDER and os.getppid() != parent and not alive(launcher()):
        shutil.rmtree(_FOLDER, ignore_errors=True)
