"""The reader's time zone, as their page names it: neither a table nor a file can know where it is read."""

from datetime import UTC, tzinfo

from quart import request

from app import zones


def zone() -> tzinfo:
    """The time zone `?tz=` (see app/zones.py), or where that is not given `?offset=`, minutes from UTC; else UTC.

    Raises Refusal bad_zone: whoever names a zone is not told another's hours.
    """
    asked = request.args.get("tz") or request.args.get("offset")
    return zones.zone(asked) if asked else UTC
