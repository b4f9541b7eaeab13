"""A backup is read into a store that is empty. Whoever must not come back, since they were erased later, does not.

Each conversation is in a new epoch, and nothing is known of the tabs that wrote in it: so pages that are still open are
told `reset`, look what is there, and offer what is theirs and missing.
"""

import asyncio
import time
from collections import Counter
from collections.abc import Callable
from typing import Protocol

import msgspec

from app.backup.archive import FILES, Member, Reader
from app.backup.records import (
    Agent,
    BackupError,
    Conversation,
    Counts,
    Document,
    Entry,
    Erased,
    Face,
    File,
    Key,
    Letter,
    Pace,
    Record,
    Reply,
    Session,
    Site,
    StopLink,
    Stopped,
    Visitor,
)
from app.chat.files import FileInfo
from app.files.directory import Driver
from app.store.filling import Filling, KeptFile, Logged, Standing, recounted
from app.store.keys import Keys
from app.store.store import Store

# Bytes of a file that are copied at once.
_CHUNK = 1 << 20
# By what those are counted who were erased, and of whom the backup has something: no tag, as `erased` is one.
LEFT_OUT = "left out"
_MS = 1000
# Lines after which others have their turn: replies are read, and the bar moves.
_LINES_PER_TURN = 200

_NOTHING = msgspec.Raw(b"null")
_named = msgspec.json.Decoder(dict[str, msgspec.Raw])
_text = msgspec.json.Decoder(str)


class Holds(Protocol):
    """Who was erased."""

    def holds(self, uid: str) -> bool:
        """Whether that person was."""
        ...


class _Nobody:
    def holds(self, _uid: str) -> bool:
        return False


NOBODY = _Nobody()
"""Nobody was erased."""


async def restore(
    store: Store,
    files: Driver | None,
    reader: Reader,
    ledger: Holds,
    told: Callable[[int], None] = lambda _done: None,
) -> Counter[str]:
    """Put what is in the backup into an empty store, and its files where `files` keeps them.

    Returns how many lines of each kind were, by their tags, and how many people were left out by LEFT_OUT. `told`: how
    many lines and files there were until now. Raises BackupError, what the store raises, and OSError.
    """
    restoring = _Restoring(store, files, ledger, told)
    for member in reader:
        if member.name.startswith(FILES):
            await restoring.bytes_of(member)
        else:
            for record in member.records():
                try:
                    await restoring.take(record)
                except (msgspec.MsgspecError, KeyError, ValueError) as error:  # what was not written by us
                    tag = type(record).__struct_config__.tag
                    raise BackupError(
                        f"{member.name}: what a line says of one ({tag}) makes no sense: {error}"
                    ) from None
    await restoring.settle()
    return restoring.counts


class _Restoring:
    """One backup on its way in."""

    def __init__(self, store: Store, files: Driver | None, ledger: Holds, told: Callable[[int], None]) -> None:
        self._store, self._files, self._ledger, self._told = store, files, ledger, told
        self._filling = Filling(store.pipelines, store.keys)
        self._left_out = True
        """Whether the conversation that is at its turn is that of somebody who was erased."""
        self._mailed: dict[str, tuple[int, int]] = {}
        """Of conversations about which letters went: the former epoch and the new one."""
        self._now = time.time_ns() // 1000
        self._now_ms = self._now // _MS
        self._done = 0
        self.counts = Counter[str]()

    async def take(self, record: Record) -> None:
        """A line."""
        self._done += 1
        if self._done % _LINES_PER_TURN == 0:
            self._told(self._done)
            await asyncio.sleep(0)
        match record:
            case Entry():
                if self._left_out:
                    return
                head = f"{record.kind}|{record.author}|{record.role}|{record.id}|{record.at}"
                await self._filling.entry(Logged(head, bytes(record.body), record.last))
            case Conversation():
                self._left_out = self._ledger.holds(record.uid)
                if self._left_out:
                    return
                await self._conversation(record)
            case File():
                if self._left_out:
                    return
                size = msgspec.json.decode(record.info, type=FileInfo).size
                file = KeptFile(record.id, record.by, record.at, record.note, record.seq, bytes(record.info))
                await self._filling.file(file, size)
            case _:
                if not await self._of_people(record):
                    return
        self.counts[str(type(record).__struct_config__.tag)] += 1

    async def _conversation(self, one: Conversation) -> None:
        epoch = max(self._now, one.epoch + 1)
        meta = dict(one.meta)
        of, _, through = meta.get("mailed", "").partition(":")
        if of == str(one.epoch):
            meta["mailed"] = f"{epoch}:{through}"
        if of:
            self._mailed[one.uid] = (one.epoch, epoch)
        await self._filling.conversation(
            Standing(
                one.uid,
                epoch,
                one.seq,
                one.floor,
                one.state,
                one.activity,
                meta,
                one.tagged,
                one.pages if one.pages_until > self._now_ms else (),
                one.pages_until,
                recounted(one.counted, epoch, one.epoch, one.seq) if one.counted else "",
                one.episodes,
            )
        )

    async def _of_people(self, record: Record) -> bool:
        """A line of people or of reports; False where it is of somebody who was erased, or of what is over."""
        filling = self._filling
        match record:
            case Visitor():
                if self._ledger.holds(record.uid):
                    self.counts[LEFT_OUT] += 1
                    return False
                await filling.visitor(record.uid, self._without_erased(record.known), owns=record.owns)
            case Session():
                uid = record.known.get("uid") or record.known.get("since_uid", "")
                # Whom the shop vouches for, it vouches for anew; and what has ended stays so.
                if self._ledger.holds(uid) or record.known.get("kid") or record.until <= self._now_ms:
                    return False
                await filling.session(record.hash, uid, record.until, record.known)
            case Letter():
                uid = record.known.get("uid", "")
                if self._ledger.holds(uid) or 0 < record.until <= self._now_ms:
                    return False
                await filling.letter(record.token, record.until, self._in_new_epoch(uid, record.known))
            case StopLink():
                if self._ledger.holds(record.of.partition(" ")[0]) or 0 < record.until <= self._now_ms:
                    return False
                await filling.stop_link(record.code, record.until, record.of)
            case Erased():
                await filling.erased(record.salt, record.digest, record.at)
            case Stopped():
                await filling.stopped(record.digest)
            case Agent():
                name = _text.decode(_named.decode(record.agent)["nickname"])
                mailbox = b"" if record.mailbox == _NOTHING else bytes(record.mailbox)
                await filling.agent(record.uid, name, bytes(record.agent), mailbox, away=record.away)
            case Face():
                await filling.face(record.whose, record.id, record.picture)
            case Reply():
                shortcut = _text.decode(_named.decode(record.reply)["shortcut"])
                await filling.reply(record.owner, record.id, shortcut, bytes(record.reply))
            case Key():
                await filling.key(record.kid, bytes(record.key))
            case Site():
                await filling.site(record.fate, record.origin, record.at)
            case Document():
                key = {"shop": Keys.shop(), "widget": Keys.widget()}.get(record.name)
                if key is None:
                    raise BackupError(f"people.jsonl: there is no document {record.name!r}")
                await filling.document(key, record.known)
            case Counts():
                if 0 < record.until <= self._now_ms:
                    return False
                await filling.counts(record.day, record.until, record.counts)
            case Pace():
                filling.pace(record.answer_ms)
        return True

    def _without_erased(self, known: dict[str, str]) -> dict[str, str]:
        """What is known of a visitor, but for those who were linked to them and erased since."""
        if "linked" not in known:
            return known
        linked = msgspec.json.decode(known["linked"], type=list[dict[str, str | int]])
        left = [one for one in linked if not self._ledger.holds(str(one["uid"]))]
        return known if len(left) == len(linked) else {**known, "linked": msgspec.json.encode(left).decode()}

    def _in_new_epoch(self, uid: str, known: dict[str, str]) -> dict[str, str]:
        """What is known of letters, which go on where they were: the conversation is the same in another epoch."""
        former, new = self._mailed.get(uid, (0, 0))
        return {**known, "epoch": str(new)} if former and known.get("epoch") == str(former) else known

    async def bytes_of(self, member: Member) -> None:
        """A file."""
        id = member.name.removeprefix(FILES)
        if self._files is None or self._ledger.holds(id.partition(".")[0]):
            return
        await self._filling.flush()  # copying may take long, and nobody reads replies meanwhile
        try:
            draft = self._files.draft(id)
        except FileNotFoundError:
            raise BackupError(f"{member.name} is called as no file of ours is") from None
        try:
            while data := member.read(_CHUNK):
                draft.file.write(data)
        except BaseException:
            self._files.drop(draft)
            raise
        self._files.put(draft, id)
        self.counts["files"] += 1
        self._done += 1
        self._told(self._done)

    async def settle(self) -> None:
        """All of it is there."""
        await self._filling.settle()
