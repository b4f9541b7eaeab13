"""The reader's time zone, as their page names it: a file cannot know where it is read."""

import re
from datetime import UTC, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

from quart import request

# A name of the time zone database; nothing else becomes part of a file's name.
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_+-]{0,31}(/[A-Za-z0-9_+-]{1,31}){0,2}")
# Minutes east of Greenwich.
_OFFSET = re.compile(r"-?[0-9]{1,3}")
_DAY = 24 * 60


def zone() -> tuple[tzinfo, str]:
    """The zone in `?tz=` (`Europe/Oslo`), else `?offset=` (minutes east of UTC), else UTC; and what to call it."""
    name = request.args.get("tz", "")
    if _NAME.fullmatch(name):
        try:
            return ZoneInfo(name), name.replace("_", " ")
        except (KeyError, ValueError, OSError):  # no such zone, or no database of them on this machine
            return _fixed()
    return _fixed()


def _fixed() -> tuple[tzinfo, str]:
    text = request.args.get("offset", "")
    minutes = int(text) if _OFFSET.fullmatch(text) else 0
    if not minutes or abs(minutes) >= _DAY:
        return UTC, "UTC"
    hours, rest = divmod(abs(minutes), 60)
    return timezone(timedelta(minutes=minutes)), f"UTC{'-' if minutes < 0 else '+'}{hours:02d}:{rest:02d}"
