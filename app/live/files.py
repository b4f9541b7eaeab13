"""Files, as routes find them: who may send one, who may read one, and whether there is room for more."""

import logging
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from pathlib import Path
from typing import BinaryIO

from app.chat.errors import Refusal
from app.chat.files import FileInfo, split_id
from app.config import Settings
from app.files.directory import Directory
from app.files.threads import Threads
from app.live.duties.files import Sweeper
from app.live.file_place import is_ours
from app.live.file_room import FileRoom
from app.live.tickets import Tickets
from app.live.uploads import Upload, Uploads
from app.store.files import Record
from app.store.sessions import Session
from app.store.store import Store

log = logging.getLogger("chatadmin.live")

_AT_WORK = 4  # threads that write, read and sync
_PIECE_BYTES = 64 * 1024  # read at once
_LOOK_INTERVAL = 10.0  # seconds between two looks at the room that is left


class Files:
    """This node's way to them; without a directory none are taken, and there are none.

    `told(full)` is called when there is no room left for a file of the longest, and when there is again.
    """

    def __init__(
        self, store: Store, settings: Settings, clock: Callable[[], float], told: Callable[[bool], object]
    ) -> None:
        self._store, self._clock, self._told = store, clock, told
        self._directory = Directory(Path(settings.files_directory)) if settings.files_directory else None
        self._longest = settings.limits.file_bytes
        self._threads = Threads(_AT_WORK)
        self.tickets = Tickets(store.sessions)
        if self._directory is not None:
            self._room = FileRoom(self._directory, self._threads, store.files, settings.limits)
            self._uploads = Uploads(store, settings, self._directory, self._threads, self._room)
            self._sweeper = Sweeper(store, self._directory)
        self._full, self._look_at = False, 0.0

    @property
    def limits(self) -> dict[str, int]:
        """What a client should know: the longest file (`file_bytes`), or nothing where none are taken."""
        return {"file_bytes": self._longest} if self._directory is not None else {}

    # -- to send ----------------------------------------------------------------------------------------------------

    async def take(self, session: Session, asked: Upload, address: str, pieces: AsyncIterator[bytes]) -> FileInfo:
        """A file for a message, or a note, of theirs. Raises, before a piece is read, Refusal unknown_client,
        not_yours, blocked, forbidden, files_unavailable; then as Uploads.take."""
        uid = await self._conversation(session, asked)
        if not await self._is_ours():
            raise Refusal("files_unavailable")
        try:
            return await self._uploads.take(uid, session, asked, address, pieces)
        finally:
            self._look_at = 0.0

    async def _is_ours(self) -> bool:
        """Whether there is a place, within reach, and the right one."""
        try:
            if self._directory is None or await is_ours(self._store.files, self._directory, self._threads):
                return self._directory is not None
            log.error("the place of files is not the one this store's files are in: chatadmin check says more")
        except OSError as error:
            log.warning("the place of files is out of reach: %s", error)
        return False

    async def _conversation(self, session: Session, asked: Upload) -> str:
        if session.kind == "visitor":
            if asked.note:
                raise Refusal("forbidden")
            await self._store.conversations.refuse_blocked(session.uid)
            return session.uid
        uid = (await self._store.people.known(asked.client)).uid
        if not asked.note and (await self._store.conversations.state(uid)).owner != session.uid:
            raise Refusal("not_yours")
        return uid

    # -- to read ----------------------------------------------------------------------------------------------------

    async def known(self, session: Session, id: str) -> FileInfo:
        """What is known of a file that they may read. Raises Refusal not_found, whether they may not or it is none."""
        found = split_id(id)
        record = await self._store.files.get(found[0], id) if found and self._directory else None
        if found is None or record is None or not await self._may_read(session, found[0], record):
            raise Refusal("not_found")
        return record.info

    async def _may_read(self, session: Session, uid: str, record: Record) -> bool:
        """Agents read every conversation's; a visitor what was said in their own as far as they see it, or in one that
        is linked to it, and what they are about to say."""
        if session.kind == "agent":
            return True
        if record.note or not (record.seq or record.by == session.uid):
            return False
        if uid == session.uid:
            return not 0 < record.seq < session.since
        visitor = await self._store.people.visitor(session.uid) if not session.since else None
        return visitor is not None and visitor.owns(uid)

    async def sent(self, uid: str, before: int, count: int) -> list[Record]:
        """The last `count` files of a conversation, as store's Files.sent; none where no files are kept."""
        return await self._store.files.sent(uid, before, count) if self._directory else []

    async def open(self, id: str) -> BinaryIO:
        """Its bytes. Raises Refusal not_found, files_unavailable."""
        assert self._directory is not None
        try:
            return await self._threads.run(self._directory.open, id)
        except FileNotFoundError:
            if not await self._is_ours():
                raise Refusal("files_unavailable") from None
            log.error("a file is known and not there: %s", id)
            raise Refusal("not_found") from None
        except OSError as error:
            log.warning("a file cannot be read: %s", error)
            raise Refusal("files_unavailable") from None

    async def pieces(self, file: BinaryIO, start: int, length: int) -> AsyncGenerator[bytes, None]:
        """So many bytes of it, and then it is closed. Raises OSError, also where it ends before."""
        try:
            await self._threads.run(file.seek, start)
            while length:
                piece = await self._threads.run(file.read, min(length, _PIECE_BYTES))
                if not piece:
                    raise OSError("a file is shorter than it is said to be")
                length -= len(piece)
                yield piece
        finally:
            self._threads.later(file.close)

    # -- to forget --------------------------------------------------------------------------------------------------

    async def run(self) -> None:
        """Sweep from time to time, until cancelled."""
        if self._directory is not None:
            await self._sweeper.run()

    def forgot(self) -> None:
        """Entries were forgotten: their files go now."""
        if self._directory is not None:
            self._sweeper.at_once()

    @property
    def room(self) -> tuple[int, int] | None:
        """Bytes that all files have, and that are free where they lie, as of a few seconds ago; None where there are
        none, or that is not known yet."""
        return self._room.seen if self._directory is not None else None

    # -- room -------------------------------------------------------------------------------------------------------

    async def look(self) -> None:
        """From time to time: whether there still is room, or again. Raises what the store raises."""
        if self._directory is None or self._clock() < self._look_at:
            return
        self._look_at = self._clock() + _LOOK_INTERVAL
        try:
            full = await self._room.left() < self._longest
        except OSError as error:
            log.warning("the room for files cannot be looked at: %s", error)
            return
        if full != self._full:
            self._full = full
            self._told(full)
