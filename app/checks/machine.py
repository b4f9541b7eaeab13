"""What this machine gives us: memory, open files, and a clock that is kept right."""

import ctypes
import os
import resource
from collections.abc import Iterator
from pathlib import Path

from app.checks.finding import Finding
from app.config import Settings

# Descriptors: one for each open page, and some.
ENOUGH_DESCRIPTORS = 1024
# Bytes of memory to spare: a worker has about 100 MB, its sockets 20 KB each.
ENOUGH_MEMORY = 256 << 20
# sys/timex.h: the status bit of a clock that nobody sets, and the bytes of the structure that tells it, with room.
_STA_UNSYNC, _TIMEX_BYTES = 0x40, 512


def look(settings: Settings) -> Iterator[Finding]:
    """Each of them."""
    yield from _memory()
    yield _descriptors()
    yield from _clock()


def _memory() -> Iterator[Finding]:
    free = available()
    if free is not None and free < ENOUGH_MEMORY:
        says = f"{free >> 20} MiB to spare: short of it the system ends a process, the store for one. Add some, or swap"
        yield Finding("warn", "memory", says)
    elif free is not None:
        yield Finding("ok", "memory", f"{free >> 20} MiB to spare")


def available() -> int | None:
    """Bytes of memory that programs could still have; None where the system does not say."""
    try:
        told = Path("/proc/meminfo").read_text("utf-8")
    except OSError:
        return None
    found = [line.split()[1] for line in told.splitlines() if line.startswith("MemAvailable:")]
    return int(found[0]) * 1024 if found else None


def _descriptors() -> Finding:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < ENOUGH_DESCRIPTORS:
        says = f"{soft} open files allowed (ulimit -n, at most {hard}): one for each open page"
        return Finding("warn", "descriptors", says)
    return Finding("ok", "descriptors", f"{soft} open files allowed")


def _clock() -> Iterator[Finding]:
    """Whether somebody keeps the system's clock, as far as its kernel knows (adjtimex(2))."""
    told = (ctypes.c_int * (_TIMEX_BYTES // 4))()  # modes: 0, so nothing is set
    ask = getattr(ctypes.CDLL(None), "adjtimex", None)
    if ask is None or ask(told) < 0 or os.uname().machine not in ("x86_64", "aarch64"):
        return
    # struct timex on a 64-bit machine: modes, then offset, freq, maxerror, esterror (long each), then status.
    if told[10] & _STA_UNSYNC:
        says = "nothing keeps this machine's clock right: turn it on (timedatectl set-ntp true, or chrony)"
        yield Finding("warn", "ntp", says)
    else:
        yield Finding("ok", "ntp", "this machine's clock is kept right")
