"""What the settings of backups may be."""

import os
import re
from collections.abc import Mapping
from typing import Any

from app.config.hosts import may_be_address
from app.config.yaml_file import ConfigError

EXPECTED = {
    "backup.at": 'a time in quotes, as "03:30", or with the zone whose clock shows it: "03:30 Europe/Berlin"',
    "backup.to": "a whole path such as /mnt/backups, or a bucket such as s3://backups/shop",
    "backup.encrypt_to": "a public key as age-keygen prints it, which begins with age1",
    "backup.s3.endpoint": "an address such as https://s3.example.com, nothing behind its name",
    "backup.s3.region": "the name of a region, such as eu-central-1",
}

_AT = re.compile(r"([01]\d|2[0-3]):([0-5]\d)(?: +(\S+))?")
# A bucket's name as hosts may have it; what its objects' names begin with, in characters that are never encoded twice.
_BUCKET = re.compile(r"s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](/[A-Za-z0-9._/-]*)?")
# Bech32: 32 bytes and a checksum, which age itself looks at.
_PUBLIC_KEY = re.compile(r"age1[ac-hj-np-z02-9]{58}")
_REGION = re.compile(r"[A-Za-z0-9-]{1,64}")


def fits(name: str, value: str) -> bool:
    """Whether the setting can be used, or is left empty."""
    if not value:
        return True
    if name == "backup.at":
        return _may_be_time(value)
    if name == "backup.to":
        return os.path.isabs(value) or (bool(_BUCKET.fullmatch(value)) and ".." not in value)
    if name == "backup.encrypt_to":
        return bool(_PUBLIC_KEY.fullmatch(value))
    if name == "backup.s3.region":
        return bool(_REGION.fullmatch(value))
    return may_be_address(value.rstrip("/"), "http", "https")


def minutes_and_zone(at: str) -> tuple[int, str]:
    """Minutes since midnight, and whose midnight: a zone by its name, "" for this machine's. Raises ValueError."""
    found = _AT.fullmatch(at)
    if not found:
        raise ValueError(at)
    return int(found[1]) * 60 + int(found[2]), found[3] or ""


def check_together(values: Mapping[str, Any], origin: Mapping[str, str]) -> None:
    """See that each setting has what it needs beside it. Raises ConfigError."""
    to = values["backup.to"]
    if values["backup.at"] and not to:
        raise ConfigError(f"{origin['backup.at']}: backup.at: needs backup.to beside it, which says where to")
    lacking = [name for name in ("backup.s3.access_key", "backup.s3.secret_key") if not values[name]]
    if to.startswith("s3://") and lacking:
        raise ConfigError(f"{origin['backup.to']}: backup.to: a bucket needs {' and '.join(lacking)}")


def _may_be_time(value: str) -> bool:
    from app import zones  # the list of all zones, for those alone who name one

    try:
        zone = minutes_and_zone(value)[1]
    except ValueError:
        return False
    return not zone or bool(zones.known(zone))
