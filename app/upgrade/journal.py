"""What an upgrade that is cut off leaves for the next run: which version was about to take whose place, and how."""

import fcntl
import os
from typing import Literal

import msgspec

from app.store import private
from app.upgrade.failure import UpgradeError
from app.upgrade.place import Place

_LARGEST = 64 * 1024  # bytes


class Build(msgspec.Struct, frozen=True):
    """One file of the program."""

    version: str
    sha256: str


class Swap(msgspec.Struct, frozen=True):
    """`after` takes the place of `before`, or is given back; `restart`: by which command, "" for none."""

    before: Build
    after: Build
    restart: str
    at: float  # Unix time in seconds at which that was begun
    phase: Literal["doing", "undoing"] = "doing"


class Journal:
    """Held by one run at a time; gone once it has settled all. It is its user's alone: a command may hold secrets."""

    def __init__(self, place: Place) -> None:
        self._path, self._file = place.note, place.file
        self._descriptor, self._pending = -1, False

    def __enter__(self) -> "Journal":
        """Take it. Raises UpgradeError while another run has it, or somebody else laid it there, OSError."""
        while True:
            self._descriptor = private.open_file(self._path, os.O_RDWR | os.O_CREAT)
            self._see_whose()
            try:
                fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                os.close(self._descriptor)
                raise UpgradeError("another upgrade of this file is at work: wait for its end") from None
            if self._is_there():
                return self
            os.close(self._descriptor)  # another run ended, and removed it, in between

    def __exit__(self, *exc: object) -> None:
        if not self._pending:
            self._path.unlink(missing_ok=True)
        os.close(self._descriptor)

    def _see_whose(self) -> None:
        """It says what we run, as root perhaps: only those may have written it whose program we are anyway."""
        if os.fstat(self._descriptor).st_uid not in (0, os.geteuid(), self._file.stat().st_uid):
            os.close(self._descriptor)
            raise UpgradeError(f"{self._path} is another user's: look at who laid it there, and remove it")

    def _is_there(self) -> bool:
        try:
            return os.path.samestat(os.stat(self._path), os.fstat(self._descriptor))
        except FileNotFoundError:
            return False

    def read(self) -> Swap | None:
        """What a former run did not come to the end of; None where it changed nothing."""
        line = os.pread(self._descriptor, _LARGEST, 0).partition(b"\n")[0]
        try:
            found = msgspec.json.decode(line, type=Swap) if line else None
        except msgspec.DecodeError:  # a power cut: it was not on disk yet, so nothing was done
            return None
        self._pending = found is not None
        return found

    def write(self, swap: Swap) -> None:
        """Before it is done. What stood there before, and is longer, is behind the line that is read."""
        line = msgspec.json.encode(swap) + b"\n"
        os.pwrite(self._descriptor, line, 0)
        os.ftruncate(self._descriptor, len(line))
        os.fsync(self._descriptor)
        self._pending = True

    def settle(self) -> None:
        """What was written has come to its end, or never began."""
        os.ftruncate(self._descriptor, 0)
        self._pending = False
