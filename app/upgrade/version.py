"""Which of two versions is the older one."""

import re
from typing import NamedTuple

from app.upgrade.failure import UpgradeError

# 0.2.0, and what is tried before it: 0.2.0a1, 0.2.0b2, 0.2.0rc1 (a part of PEP 440, which is what versions here use).
_VERSION = re.compile(r"(\d{1,6}(?:\.\d{1,6}){0,3})(?:(a|b|rc)(\d{1,6}))?")
_RELEASED = "released"  # sorts behind `a`, `b` and `rc`


class Version(NamedTuple):
    """Compares as versions do."""

    numbers: tuple[int, ...]
    stage: str
    attempt: int


def parse(text: str) -> Version:
    """The version that `text` is. Raises UpgradeError."""
    found = _VERSION.fullmatch(text)
    if not found:
        raise UpgradeError(f"{text!r} is no version of this program")
    numbers = [int(number) for number in found[1].split(".")]
    while numbers and numbers[-1] == 0:  # 1.0 is 1
        numbers.pop()
    return Version(tuple(numbers), found[2] or _RELEASED, int(found[3] or 0))
