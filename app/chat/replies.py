"""Canned replies: texts that are written once and sent often, found by a short word."""

import unicodedata

import msgspec

from app.chat import client_frames, names
from app.chat.errors import Refusal

LONGEST_SHORTCUT = 32
# How many the shop has at most, and each agent.
MOST_SHARED, MOST_OWN = 200, 100


class Reply(msgspec.Struct, frozen=True):
    """One of them. `version` counts its changes; `by` is the name of who made the last one."""

    id: str
    shortcut: str
    text: str
    shared: bool
    version: int = 1
    by: str = ""


def checked(reply: Reply, limit: int) -> Reply:
    """The reply as it is kept; `limit`: characters of a message, 0 for any. Raises Refusal bad_shortcut, bad_reply,
    too_long."""
    shortcut = unicodedata.normalize("NFKC", reply.shortcut[: LONGEST_SHORTCUT * 8].strip()).removeprefix("/")
    if not 1 <= len(shortcut) <= LONGEST_SHORTCUT or not _one_word(shortcut):
        raise Refusal("bad_shortcut", limit=LONGEST_SHORTCUT)
    if not reply.text.strip():
        raise Refusal("bad_reply")
    try:
        text = client_frames.check_content(reply.text.strip(), limit)
    except Refusal as refusal:
        raise refusal if refusal.code == "too_long" else Refusal("bad_reply") from None
    return msgspec.structs.replace(reply, shortcut=shortcut, text=text)


def _one_word(shortcut: str) -> bool:
    return names.visible(shortcut[0]) and all(names.visible(c) or unicodedata.combining(c) for c in shortcut)
