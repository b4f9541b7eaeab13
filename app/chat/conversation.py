"""A conversation: its state, its entries, and who reads them. Nothing but shapes; who may see what: chat/visible.py."""

from dataclasses import dataclass
from typing import Literal, NamedTuple

import msgspec

Status = Literal["here", "waiting", "held", "snoozed", "resolved", "blocked"]
Side = Literal["visitor", "agent"]

# Entries that say something in words: what a search looks through.
SAID_KINDS = frozenset({"message", "note"})

# Why nobody holds a conversation any more that was snoozed or linked, or whose visitor was blocked: a visitor sees
# `released` and is not told which of these it was. Agents read it in the entry that follows.
SET_ASIDE = "set_aside"


class State(msgspec.Struct, frozen=True, gc=False):
    """A conversation as it stands after an entry.

    `waiting_since`: unix ms since when the visitor is unanswered, 0 if not. `owner`: uid of the agent who holds it,
    or "". `fence`: rises with every claim. `unread`: the visitor's messages no agent has read.
    """

    status: Status = "here"
    waiting_since: int = 0
    owner: str = ""
    fence: int = 0
    unread: int = 0


class Entry(msgspec.Struct, frozen=True, gc=False):
    """One entry of a log, or of a feed (where `seq` is 0 if it is in no log).

    `uid`: conversation. `author`: uid. `role`: "v" visitor, "a" agent. `id`: `<tab>.<n>` of a message, any unique
    text of an event. `time`: unix ms by the store's clock. `body`: a JSON object, encoded once by the author's node.
    `state`: None where the entry came from a log.
    """

    uid: str
    seq: int
    epoch: int
    kind: str
    author: str
    role: str
    id: str
    time: int
    body: bytes
    state: State | None

    @property
    def logged(self) -> bool:
        """Whether it is part of the conversation, rather than news in passing."""
        return self.seq > 0


@dataclass(frozen=True)
class Snapshot:
    """A conversation for a dashboard: its state, newest seq, and last message, if any.

    `handed`: the `transferred` by which its holder has it and which they have not answered since, if any.
    """

    uid: str
    seq: int
    epoch: int
    state: State
    last: Entry | None
    online: bool
    tags: tuple[str, ...] = ()
    until: int = 0  # unix ms a snoozed conversation sleeps until
    handed: Entry | None = None


class Reader(NamedTuple):
    """Who reads a conversation: from which side, and as of which seq; nobody tells whoever came by a letter to an
    address that nobody vouches for what was said before."""

    side: Side
    since: int = 0
