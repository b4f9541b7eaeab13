"""One conversation, read while others write into it, trim it or lose it: as it stood at one moment.

A log only grows at its end, so what is of a moment is its meta, and then the entries up to the seq it names. Where
retention was faster than we are, what is left begins later; where the log got another epoch, it is read again.
"""

import tempfile
from collections.abc import AsyncIterator, Iterator
from typing import BinaryIO, NamedTuple, cast

import msgspec

from app.backup.records import BackupError, Conversation, Entry, File
from app.store.copying import Beside, Copying, Item, Standing
from app.store.store import Store

# What belongs to connections that are open, or that stands in the record itself.
_OWN = frozenset({"epoch", "seq", "floor", "state", "plain", "changes"})
_OF_TABS = ("t:", "T:")
# Entries of a log that are read first; then as many as make PAGE_BYTES by what those were, within bounds: what one
# call costs the store, and what lies in memory, is a fraction of a millisecond and some hundred KB.
FIRST_PAGE, MOST_ENTRIES, PAGE_BYTES = 100, 1000, 128 << 10
# Bytes of lines that lie in memory of one conversation; of a longer one they go to a nameless file meanwhile.
SPOOLED_BYTES = 1 << 20
# How often one is read of which the epoch, or the server, is another before it is read to its end.
_TRIES = 20

_encode = msgspec.json.Encoder().encode


class Read(NamedTuple):
    """A conversation, whole. `files`: of those that have bytes, ids and sizes; `fault`: what its log lacks, or ""."""

    conversation: Conversation
    entries: "Lines"
    files: list[File]
    fault: str


class Lines:
    """Lines, in memory as long as they are few."""

    def __init__(self) -> None:
        self._file = tempfile.SpooledTemporaryFile(SPOOLED_BYTES)  # noqa: SIM115 - `close` does
        self.count = self.bytes = 0

    def add(self, lines: list[bytes]) -> None:
        """More of them."""
        if lines:
            text = b"\n".join([*lines, b""])
            self._file.write(text)
            self.count += len(lines)
            self.bytes += len(text)

    def clear(self) -> None:
        """None of them counts."""
        self._file.seek(0)
        self._file.truncate()
        self.count = self.bytes = 0

    def each(self) -> Iterator[bytes]:
        """Every line, without its end."""
        self._file.seek(0)
        for line in self._file:
            yield line[:-1]

    def start(self) -> BinaryIO:
        """Them as a file, at its beginning."""
        self._file.seek(0)
        return cast(BinaryIO, self._file)

    def close(self) -> None:
        """They go."""
        self._file.close()


async def read(store: Store, uid: str, activity: int) -> Read | None:
    """The conversation `uid`; None where there is none any more. Raises StoreError, OSError."""
    copying, lines = store.copying, Lines()
    try:
        for _ in range(_TRIES):
            turns = copying.turns
            standing = await _standing(store, uid)
            if standing is None:
                break
            epoch, seq, floor = standing.meta["epoch"], int(standing.meta["seq"]), int(standing.meta.get("floor", 0))
            lines.clear()
            begins, missing = floor, 0
            async for page, at in _pages(copying, uid, floor, seq):
                first = _seq(page[0])
                if first != at + 1:
                    lines.clear()
                    begins, missing = first - 1, first - 1 - at
                lines.add([_encode(_entry(item)) for item in page])
            tags = [tag for tag in standing.meta.get("tags", "").split("\n") if tag]
            beside = await copying.beside(uid, tags)
            if beside.epoch == epoch and copying.turns == turns:
                fault = await _fault(copying, uid, begins, seq, missing, lines.count)
                begins = begins if lines.count else seq
                files = _files(beside, begins, seq)
                return Read(_conversation(uid, activity, standing, beside, begins), lines, files, fault)
        else:
            raise BackupError(f"the log of {uid} begins anew faster than it is read: the store loses what it has")
    except BaseException:
        lines.close()
        raise
    lines.close()
    return None


async def _standing(store: Store, uid: str) -> Standing | None:
    """How it stands, in good order: one whose meta the store lost, or whose log, is given a new epoch first, as for
    anybody who comes to it."""
    standing = await store.copying.standing(uid)
    if not standing.meta and not standing.length:
        return None
    meta = standing.meta
    if "epoch" in meta and standing.length == int(meta.get("seq", 0)) - int(meta.get("floor", 0)):
        return standing
    await store.conversations.now(uid)
    standing = await store.copying.standing(uid)
    return standing if "epoch" in standing.meta else None


async def _pages(copying: Copying, uid: str, floor: int, seq: int) -> AsyncIterator[tuple[list[Item], int]]:
    """The entries behind `floor` up to `seq`, and behind which one each page should begin."""
    at, count = floor, FIRST_PAGE
    while at < seq:
        page = await copying.page(uid, at + 1, seq, min(count, seq - at))
        if not page:
            return
        for run in _runs(page):
            yield run, at
            at = _seq(run[-1])
        size = sum(len(fields[3]) + 100 for _, fields in page)
        count = max(1, min(MOST_ENTRIES, len(page) * PAGE_BYTES // size))


def _runs(page: list[Item]) -> Iterator[list[Item]]:
    """The parts of a page without a gap: one, as a rule."""
    if _seq(page[-1]) - _seq(page[0]) + 1 == len(page):
        yield page
        return
    begins = 0
    for at in range(1, len(page) + 1):
        if at == len(page) or _seq(page[at]) != _seq(page[at - 1]) + 1:
            yield page[begins:at]
            begins = at


async def _fault(copying: Copying, uid: str, begins: int, seq: int, missing: int, count: int) -> str:
    """What a log lacks that retention did not take."""
    lacks = seq - begins - count
    if not (missing or lacks):
        return ""
    now = (await copying.standing(uid)).meta
    if int(now.get("floor", 0)) >= begins and not (lacks and count):
        return ""
    return f"the log of {uid} has a gap: only {count} entries up to {seq} are in it"


def _seq(item: Item) -> int:
    return int(item[0].partition(b"-")[0])


def _entry(item: Item) -> Entry:
    id, (_, head, _, body, *more) = item
    kind, author, role, own, at = head.decode().split("|")
    last = more[1].decode() if more else ""
    return Entry(int(id.partition(b"-")[0]), kind, author, role, own, int(at), msgspec.Raw(body), last)


def _conversation(uid: str, activity: int, standing: Standing, beside: Beside, floor: int) -> Conversation:
    meta = standing.meta
    return Conversation(
        uid,
        int(meta["epoch"]),
        int(meta["seq"]),
        floor,
        meta.get("state", "here|0||0|0"),
        activity,
        {name: value for name, value in meta.items() if name not in _OWN and not name.startswith(_OF_TABS)},
        beside.tagged,
        beside.pages,
        beside.pages_until,
        standing.counted,
        beside.episodes,
    )


def _files(beside: Beside, floor: int, seq: int) -> list[File]:
    """Those of entries that are in the backup. One whose message came later is unsent in it."""
    found = []
    for id, raw in beside.files.items():
        if id == "bytes":
            continue
        by, at, note, sent, info = raw.split(b"|", 4)
        of = int(sent)
        if not 0 < of <= floor:
            found.append(File(id, by.decode(), int(at), note == b"1", of if of <= seq else 0, msgspec.Raw(info)))
    return found
