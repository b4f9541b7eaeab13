"""A backup taken into a place: written beside it, looked at once more, and only then called what it is to be called."""

import hashlib
import os
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import BinaryIO, NamedTuple

from app.backup import sealed, verify
from app.backup.archive import Reader, Writer
from app.backup.dump import Told, dump
from app.backup.piped import Piped
from app.backup.places import OWN, PART
from app.backup.records import BackupError, Manifest
from app.files.directory import Driver
from app.store import private
from app.store.store import Store

ENDING, SEALED_ENDING = ".tar.gz", ".tar.gz.age"
# Bytes after which what was written is on its way to disk: much at once would hold up the store's own file.
_SYNC_EVERY = 8 << 20
_CHUNK = 1 << 18


class Taken(NamedTuple):
    """A backup that was taken. `at`: as of when, unix ms; `bytes`: of the file; `seconds`: it took."""

    at: int
    bytes: int
    seconds: float
    manifest: Manifest


def name(at: int, *, encrypted: bool) -> str:
    """What a backup begun `at` (unix ms) is called: by that moment in UTC, so that names sort as times do."""
    when = time.strftime("%Y%m%d-%H%M%S", time.gmtime(at / 1000))
    return f"{OWN}{when}{SEALED_ENDING if encrypted else ENDING}"


@contextmanager
def part_of(place: Path) -> Iterator[BinaryIO]:
    """An open file that is `place` once this has ended well, and on disk; else it is gone. Raises OSError.

    What a killed one left behind is written over.
    """
    part = place.with_name(place.name + PART)
    with suppress(FileNotFoundError):
        part.unlink()
    descriptor = os.open(part, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    try:
        with os.fdopen(descriptor, "w+b", buffering=0) as file:
            yield file
            os.fsync(file.fileno())
        part.rename(place)
    except BaseException:
        with suppress(OSError):
            part.unlink()
        raise
    private.sync(place.parent)


async def into(
    file: BinaryIO, store: Store, files: Driver | None, encrypt_to: str = "", told: Told = lambda done, total: None
) -> Taken:
    """Take a backup into `file`, encrypted to the public key `encrypt_to` where that is given, and look at it again:
    what is on disk is what was written, and that is a sound backup. Raises StoreError, OSError, BackupError."""
    taken, digest = await _write(file, store, files, encrypt_to, told, looked_at=bool(encrypt_to))
    file.seek(0)
    if encrypt_to:  # which cannot be read here; it was while it was written
        if hashlib.file_digest(file, "sha256").hexdigest() != digest:  # type: ignore[arg-type]
            raise BackupError(
                "what is on disk is not what was written: the disk, or something on the way to it, is broken"
            )
    else:
        verify.judge(Reader(file))
    return taken


async def to_pipe(
    sink: BinaryIO, store: Store, files: Driver | None, encrypt_to: str = "", told: Told = lambda done, total: None
) -> Taken:
    """Take a backup into a pipe, of which nothing can be read again. Raises as `into`."""
    taken, _ = await _write(sink, store, files, encrypt_to, told, looked_at=False)
    return taken


async def _write(
    file: BinaryIO, store: Store, files: Driver | None, encrypt_to: str, told: Told, *, looked_at: bool
) -> tuple[Taken, str]:
    at, began = await store.now_ms(), time.monotonic()
    sink = _Sink(file)
    with ExitStack() as stack:
        clear = stack.enter_context(sealed.encrypting(sink, encrypt_to)) if encrypt_to else sink  # type: ignore[arg-type]
        if looked_at:
            clear = stack.enter_context(_looked_at(clear))  # type: ignore[arg-type]
        manifest = await dump(store, files, Writer(clear, at), told)  # type: ignore[arg-type]
    return Taken(at, sink.bytes, time.monotonic() - began, manifest), sink.digest.hexdigest()


class _Sink:
    """A file that is written to disk as it grows, and whose digest is known. Whole writes, also into a pipe."""

    def __init__(self, file: BinaryIO) -> None:
        self._file, self._synced = file, 0
        self._syncs = os.path.isfile(f"/proc/self/fd/{file.fileno()}") if hasattr(file, "fileno") else False
        self.bytes, self.digest = 0, hashlib.sha256()

    def write(self, data: bytes) -> int:
        """All of it."""
        view = memoryview(data)
        while view:
            view = view[self._file.write(view) or 0 :]
        self.digest.update(data)
        self.bytes += len(data)
        if self._syncs and self.bytes - self._synced >= _SYNC_EVERY:
            self._synced = self.bytes
            os.fdatasync(self._file.fileno())
        return len(data)

    def flush(self) -> None:
        """Nothing is held back here."""


@contextmanager
def _looked_at(sink: BinaryIO) -> Iterator[BinaryIO]:
    """Something to write to: it goes to `sink`, and is looked at by a thread beside us. Raises BackupError."""
    end, begin = os.pipe()
    with os.fdopen(end, "rb") as source, os.fdopen(begin, "wb") as entrance:
        work = Piped(lambda: _look(source), source)
        try:
            yield _Both(sink, entrance)  # type: ignore[misc]
        finally:
            with suppress(BrokenPipeError):
                entrance.close()
            work.join()
        if work.error is not None:
            raise work.error


def _look(source: BinaryIO) -> None:
    try:
        verify.judge(Reader(source))
    finally:
        while source.read(_CHUNK):  # whoever writes must come to an end
            pass


class _Both:
    def __init__(self, *sinks: BinaryIO) -> None:
        self._sinks = sinks

    def write(self, data: bytes) -> int:
        """To each."""
        for sink in self._sinks:
            sink.write(data)
        return len(data)
