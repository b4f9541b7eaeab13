"""The operator's own program, which looks at each file before it is kept."""

import os
import shlex
import signal
import subprocess
from contextlib import suppress
from pathlib import Path

from app.chat.errors import Refusal

# Seconds it gets for one file. What it ends with: a clean file, and one that is refused; all else is no answer.
SCAN_TIMEOUT = 30.0
_CLEAN, _REFUSED = 0, 1
_NULL = subprocess.DEVNULL


def scan(command: str, path: Path) -> None:
    """Let `command` look at the file at `path`, which it is told behind its other words. Blocks: for a thread.

    It may start others: all of them end with its time. Raises Refusal file_refused; files_unavailable where it gives no
    answer.
    """
    words = [*shlex.split(command), str(path)]
    try:
        program = subprocess.Popen(words, stdin=_NULL, stdout=_NULL, stderr=_NULL, env=_environment(), process_group=0)
        try:
            status = program.wait(SCAN_TIMEOUT)
        finally:
            with suppress(ProcessLookupError):
                os.killpg(program.pid, signal.SIGKILL)
            program.wait()
    except (OSError, subprocess.TimeoutExpired) as error:
        raise Refusal("files_unavailable") from error
    if status != _CLEAN:
        raise Refusal("file_refused" if status == _REFUSED else "files_unavailable")


def _environment() -> dict[str, str]:
    """The surroundings we were started in: those of a frozen program name libraries of its own."""
    found = {name: value for name, value in os.environ.items() if name != "LD_LIBRARY_PATH"}
    before = found.pop("LD_LIBRARY_PATH_ORIG", None)
    return found if before is None else found | {"LD_LIBRARY_PATH": before}
