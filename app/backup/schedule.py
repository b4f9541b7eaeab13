"""When a backup is due: plain functions of the time, the setting `backup.at` and what is known of former ones."""

from datetime import UTC, date, datetime, timedelta, tzinfo

from app import zones
from app.config import BackupSettings, backup_rules
from app.store.backups import Known

# Milliseconds after which one that failed, or whose maker was killed, is tried again: a full disk is made room on, and
# a bucket is back, by then.
RETRY_MS = 15 * 60 * 1000
_DAY = timedelta(days=1)


def wanted_since(settings: BackupSettings, known: Known, now_ms: int) -> int:
    """Since when one is wanted that nobody has begun yet (unix ms); 0 where none is.

    One is: where the time of day has passed since the last attempt, be it while nobody ran; where somebody asked; and
    where the last attempt came to nothing and was a while ago. So the first one is made as soon as it is set up.
    """
    if known.asked_ms > known.begun_ms:
        return known.asked_ms
    if not settings.at:
        return 0
    due = last_time(settings.at, now_ms)
    if due > known.begun_ms:
        return due
    came_to_nothing = known.failure is not None or (known.open and not known.busy)
    return known.begun_ms + 1 if came_to_nothing and now_ms >= known.begun_ms + RETRY_MS else 0


def last_time(at: str, now_ms: int) -> int:
    """The last time, up to now, at which the setting says that there is one to be made; unix ms."""
    minutes, zone = _parsed(at)
    today = _day(zone, now_ms)
    found = _moment(today, minutes, zone)
    return found if found <= now_ms else _moment(today - _DAY, minutes, zone)


def _parsed(at: str) -> tuple[int, tzinfo | None]:
    """Minutes since midnight, and whose clock shows it: None is this machine's."""
    minutes, name = backup_rules.minutes_and_zone(at)
    return minutes, zones.zone(name) if name else None


def _day(zone: tzinfo | None, now_ms: int) -> date:
    return datetime.fromtimestamp(now_ms / 1000, UTC).astimezone(zone).date()


def _moment(day: date, minutes: int, zone: tzinfo | None) -> int:
    """One for each day: of a time that a change of clocks leaves out it is as long after midnight, and of one that it
    repeats the first."""
    wall = datetime(day.year, day.month, day.day, minutes // 60, minutes % 60, tzinfo=zone)
    return round(wall.timestamp() * 1000)
