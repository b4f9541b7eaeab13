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

from app.store.child import alive
from app.store.embedded_binary import EmbeddedError

SOCKET_PATH_BYTES = 107  # sun_path takes 108 with its closing zero
LOCK_TIMEOUT = 3.0  # s for what a killed instance left behind to end; the server needs less than one
ADDRESS_FILE = "store.address"


def prepare(data_dir: Path) -> None:
    """Make the folders, for our user alone. Raises OSError, and EmbeddedError where it is another user's."""
    for folder in (data_dir, *(data_dir / name for name in ("bin", "run", "store"))):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    refuse_foreign(data_dir)


def refuse_foreign(data_dir: Path) -> None:
    """Refuse another user's directory: files made in it by root would lock its owner out."""
    if data_dir.stat().st_uid != os.geteuid():
        raise EmbeddedError(f"{data_dir} belongs to another user: run chatadmin as its owner")


class InUse(EmbeddedError):
    """Another instance lives in the directory."""


def lock(data_dir: Path) -> int:
    """Hold the directory for this instance; waits a moment where only remains of a killed one hold it.

    Returns the descriptor that holds it. A child that inherits it holds it too. Raises InUse.
    """
    descriptor = os.open(data_dir / "lock", os.O_RDWR | os.O_CREAT, 0o600)
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
    path = data_dir / "run" / "valkey.sock"
    if len(os.fsencode(path)) > SOCKET_PATH_BYTES:
        import tempfile

        path = Path(tempfile.mkdtemp(prefix="chatadmin-", dir="/tmp")) / path.name
    draft = data_dir / f".{ADDRESS_FILE}.{os.getpid()}"
    draft.write_text(str(path), "utf-8")
    draft.replace(data_dir / ADDRESS_FILE)
    return path


def forget_socket(data_dir: Path) -> None:
    """Remove the socket, the note of its path, and the folder made for it where that is a temporary one."""
    with contextlib.suppress(FileNotFoundError):
        path = Path((data_dir / ADDRESS_FILE).read_text("utf-8"))
        (data_dir / ADDRESS_FILE).unlink()
        path.unlink(missing_ok=True)
        if path.parent.parent == Path("/tmp"):
            path.parent.rmdir()


def address(data_dir: Path) -> str:
    """The URL of the store that a running instance keeps in `data_dir`; empty where none answers."""
    try:
        path = (data_dir / ADDRESS_FILE).read_text("utf-8")
        with socket.socket(socket.AF_UNIX) as probe:
            probe.settimeout(2.0)
            probe.connect(path)
    except OSError:
        return ""
    return f"unix://{path}"
