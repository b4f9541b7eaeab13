"""The folder a frozen program unpacks itself to: kept from cleaners while we run, gone when we have.

The loader (the process that was started) unpacks to `_MEI<its pid, 8 hex digits><6 random>` in the temporary
folder, runs us as its child, and removes the folder when we end - unless it was killed before. Every function
here does nothing when run from source.
"""

import contextlib
import fcntl
import os
import sys
import time
from pathlib import Path

from app import resources
from app.resources import MARKER
from app.store.child import alive

# Seconds from its last change in which a folder may be of one that is just starting and has not locked it.
UNPACKING = 60.0

_FOLDER = str(getattr(sys, "_MEIPASS", ""))
_descriptor = -1


def launcher() -> int:
    """The pid of the loader that unpacked us; 0 when run from source or from a folder of another name."""
    return _unpacker(os.path.basename(_FOLDER))


def _unpacker(name: str) -> int:
    """The pid in the name of an unpacked folder; 0 where it is none."""
    digits = name[4:12]
    fits = name.startswith("_MEI") and len(name) == 18 and all(sign in "0123456789abcdef" for sign in digits)
    return int(digits, 16) if fits else 0


def lock() -> None:
    """Lock the folder for as long as any of our processes lives: systemd-tmpfiles leaves locked folders be."""
    global _descriptor
    if _FOLDER and _descriptor < 0:
        _descriptor = os.open(_FOLDER, os.O_RDONLY | os.O_DIRECTORY)
        fcntl.flock(_descriptor, fcntl.LOCK_SH)
        resources.held = _descriptor


def sweep() -> None:
    """Remove what killed instances of this program, of this user, left in temporary folders: ours and the usual ones.

    In one that is full the loader leaves what it had unpacked, and whoever sees that gives us another.
    """
    if not launcher():
        return
    places = {Path(_FOLDER).parent, Path("/tmp"), Path("/var/tmp")}
    for folder in {found for place in places for found in place.glob("_MEI*")} - {Path(_FOLDER)}:
        with contextlib.suppress(OSError):  # gone meanwhile, or swept by another
            if _left(folder, _unpacker(folder.name)):
                _remove_if_ours(folder)


def _left(folder: Path, pid: int) -> bool:
    """Whether `pid`, which unpacked it, has ended: also if it was called as our loader is. In a container that begins
    anew on the same /tmp both are process 1."""
    if not pid or (pid != launcher() and alive(pid)):
        return False
    elsewhere = folder.parent != Path(_FOLDER).parent  # perhaps shared with containers, whose pids we do not know
    return not ((elsewhere or pid == launcher()) and _unpacking(folder))


def _unpacking(folder: Path) -> bool:
    return time.time() - folder.lstat().st_mtime < UNPACKING


def _remove_if_ours(folder: Path) -> None:
    if folder.stat().st_uid != os.geteuid():
        return
    if not (folder / MARKER).exists():
        if not _unpacking(folder):
            folder.rmdir()  # killed before the marker: nothing is in it; another program's is not empty, and stays
        return
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)  # locked: in use, from a container that shares /tmp
        _remove(folder)
    finally:
        os.close(descriptor)


def _remove(folder: Path | str) -> None:
    import shutil  # 20 ms, for what is rare

    shutil.rmtree(folder, ignore_errors=True)


def leave(parent: int) -> None:
    """Remove our folder if nobody is left to do it: `parent`, who should have waited for us, is dead."""
    resources.leave()
    if _FOLDER and os.getppid() != parent and not alive(launcher()):
        _remove(_FOLDER)
