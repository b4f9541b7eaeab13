"""The machine as Linux shows it: which core runs what, and what every process has used of processor and memory."""

import os
import platform
import resource
import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

CPUCLOCK_SCHED = 2  # the processor time of a process, from its number: linux/posix-timers.h


def cores() -> list[int]:
    """The cores this process may use."""
    return sorted(os.sched_getaffinity(0))


def pinned(core: int | str, command: list[str]) -> list[str]:
    """`command`, run on that core alone, or on those of a list such as `0,1`."""
    return ["taskset", "--cpu-list", str(core), *command]


def many_descriptors() -> None:
    """Let this process and those it starts open as many sockets as they are allowed to."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def family(pid: int) -> list[int]:
    """A process and all that descends from it, elders first."""
    found = [pid]
    for elder in found:  # which grows meanwhile
        with suppress(OSError):
            for children in Path(f"/proc/{elder}/task").glob("*/children"):
                found += map(int, children.read_text().split())
    return found


def cpu(pids: Iterable[int]) -> float:
    """Seconds of processor time that these processes have used, all threads, to the nanosecond."""
    total = 0
    for pid in pids:
        for stat in Path(f"/proc/{pid}/task").glob("*/schedstat"):
            with suppress(OSError):  # the thread has ended
                total += int(stat.read_text().split()[0])
    return total / 1e9


def cpu_of_all(pids: Iterable[int]) -> float:
    """The same, with what threads and children used that have ended since; children to a hundredth of a second."""
    total = 0.0
    for pid in pids:
        with suppress(OSError):
            waited = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[13:15]
            total += sum(map(int, waited)) / os.sysconf("SC_CLK_TCK")
            total += time.clock_gettime(~pid << 3 | CPUCLOCK_SCHED)
    return total


def memory(pids: Iterable[int]) -> int:
    """Bytes resident, pages shared by several processes divided among them (PSS); who has ended has none."""
    total = 0
    for pid in pids:
        with suppress(OSError):
            for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
                if line.startswith("Pss:"):
                    total += int(line.split()[1]) * 1024
    return total


def kernel_memory() -> int:
    """Bytes that the kernel has taken for things of its own, sockets among them."""
    lines = Path("/proc/meminfo").read_text().splitlines()
    return sum(int(line.split()[1]) for line in lines if line.startswith("SUnreclaim:")) * 1024


def model() -> str:
    """The processor, the kernel and the interpreter."""
    info = Path("/proc/cpuinfo").read_text().splitlines()
    name = next((line.partition(":")[2].strip() for line in info if line.startswith("model name")), "unknown")
    return f"{name}, {os.cpu_count()} cores, Linux {platform.release()}, Python {platform.python_version()}"
