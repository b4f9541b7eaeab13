"""Time zones, by one rule for whatever asks: a name of the IANA's, or minutes from UTC.

Which names there are is said by the tables that are delivered with the program (the package tzdata), so it is the same
on every machine, with or without time zones of its own. How the clocks of a zone go is the machine's to say where it
knows: its tables are kept up to date.
"""

import re
import sys
from datetime import timedelta, timezone, tzinfo
from functools import cache
from importlib.resources import files
from zoneinfo import ZoneInfo

from app import resources
from app.chat.errors import Refusal

ARCHIVE_NAME = "tzdata.zip"
_MINUTES = re.compile(r"[+-]?[0-9]{1,4}")
_DAY = 24 * 60  # minutes; no place is as far from UTC
_UNSET = "Factory"  # the IANA's word for a clock that nobody has set

if resources.FROZEN:
    sys.path.append(resources.unpacked(ARCHIVE_NAME))  # where zoneinfo looks for the package, too


def zone(text: str) -> tzinfo:
    """The time zone of that name, in whatever case, or so many minutes from UTC. Raises Refusal bad_zone."""
    if name := _names().get(text.lower()):
        return ZoneInfo(name)
    if _MINUTES.fullmatch(text) and abs(int(text)) < _DAY:
        return timezone(timedelta(minutes=int(text)))
    raise Refusal("bad_zone")


def known(name: str) -> str:
    """The name of a time zone as the tables spell it; "" for none."""
    return _names().get(name.lower(), "")


def called(zone: tzinfo) -> str:
    """Its name, or how far from UTC it is."""
    return zone.key if isinstance(zone, ZoneInfo) else str(zone)


@cache
def _names() -> dict[str, str]:
    """Every name, old ones too, by its small letters. Nothing else becomes part of a file's name."""
    names = files("tzdata").joinpath("zones").read_text("ascii").split()
    return {name.lower(): name for name in names if name != _UNSET}
