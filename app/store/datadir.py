"""The data directory of the embedded store: who may use it, and what lies where.

`lock` (held while anything of an instance lives, the store's server included), `bin/` (that server), `store/`
(its append-only file), `run/` (its socket), `store.address` (the socket's path, which may be elsewhere).
"""

import contextlib
import fcntl
import os
import select
import socket
import time
from pathlib import Path

from app.store import private
from app.store.child import alive
from app.store.errors import EmbeddedError

SOCKET_PATH_BYTES = 107  # sun_path takes 108 with its closing zero
LOCK_TIMEOUT = 3.0  # s for what a killed instance left behind to end; the server needs less than one
ADDRESS_FILE, SOCKET = "store.address", "valkey.sock"
TEMPORARY_PREFIX, LONGEST_TEMPORARY_PLACE = "chatadmin-", SOCKET_PATH_BYTES - len("/chatadmin-12345678/valkey.sock")


def prepare(data_dir: Path) -> None:
    """Make the folders, for our user alone. Raises OSError, and EmbeddedError where that cannot be."""
    private.make(data_dir)
    for name in ("bin", "run", "store"):
        private.make_inside(data_dir / name)
    private.refuse_links(data_dir / "store")


def has_begun(data_dir: Path) -> bool:
    """Whether a store was ever started there; True also where we may not look, which is told by whoever opens it."""
    try:
        (data_dir / "store").stat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError:
        return True
    return True


class InUse(EmbeddedError):
    """Another instance lives in the directory."""


def lock(data_dir: Path) -> int:
    """Hold the directory for this instance; waits a moment where only remains of a killed one hold it.

    Returns the descriptor that holds it. A child that inherits it holds it too. Raises InUse.
    """
    descriptor = private.open_file(data_dir / "lock", os.O_RDWR | os.O_CREAT)
    deadline = time.monotonic() + LOCK_TIMEOUT
    while not _locked(descriptor):
        holder = os.pread(descriptor, 16, 0).decode().strip()
        if (holder.isdigit() and alive(int(holder))) or time.monotonic() > deadline:
            os.close(descriptor)
            raise InUse(
                f"{data_dir} is in use by another chatadmin (process {holder or 'unknown'}): "
                "stop it, or give another place with --data-dir"
            )
        select.select([], [], [], 0.05)  # nothing tells when a lock is given back
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, b"%d\n" % os.getpid(), 0)
    return descriptor


def _locked(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def place_socket(data_dir: Path) -> Path:
    """Choose and note the socket's path: in `run/`, or in a private temporary folder if that is too long."""
    forget_socket(data_dir)  # a killed instance's
    path = data_dir / "run" / SOCKET
    if len(os.fsencode(path)) > SOCKET_PATH_BYTES:
        path = _temporary_folder(data_dir) / SOCKET
    private.write(data_dir / ADDRESS_FILE, os.fsencode(path))
    return path


def _temporary_folder(data_dir: Path) -> Path:
    import tempfile

    for place in filter(None, (os.environ.get("TMPDIR"), "/tmp", "/var/tmp")):
        if len(os.fsencode(place)) <= LONGEST_TEMPORARY_PLACE:
            with contextlib.suppress(OSError):  # the next may do
                return Path(tempfile.mkdtemp(prefix=TEMPORARY_PREFIX, dir=place))
    raise EmbeddedError(
        f"{data_dir} is too long a path for a socket, and no temporary folder can be written to: "
        "give a shorter --data-dir, or a short TMPDIR"
    )


def forget_socket(data_dir: Path) -> None:
    """Remove the socket, the note of its path, and the folder made for it where that is a temporary one."""
    (data_dir / "run" / SOCKET).unlink(missing_ok=True)
    with contextlib.suppress(FileNotFoundError):
        path = Path(os.fsdecode(private.read(data_dir / ADDRESS_FILE)))
        (data_dir / ADDRESS_FILE).unlink()
        if path.name == SOCKET and path.parent.name.startswith(TEMPORARY_PREFIX):
            path.unlink(missing_ok=True)
            path.parent.rmdir()


def address(data_dir: Path) -> str:
    """The URL of the store that a running instance keeps in `data_dir`; empty where none answers.

    Raises EmbeddedError where a link stands in the place of the note.
    """
    try:
        path = os.fsdecode(private.read(data_dir / ADDRESS_FILE))
        with socket.socket(socket.AF_UNIX) as probe:
            probe.settimeout(2.0)
            probe.connect(path)
    except (OSError, ValueError):  # the latter: a note that was cut short by a power cut
        return ""
    return f"unix://{path}"
