"""What a look at one thing came to."""

from typing import Literal, NamedTuple


class Finding(NamedTuple):
    """What was looked at, and how it is; where it is not `ok`, `says` also tells what to do."""

    verdict: Literal["ok", "warn", "fail"]
    what: str
    says: str
