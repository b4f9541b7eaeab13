"""Brings a file of this machine, or of an https address, to the place where it is judged."""

import errno
import hashlib
import http.client
import os
import shutil
import ssl
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Protocol
from urllib.parse import urljoin, urlsplit

from app import __version__, trust
from app.store import private
from app.store.errors import EmbeddedError
from app.upgrade.failure import UpgradeError
from app.upgrade.place import CHUNK

LARGEST = 200_000_000  # bytes; the file is a fifth of that
SIGNATURE = ".minisig"  # what minisign puts behind a file's name
_SILENCE = 30.0  # seconds without a byte after which a server counts as gone
_HOPS = 5  # redirects followed: GitHub's releases need one
_REDIRECTS = (301, 302, 303, 307, 308)
# How what is packed begins: gzip, xz, zip, zstd. People name the archive rather than what is in it.
_PACKED = (b"\x1f\x8b", b"\xfd7zXZ", b"PK\x03\x04", b"\x28\xb5\x2f\xfd")


_UNCHANGED = "nothing was changed"


class _Source(Protocol):
    def read(self, size: int, /) -> bytes: ...


def is_address(what: str) -> bool:
    """Whether it names a file elsewhere: `scheme://...`."""
    return "://" in what


def fetch(what: str, target: Path, largest: int = LARGEST) -> str:
    """Copy what a path or an address names to `target`, for us alone; the SHA-256 of what came.

    Raises UpgradeError where it cannot be had, is larger than `largest` bytes, or has no room there.
    """
    target.unlink(missing_ok=True)
    with _opened(what) as (source, size):
        if size > largest:
            raise UpgradeError(f"{what} has {_mb(size)}, and no version has more than {_mb(largest)}: {_UNCHANGED}")
        free = shutil.disk_usage(target.parent).free
        if size > free:
            raise UpgradeError(f"{what} has {_mb(size)}, and {target.parent} {_mb(free)} free: {_UNCHANGED}")
        with _told_of(target.parent):
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
            with os.fdopen(private.open_file(target, flags), "wb") as file:
                return _copy(what, source, size, file, largest)


def signature(what: str, largest: int) -> bytes:
    """What signs a file: it lies beside it, by its name and `.minisig`. Raises UpgradeError."""
    if is_address(what):
        beside = urlsplit(what)._replace(fragment="")
        where = beside._replace(path=beside.path + SIGNATURE).geturl()
    else:
        where = what + SIGNATURE
    with _opened(where) as (source, size):
        found = b"" if size > largest else _read(where, source, largest + 1)
    if not found or len(found) > largest:
        raise UpgradeError(f"{where} is no signature: {_UNCHANGED}")
    return found


def _copy(what: str, source: _Source, size: int, file: BinaryIO, largest: int) -> str:
    digest, came = hashlib.sha256(), 0
    while piece := _read(what, source, CHUNK):
        if not came and piece.startswith(_PACKED):
            raise UpgradeError(f"{what} is packed: unpack it, and name the file that was in it. {_UNCHANGED}")
        came += len(piece)
        if came > largest:
            raise UpgradeError(f"{what} has more than {_mb(largest)}, and no version has: {_UNCHANGED}")
        digest.update(piece)
        file.write(piece)
    if came < size or not came:
        raise UpgradeError(f"{what} ended after {came} of {size} bytes: {_UNCHANGED}. Try again")
    return digest.hexdigest()


def _read(what: str, source: _Source, most: int) -> bytes:
    try:
        return source.read(most)
    except (OSError, http.client.HTTPException) as error:
        raise UpgradeError(f"{what} broke off ({_reason(error)}): {_UNCHANGED}. Try again") from None


@contextmanager
def _told_of(folder: Path) -> Iterator[None]:
    """Turns what goes wrong in our own folder into a line."""
    try:
        yield
    except OSError as error:
        full = error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
        says = "there is no room left" if full else f"cannot write ({error.strerror})"
        raise UpgradeError(f"{says} in {folder}: {_UNCHANGED}") from None
    except EmbeddedError as error:
        raise UpgradeError(f"{error}: {_UNCHANGED}") from None


@contextmanager
def _opened(what: str) -> Iterator[tuple[_Source, int]]:
    """What `what` names, and how many bytes it is said to have; 0 where nobody says."""
    if is_address(what):
        yield from _from_address(what)
        return
    try:
        descriptor = os.open(what, os.O_RDONLY | os.O_NONBLOCK)  # a pipe would wait for its other end
    except OSError as error:
        raise UpgradeError(f"{what}: {error.strerror}: {_UNCHANGED}") from None
    if not stat.S_ISREG((found := os.fstat(descriptor)).st_mode):
        os.close(descriptor)
        raise UpgradeError(f"{what} is no ordinary file: {_UNCHANGED}")
    with os.fdopen(descriptor, "rb") as file:
        yield file, found.st_size


def _from_address(address: str) -> Iterator[tuple[_Source, int]]:
    for _ in range(_HOPS + 1):
        connection = _connection(address)
        try:
            answer = _asked(address, connection)
            if answer.status not in _REDIRECTS:
                if answer.status != 200:
                    raise UpgradeError(f"{address} answered {answer.status} {answer.reason}: {_UNCHANGED}")
                yield answer, answer.length or 0
                return
            address = urljoin(address, answer.getheader("Location", ""))
        finally:
            connection.close()
    raise UpgradeError(f"{address}: more than {_HOPS} redirects: {_UNCHANGED}")


def _connection(address: str) -> http.client.HTTPSConnection:
    try:
        parts = urlsplit(address)
        host, port = parts.hostname, parts.port
    except ValueError:
        host = port = None
    if not host or parts.scheme != "https":
        raise UpgradeError(f"{address}: a new version is taken from https:// alone: {_UNCHANGED}")
    return http.client.HTTPSConnection(host, port, timeout=_SILENCE, context=trust.context())


def _asked(address: str, connection: http.client.HTTPSConnection) -> http.client.HTTPResponse:
    target = urlsplit(address)._replace(scheme="", netloc="", fragment="").geturl() or "/"
    headers = {"User-Agent": f"chatadmin/{__version__}", "Accept-Encoding": "identity"}
    try:
        connection.request("GET", target, headers=headers)
        return connection.getresponse()
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise UpgradeError(f"{address} cannot be reached ({_reason(error)}): {_UNCHANGED}") from None


def _reason(error: Exception) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"its certificate is not to be trusted: {error.verify_message}"
    if isinstance(error, TimeoutError):
        return f"no byte for {_SILENCE:.0f} s"
    return " ".join(str(getattr(error, "strerror", None) or error or type(error).__name__).split())


def _mb(size: int) -> str:
    return f"{size / 1e6:.1f} MB"
