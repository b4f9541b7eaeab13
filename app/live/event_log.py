"""The events that a node's streams are sent: each framed once, numbered, and remembered for streams that come back."""

from collections import deque

from app.chat import protocol

# Events kept for streams that come back: at fifty changes a second the last forty seconds.
REMEMBERED_EVENTS = 2000


class EventLog:
    """An event's id is `<boot>-<number>`: a place in the log of one node, in one of its lives, and in no other."""

    def __init__(self, boot: str) -> None:
        self._boot, self._count = boot, 0
        self._events: deque[tuple[int, bytes]] = deque(maxlen=REMEMBERED_EVENTS)

    def frame(self, data: object, kind: str = "") -> bytes:
        """An event with the id of the place where the log stands. It is not remembered."""
        head = f"id: {self._boot}-{self._count}\n" + (f"event: {kind}\n" if kind else "")
        return head.encode() + b"data: " + protocol.encode(data) + b"\n\n"

    def append(self, data: object, kind: str) -> bytes:
        """The next event, framed."""
        self._count += 1
        event = self.frame(data, kind)
        self._events.append((self._count, event))
        return event

    def since(self, last: str) -> bytes | None:
        """The events after the one with the id `last`; None where they are not all known any more."""
        boot, _, number = last.rpartition("-")
        if boot != self._boot or not number.isdecimal() or int(number) > self._count:
            return None
        oldest = self._events[0][0] if self._events else self._count + 1
        if int(number) + 1 < oldest:
            return None
        return b"".join(event for count, event in self._events if count > int(number))

    def forget(self) -> None:
        """Forget all of them: no id that a client has is a place any more."""
        self._events.clear()
        self._count += 1
