"""The frames that a client may send over the WebSocket, and what stands in them: one JSON object a text message.

Nothing but their shapes: msgspec makes more of these classes than a compiler does, so they have a module of their own.
"""

from typing import Annotated

import msgspec

from app.chat import pages


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
