"""Whether a backup can be restored: it is, into a store of its own that is thrown away, which is then backed up in
turn; and what the two say is compared, line by line.

Of each thing a digest stays in memory, some 150 bytes. What must differ is left out of that: epochs, which are new, and
over how many shards something was counted.
"""

import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from hashlib import blake2b
from pathlib import Path

import msgspec

from app.backup.archive import FILES, Reader, Writer
from app.backup.dump import dump
from app.backup.records import (
    BackupError,
    Conversation,
    Counts,
    Entry,
    File,
    Letter,
    Pace,
    Record,
)
from app.backup.restore import NOBODY, restore
from app.files.directory import Directory
from app.store.embedded import EmbeddedStore
from app.store.filling import recounted
from app.store.store import Store

Again = Callable[[], AbstractContextManager[Reader]]
"""Opens the backup anew, from its beginning."""

# Milliseconds that a check takes less than.
_LONGEST_MS = 24 * 3600 * 1000

_encode = msgspec.json.Encoder(order="deterministic").encode


class _Said:
    """What a backup says, by digests: of each thing, by what it is called. What ends before `soon` (unix ms) is no part
    of it: it may be over by the time that it is looked at."""

    def __init__(self, soon: int) -> None:
        self._soon = soon
        self.things: dict[str, bytes] = {}
        self.counts = Counter[str]()
        self._name, self._digest = "", blake2b(digest_size=16)

    def take(self, record: Record) -> None:
        """A line. Entries and files belong to the conversation before them; those of files come in any order."""
        match record:
            case Conversation():
                self.end()
                self._name, self._digest = f"the conversation {record.uid}", blake2b(digest_size=16)
                self._digest.update(_encode(_without_epoch(record)))
            case Entry():
                self._digest.update(_encode(record))
            case File():
                self.things[f"the file {record.id}"] = _digest(_encode(record))
            case Counts():
                self.counts.update({f"{record.day} {field}": times for field, times in record.counts.items()})
            case Pace():
                pass  # one of several shards'
            case _ if 0 < getattr(record, "until", 0) < self._soon:
                pass  # it may be over meanwhile
            case Letter():
                self._line(msgspec.structs.replace(record, known={**record.known, "epoch": ""}))
            case _:
                self._line(record)

    def _line(self, record: Record) -> None:
        line = _encode(record)
        self.things[f"a line of people ({_called(line)})"] = _digest(line)

    def end(self) -> None:
        """The conversation that was at its turn is whole."""
        if self._name:
            self.things[self._name] = self._digest.digest()
        self._name = ""


_OWN = ("uid", "owner", "whose", "name", "fate", "kid", "id", "origin", "digest")
_SECRET = ("hash", "token", "code")


def _called(line: bytes) -> str:
    """By what a line of people is told apart from the others of its kind; of what lets somebody in not all of it."""
    known = msgspec.json.decode(line)
    own = [str(known[name]) for name in _OWN if name in known]
    own += [_digest(known[name].encode()).hex() for name in _SECRET if name in known]
    return " ".join([known["is"], *own])


def _without_epoch(one: Conversation) -> Conversation:
    """The same in no epoch; without the pages it was written from, which may be forgotten meanwhile."""
    counted = recounted(one.counted, 0, one.epoch, one.seq) if one.counted else ""
    of, _, through = one.meta.get("mailed", "").partition(":")
    meta = {**one.meta, "mailed": f"0:{through}"} if of == str(one.epoch) else one.meta
    return msgspec.structs.replace(one, epoch=0, meta=meta, counted=counted, pages=[], pages_until=0)


def _digest(line: bytes) -> bytes:
    return blake2b(line, digest_size=16).digest()


def _said(reader: Reader, soon: int) -> _Said:
    """What a backup says. Raises BackupError."""
    said = _Said(soon)
    for member in reader:
        if not member.name.startswith(FILES):
            for record in member.records():
                said.take(record)
    said.end()
    assert reader.manifest is not None  # it came to its end
    for listed in reader.manifest.members:
        if listed.name.startswith(FILES):
            said.things[listed.name] = listed.sha256.encode()
    return said


async def check(again: Again, told: Callable[[int], None] = lambda _done: None) -> int:
    """Restore a backup into a store of its own, and compare; returns how many things were compared.

    Raises BackupError where it does not come back as it was; OSError, EmbeddedError, StoreError.
    """
    soon = time.time_ns() // 1_000_000 + _LONGEST_MS
    with again() as reader:
        wanted = _said(reader, soon)
    with _throw_away() as (url, folder):
        store = Store(url, 1, nickname_days=30, visitor_days=30, agent_hours=1)
        try:
            await store.open()
            place = Directory(folder / "files")
            place.root.mkdir()
            with again() as reader:
                await restore(store, place, reader, NOBODY, told)
            with tempfile.TemporaryFile(dir=folder) as file:
                await dump(store, place, Writer(file, await store.now_ms()))
                file.seek(0)
                found = _said(Reader(file), soon)
        finally:
            await store.close()
    _compare(wanted, found)
    return len(wanted.things) + len(wanted.counts)


@contextmanager
def _throw_away() -> Iterator[tuple[str, Path]]:
    """A store that goes again, and a folder that goes with it, for our user alone."""
    with tempfile.TemporaryDirectory(prefix="chatadmin-") as name:
        store = EmbeddedStore(Path(name) / "data")
        store.start()
        try:
            store.wait_ready()
            yield store.url, Path(name)
        finally:
            store.stop()


def _compare(wanted: _Said, found: _Said) -> None:
    for name in sorted(wanted.things.keys() | found.things.keys()):
        if wanted.things.get(name) != found.things.get(name):
            known, is_there = name in wanted.things, name in found.things
            what = "is not in it" if not known else "differs" if is_there else "is missing"
            raise BackupError(f"restored into an empty store it is not what it was: {name} {what}")
    if +wanted.counts != +found.counts:
        raise BackupError("restored into an empty store it is not what it was: its counts for reports differ")
