"""The disk that the data lies on: whether it stays, how much room is on it, and how soon a write is safe there."""

import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from app.checks.finding import Finding
from app.config import Settings
from app.store.private import existing

# Bytes free below which a shop should look: years of a small one's messages.
ENOUGH_DISK = 1 << 30
# Files that may still be made; there are a dozen, and one for each that a customer sends.
ENOUGH_FILES = 10_000
# Milliseconds until a write is safe: a spinning disk takes about 10, others a tenth of that; and a disk that is faster
# than any only says that it is.
SLOW_MS, UNBELIEVABLE_MS = 20.0, 0.01
# Writes that are timed, of the size of an entry, and seconds after which it is enough of them.
WRITES, WRITE_BYTES, LONGEST = 40, 512, 2.0
# File systems that do not outlive what they are part of, and those behind a network, where a sync is a matter of trust.
_PASSING = {"tmpfs": "this machine's memory", "ramfs": "this machine's memory", "overlay": "the container itself"}
_FAR = frozenset({"nfs", "nfs4", "cifs", "smb3", "ceph", "fuse.sshfs", "fuse.glusterfs", "9p"})


def look(settings: Settings) -> Iterator[Finding]:
    """Of the embedded store's data; another store's are its own machine's affair."""
    if settings.redis:
        return
    data_dir, place = Path(settings.data_dir), existing(Path(settings.data_dir))
    yield from _room(data_dir, place)
    kind = _file_system(place)
    if kind in _PASSING:
        says = f"{data_dir} lies in {_PASSING[kind]} and goes with it: put it on a disk, or mount a volume there"
        yield Finding("warn", "disk", says)
        return
    if kind in _FAR:
        says = (
            f"{data_dir} lies on another machine ({kind}): on a disk of this one's own the store is faster, and safer"
        )
        yield Finding("warn", "disk", says)
    if os.access(place, os.W_OK | os.X_OK):  # else the store has said so
        yield _speed(place)


def _room(data_dir: Path, place: Path) -> Iterator[Finding]:
    free, files = shutil.disk_usage(place).free, os.statvfs(place)
    if free <= ENOUGH_DISK:
        yield Finding("warn", "disk", f"only {free >> 20} MiB free at {data_dir}: a full disk stops the chat")
    elif files.f_files and files.f_favail < ENOUGH_FILES:
        says = f"only {files.f_favail} more files can be made at {data_dir} (df -i): remove some that nobody needs"
        yield Finding("warn", "disk", says)
    else:
        yield Finding("ok", "disk", f"{free >> 20} MiB free at {data_dir}")


def _file_system(place: Path) -> str:
    """Of which kind the one under `place` is; "" where the system does not say (proc(5), mountinfo)."""
    device = os.stat(place).st_dev
    number = f"{os.major(device)}:{os.minor(device)}"
    try:
        lines = Path("/proc/self/mountinfo").read_text("utf-8", errors="replace").splitlines()
    except OSError:
        return ""
    kinds = [line.partition(" - ")[2].split()[0] for line in lines if line.split()[2] == number]
    return kinds[-1] if kinds else ""


def _speed(place: Path) -> Finding:
    """How long a message waits for the disk before it is acknowledged; a busy machine is slower, so it only warns."""
    try:
        times = _syncs(place)
    except OSError as error:
        return Finding(
            "warn", "disk speed", f"a file in {place} cannot be written ({error.strerror}): look at the disk"
        )
    usual, slowest = sorted(times)[len(times) // 2], max(times)
    took = f"a write is safe after {usual:.2g} ms (the slowest of {len(times)} after {slowest:.2g})"
    if usual > SLOW_MS:
        says = "every message waits for that: look again when the machine does less, else take a faster disk (an SSD)"
        return Finding("warn", "disk speed", f"{took}; {says}")
    if usual < UNBELIEVABLE_MS:
        return Finding("warn", "disk speed", f"{took}, sooner than any disk: it may lose what it says is safe")
    return Finding("ok", "disk speed", took)


def _syncs(place: Path) -> list[float]:
    """Milliseconds that each of some small writes took to be on the disk. Raises OSError."""
    times: list[float] = []
    until = time.monotonic() + LONGEST
    with tempfile.TemporaryFile(prefix=".chatadmin-check-", dir=place) as file:
        while len(times) < WRITES and time.monotonic() < until:
            began = time.perf_counter()
            os.write(file.fileno(), b"\0" * WRITE_BYTES)
            os.fdatasync(file.fileno())
            times.append((time.perf_counter() - began) * 1000)
    return times
