"""What the store is asked, and who is told of its reply."""

import asyncio
from collections.abc import Callable
from typing import ClassVar

from app.store.resp import Reply
from app.store.scripts import Script

Done = Callable[[Reply], None]


class Command:
    """What the store is asked once, or, where a connection breaks and it may be repeated, until it answers."""

    __slots__ = ("_packed", "deadline", "done", "repeat", "script")
    gathers: ClassVar[bool] = False  # whether more may join it until it leaves

    def __init__(
        self, packed: bytes, done: Done | None, deadline: float, script: Script | None, *, repeat: bool = True
    ) -> None:
        self._packed = packed
        self.done = done  # None where nobody wants an answer any more
        self.deadline = deadline
        self.script = script
        self.repeat = repeat

    def pack(self) -> bytes:
        """As it goes to the store."""
        return self._packed

    def answer(self, reply: Reply) -> None:
        """Tell whoever asked; only the first answer counts."""
        done, self.done = self.done, None
        if done is not None:
            done(reply)


def into(future: asyncio.Future[Reply]) -> Done:
    """Have the reply, or what goes wrong, become the outcome of `future`, unless it has one."""

    def done(reply: Reply) -> None:
        if future.done():
            return
        if isinstance(reply, Exception):
            future.set_exception(reply)
        else:
            future.set_result(reply)

    return done


def ignore(_reply: Reply) -> None:
    """For a reply that nobody waits for; it is logged elsewhere that the store is away."""
