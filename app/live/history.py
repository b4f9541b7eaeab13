"""The history of a conversation, a page at a time, as a party may see it."""

from dataclasses import dataclass
from typing import Any

import msgspec

from app.chat import protocol
from app.chat.conversation import Entry, Reader
from app.chat.visible import hidden_from
from app.store.conversations import ENTRIES_PER_PAGE, Conversations, Page

MAX_ENTRIES, USUAL_ENTRIES = 200, 50
# Notes of one page, and entries that are looked through for them.
NOTES_PER_PAGE, MOST_ENTRIES_FOR_NOTES = 20, 5 * ENTRIES_PER_PAGE


@dataclass(frozen=True)
class History:
    """A page of a conversation, oldest first, and the conversation as it stands."""

    now: Page
    entries: list[Entry]


async def read(
    conversations: Conversations, uid: str, before: int | None, after: int | None, limit: int, *, messages: bool
) -> History:
    """At most `limit` entries: the first after `after`, or the last before `before` (or of all).

    `messages`: only messages count; else every entry of the log.
    """
    now = await conversations.now(uid)
    if after is not None:
        last = now.seq if before is None else min(before - 1, now.seq)
        entries = await _forward(conversations, uid, after, last, limit, messages)
    else:
        entries = await _backward(conversations, uid, before, limit, messages)
    # What came since the first look belongs to the next page: `seq` and the last entry must be of one moment.
    return History(now, [entry for entry in entries if entry.seq <= now.seq])


async def around(conversations: Conversations, uid: str, seq: int, limit: int, *, messages: bool) -> History:
    """At most `limit` entries, about half of them before the entry `seq` and the rest from it on."""
    now = await conversations.now(uid)
    older = await _backward(conversations, uid, max(seq, 1), limit // 2, messages) if limit > 1 else []
    newer = await _forward(conversations, uid, seq - 1, now.seq, limit - len(older), messages)
    if len(older) + len(newer) < limit:  # near the end there are more before it
        older = await _backward(conversations, uid, max(seq, 1), limit - len(newer), messages)
    return History(now, [entry for entry in [*older, *newer] if entry.seq <= now.seq])


async def _backward(
    conversations: Conversations, uid: str, before: int | None, limit: int, messages: bool
) -> list[Entry]:
    found: list[Entry] = []
    place = 0 if before is None else max(before, 1)
    while len(found) < limit and place != 1:
        page = await conversations.before(uid, place, ENTRIES_PER_PAGE)
        if not page:
            break
        place = page[0].seq
        found[:0] = [entry for entry in page if entry.kind == "message" or not messages]
    return found[-limit:]


async def notes(conversations: Conversations, uid: str, before: int) -> tuple[list[Entry], int]:
    """The last notes before seq `before` (0: of all), newest first; and before which seq there may be more, 0 for none.

    They stand among all else that is said, so only so much is looked through at a time.
    """
    found: list[Entry] = []
    for _ in range(MOST_ENTRIES_FOR_NOTES // ENTRIES_PER_PAGE):
        page = await conversations.before(uid, before, ENTRIES_PER_PAGE)
        found += [entry for entry in reversed(page) if entry.kind == "note"]
        before = page[0].seq if len(page) == ENTRIES_PER_PAGE else 0
        if not before or len(found) >= NOTES_PER_PAGE:
            break
    if len(found) > NOTES_PER_PAGE:
        return found[:NOTES_PER_PAGE], found[NOTES_PER_PAGE - 1].seq
    return found, before


async def _forward(
    conversations: Conversations, uid: str, after: int, last: int, limit: int, messages: bool
) -> list[Entry]:
    """What is still kept after `after` and up to `last`."""
    found: list[Entry] = []
    while len(found) < limit:
        page = await conversations.between(uid, max(after, 0) + 1, last, ENTRIES_PER_PAGE)
        if not page:
            break
        after = page[-1].seq
        found += [entry for entry in page if entry.kind == "message" or not messages]
    return found[:limit]


def frames(history: History, reader: Reader) -> list[msgspec.Raw]:
    """The page as full-mode frames, exactly as a socket would have brought them."""
    return [msgspec.Raw(frame(entry, history.now.epoch, reader)) for entry in history.entries]


def frame(entry: Entry, epoch: int, reader: Reader) -> bytes:
    """An entry as they may see it."""
    if hidden_from(reader, entry):
        return protocol.hidden(entry, epoch)
    return protocol.entry(entry, protocol.place(protocol.log(entry.uid, epoch), entry.seq, entry.id, entry.time))


def items(history: History, reader: Reader) -> list[dict[str, Any]]:
    """The page's messages that they may see as plain mode shows them, with their place."""
    return [
        {
            **protocol.decode(protocol.plain_message(entry)),
            "epoch": history.now.epoch,
            "seq": entry.seq,
            "id": entry.id,
        }
        for entry in history.entries
        if entry.kind == "message" and not hidden_from(reader, entry)
    ]
