"""What a client says over the WebSocket, judged: its frames (chat/frames.py), and what it may say in them."""

import re
from typing import Any

import msgspec

from app.chat import json_faults, names
from app.chat.errors import Refusal
from app.chat.frames import Frame, Ping, PlainSend, Read, Send, Typing

# A message's id: the name of its tab, and its number there, one that every client can hold exactly.
_TAB = re.compile(r"[A-Za-z0-9_-]{1,32}")
_DIGITS = 15

_full = msgspec.json.Decoder(Frame)
_plain = msgspec.json.Decoder(PlainSend)
# Quotes around the keys and values of the frames that come often, without a conversation, which needs four: with none
# more, no key stands twice. Of other frames there are never so few.
_QUOTES: dict[type, int] = {Send: 12, Typing: 6, Read: 6, Ping: 4}
_LOOK_CLOSER = -1
# Bytes of a message as most clients write it, without what is said: in one that is no longer there is no room for more.
_SEND_BYTES, _CONVERSATION_BYTES = len(b'{"type":"send","id":"","content":""}'), len(b',"conversation":""')


def parse(payload: bytes) -> Frame:
    """The frame in `payload`. Raises Refusal bad_frame, naming the field."""
    frame: Frame = _decoded(_full, payload)
    if type(frame) is Send:
        length = _SEND_BYTES + len(frame.id) + len(frame.content)
        if frame.conversation is not None:
            length += _CONVERSATION_BYTES + len(frame.conversation)
        if len(payload) == length:
            return frame
    needed = _QUOTES.get(type(frame), _LOOK_CLOSER)
    if getattr(frame, "conversation", None) is not None:
        needed += 4
    if payload.count(b'"') != needed:
        _refuse_duplicates(payload)
    return frame


def parse_plain(payload: bytes) -> PlainSend:
    """The plain-mode message in `payload`. Raises Refusal bad_frame, naming the field."""
    frame: PlainSend = _decoded(_plain, payload)
    needed = 4 if frame.send_time is None else 8 if type(frame.send_time) is str else 6
    if payload.count(b'"') != needed:
        _refuse_duplicates(payload)
    return frame


def _decoded(decoder: msgspec.json.Decoder[Any], payload: bytes) -> Any:
    try:
        return decoder.decode(payload)
    except (msgspec.MsgspecError, UnicodeError, RecursionError) as error:
        raise Refusal("bad_frame", field=_field(str(error))) from None


def _refuse_duplicates(payload: bytes) -> None:
    try:
        json_faults.refuse_twins(payload)
    except json_faults.TwinKey as twin:
        raise Refusal("bad_frame", field=str(twin)) from None
    except (ValueError, RecursionError):
        raise Refusal("bad_frame", field="json") from None


def _field(reason: str) -> str:
    return json_faults.field(reason) or ("type" if "Invalid value" in reason or "`type`" in reason else "json")


def split_id(id: str, known: str = "") -> tuple[str, str]:
    """The tab in a message's id, and the digits of its number there. `known`: a tab that was one before, looked at no
    more. Raises Refusal bad_id."""
    tab, _, number = id.rpartition(".")
    if (tab != known or not tab) and _TAB.fullmatch(tab) is None:
        raise Refusal("bad_id")
    if not (0 < len(number) <= _DIGITS and number.isascii() and number.isdecimal()) or number[0] == "0":
        raise Refusal("bad_id")
    return tab, number


def check_content(content: str, limit: int, *, optional: bool = False) -> str:
    """The text of a message, at most `limit` characters (0: any number); beside a file it is `optional`.

    Raises Refusal bad_frame, too_long.
    """
    if optional and not content:
        return content
    # Nearly every message begins with something to see.
    if "\0" in content or not ("!" <= content[:1] <= "~" or any(map(names.visible, content))):
        raise Refusal("bad_frame", field="content")
    if limit and len(content) > limit:
        raise Refusal("too_long", limit=limit)
    return content
