"""One line a record on stderr: key=value pairs that a person can read and a program can split, or an object of JSON.

Nothing here knows of messages or secrets, and none may be given to it; what comes from outside is quoted so
that it can neither begin a line of its own nor hide in one.
"""

import json
import logging
import math
import sys
import threading
import traceback
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TextIO

if TYPE_CHECKING:
    from app.live.tally import Tally

# What every record has; the rest came by `extra=` and is printed.
_USUAL = frozenset(logging.makeLogRecord({}).__dict__) | {"message", "asctime", "taskName"}


def set_up(level: str, form: str) -> None:
    """Send every logger's records of `level` ("debug" to "error") and above to stderr, as `lines` or as `json`.

    What Python itself would write there, of warnings and of what nobody caught, is logged, too.
    """
    logging.basicConfig(level=level.upper(), handlers=[handler(sys.stderr, form)], force=True)
    for noisy in ("asyncio", "hypercorn.error", "quart.app"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    logging.getLogger("asyncio").addFilter(_is_news)
    logging.captureWarnings(capture=True)
    sys.excepthook = lambda *error: _uncaught("the program failed", *error)
    threading.excepthook = lambda args: _uncaught("a thread failed", *args[:3])
    sys.unraisablehook = lambda args: _uncaught(
        args.err_msg or "nobody could be told of an error", args.exc_type, args.exc_value, args.exc_traceback
    )


def _uncaught(told: str, *error: Any) -> None:
    logging.getLogger("chatadmin").error(told, exc_info=error)


def last_words(text: str) -> None:
    """Say why the program ends: a line for a person, or, where the log is read by a program, one for that."""
    root = logging.getLogger()
    if any(isinstance(handler.formatter, _Json) for handler in root.handlers):
        logging.getLogger("chatadmin.main").critical("%s", text)
    else:
        print(f"chatadmin: {text}", file=sys.stderr, flush=True)


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


def handler(stream: TextIO, form: str = "lines") -> logging.Handler:
    """A handler that writes to `stream`."""
    made = logging.StreamHandler(stream)
    made.setFormatter(_Json() if form == "json" else _Line())
    return made


class _Line(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        fields: dict[str, object] = {
            "time": _when(record),
            "level": record.levelname.lower(),
            "from": record.name.removeprefix("chatadmin."),
            "pid": record.process,
            "msg": record.getMessage(),
        }
        fields |= _extra(record)
        if error := _error(record):
            fields["error"] = error
        return " ".join(f"{name}={quoted(value)}" for name, value in fields.items())


class _Json(logging.Formatter):
    """One object: what every record has by the same names, `error` where there was an exception, and under `extra` what
    this one has beside."""

    def format(self, record: logging.LogRecord) -> str:
        fields: dict[str, object] = {
            "time": _when(record),
            "level": record.levelname.lower(),
            "logger": record.name,
            "pid": record.process,
            "message": record.getMessage(),
        }
        if error := _error(record):
            fields["error"] = error
        if extra := _extra(record):
            fields["extra"] = {name: _plain(value) for name, value in extra.items()}
        return _visible(json.dumps(fields, ensure_ascii=False))


def _when(record: logging.LogRecord) -> str:
    when = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
    return when.replace("+00:00", "Z")


def _extra(record: logging.LogRecord) -> dict[str, object]:
    return {name: value for name, value in record.__dict__.items() if name not in _USUAL}


def _error(record: logging.LogRecord) -> str:
    if record.exc_info and record.exc_info[0]:
        return "".join(traceback.format_exception(*record.exc_info)).strip()
    return ""


def _plain(value: object) -> object:
    """As JSON has it; what it has no word for is a text."""
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    return value if isinstance(value, bool | int | str) or value is None else str(value)


def quoted(value: object) -> str:
    """`value` as one word: bare where it needs no quotes, else in JSON quotes with what cannot be seen escaped."""
    if isinstance(value, int | float):
        return str(value)
    text = str(value)
    if text and all(sign.isalnum() or sign in "-_.:/@%+," for sign in text) and text.isascii():
        return text
    return _visible(json.dumps(text, ensure_ascii=False))


def _visible(text: str) -> str:
    """JSON in which what cannot be seen is escaped, too."""
    return "".join(sign if sign.isprintable() else json.dumps(sign)[1:-1] for sign in text)
