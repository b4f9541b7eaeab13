"""The files of messages that go along with a letter: as many as mailboxes take; the rest waits in the chat."""

import asyncio
from collections.abc import Iterable
from pathlib import Path

from app.chat import protocol
from app.chat.conversation import Entry
from app.courier.mail.letter import Attachment
from app.files.directory import Directory

# Bytes of all files of a letter: as mail they are a third larger, and what is above ten million some servers refuse.
MOST_BYTES = 5 * 1024 * 1024


async def enclosed(entries: Iterable[Entry], directory: str) -> dict[str, Attachment]:
    """Those that fit, by id, in order; none of what cannot be read now: the letter is not to wait for a file."""
    found: dict[str, Attachment] = {}
    left = MOST_BYTES
    for entry in entries:
        file = protocol.decode(entry.body).get("file")
        if file and directory and file["size"] <= left:
            content = await asyncio.to_thread(_read, Path(directory), file["id"])
            if content is not None:
                found[file["id"]] = Attachment(file["name"], file["type"], content)
                left -= file["size"]
    return found


def _read(directory: Path, id: str) -> bytes | None:
    try:
        with Directory(directory).open(id) as file:
            return file.read()
    except OSError:
        return None
