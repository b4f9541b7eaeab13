"""What more than one command says, in the same words."""

import sys
import time
from collections.abc import Iterable


def moment(time_ms: int) -> str:
    """A time, unix ms."""
    return time.strftime("%Y-%m-%d %H:%M:%S UTC", time.gmtime(time_ms / 1000))


def reason(error: Exception) -> str:
    """Why something went wrong: of an error of the system its words, without its number; what kind it is of one that
    has no words."""
    return (error.strerror if isinstance(error, OSError) else "") or str(error) or type(error).__name__


def warn(lines: Iterable[str]) -> None:
    """Lines on stderr, each a warning."""
    for line in lines:
        print(f"chatadmin: warning: {line}", file=sys.stderr)
