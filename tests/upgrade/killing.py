"""An upgrade that is killed: inside of its process, right before it does what would change something.

KILLED_AT is `event:count`, with the names of Python's audit events, `*` for any that counts; or `event:count:method`,
to count from the first call of a method of `Upgrade` on.
"""

import os
import signal
import sys
from typing import Any

# What leaves a trace outside of the process; and asking the server, which is all there is to see of a wait.
TRACES = {
    *("os.rename", "os.link", "os.remove", "os.truncate", "os.chmod", "os.chown", "os.setxattr"),
    *("subprocess.Popen", "fcntl.flock"),
}
_QUESTIONS = 3  # of which the first few count: how many there are depends on how fast the server is


def install(told: str) -> None:
    """Kill this process at that event."""
    event, count, *method = told.split(":")
    left, questions, counting = int(count), _QUESTIONS, not method

    def hook(name: str, arguments: tuple[Any, ...]) -> None:
        nonlocal left, questions
        if not counting or event not in ("*", name):
            return
        if name == "socket.connect" and questions:
            questions -= 1
        elif name not in TRACES and not (name == "open" and _writes(*arguments)):
            return
        left -= 1
        if not left:
            os.write(2, f"killed before {name} {arguments[:2]}\n".encode())
            os.kill(os.getpid(), signal.SIGKILL)

    def start(*arguments: Any) -> Any:
        nonlocal counting
        counting = True
        return known(*arguments)

    if method:
        from app.upgrade.steps import Upgrade

        known = getattr(Upgrade, method[0])
        setattr(Upgrade, method[0], start)
    sys.addaudithook(hook)


def _writes(path: object, mode: object, flags: int) -> bool:
    named = isinstance(path, str | os.PathLike) and "/bin/" in os.fspath(path)
    return named and bool(flags & (os.O_WRONLY | os.O_RDWR))
