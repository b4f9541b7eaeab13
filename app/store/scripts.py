"""The atomic operations: one Lua file each, sent to the store by digest."""

import re
from functools import cache
from hashlib import sha1
from typing import NamedTuple

from app import resources

_FOLDER = "app/store/scripts"

# A script cannot include another, so what a family shares stands in front of each of its members; and no more than it
# needs, since a function that stands there costs each call, called or not.
_CONVERSATION = ("_feed", "_conversation")
_FAMILIES = {
    _CONVERSATION: ("attach", "trim", "import_log"),
    (*_CONVERSATION, "_announce"): ("read",),
    (*_CONVERSATION, "_standing"): (
        *("arrive", "depart", "claim", "release", "hang_up", "transfer", "resolve", "snooze", "wake", "tag", "block"),
        *("introduce", "rate", "link_into", "link_from", "invite"),
    ),
    (*_CONVERSATION, "_outbox"): ("settle", "give_up"),
    ("_feed",): ("vouch_format", "append"),
    ("_lease",): ("lease", "lease_backup"),
    ("_feed", "_announce"): ("tell", "agent_presence", "roll_call", "raise_format"),
    ("_feed", "_outbox"): ("plan", "post", "take", "prod", "erase", "drop_job"),
}
_PRELUDES = {name: preludes for preludes, names in _FAMILIES.items() for name in names}
# The line in whose place a part stands that is for one function of a script alone: what is defined there costs those
# calls that come there.
_HERE = re.compile(r"^-- here: (\w+)\.lua$", re.MULTILINE)


class Script(NamedTuple):
    """A script's name, its source, and the SHA-1 by which EVALSHA calls it."""

    name: str
    source: str
    sha: str


def _read(name: str) -> str:
    return resources.text(f"{_FOLDER}/{name}.lua")


@cache
def load(name: str) -> Script:
    """The script `scripts/<name>.lua`, with the prelude of its family in front."""
    body = _read(name)
    flags, _, rest = body.partition("\n") if body.startswith("#!") else ("", "", body)
    rest = _HERE.sub(lambda found: _read(found[1]), rest)
    source = "\n".join([*([flags] if flags else []), *(_read(part) for part in _PRELUDES.get(name, ())), rest])
    # SHA-1 is the store's own name for a script, not a safeguard.
    return Script(name, source, sha1(source.encode(), usedforsecurity=False).hexdigest())


def sha1_of(word: str) -> str:
    """As scripts digest a word: `redis.sha1hex`, which is all that there is in them."""
    return sha1(word.encode(), usedforsecurity=False).hexdigest()


def names() -> list[str]:
    """The names of all scripts."""
    return [name.removesuffix(".lua") for name in resources.names(_FOLDER) if not name.startswith("_")]
