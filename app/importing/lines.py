"""A conversation that was held elsewhere, as the neutral JSONL has it (docs/import.md). No I/O."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Annotated, Literal, NamedTuple, Protocol

import msgspec

from app.chat import names
from app.chat.entered import Entered
from app.chat.errors import Refusal

# Characters of an id there, of a name of somebody, and of what is said in one message.
LONGEST_ID, LONGEST_NAME, LONGEST_TEXT = 200, 200, 1_000_000

_Id = Annotated[str, msgspec.Meta(min_length=1, max_length=LONGEST_ID)]
_Name = Annotated[str, msgspec.Meta(max_length=LONGEST_NAME)]


class _Part(msgspec.Struct, frozen=True, gc=False, forbid_unknown_fields=True):
    """What is written wrongly is told, rather than left out unnoticed."""


class Person(_Part, frozen=True):
    """A customer. `id`: by what they are known there: all lines with it are one person's. `sub`: by what the shop's own
    tokens know them, "" where they do not; `email` is what they entered, and nobody has verified."""

    id: _Id
    name: _Name = ""
    email: str = ""
    sub: Annotated[str, msgspec.Meta(max_length=255)] = ""


class Link(_Part, frozen=True):
    """A file that was sent there, by the address where it still is."""

    url: Annotated[str, msgspec.Meta(pattern="^https?://", max_length=2000)]
    name: _Name = ""


class Message(_Part, frozen=True):
    """What somebody said, `at` RFC 3339 with offset. `agent`: the name of who answered, "" where that is not known;
    `note`: one that only the team sees."""

    id: _Id
    at: Annotated[datetime, msgspec.Meta(tz=True)]
    by: Literal["visitor", "agent"]
    text: Annotated[str, msgspec.Meta(max_length=LONGEST_TEXT)] = ""
    agent: _Name = ""
    note: bool = False
    links: list[Link] = []

    @property
    def at_ms(self) -> int:
        """When, unix ms."""
        return round(self.at.timestamp() * 1000)

    @property
    def said(self) -> str:
        """Its words, and behind them, each on a line of its own, its links."""
        links = (f"{link.name} {link.url}".strip() for link in self.links)
        return "\n".join(filter(None, (self.text.replace("\0", "").rstrip(), *links)))


class Conversation(_Part, frozen=True):
    """One conversation: a line."""

    id: _Id
    person: Person
    messages: Annotated[list[Message], msgspec.Meta(min_length=1)]


class Whole(NamedTuple):
    """All that there is of one person."""

    person: Person
    conversations: list[Conversation]


class Source(Protocol):
    """Where conversations come from, read and found to be sound. `people`: how many there are; `notes`: what is left
    out, or otherwise than there, a line each."""

    people: int
    notes: list[str]

    def __iter__(self) -> Iterator[Whole]: ...


class Unsound(Exception):
    """What is to be taken over cannot be read: `faults`, a line each, with the line or the file it is about."""

    def __init__(self, faults: Iterable[str]) -> None:
        self.faults = list(faults)
        super().__init__(self.faults[0])


def check(conversation: Conversation) -> None:
    """Raises ValueError where it says what cannot be kept."""
    ids = set()
    for number, message in enumerate(conversation.messages):
        if not any(map(names.visible, message.said)):
            raise ValueError(f"messages[{number}] says nothing: it needs text or links")
        if message.note and message.by == "visitor":
            raise ValueError(f"messages[{number}] is a note of a visitor: only agents write notes")
        if message.at_ms < 0:
            raise ValueError(f"messages[{number}].at is before 1970")
        if message.id in ids:
            raise ValueError(f"messages[{number}].id {message.id!r} is there twice")
        ids.add(message.id)
    try:
        Entered(email=conversation.person.email).checked()
    except Refusal:
        raise ValueError("person.email is no address") from None
