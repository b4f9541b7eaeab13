"""What this machine gives us: room on the disk, and open files."""

import resource
import shutil
from collections.abc import Iterator
from pathlib import Path

from app.checks.finding import Finding
from app.config import Settings
from app.store.private import existing

# Bytes free below which a shop should look: years of a small one's messages.
ENOUGH_DISK = 1 << 30
# Descriptors: one for each open page, and some.
ENOUGH_DESCRIPTORS = 1024


def look(settings: Settings) -> Iterator[Finding]:
    """The disk where the data lies on it, and how many files may be open."""
    if not settings.redis:
        yield _disk(Path(settings.data_dir))
    yield _descriptors()


def _disk(data_dir: Path) -> Finding:
    free = shutil.disk_usage(existing(data_dir)).free
    if free > ENOUGH_DISK:
        return Finding("ok", "disk", f"{free >> 20} MiB free at {data_dir}")
    return Finding("warn", "disk", f"only {free >> 20} MiB free at {data_dir}: a full disk stops the chat")


def _descriptors() -> Finding:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < ENOUGH_DESCRIPTORS:
        says = f"{soft} open files allowed (ulimit -n, at most {hard}): one for each open page"
        return Finding("warn", "descriptors", says)
    return Finding("ok", "descriptors", f"{soft} open files allowed")
