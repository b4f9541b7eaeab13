"""`python -m tests.restore.breaking WHAT NUMBER restore ...`: the command, and what befalls it at its line NUMBER.

`kill`: it is killed. `interrupt`: Ctrl-C. `full`: no file of its own may grow, as on a full disk. `away:<pid>`: the
store is killed.
"""

import os
import resource
import signal
import sys

from app import cli
from app.backup.records import Record
from app.backup.restore import _Restoring


def _befall(what: str, pid: int) -> None:
    if what == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    elif what == "interrupt":
        os.kill(os.getpid(), signal.SIGINT)
    elif what == "away":
        os.kill(pid, signal.SIGKILL)
    else:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def main(words: list[str]) -> int:
    """Run it."""
    what, number, *line = words
    what, _, pid = what.partition(":")
    left = int(number)
    take = _Restoring.take

    async def counted(self: _Restoring, record: Record) -> None:
        nonlocal left
        left -= 1
        if left == 0:
            _befall(what, int(pid or 0))
        await take(self, record)

    _Restoring.take = counted  # type: ignore[method-assign]
    return cli.main(line)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
