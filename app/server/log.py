"""One line a record on stderr, as key=value pairs that a person can read and a program can split.

Nothing here knows of messages or secrets, and none may be given to it; what comes from outside is quoted so
that it can neither begin a line of its own nor hide in one.
"""

import json
import logging
import sys
import traceback
from datetime import UTC, datetime
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from app.live.tally import Tally

# What every record has; the rest came by `extra=` and is printed.
_USUAL = frozenset(logging.makeLogRecord({}).__dict__) | {"message", "asctime", "taskName"}


def set_up(level: str) -> None:
    """Send every logger's records of `level` ("debug" to "error") and above to stderr."""
    logging.basicConfig(level=level.upper(), handlers=[handler(sys.stderr)], force=True)
    for noisy in ("asyncio", "hypercorn.error", "quart.app"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    logging.getLogger("asyncio").addFilter(_is_news)


def counting(tally: "Tally") -> None:
    """Count what this process, and those that are forked of it, log from now on."""
    logging.getLogger().addHandler(_Counting(tally))


class _Counting(logging.Handler):
    def __init__(self, tally: "Tally") -> None:
        super().__init__(logging.WARNING)
        self._tally = tally

    def emit(self, record: logging.LogRecord) -> None:
        self._tally.mine.count("errors" if record.levelno >= logging.ERROR else "warnings")


def _is_news(record: logging.LogRecord) -> bool:
    """Not what Python 3.11 reports of each connection that was still open when we ended: it was cancelled."""
    kind = record.exc_info[0] if record.exc_info else None
    return kind is None or kind.__name__ != "CancelledError"  # by name: asyncio is not loaded yet at start


def handler(stream: TextIO) -> logging.Handler:
    """A handler that writes our lines to `stream`."""
    made = logging.StreamHandler(stream)
    made.setFormatter(_Line())
    return made


class _Line(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        when = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        fields: dict[str, object] = {
            "time": when.replace("+00:00", "Z"),
            "level": record.levelname.lower(),
            "from": record.name.removeprefix("chatadmin."),
            "pid": record.process,
            "msg": record.getMessage(),
        }
        fields |= {name: value for name, value in record.__dict__.items() if name not in _USUAL}
        if record.exc_info and record.exc_info[0]:
            fields["error"] = "".join(traceback.format_exception(*record.exc_info)).strip()
        return " ".join(f"{name}={quoted(value)}" for name, value in fields.items())


def quoted(value: object) -> str:
    """`value` as one word: bare where it needs no quotes, else in JSON quotes with what cannot be seen escaped."""
    if isinstance(value, int | float):
        return str(value)
    text = str(value)
    if text and all(sign.isalnum() or sign in "-_.:/@%+," for sign in text) and text.isascii():
        return text
    visible = json.dumps(text, ensure_ascii=False)
    return "".join(sign if sign.isprintable() else json.dumps(sign)[1:-1] for sign in visible)
