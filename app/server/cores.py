"""How many processes serve where `workers: auto` says to use the machine."""

import os
from pathlib import Path
from typing import Literal

# More would only wait: every message passes through the store, one process, which three busy workers keep busy.
MAX_WORKERS = 4

_GROUPS = Path("/sys/fs/cgroup")
_OWN_GROUP = Path("/proc/self/cgroup")


def workers(setting: int | Literal["auto"]) -> int:
    """The number that `setting` means here."""
    return min(cores(), MAX_WORKERS) if setting == "auto" else setting


def cores(groups: Path = _GROUPS, own: Path = _OWN_GROUP) -> int:
    """The cores this process may use: those it may run on, or fewer where a control group allows less time."""
    try:
        allowed = len(os.sched_getaffinity(0))
    except AttributeError:  # not Linux
        allowed = os.cpu_count() or 1
    return max(1, min(allowed, int(_quota(groups, own))))


def _quota(groups: Path, own: Path) -> float:
    """The least that our control group and those around it allow, in cores."""
    try:
        # Version 2 has a line of its own, as in `0::/system.slice/chatadmin.service`; inside a container it is `0::/`.
        path = next(line[3:] for line in own.read_text().splitlines() if line.startswith("0::"))
    except (OSError, StopIteration):
        return MAX_WORKERS
    group = groups / path.lstrip("/")
    return min(
        (_allowed(around) for around in (group, *group.parents) if around.is_relative_to(groups)), default=MAX_WORKERS
    )


def _allowed(group: Path) -> float:
    try:
        quota, period = (group / "cpu.max").read_text().split()
        return int(quota) / int(period)
    except (OSError, ValueError, ZeroDivisionError):  # no file in the topmost group; `max` where there is no limit
        return MAX_WORKERS
