"""A file of a conversation: what frames show of it, and its id, which says whose conversation it is in."""

import re
import secrets

import msgspec

# `<uid of its conversation>.<22 characters>`: 128 bits that nobody can guess.
_UID = r"[a-z0-9]{26}"
_ID = re.compile(rf"({_UID})\.([A-Za-z0-9_-]{{22}})", re.ASCII)
_RANDOM_BYTES = 16


class FileInfo(msgspec.Struct, frozen=True, omit_defaults=True, gc=False):
    """A file as frames show it. `type`: media type; `size`: bytes; `width` and `height`: pixels of a picture, shown
    upright, 0 where it is none."""

    id: str
    name: str
    type: str
    size: int
    width: int = 0
    height: int = 0


def new_id(uid: str) -> str:
    """The id of one more file of the conversation `uid`."""
    return f"{uid}.{secrets.token_urlsafe(_RANDOM_BYTES)}"


def split_id(id: str) -> tuple[str, str] | None:
    """Of which conversation a file is, and its own part of the id; None where this is no id."""
    found = _ID.fullmatch(id)
    return (found[1], found[2]) if found else None


def is_uid(text: str) -> bool:
    """Whether this could be the uid of a conversation."""
    return re.fullmatch(_UID, text, re.ASCII) is not None
