"""The atomic operations: one Lua file each, sent to the store by digest."""

from functools import cache
from hashlib import sha1
from pathlib import Path
from typing import NamedTuple

_FOLDER = Path(__file__).parent / "scripts"

# A script cannot include another, so what a family shares stands in front of each of its members.
_CONVERSATION = frozenset(
    (
        *("append", "attach", "read", "arrive", "depart", "trim"),
        *("claim", "release", "transfer", "resolve", "snooze", "wake", "tag", "block"),
    )
)
_FEED = frozenset(("tell", "agent_presence", "roll_call"))


class Script(NamedTuple):
    """A script's name, its source, and the SHA-1 by which EVALSHA calls it."""

    name: str
    source: str
    sha: str


def _read(name: str) -> str:
    return (_FOLDER / f"{name}.lua").read_text("utf-8")


def _preludes(name: str) -> tuple[str, ...]:
    if name in _CONVERSATION:
        return ("_feed", "_conversation")
    return ("_feed",) if name in _FEED else ()


@cache
def load(name: str) -> Script:
    """The script `scripts/<name>.lua`, with the prelude of its family in front."""
    body = _read(name)
    flags, _, rest = body.partition("\n") if body.startswith("#!") else ("", "", body)
    source = "\n".join([*([flags] if flags else []), *(_read(part) for part in _preludes(name)), rest])
    # SHA-1 is the store's own name for a script, not a safeguard.
    return Script(name, source, sha1(source.encode(), usedforsecurity=False).hexdigest())


def source(name: str) -> str:
    """The text of the script `name`, for callers that register it with the client library."""
    return load(name).source


def names() -> list[str]:
    """The names of all scripts."""
    return sorted(path.stem for path in _FOLDER.glob("*.lua") if not path.stem.startswith("_"))
