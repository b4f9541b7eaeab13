"""Nothing that a suite started outlives it, also where a signal ends it that it cannot hear.

A process of its own, in a session of its own, reads from a pipe what was started. The pipe closes when the suite is
gone, however it went; whatever of it still lives then is killed, with all that descends from it.
"""

import ctypes
import os
import signal
import subprocess
import sys
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import IO

PR_SET_PDEATHSIG = 1  # linux/prctl.h


def watch(pid: int) -> None:
    """Have the process `pid` and its descendants killed once this process has ended, if they live then."""
    pipe = _pipe()
    pipe.write(f"{pid}\n")
    pipe.flush()


def die_with_parent() -> None:
    """Have the kernel kill this process when its parent ends: for a worker of pytest, which may be in a long call."""
    parent = os.getppid()
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        os.kill(os.getpid(), signal.SIGKILL)


@cache
def _pipe() -> IO[str]:
    line = [sys.executable, "-I", "-S", __file__]
    process = subprocess.Popen(line, stdin=subprocess.PIPE, text=True, start_new_session=True)
    assert process.stdin is not None
    return process.stdin


def _stat(pid: int) -> list[str]:
    """What the kernel says of a process, from its state on; empty where there is none."""
    with suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return []


def _began(pid: int) -> str:
    """When a process was started: another one of the same number was at another time."""
    return stat[19] if (stat := _stat(pid)) else ""


def _family(pid: int) -> list[int]:
    """A process and all that descends from it, elders first."""
    parents = {int(one.name): stat[1] for one in Path("/proc").glob("[0-9]*") if (stat := _stat(int(one.name)))}
    family = [pid]
    for elder in family:  # which grows meanwhile
        family += [child for child, parent in parents.items() if parent == str(elder)]
    return family


def main() -> None:
    """Listen until the suite is gone, then end what it left."""
    started = {int(line): _began(int(line)) for line in sys.stdin}
    for pid, began in started.items():
        if began and _began(pid) == began:
            for one in _family(pid):
                with suppress(ProcessLookupError):
                    os.kill(one, signal.SIGKILL)


if __name__ == "__main__":
    main()
