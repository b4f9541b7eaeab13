"""Neutral JSONL, a conversation a line (docs/import.md). It is read twice: all of it is looked at before any of it is
handed out, and no more than one person is in memory at a time."""

from collections.abc import Iterator
from pathlib import Path

import msgspec

from app.importing.lines import Conversation, Unsound, Whole, check

# Bytes of a line; and faults that are told of a file.
LONGEST_LINE, MOST_FAULTS = 64 << 20, 20

_decoder = msgspec.json.Decoder(Conversation)


class Jsonl:
    """The conversations in a file. Raises Unsound, which names lines, and OSError."""

    def __init__(self, path: Path) -> None:
        self.notes: list[str] = []
        self._path, self._file = path, path.open("rb")  # by whom has it open it may be read on, whoever they become
        self._places: dict[str, list[int]] = {}
        self._look()
        self.people = len(self._places)

    def _look(self) -> None:
        """Look at every line, and note where those of each person are."""
        faults: list[str] = []
        lines: dict[str, int] = {}
        number, place = 0, 0
        while line := self._file.readline(LONGEST_LINE):
            number += 1
            try:
                if line.strip():
                    found = _decoded(line)
                    if found.id in lines:
                        raise ValueError(f"id {found.id!r} is that of line {lines[found.id]}")
                    lines[found.id] = number
                    self._places.setdefault(found.person.id, []).append(place)
            except (ValueError, UnicodeError) as error:
                faults.append(f"line {number}: {error}")
                if len(faults) >= MOST_FAULTS:
                    break
            place = self._file.tell()
        if faults:
            raise Unsound(faults)
        if not lines:
            raise Unsound(["it has no line"])

    def __iter__(self) -> Iterator[Whole]:
        for places in self._places.values():
            conversations = []
            for place in places:
                self._file.seek(place)
                conversations.append(_decoded(self._file.readline(LONGEST_LINE)))
            yield Whole(conversations[-1].person, conversations)


def _decoded(line: bytes) -> Conversation:
    """The conversation on a line. Raises ValueError with what is wrong, and where on it."""
    if len(line) >= LONGEST_LINE:
        raise ValueError(f"longer than {LONGEST_LINE >> 20} MB")
    try:
        found = _decoder.decode(line)
    except msgspec.ValidationError as error:
        what, _, where = str(error).partition(" - at `$")
        raise ValueError(f"{field}: {what}" if (field := where.strip("`.")) else what) from None
    except msgspec.DecodeError as error:
        raise ValueError(f"no JSON ({error})") from None
    check(found)
    return found
