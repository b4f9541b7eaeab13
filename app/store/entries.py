"""Entries as logs and feeds hold them: `scripts/_conversation.lua` and `_announce.lua` write them, here they are read.

In a log an entry has a head, kind|author|role|id|time, and a body. In a feed its head stands between
uid|seq|epoch| and |state, which is status|unanswered since|holder|fence|unread. One field to split costs less than ten.
"""

from functools import lru_cache
from typing import Any

from app.chat.conversation import Entry, State


def logged(uid: str, epoch: int, item: Any) -> Entry:
    """An item of a conversation's log, whose id is `<seq>-0`."""
    id, (_, head, _, body, *_) = item
    kind, author, role, message, time = head.decode().split("|")
    return Entry(uid, int(id.partition(b"-")[0]), epoch, kind, author, role, message, int(time), body, None)


def told(head: bytes, body: bytes) -> Entry:
    """One entry of an item of a feed. Raises ValueError where another version wrote it."""
    uid, seq, epoch, kind, author, role, id, time, standing = head.decode().split("|", 8)
    return Entry(
        uid, int(seq), int(epoch), kind, author, role, id, int(time), body, state(standing) if standing else None
    )


def uid_told(head: bytes) -> bytes:
    """In which conversation an entry of a feed is; nothing where in none."""
    return head.partition(b"|")[0]


def time_told(head: bytes) -> int:
    """When an entry of a feed was written, unix ms."""
    return int(head.split(b"|")[7])


@lru_cache(4096)  # while a conversation is held, most of its messages leave it as it was
def state(text: str) -> State:
    """A conversation's state, as it stands in its meta and in feeds. One that was linked to another is over for good,
    which scripts have to know; to everybody else it is resolved."""
    status, waiting, owner, fence, unread = text.split("|")
    status = "resolved" if status == "linked" else status
    return State(status, int(waiting), owner, int(fence), int(unread))  # type: ignore[arg-type]
