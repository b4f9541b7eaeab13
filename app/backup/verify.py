"""Whether a backup is sound: its digests, its lines, its logs without gaps, its counts, and the files that it names.

It is read once, from its beginning to its end. In memory are some 70 bytes for each conversation, person and file.
"""

from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

import msgspec

from app.backup import archive, sealed
from app.backup.archive import Member, Reader
from app.backup.people import Once
from app.backup.records import (
    BackupError,
    Conversation,
    Entry,
    Erased,
    File,
    Manifest,
    OfPeople,
    OfReports,
    Session,
    Version,
    Visitor,
)


class Sound(NamedTuple):
    """What a sound backup says of itself. `erased`: who was, until it ended; it has what they wrote where that was read
    before."""

    version: Version
    manifest: Manifest
    erased: list[Erased]

    @property
    def parts(self) -> int:
        """How many lines and files it has."""
        counts = self.manifest.counts
        return sum(counts.values()) - counts.get("bytes of files", 0) + counts.get("file", 0)


def read(source: BinaryIO, stack: ExitStack, identities: list[Any]) -> Reader:
    """A reader of what is in `source`, decrypted where it is encrypted; until `stack` ends.

    Raises BackupError where it is no backup, a newer one, or there is no key to it.
    """
    begins = _Peeked(source)
    if not begins.first.startswith(sealed.MAGIC[:10]):
        return Reader(begins)  # type: ignore[arg-type]
    if not identities:
        raise BackupError("it is encrypted: give the file with the secret key, --identity FILE")
    return Reader(stack.enter_context(sealed.decrypting(begins, identities)))  # type: ignore[arg-type]


def file(path: Path, identities: list[Any], told: Callable[[int], None] = lambda done: None) -> Sound:
    """Whether the file at `path` is a sound backup. Raises BackupError, which says what is wrong, and OSError."""
    with ExitStack() as stack:
        source = stack.enter_context(path.open("rb"))
        return judge(read(source, stack, identities), lambda: told(source.tell()))


def judge(reader: Reader, told: Callable[[], None] = lambda: None) -> Sound:
    """Whether what is read is a sound backup; `told` is called now and then. Raises BackupError."""
    judging = _Judging()
    for member in reader:
        told()
        judging.look_at(member, told)
    assert reader.manifest is not None
    judging.end(reader.manifest)
    return Sound(reader.version, reader.manifest, judging.erased)


class _Peeked:
    """A file to read from; what it begins with is known."""

    def __init__(self, source: BinaryIO) -> None:
        self.first = source.read(len(sealed.MAGIC))
        self._source, self._rest = source, self.first

    def read(self, size: int = -1) -> bytes:
        """The next bytes, at most `size`."""
        if not self._rest:
            return self._source.read(size)
        data, self._rest = (self._rest, b"") if size < 0 else (self._rest[:size], self._rest[size:])
        return data


class _Judging:
    """What was seen of a backup so far."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()
        self._open: Conversation | None = None
        self._at = 0  # seq of the last entry of the open one
        self._files_of_it = False
        self._conversations, self._visitors, self._sessions = Once(), Once(), Once()
        self._named, self._there = Once(), Once()
        self._wanted = 0
        self._last_member = 0
        self.erased: list[Erased] = []

    def look_at(self, member: Member, told: Callable[[], None]) -> None:
        """One member, whole."""
        if member.name.startswith(archive.FILES):
            self._file(member)
            return
        kinds: Any = OfReports if member.name == archive.REPORTS else OfPeople
        if member.name.startswith(archive.CONVERSATIONS):
            self._last_member += 1
            if member.name != f"{archive.CONVERSATIONS}{self._last_member}.jsonl":
                raise BackupError(f"{member.name} stands where {archive.CONVERSATIONS}{self._last_member}.jsonl should")
            kinds = Conversation | Entry | File
        for number, record in enumerate(member.records(), 1):
            if not isinstance(record, kinds):
                raise BackupError(f"{member.name}, line {number}: a {_tag(record)} does not belong there")
            if fault := self._record(record):
                raise BackupError(f"{member.name}, line {number}: {fault}")
            self._counts[_tag(record)] += 1
            if number % 1000 == 0:
                told()

    def _record(self, record: Any) -> str:
        """What is wrong with a record, "" if nothing is."""
        match record:
            case Entry():
                return self._entry(record)
            case Conversation():
                fault = self._end_run()
                self._open, self._at, self._files_of_it = record, record.floor, False
                twice = "" if self._conversations.is_new(record.uid) else f"{record.uid} is there twice"
                return fault or twice or _standing(record)
            case File():
                return self._known_file(record)
            case Visitor(uid):
                return "" if self._visitors.is_new(uid) else f"{uid} is there twice"
            case Session(hash):
                return "" if self._sessions.is_new(hash) else "a session is there twice"
            case Erased():
                self.erased.append(record)
        return ""

    def _entry(self, entry: Entry) -> str:
        of = self._open
        if of is None or self._files_of_it:
            return "an entry that is of no conversation"
        if entry.seq != self._at + 1:
            return f"entry {entry.seq} of {of.uid} follows {self._at}: there is a gap"
        self._at = entry.seq
        return "" if entry.seq <= of.seq else f"{of.uid} ends with {of.seq}, and here is {entry.seq}"

    def _known_file(self, file: File) -> str:
        of = self._open
        if of is None or not file.id.startswith(f"{of.uid}."):
            return f"file {file.id} is of no conversation"
        self._files_of_it = True
        if file.seq and not of.floor < file.seq <= of.seq:
            return f"file {file.id} is of entry {file.seq}, which is not there"
        self._wanted += 1
        return "" if self._named.is_new(file.id) else f"file {file.id} is there twice"

    def _end_run(self) -> str:
        of = self._open
        if of is not None and self._at != of.seq:
            return f"{of.uid} should end with entry {of.seq}, and ends with {self._at}"
        return ""

    def _file(self, member: Member) -> None:
        if self._named.is_new(member.name.removeprefix(archive.FILES)):
            raise BackupError(f"{member.name} is of no conversation")
        if not self._there.is_new(member.name):
            raise BackupError(f"{member.name} is there twice")
        self._wanted -= 1
        self._counts["bytes of files"] += member.size

    def end(self, manifest: Manifest) -> None:
        """See that it is all. Raises BackupError."""
        if fault := self._end_run():
            raise BackupError(f"{archive.CONVERSATIONS}{self._last_member}.jsonl: {fault}")
        for kind in sorted({*manifest.counts, *self._counts}):
            said, found = manifest.counts.get(kind, 0), self._counts[kind]
            if said != found:
                raise BackupError(f"{archive.MANIFEST} counts {said} of {kind}, and there are {found}")
        if self._wanted and not manifest.warnings:
            raise BackupError(f"{self._wanted} files are missing, of which {archive.MANIFEST} says nothing")


def _standing(of: Conversation) -> str:
    parts = of.state.split("|")
    if len(parts) != 5 or not 0 <= of.floor <= of.seq:
        return f"how {of.uid} stands makes no sense"
    return ""


def _tag(record: msgspec.Struct) -> str:
    return str(type(record).__struct_config__.tag)
