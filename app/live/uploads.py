"""A file that somebody sends: judged by what is said of it before a byte is read, then taken, and kept."""

import errno
import logging
from collections.abc import AsyncIterator
from dataclasses import dataclass

from app.chat import file_names, file_types
from app.chat.errors import Refusal
from app.chat.file_types import FileType
from app.chat.files import FileInfo, new_id
from app.config import Settings
from app.files import receive
from app.files.directory import Draft, Driver
from app.files.scan import scan
from app.files.threads import Threads
from app.live.file_room import FileRoom
from app.live.upload_pace import UploadPace
from app.store.errors import Erased, StoreFull
from app.store.sessions import Session
from app.store.store import Store

log = logging.getLogger("chatadmin.live")

# The operator's program at work at once, each for as long as it takes.
_SCANNING = 4
_NO_ROOM = (errno.ENOSPC, errno.EDQUOT)


@dataclass(frozen=True)
class Upload:
    """What is said of a file that is to come. `client`: whose conversation an agent means; `note`: whether it is for a
    private note; `declared`: media type; `size`: bytes, None where that is not said."""

    client: str
    note: bool
    name: str
    declared: str
    size: int | None


class Uploads:
    """Takes files into `driver`."""

    def __init__(self, store: Store, settings: Settings, driver: Driver, threads: Threads, room: FileRoom) -> None:
        self._store, self._driver, self._threads, self._room = store, driver, threads, room
        self._longest, self._scan = settings.limits.file_bytes, settings.files.scan
        self._pace = UploadPace(settings.limits)
        self._scanning = Threads(_SCANNING)

    async def take(
        self, uid: str, session: Session, asked: Upload, address: str, pieces: AsyncIterator[bytes]
    ) -> FileInfo:
        """The file of that conversation, on disk and known, made of all `pieces`.

        Raises Refusal, before a piece is read: length_required, too_large, bad_type, bad_name, slow_down, files_full;
        then too_slow, bad_type, file_refused, files_full, files_unavailable; and what the store raises.
        """
        size, type, name = self._judged(asked)
        with self._pace.one_more(session.hash, address):
            try:
                await self._room.check(uid, size)
                with self._room.held(uid, size):
                    return await self._received(uid, session.uid, asked, type, name, pieces)
            except OSError as error:
                log.warning("a file could not be kept: %s", error)
                raise Refusal("files_full" if error.errno in _NO_ROOM else "files_unavailable") from None

    def _judged(self, asked: Upload) -> tuple[int, FileType, str]:
        if asked.size is None:
            raise Refusal("length_required")
        if asked.size > self._longest:
            raise Refusal("too_large", limit=self._longest)
        type = file_types.by_name(asked.name, asked.declared)
        if type is None:
            raise Refusal("bad_type", type=asked.declared)
        return asked.size, type, file_names.clean(asked.name, type)

    async def _received(
        self, uid: str, by: str, asked: Upload, type: FileType, name: str, pieces: AsyncIterator[bytes]
    ) -> FileInfo:
        id = new_id(uid)
        raw = await self._threads.run(self._driver.draft, id)
        drafts = [raw]
        try:
            if await receive.receive(pieces, lambda piece: self._threads.run(raw.file.write, piece)) != asked.size:
                raise Refusal("bad_request")
            whole = await self._threads.run(receive.judge, self._driver, raw, type, new_id(uid))
            drafts.append(whole.draft)
            await self._scanned(whole.draft)
            await self._threads.run(self._driver.put, whole.draft, id)
        finally:
            for draft in drafts:
                await self._threads.run(self._driver.drop, draft)
        info = FileInfo(id, name, whole.type, whole.size, whole.width, whole.height)
        await self._known(uid, by, asked.note, info)
        return info

    async def _scanned(self, draft: Draft) -> None:
        if self._scan:
            await self._threads.run(draft.file.flush)
            await self._scanning.run(scan, self._scan, draft.path)

    async def _known(self, uid: str, by: str, note: bool, info: FileInfo) -> None:
        """Where it is not known whether the store has it the file stays: the sweep knows."""
        try:
            await self._store.files.keep(uid, by, note, info)
        except (StoreFull, Erased):
            self._threads.later(self._driver.delete, [info.id])
            raise
