"""A file on its way in: its bytes as they come, and what of them is kept."""

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import NamedTuple

from app.chat import pictures
from app.chat.errors import Refusal
from app.chat.file_types import UNSHOWN, FileType
from app.files.directory import Draft, Driver

# Seconds without a byte, and bytes a second as the mean of so many, at which nobody waits any longer.
SILENT_TIMEOUT = 20.0
SLOWEST, MEAN_SECONDS = 4096, 30.0
# Bytes that are written at once: a turn of a thread costs more than copying that many, and a sender's pieces are small.
_AT_ONCE = 64 * 1024
# Bytes by which a type is known.
_FIRST_BYTES = 16


class Whole(NamedTuple):
    """What is to be kept of a file: its bytes, in a draft, and what they are."""

    draft: Draft
    type: str
    size: int
    width: int = 0
    height: int = 0


async def receive(pieces: AsyncIterator[bytes], write: Callable[[bytes], Awaitable[object]]) -> int:
    """Write what comes, and return how many bytes it was. Raises Refusal too_slow.

    The time that our own disk takes is nobody's fault.
    """
    clock = asyncio.get_running_loop().time
    gathered = bytearray()
    size, waited, came = 0, 0.0, 0
    while True:
        began = clock()
        try:
            async with asyncio.timeout(SILENT_TIMEOUT):
                piece = await anext(pieces, b"")
        except TimeoutError:
            raise Refusal("too_slow") from None
        if not piece:
            await write(bytes(gathered))
            return size
        size, came, waited = size + len(piece), came + len(piece), waited + clock() - began
        if waited >= MEAN_SECONDS:
            if came < SLOWEST * waited:
                raise Refusal("too_slow")
            waited, came = 0.0, 0
        gathered += piece
        if len(gathered) >= _AT_ONCE:
            await write(bytes(gathered))
            gathered.clear()


def judge(driver: Driver, raw: Draft, type: FileType, spare: str) -> Whole:
    """What is to be kept of a file that came whole: a picture without its metadata, in a draft by the id `spare`.

    What begins like no file of its type is kept as one of no type. Blocks: for a thread. Raises Refusal bad_type for a
    picture that is none, and OSError.
    """
    raw.file.flush()
    raw.file.seek(0)
    if type.kind == "picture":
        clean = driver.draft(spare)
        try:
            width, height = pictures.clean(type.media_type, raw.file, clean.file)
            clean.file.flush()
            return Whole(clean, type.media_type, clean.file.tell(), width, height)
        except BaseException as error:
            driver.drop(clean)
            if isinstance(error, pictures.NotAPicture):
                raise Refusal("bad_type", type=type.media_type) from None
            raise
    begins = raw.file.read(_FIRST_BYTES)
    return Whole(raw, type.media_type if type.agrees(begins) else UNSHOWN, raw.file.seek(0, os.SEEK_END))
