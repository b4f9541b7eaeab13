"""Every frame of the WebSocket: what a client may say, and the words the server answers with.

Frames are JSON objects, one a WebSocket text message. An entry of a conversation is encoded once here, whoever
receives it; its body was encoded by the node of its author and travels through the store as bytes.
"""

import json
import re
from datetime import UTC, datetime
from functools import lru_cache
from typing import Annotated, Any

import msgspec

from app.chat import names
from app.chat.conversation import Entry
from app.chat.errors import Refusal

SUBPROTOCOL = "chatadmin.v1"

# Close codes of RFC 6455, two that stand for a close frame without one, and for none; and ours.
NORMAL, GOING_AWAY, PROTOCOL_ERROR, UNSUPPORTED, BAD_TEXT, TOO_BIG, RESTART = 1000, 1001, 1002, 1003, 1007, 1009, 1012
NO_STATUS, ABNORMAL = 1005, 1006
SESSION_ENDED, SILENT, TOO_SLOW, TOO_FAST = 4401, 4408, 4413, 4429
# What a peer may give as its reason to close (RFC 6455, 7.4).
CLOSE_CODES = frozenset({NORMAL, GOING_AWAY, PROTOCOL_ERROR, UNSUPPORTED, *range(BAD_TEXT, 1015), *range(3000, 5000)})

# Plain mode's `type`.
PLAIN_MESSAGE, PLAIN_WELCOME, PLAIN_ENTERED, PLAIN_LEFT, PLAIN_ERROR = range(5)

_TAB = re.compile(r"[A-Za-z0-9_-]+")
_TAB_LENGTH = 32
_NUMBER_LENGTH = 15  # of a message's number in its tab at most: a number that every client can hold exactly


# -- what a client says -------------------------------------------------------------------------------------------


class _Frame(msgspec.Struct, tag_field="type", tag=str.lower, gc=False):
    pass


class Join(_Frame):
    """Subscribe to a conversation from the place reached on; without `after`, from now on."""

    conversation: str
    epoch: int | None = None
    after: int | None = None
    id: str | None = None


class Leave(_Frame):
    """Subscribe to it no longer."""

    conversation: str


class Send(_Frame):
    """A message, or (`note`) an agent's private note; `id` is `<tab>.<n>`."""

    id: str
    content: str
    conversation: str | None = None
    note: bool = False


class Typing(_Frame):
    """Somebody types, or stopped."""

    on: bool
    conversation: str | None = None


class Read(_Frame):
    """Everything up to `seq` was seen."""

    seq: int
    conversation: str | None = None


class Ping(_Frame):
    """Is anybody there?"""


class PlainSend(msgspec.Struct, gc=False):
    """A message in plain mode; `send_time` is given back as it came."""

    content: str
    # As large as a JavaScript program's numbers can be.
    send_time: str | Annotated[int, msgspec.Meta(ge=-(2**53), le=2**53)] | float | None = None


Frame = Join | Leave | Send | Typing | Read | Ping

_full = msgspec.json.Decoder(Frame)
_plain = msgspec.json.Decoder(PlainSend)
_KEYS = (b'"type"', b'"content"', b'"id"', b'"conversation"', b'"seq"', b'"after"', b'"epoch"', b'"on"', b'"send_time"')


def parse(payload: bytes) -> Frame:
    """The frame in `payload`. Raises Refusal bad_frame, naming the field."""
    return _parse(_full, payload)  # type: ignore[no-any-return]


def parse_plain(payload: bytes) -> PlainSend:
    """The plain-mode message in `payload`. Raises Refusal bad_frame, naming the field."""
    return _parse(_plain, payload)  # type: ignore[no-any-return]


def _parse(decoder: msgspec.json.Decoder[Any], payload: bytes) -> Any:
    try:
        frame = decoder.decode(payload)
    except (msgspec.MsgspecError, UnicodeError, RecursionError) as error:
        raise Refusal("bad_frame", field=_field(str(error))) from None
    if type(frame) is Send and payload.count(b'"') == (12 if frame.conversation is None else 16):
        return frame  # not a quote more than its keys and values need
    for key in _KEYS:
        # In JSON text a quoted name can stand inside a string only with its quotes escaped, so a second one is
        # either a value or a second key: rare enough to look closer.
        if payload.count(key) > 1:
            _refuse_duplicates(payload)
            break
    return frame


def _refuse_duplicates(payload: bytes) -> None:
    def unique(pairs: list[tuple[str, Any]]) -> None:
        seen: set[str] = set()
        for key, _ in pairs:
            if key in seen:
                raise Refusal("bad_frame", field=key[:32])
            seen.add(key)

    try:
        json.loads(payload, object_pairs_hook=unique)
    except (ValueError, RecursionError):
        raise Refusal("bad_frame", field="json") from None


def _field(reason: str) -> str:
    path = re.search(r"`\$\.(\w+)", reason) or re.search(r"field `(\w+)`", reason)
    if path:
        return path[1]
    return "type" if "Invalid value" in reason or "`type`" in reason else "json"


def split_id(id: str) -> tuple[str, int]:
    """The tab and the count in a message's id. Raises Refusal bad_id."""
    tab, _, number = id.rpartition(".")
    # Lengths first: what is remembered of names must not grow with what a client makes up.
    if len(tab) > _TAB_LENGTH or len(number) > _NUMBER_LENGTH or not _is_tab(tab):
        raise Refusal("bad_id")
    if not (number.isascii() and number.isdecimal()) or number[0] == "0":
        raise Refusal("bad_id")
    return tab, int(number)


@lru_cache(4096)  # a tab says many things
def _is_tab(name: str) -> bool:
    return _TAB.fullmatch(name) is not None


def check_content(content: str, limit: int) -> str:
    """The text of a message, at most `limit` characters (0: any number). Raises Refusal bad_frame, too_long."""
    # Nearly every message begins with something to see.
    if "\0" in content or not ("!" <= content[:1] <= "~" or any(map(names.visible, content))):
        raise Refusal("bad_frame", field="content")
    if limit and len(content) > limit:
        raise Refusal("too_long", limit=limit)
    return content


# -- what the server says -----------------------------------------------------------------------------------------

encode = msgspec.json.encode
decode = msgspec.json.decode


@lru_cache(256)  # what is stored in one step has one time
def timestamp(ms: int) -> str:
    """Unix milliseconds as RFC 3339 with offset."""
    return f"{_second(ms // 1000)}.{ms % 1000:03d}+00:00"


@lru_cache(64)  # and others follow within the second
def _second(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S")


def milliseconds(timestamp: str) -> int:
    """RFC 3339 with offset as unix milliseconds."""
    return round(datetime.fromisoformat(timestamp).timestamp() * 1000)


def user(uid: str, nickname: str, role: str, enter_at: int) -> dict[str, str]:
    """A person as frames show them; `enter_at` in unix ms."""
    return {"uid": uid, "nickname": nickname, "role": role, "enter_at": timestamp(enter_at)}


def message_body(user: bytes, content: str, send_time: str | int | float | None = None) -> bytes:
    """The body of a message's entry; `user` is encoded, as it is the same for all of a connection's messages."""
    more = b"" if send_time is None else b',"client_send_time":' + encode(send_time)
    return b'{"user":%s,"content":%s%s}' % (user, encode(content), more)


def event_body(user: dict[str, str], **more: object) -> bytes:
    """The body of an event's entry."""
    return encode({"user": user, **more})


def place(entry: Entry, epoch: int) -> bytes:
    """What a `message` and its `ack` have in common: where and when."""
    return (
        f'"conversation":"{entry.uid}","epoch":{epoch},"seq":{entry.seq},"id":"{entry.id}",'
        f'"msg_time":"{timestamp(entry.time)}"'
    ).encode()


def entry(entry: Entry, place: bytes) -> bytes:
    """A `message` or `event` frame for an entry of the log."""
    if entry.kind == "message":
        return b'{"type":"message",%b,%b' % (place, entry.body[1:])
    return b'{"type":"event","kind":"%b",%b,%b' % (entry.kind.encode(), place, entry.body[1:])


def hidden(entry: Entry, epoch: int) -> bytes:
    """In place of an entry that this party may not see: its `seq`, so that their sequence has no gap."""
    return b'{"type":"event","kind":"hidden","conversation":"%s","epoch":%d,"seq":%d}' % (
        entry.uid.encode(),
        epoch,
        entry.seq,
    )


def ack(place: bytes, repeat: bool) -> bytes:
    """The message is stored, durably, once."""
    return b'{"type":"ack",%b%b}' % (place, b',"repeat":true' if repeat else b"")


def passing(entry: Entry) -> bytes:
    """A `typing` or `read` frame: not in the sequence, may be lost."""
    return b'{"type":"%s","conversation":"%s",%s' % (entry.kind.encode(), entry.uid.encode(), entry.body[1:])


def frame(type: str, **fields: object) -> bytes:
    """Any other frame: hello, joined, pong, reset, bye."""
    return encode({"type": type, **fields})


def error(refusal: Refusal, sentence: str, **fields: object) -> bytes:
    """An `error` frame: the code for the program, the sentence for the person."""
    return encode(
        {
            "type": "error",
            "code": refusal.code,
            "msg": sentence,
            **refusal.detail,
            **{name: value for name, value in fields.items() if value is not None},
        }
    )


# -- plain mode ---------------------------------------------------------------------------------------------------


def plain(type: int, user: dict[str, str], content: str, msg_time: int, send_time: object = "") -> bytes:
    """A plain-mode frame. Both roles of agents read `admin`, the only word the demo knew."""
    role = "admin" if user["role"] == "agent" else user["role"]
    return encode(
        {
            "user": {**user, "role": role},
            "type": type,
            "content": content,
            "msg_time": timestamp(msg_time),
            "client_send_time": send_time,
            "url": "",
        }
    )


def plain_message(entry: Entry) -> bytes:
    """A message's entry as plain mode shows it."""
    body = decode(entry.body)
    return plain(PLAIN_MESSAGE, body["user"], body["content"], entry.time, body.get("client_send_time", ""))
