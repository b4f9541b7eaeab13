"""The reader's time zone, as their page names it: neither a table nor a file can know where it is read."""

import re
from datetime import UTC, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

from quart import request

# Nothing else that was asked for becomes part of a file's name.
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_+-]{0,29}(/[A-Za-z0-9_+-]{1,30}){0,2}")
_MINUTES = re.compile(r"[+-]?[0-9]{1,4}")
_MAX_OFFSET_MINUTES = 24 * 60  # minutes between a place's time and UTC


def zone() -> tzinfo | None:
    """The time zone `?tz=`: minutes from UTC, or a name of the IANA's; `?offset=` (minutes) where this machine does not
    know that name. UTC where neither is given, None where neither can be understood."""
    asked = [text for name in ("tz", "offset") if (text := request.args.get(name))]
    found = next((zone for text in asked if (zone := _named(text) or _fixed(text))), None)
    return found if asked else UTC


def called(zone: tzinfo) -> str:
    """Its name, or how far from UTC it is."""
    return zone.key if isinstance(zone, ZoneInfo) else str(zone)


def _named(text: str) -> tzinfo | None:
    if not _NAME.fullmatch(text):
        return None
    try:
        return ZoneInfo(text)
    except (KeyError, ValueError, OSError):  # no such zone, or no list of them on this machine
        return None


def _fixed(text: str) -> tzinfo | None:
    if not _MINUTES.fullmatch(text) or abs(int(text)) >= _MAX_OFFSET_MINUTES:
        return None
    return timezone(timedelta(minutes=int(text)))
