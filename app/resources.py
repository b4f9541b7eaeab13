"""The files delivered with the program: pages, scripts for browsers and for the store, licences, libraries.

They lie beside the package in the source tree. In the frozen program they lie in its own file, and are read from there
by name; how they come into it is tools/layout.py's. Its loader unpacks no more than Python needs to begin.
"""

import errno
import os
import struct
import sys
from _thread import get_ident
from functools import cache
from pathlib import Path
from typing import NamedTuple

from app import archive

FROZEN = bool(getattr(sys, "frozen", False))
ROOT = Path(getattr(sys, "_MEIPASS", "")) if FROZEN else Path(__file__).resolve().parent.parent
PROGRAM = sys.executable  # the frozen program's file
held = -1  # ROOT, held open once it is locked (server/bundle.py): no other folder gets its number then
moved = False  # whether ROOT is no longer where the loader put it, and where the dynamic linker looks
_maker = 0  # the process that took it then
MARKER = ".chatadmin"  # unpacked before all else: another program's folder is none of our business

# How PyInstaller's archive ends, and what it says of each entry.
_COOKIE, _MAGIC = struct.Struct("!8sIIII64s"), b"MEI\014\013\012\013\016"
_ENTRY = struct.Struct("!IIIIBc")
_TAIL = 1 << 16  # bytes at the end of the file among which the cookie is: behind it are the ELF file's own tables


class _Entry(NamedTuple):
    """Where an entry lies in the file, and its bytes."""

    offset: int
    size: int


def read(name: str) -> bytes:
    """What is in a delivered file: `read("static/widget.d.ts")`. Raises FileNotFoundError for one there is not."""
    if not FROZEN:
        return (ROOT / name).read_bytes()
    entry = _entry(name)
    return os.pread(_descriptor(), entry.size, entry.offset)


def text(name: str) -> str:
    """What is in a delivered file of text."""
    return read(name).decode("utf-8")


def exists(name: str) -> bool:
    """Whether there is such a file."""
    return name in _entries() if FROZEN else (ROOT / name).is_file()


def names(folder: str) -> list[str]:
    """The files in a folder and in those within it, by their names from there: `names("templates")`."""
    if FROZEN:
        return sorted(name.removeprefix(f"{folder}/") for name in _entries() if name.startswith(f"{folder}/"))
    root = ROOT / folder
    return sorted(path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file())


def unpacked(name: str) -> str:
    """The path of a delivered file, for what can only be used where it has one: libraries, archives of Python's.

    In the frozen program it is unpacked into the folder of this instance, once for all its processes, and goes with it
    when it ends. Raises OSError where there is no room.
    """
    place = str(root() / name)
    if FROZEN and not os.path.exists(place):
        _unpack(_entry(name), place)
    return place


def root() -> Path:
    """ROOT, as it may be used now: a folder that nobody else can have put anything into.

    A cleaner of temporary folders may remove it, and somebody else make one of its name, with code of theirs. Then
    another takes its place, in all that Python and what we start look at. Raises OSError where there is none.
    """
    if FROZEN and not _is_ours():
        _move()
    return ROOT


def path(*parts: str) -> Path:
    """Where a file lies or is to lie that is not read from the program's own: in the folder of this instance."""
    return root().joinpath(*parts)


def command(*arguments: str) -> list[str]:
    """The line that starts this program anew with these arguments, in ROOT."""
    root()  # else its loader would go on with what lies where ours unpacked
    return [sys.executable, *([] if FROZEN else ["-m", "app"]), *arguments]


def _entry(name: str) -> _Entry:
    found = _entries().get(name)
    if found is None:
        raise FileNotFoundError(f"{name} was not delivered with the program")
    return found


@cache
def _descriptor() -> int:
    """The program's file, kept open: another may take its name while we run."""
    return archive.descriptor if archive.descriptor >= 0 else os.open(PROGRAM, os.O_RDONLY | os.O_CLOEXEC)


@cache
def _entries() -> dict[str, _Entry]:
    file = _descriptor()
    tail_at = max(0, os.fstat(file).st_size - _TAIL)
    tail = os.pread(file, _TAIL, tail_at)
    cookie = tail.rindex(_MAGIC)
    _, length, table_at, table_size, *_ = _COOKIE.unpack_from(tail, cookie)
    start = tail_at + cookie + _COOKIE.size - length
    table = os.pread(file, table_size, start + table_at)
    found, at = {}, 0
    while at < table_size:
        step, offset, size, *_ = _ENTRY.unpack_from(table, at)
        name = table[at + _ENTRY.size : at + step].rstrip(b"\0").decode()
        found[name] = _Entry(start + offset, size)
        at += step
    return found


def _unpack(entry: _Entry, place: str) -> None:
    os.makedirs(os.path.dirname(place), exist_ok=True)
    draft = f"{place}.{os.getpid()}.{get_ident()}"
    file = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o700)
    try:
        offset, end = entry.offset, entry.offset + entry.size
        while offset < end:
            sent = os.sendfile(file, _descriptor(), offset, end - offset)
            if not sent:  # somebody made the file shorter
                raise OSError(errno.EIO, os.strerror(errno.EIO))
            offset += sent
        os.rename(draft, place)
    except OSError as error:
        os.unlink(draft)
        raise OSError(error.errno, error.strerror, place) from None
    finally:
        os.close(file)


def _is_ours() -> bool:
    """Whether the name still leads to the folder that the loader made, for its user alone."""
    try:
        return held < 0 or os.path.samestat(os.lstat(ROOT), os.fstat(held))
    except OSError:
        return False


def _move() -> None:
    """Take a new folder beside ROOT: there programs may be run, and server/bundle.py sweeps what has such a name."""
    global ROOT, held, moved, _maker
    before, ROOT = str(ROOT), ROOT.with_name(f"{ROOT.name[:12]}{os.urandom(3).hex()}")
    os.mkdir(ROOT, 0o700)
    held, moved, _maker = os.open(ROOT, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC), True, os.getpid()
    for name in (MARKER, *(one for one in _entries() if f"{before}/{one}" in sys.path)):
        _unpack(_entry(name), str(ROOT / name))
    packages = [vars(module).get("__path__") for module in list(sys.modules.values())]
    for paths in (sys.path, *(one for one in packages if isinstance(one, list))):
        paths[:] = [one.replace(before, str(ROOT), 1) for one in paths]
    vars(sys)["_MEIPASS"] = str(ROOT)
    os.environ["PYINSTALLER_RESET_ENVIRONMENT"] = "1"  # whom we start unpacks what it needs itself
    os.environ["LD_LIBRARY_PATH"] = os.environ.get("LD_LIBRARY_PATH_ORIG", "")
    import atexit  # from here on nothing comes from the former folder
    import fcntl

    fcntl.flock(held, fcntl.LOCK_SH)
    atexit.register(leave)


def leave() -> None:
    """Remove the folder that this process took in the place of its first, if it did."""
    if _maker == os.getpid():
        import shutil

        shutil.rmtree(ROOT, ignore_errors=True)
