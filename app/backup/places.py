"""Where backups lie: a directory, or a bucket. One set of verbs for both, so that nothing else knows which it is.

Beside the backups lies the ledger of who was erased (`erased.jsonl`). Everything blocks, and what a place says no to is
PlaceError, one line for the operator.
"""

import errno
import io
import os
import shutil
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, suppress
from pathlib import Path
from typing import BinaryIO, NamedTuple, Protocol

from app.backup.records import BackupError
from app.config import S3Settings, Settings
from app.store import private

BUCKET_PREFIX = "s3://"
# What a file is called while it is being written.
PART = ".part"
# What the name of each backup begins with (taking.name): of what else lies there nothing is ours to remove.
OWN = "chatadmin-"
# Bytes of what is read as a whole: a ledger of a million people has 100 MB.
_LONGEST_READ = 256 << 20


class PlaceError(BackupError):
    """The place could not do what was asked of it; one line."""


class Stored(NamedTuple):
    """What lies in a place, by its name there."""

    name: str
    bytes: int


class Place(Protocol):
    """What every place can do."""

    label: str
    """What people know it by: a path, or s3://bucket/prefix."""
    elsewhere: bool
    """Whether what is put there leaves this machine."""

    @property
    def workshop(self) -> Path:
        """A directory on this machine in which a file is made before it is `put`."""
        ...

    def list(self) -> list[Stored]:
        """All that lies there whole, in order of the names."""
        ...

    def put(self, name: str, file: Path) -> None:
        """Have a finished file of this machine there as `name`, whole or not at all; it is gone from where it was."""
        ...

    def open(self, name: str) -> BinaryIO:
        """What lies there, to be read once, from its beginning on. Reading raises OSError."""
        ...

    def read(self, name: str) -> bytes | None:
        """What lies there; None where nothing does by that name."""
        ...

    def write(self, name: str, data: bytes) -> None:
        """Have `data` there as `name`, in place of what was, whole or not at all."""
        ...

    def delete(self, name: str) -> None:
        """It is no longer there, if it was."""
        ...

    def sweep(self) -> int:
        """Remove what was begun there and never ended; how many. Only for who alone puts anything there just now."""
        ...


def place(to: str, settings: Settings) -> Place:
    """The place that `to` names: a directory, or s3://bucket/prefix. Raises PlaceError."""
    if to.startswith(BUCKET_PREFIX):
        own = Path(tempfile.gettempdir(), f"chatadmin-backup-{os.geteuid()}")
        workshop = own if settings.redis else Path(settings.data_dir, "backup")
        return BucketPlace(to, settings.backup.s3, workshop)
    return DirectoryPlace(Path(to))


def in_bucket(address: str, settings: Settings) -> tuple[Place, str]:
    """The bucket, and the name there, of s3://bucket/prefix/name. Raises PlaceError."""
    to, _, name = address.rpartition("/")
    if to == BUCKET_PREFIX[:-1]:
        raise PlaceError(f"{address} names a bucket, and nothing in it")
    return place(to, settings), name


def open_there(address: str, settings: Settings) -> BinaryIO:
    """What lies at s3://bucket/prefix/name, to be read once, from its beginning on. Raises PlaceError, S3Error."""
    there, name = in_bucket(address, settings)
    return there.open(name)


class DirectoryPlace:
    """A directory of this machine, or one that is mounted. It is made where the one above it is there."""

    elsewhere = False

    def __init__(self, directory: Path) -> None:
        self._root, self.label = directory, str(directory)

    @property
    def workshop(self) -> Path:
        """The directory itself, so that what is finished need only be renamed. It is made now."""
        with self._trouble():
            self._root.mkdir(mode=0o700, exist_ok=True)
        return self._root

    def list(self) -> list[Stored]:
        """Its files, but for those that are being written."""
        if not self._root.exists():
            return []
        with self._trouble(), os.scandir(self._root) as entries:
            files = [one for one in entries if one.is_file(follow_symlinks=False) and not one.name.endswith(PART)]
            return sorted(Stored(one.name, one.stat(follow_symlinks=False).st_size) for one in files)

    def put(self, name: str, file: Path) -> None:
        """On disk as it returns."""
        with self._trouble():
            if file.parent != self._root:
                moved = self.workshop / f"{name}{PART}"
                shutil.copyfile(file, moved)
                file.unlink()
                file = moved
            file.chmod(0o600)
            _sync(file)
            file.rename(self._root / name)
            _sync(self._root)

    def open(self, name: str) -> BinaryIO:
        """The file."""
        with self._trouble():
            return (self._root / name).open("rb")

    def read(self, name: str) -> bytes | None:
        """The file's bytes."""
        with self._trouble():
            try:
                return (self._root / name).read_bytes()
            except FileNotFoundError:
                return None

    def write(self, name: str, data: bytes) -> None:
        """By way of another file."""
        with self._trouble():
            written = self.workshop / f"{name}{PART}"
            descriptor = os.open(written, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600)
            with open(descriptor, "wb") as out:
                out.write(data)
        self.put(name, written)

    def delete(self, name: str) -> None:
        """Remove the file."""
        with self._trouble():
            (self._root / name).unlink(missing_ok=True)

    def sweep(self) -> int:
        """Remove files that were being written."""
        with self._trouble():
            parts = [one for one in self._root.glob(f"{OWN}*{PART}") if one.is_file() and not one.is_symlink()]
            for part in parts:
                part.unlink(missing_ok=True)
        return len(parts)

    @contextmanager
    def _trouble(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise PlaceError(trouble(error, self._root)) from None


class BucketPlace:
    """What lies in a bucket under a prefix. What is put there is made in a directory of this machine first."""

    elsewhere = True

    def __init__(self, address: str, settings: S3Settings, workshop: Path) -> None:
        from app.backup.s3 import Bucket  # with its libraries, for those alone who have one
        from app.backup.s3_link import Link

        if not (settings.access_key and settings.secret_key):
            raise PlaceError(f"{address} needs backup.s3.access_key and backup.s3.secret_key")
        name, _, prefix = address.removeprefix(BUCKET_PREFIX).partition("/")
        self._prefix = f"{prefix.strip('/')}/" if prefix.strip("/") else ""
        self._bucket, self._workshop, self.label = Bucket(Link(name, settings)), workshop, address

    @property
    def workshop(self) -> Path:
        """One of its own, so that what was left in it is ours to remove; nobody else may have made it."""
        own = self._workshop
        try:
            own.mkdir(mode=0o700, exist_ok=True)
            found = own.lstat()
        except OSError as error:
            raise PlaceError(trouble(error, own)) from None
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid() or found.st_mode & 0o077:
            raise PlaceError(f"{own} is somebody else's, or others may look into it: remove it")
        return own

    def list(self) -> list[Stored]:
        """The objects right under the prefix."""
        found = ((one.name.removeprefix(self._prefix), one.bytes) for one in self._bucket.list(self._prefix))
        return sorted(Stored(name, size) for name, size in found if name and "/" not in name)

    def put(self, name: str, file: Path) -> None:
        """It is compared by size once it is there; on the way each part is, by its digest."""
        try:
            with file.open("rb") as source:
                size = os.fstat(source.fileno()).st_size
                self._bucket.put(self._prefix + name, source, size)
            if self._bucket.size(self._prefix + name) != size:
                raise PlaceError(f"{self.label}/{name} has another size than what was sent")
            file.unlink()
        except OSError as error:
            raise PlaceError(trouble(error, file)) from None

    def open(self, name: str) -> BinaryIO:
        """The object, while it comes."""
        return self._bucket.open(self._prefix + name)

    def read(self, name: str) -> bytes | None:
        """The object's bytes."""
        size = self._bucket.size(self._prefix + name)
        if size is None:
            return None
        if size > _LONGEST_READ:
            raise PlaceError(f"{self.label}/{name} is larger than any such file that was written")
        with self._bucket.open(self._prefix + name) as source:
            return source.read(size)

    def write(self, name: str, data: bytes) -> None:
        """One object, which a server replaces as a whole."""
        self._bucket.put(self._prefix + name, io.BytesIO(data), len(data))

    def delete(self, name: str) -> None:
        """Remove the object."""
        self._bucket.delete(self._prefix + name)

    def sweep(self) -> int:
        """Uploads that never ended, and what was left in the workshop."""
        left = DirectoryPlace(self.workshop).sweep()
        return left + self._bucket.forget_unfinished(f"{self._prefix}{OWN}")


def trouble(error: OSError, where: Path) -> str:
    """What went wrong with a file, and what helps, in one line."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        with suppress(OSError):
            return f"there is no room left in {where} ({shutil.disk_usage(where).free >> 20} MiB free)"
        return f"there is no room left in {where}"
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return f"{error.filename or where} may not be written by this user ({error.strerror})"
    if error.errno == errno.ENOENT:
        return f"{error.filename or where} is not there: make the directory, or mount it"
    return f"{error.filename or where}: {error.strerror or error}"


def _sync(path: Path) -> None:
    """Have it on disk. A directory on a network's disk may not know how, which is no failure."""
    with suppress(OSError) if path.is_dir() else nullcontext():
        private.sync(path)
