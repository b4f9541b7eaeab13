"""Backups that are encrypted to a public key of `age`, which any program of that name opens (age-encryption.org/v1).

Its library pulls; here it is turned into something to write to, and something to read from, by a thread and a pipe.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, BinaryIO

from app.backup.piped import Piped
from app.backup.records import BackupError
from app.unpacked import use

# What an encrypted file begins with.
MAGIC = b"age-encryption.org/v1\n"
_PUBLIC, _SECRET = "age1", "AGE-SECRET-KEY-1"


def recipient(text: str) -> Any:
    """The public key that `text` is. Raises BackupError."""
    pyrage = _library()
    try:
        return pyrage.x25519.Recipient.from_str(text.strip())
    except pyrage.RecipientError:
        kind = "a secret key, which must not be here" if text.strip().upper().startswith(_SECRET) else "no public key"
        raise BackupError(f"that is {kind}: a public key of age begins with {_PUBLIC} (age-keygen makes one)") from None


def identities(file: Path) -> list[Any]:
    """The secret keys in a file as `age-keygen` writes it. Raises BackupError."""
    pyrage = _library()
    try:
        lines = [line.strip() for line in file.read_text("utf-8", "replace").splitlines()]
        found = [pyrage.x25519.Identity.from_str(line) for line in lines if line and not line.startswith("#")]
    except OSError as error:
        raise BackupError(f"{file} cannot be read: {error.strerror}") from None
    except pyrage.IdentityError:
        raise BackupError(f"{file} is no file of age's secret keys: a line of one begins with {_SECRET}") from None
    if not found:
        raise BackupError(f"there is no secret key in {file}")
    return found


@contextmanager
def encrypting(sink: BinaryIO, to: str) -> Iterator[BinaryIO]:
    """Something to write to: what is written is in `sink`, encrypted to the public key `to`, when this has ended.

    Raises BackupError where `to` is none, and what writing to `sink` raises.
    """
    pyrage, key, noting = _library(), recipient(to), _Noting(sink)
    end, begin = os.pipe()
    with os.fdopen(end, "rb") as source, os.fdopen(begin, "wb") as entrance:
        work = Piped(lambda: pyrage.encrypt_io(source, noting, [key]), source)
        try:
            yield entrance
            entrance.flush()
        except BrokenPipeError:
            work.join()  # it says below why it reads no further
        finally:
            with suppress(BrokenPipeError):
                entrance.close()
            work.join()
        if error := noting.error or work.error:
            raise error


@contextmanager
def decrypting(source: BinaryIO, keys: list[Any]) -> Iterator[BinaryIO]:
    """What is in `source`, decrypted by whichever of `keys` fits.

    Reading raises BackupError where none does, and where anything of it was changed or is missing.
    """
    pyrage = _library()
    end, begin = os.pipe()
    with os.fdopen(end, "rb") as clear, os.fdopen(begin, "wb") as sink:
        work = Piped(lambda: pyrage.decrypt_io(source, sink, keys), sink)
        try:
            yield _Decrypted(clear, work)  # type: ignore[misc]
        finally:
            clear.close()
            work.join()


class _Noting:
    """A file to write to; of what goes wrong the library would keep nothing but the words."""

    def __init__(self, sink: BinaryIO) -> None:
        self._sink = sink
        self.error: OSError | None = None

    def write(self, data: bytes) -> int:
        """Write it."""
        try:
            return self._sink.write(data)
        except OSError as error:
            self.error = error
            raise

    def flush(self) -> None:
        """Nothing is held back here."""


class _Decrypted:
    """A file to read from. An end of it that is none shows only when it is reached."""

    def __init__(self, clear: BinaryIO, work: Piped) -> None:
        self._clear, self._work = clear, work

    def read(self, size: int) -> bytes:
        """The next bytes, at most `size`; none at the end. Raises BackupError."""
        if data := self._clear.read(size):
            return data
        self._work.join()
        if self._work.error is None:
            return b""
        if isinstance(self._work.error, _library().DecryptError):
            raise BackupError("no key that was given opens it; or its first lines were changed")
        if isinstance(self._work.error, OSError) and self._work.error.errno:
            raise self._work.error
        raise BackupError("its encryption shows that it was changed, or cut short")


def _library() -> Any:
    use("age")
    import pyrage  # type: ignore[import-untyped]

    return pyrage
