"""A process whose wall clock is off, whatever it was linked with: libfaketime hangs with jemalloc, and no library
reaches a static program.

Programs ask the time of functions that the kernel maps into them, the vDSO. In the one process these are replaced, in
its own copy of the page, by system calls that add so many seconds. Its monotonic clock stays true. Linux on x86-64.
"""

import ctypes
import os
import platform
import signal
import struct
from pathlib import Path

KNOWN = platform.system() == "Linux" and platform.machine() == "x86_64"

# Machine code that asks the kernel and adds what the last eight bytes say, which are `ahead`; their distance is put
# between the two halves.
CODE = {
    # mov eax, SYS_clock_gettime; syscall; CLOCK_REALTIME alone: test edi, edi; jnz; mov rcx, [ahead]; add [rsi], rcx
    "clock_gettime": ("b8e40000000f0585ff750a488b0d", "48010ec3"),
    # mov eax, SYS_gettimeofday; syscall; unless null: test rdi, rdi; jz; mov rcx, [ahead]; add [rdi], rcx
    "gettimeofday": ("b8600000000f054885ff740a488b0d", "48010fc3"),
    # mov eax, SYS_time; syscall; add rax, [ahead]; unless null: test rdi, rdi; jz; mov [rdi], rax
    "time": ("b8c90000000f05480305", "4885ff7403488907c3"),
}
# Bytes for each of them, at the end of the page, which is empty there.
ROOM = 64


class Clock:
    """The wall clock of the process `pid`, one's own child."""

    def __init__(self, pid: int) -> None:
        self._memory = Path(f"/proc/{pid}/mem")
        begin, self._end = _vdso(pid)
        functions, own = ctypes.CDLL("linux-vdso.so.1"), _vdso(os.getpid())[0]
        os.kill(pid, signal.SIGSTOP)  # nobody may be in what is replaced
        try:
            for number, (name, (before, after)) in enumerate(CODE.items()):
                ours = ctypes.cast(functions[f"__vdso_{name}"], ctypes.c_void_p).value
                assert ours is not None
                old = begin + ours - own
                new = self._end - (number + 2) * ROOM
                here = new + len(before) // 2 + 4
                self._write(new, bytes.fromhex(before) + struct.pack("<i", self._end - 8 - here) + bytes.fromhex(after))
                self._write(old, b"\xe9" + struct.pack("<i", new - old - 5))  # jmp
        finally:
            os.kill(pid, signal.SIGCONT)

    def set(self, ahead: int) -> None:
        """Have it be so many seconds ahead from now on."""
        self._write(self._end - 8, struct.pack("<q", ahead))

    def _write(self, place: int, what: bytes) -> None:
        with self._memory.open("r+b", buffering=0) as memory:
            memory.seek(place)
            memory.write(what)


def _vdso(pid: int) -> tuple[int, int]:
    """Where it begins and ends in a process."""
    (line,) = (one for one in Path(f"/proc/{pid}/maps").read_text().splitlines() if one.endswith("[vdso]"))
    begin, _, end = line.split()[0].partition("-")
    return int(begin, 16), int(end, 16)
