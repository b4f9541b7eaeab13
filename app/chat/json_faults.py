"""What is wrong with a text of JSON, and in which of its fields."""

import json
import re
from typing import Any


class TwinKey(Exception):
    """A key stands twice in one object: readers differ in which one counts."""


def field(reason: str) -> str:
    """The field that msgspec complains of, "" where it is of none."""
    path = re.search(r"`\$\.(\w+)", reason) or re.search(r"field `(\w+)`", reason)
    return path[1] if path else ""


def refuse_twins(payload: str | bytes) -> None:
    """See that no key stands twice in one object. Raises TwinKey with it, ValueError, RecursionError."""
    json.loads(payload, object_pairs_hook=_unique)


def _unique(pairs: list[tuple[str, Any]]) -> None:
    seen: set[str] = set()
    for key, _ in pairs:
        if key in seen:
            raise TwinKey(key[:32])
        seen.add(key)
