"""The frames that the server sends over the WebSocket, and the codes it closes with.

Frames are JSON objects, one a WebSocket text message. An entry of a conversation is encoded once here, whoever
receives it; its body was encoded by the node of its author and travels through the store as bytes.
"""

import re
from datetime import UTC, datetime
from functools import lru_cache
from typing import Annotated, Any, TypeGuard

import msgspec

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

# RFC 3339's form, to the nanosecond at most; that it is a day and an hour is msgspec's to say, which takes more forms.
_TIMESTAMP = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d{1,9})?([Zz]|[+-]\d\d:\d\d)", re.ASCII)
_Moment = Annotated[datetime, msgspec.Meta(tz=True)]

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


def is_timestamp(value: object) -> TypeGuard[str]:
    """Whether it is a time of RFC 3339 with offset."""
    if not isinstance(value, str) or not _TIMESTAMP.fullmatch(value):
        return False
    try:
        msgspec.convert(value, _Moment)
    except msgspec.ValidationError:
        return False
    return True


def user(
    uid: str, nickname: str, role: str, enter_at: int, name: str = "", *, verified: bool = False
) -> dict[str, Any]:
    """A person as frames show them; `enter_at` in unix ms; `name`: what they are called, if not by their nickname.

    `verified`: whether the shop vouches for who they are; of others nothing is said of it.
    """
    # `name` stands first: by that `_named` knows who has one.
    return {
        "name": name or nickname,
        "uid": uid,
        "nickname": nickname,
        "role": role,
        "enter_at": timestamp(enter_at),
        **({"verified": True} if verified else {}),
    }


def named(user: dict[str, str]) -> dict[str, str]:
    """A person of an entry; one of before people had names is called by the nickname."""
    return {"name": user["nickname"], **user}


def _named(body: bytes) -> bytes:
    """The body of an entry, its `user` with a name."""
    if body.startswith(b'{"user":{"name":'):
        return body
    found = decode(body)
    return encode({**found, "user": named(found["user"])})


def message_body(user: bytes, content: str, send_time: str | None = None, reply_to: int | None = None) -> bytes:
    """The body of a message's entry; `user` is encoded, as it is the same for all of a connection's messages.

    A message's `file` is put behind all this where it is stored (append.lua).
    """
    more = b"" if send_time is None else b',"client_send_time":' + encode(send_time)
    if reply_to is not None:
        more += b',"reply_to":%d' % reply_to
    return b'{"user":%s,"content":%s%s}' % (user, encode(content), more)


def event_body(user: dict[str, str], **more: object) -> bytes:
    """The body of an event's entry."""
    return encode({"user": user, **more})


def log(uid: str, epoch: int) -> bytes:
    """In which log an entry is: how its place begins."""
    return f'"conversation":"{uid}","epoch":{epoch},"seq":'.encode()


def place(log: bytes, seq: int, id: str, time: int) -> bytes:
    """What a `message` and its `ack` have in common: where and when."""
    return log + f'{seq},"id":"{id}","msg_time":"{timestamp(time)}"'.encode()


def entry(entry: Entry, place: bytes) -> bytes:
    """A `message` or `event` frame for an entry of the log."""
    if entry.kind == "message":
        return b'{"type":"message",%b,%b' % (place, _named(entry.body)[1:])
    return b'{"type":"event","kind":"%b",%b,%b' % (entry.kind.encode(), place, _named(entry.body)[1:])


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


def plain_role(role: str) -> str:
    """A role by one of the two words the demo knew; who speaks for the shop is its `admin`."""
    return "user" if role == "visitor" else "admin"


def plain(
    type: int, user: dict[str, str], content: str, msg_time: int, send_time: object = None, url: str = ""
) -> bytes:
    """A plain-mode frame; `send_time` counts where it is a time, else the message's own stands in its place."""
    time = timestamp(msg_time)
    return encode(
        {
            "user": {**user, "role": plain_role(user["role"])},
            "type": type,
            "content": content,
            "msg_time": time,
            "client_send_time": send_time if is_timestamp(send_time) else time,
            "url": url,
        }
    )


def plain_message(entry: Entry) -> bytes:
    """A message's entry as plain mode shows it: a file as the address of its bytes, and by its name where it has no
    words beside it."""
    body = decode(entry.body)
    content, url = body["content"], ""
    if file := body.get("file"):
        content, url = content or file["name"], f"/v1/files/{file['id']}"
    return plain(PLAIN_MESSAGE, named(body["user"]), content, entry.time, body.get("client_send_time"), url)
