"""What the parties of a run write down as it happens, for the checker to judge afterwards."""

import zlib
from dataclasses import dataclass, field
from typing import Any, NamedTuple

Frame = dict[str, Any]


class Heard(NamedTuple):
    """One entry as a receiver was told it; `mark` says what was in it, 0 where it was not shown (ack, hidden)."""

    epoch: int
    seq: int
    id: str
    mark: int


@dataclass
class Journal:
    """One tab: what it sent, what it was promised, what it received."""

    tab: str
    uid: str
    role: str  # "visitor" or "agent"
    offered: dict[str, str] = field(default_factory=dict)  # id -> conversation, in the order of first sending
    attached: dict[str, tuple[str, str]] = field(default_factory=dict)  # id -> its file's id, and the digest of that
    acked: dict[str, tuple[int, int]] = field(default_factory=dict)  # id -> (epoch, seq)
    refused: dict[str, str] = field(default_factory=dict)  # id -> code: never stored
    abandoned: set[str] = field(default_factory=set)  # refused after a cut: stored or not
    heard: dict[str, list[Heard]] = field(default_factory=dict)  # conversation -> entries
    moved: list[str] = field(default_factory=list)  # acknowledged at one place, and again at another
    complaints: list[str] = field(default_factory=list)  # what no server may say to this client
    repeats: int = 0
    resets: int = 0
    reconnects: int = 0
    cut_uploads: int = 0
    complete: bool = True  # was given the time to hear everything


@dataclass(frozen=True)
class Expected:
    """Of a visitor's presence: `gone` within `within` s of `since` (unix s), or `here` and not `left` since."""

    uid: str
    state: str  # "gone" or "here"
    since: float
    within: float = 0.0
    how: str = ""


class Login(NamedTuple):
    """A customer who had written as `anonymous`, and as whom they logged in, "" for nobody; `former`: the token of
    before; `status`: how agents see their conversation right behind it."""

    sub: str
    uid: str
    anonymous: str
    former: str
    token: str
    status: str


class Customer(NamedTuple):
    """A customer in the end: as whom they log in, "" for nobody, and the ids of the messages that they read in each
    conversation that is linked to theirs."""

    sub: str
    uid: str
    linked: dict[str, list[str]]


@dataclass
class Evidence:
    """All there is to judge a run by."""

    journals: list[Journal]
    logs: dict[str, list[Frame]]  # conversation -> every entry, read back from the store
    expected: list[Expected] = field(default_factory=list)
    online: set[str] | None = None  # uids that /v1/users names at the end
    errors: list[str] = field(default_factory=list)  # tracebacks in the nodes' logs
    complete: bool = True  # every receiver was given the time to hear everything


def content(id: str) -> str:
    """What the message `id` says: known from the id alone, of any length."""
    digest = zlib.crc32(id.encode())
    return f"{id} " + "x" * (digest % 300)


def mark(frame: Frame) -> int:
    """A number for what an entry says, the same for everybody who sees it."""
    kind = frame.get("kind", "message")
    if kind == "hidden":
        return 0
    said = f"{kind}|{frame['user']['uid']}|{frame.get('content', '')}|{frame.get('file', '')}|{frame['msg_time']}"
    return zlib.crc32(said.encode()) | 1 << 32
