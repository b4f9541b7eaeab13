"""The frames that a client may send over the WebSocket, and what it may say in them: one JSON object a text message."""

import re
from functools import lru_cache
from typing import Annotated, Any

import msgspec

from app.chat import json_faults, names, pages
from app.chat.errors import Refusal

# The name of a tab, in the id of each of its messages.
_TAB = re.compile(r"[A-Za-z0-9_-]+")
_TAB_LENGTH = 32
_NUMBER_LENGTH = 15  # of a message's number in its tab at most: a number that every client can hold exactly


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
    """A message, or (`note`) an agent's private note; `id` is `<tab>.<n>`. `file`: id of the file it has; `reply_to`:
    seq of the entry it answers."""

    id: str
    content: str
    conversation: str | None = None
    note: bool = False
    file: str | None = None
    reply_to: int | None = None


class Typing(_Frame):
    """Somebody types, or stopped."""

    on: bool
    conversation: str | None = None


class Read(_Frame):
    """The client's person has seen everything up to `seq`."""

    seq: int
    conversation: str | None = None


class Context(_Frame):
    """A visitor looks at this page of the shop; `seen`: id of its life, by which it told of them before they wrote.

    `consent`: this page, and those to come, may be known.
    """

    page: str
    title: str = ""
    seen: Annotated[str, msgspec.Meta(pattern=pages.LIFE)] = ""
    consent: bool = False


class Ping(_Frame):
    """Is anybody there?"""


class PlainSend(msgspec.Struct, gc=False):
    """A message in plain mode; `send_time` is given back as it came, where it is a time of RFC 3339."""

    content: str
    # As large as a JavaScript program's numbers can be.
    send_time: str | Annotated[int, msgspec.Meta(ge=-(2**53), le=2**53)] | float | None = None


Frame = Join | Leave | Send | Typing | Read | Context | Ping

_full = msgspec.json.Decoder(Frame)
_plain = msgspec.json.Decoder(PlainSend)
# Quotes around the keys and values of the frames that come often, without a conversation.
_QUOTES: dict[type, int] = {Send: 12, Typing: 6, Read: 6, Ping: 4}


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
    if payload.count(b'"') != _quotes(frame):
        _refuse_duplicates(payload)
    return frame


def _quotes(frame: Any) -> int:
    """How many quotes a frame's keys and values need: with none more, no key stands twice. -1: look closer."""
    if type(frame) is PlainSend:
        return 4 if frame.send_time is None else 8 if type(frame.send_time) is str else 6
    needed = _QUOTES.get(type(frame), -1)
    return needed if needed < 0 or getattr(frame, "conversation", None) is None else needed + 4


def _refuse_duplicates(payload: bytes) -> None:
    try:
        json_faults.refuse_twins(payload)
    except json_faults.TwinKey as twin:
        raise Refusal("bad_frame", field=str(twin)) from None
    except (ValueError, RecursionError):
        raise Refusal("bad_frame", field="json") from None


def _field(reason: str) -> str:
    return json_faults.field(reason) or ("type" if "Invalid value" in reason or "`type`" in reason else "json")


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
