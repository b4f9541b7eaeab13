"""The event streams that are open on this node: whose they are, and how each event reaches all of them."""

import asyncio
from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING

from app.live.event_stream import EventStream

if TYPE_CHECKING:
    from app.store.sessions import Session

# Streams written to in one turn of the loop: a tenth of a millisecond.
STREAMS_PER_TURN = 16
# Seconds without an open stream after which events are not kept for one that comes back.
SECONDS_WITHOUT_STREAMS = 60.0


class EventStreams:
    """A stream leaves by itself when it is closed."""

    def __init__(self) -> None:
        self._open: set[EventStream] = set()
        self._due: deque[EventStream] = deque()  # those that the latest events have still to be written to
        self._none_since: float | None = float("-inf")
        self._closed = False

    def add(self, session: "Session", *, delta: bool, cut: Callable[[], object], first: bytes) -> EventStream:
        """Open one, which begins with `first` (EventStream says the rest); closed at once where the node stops."""
        stream = EventStream(session, delta, cut)
        if self._closed:
            stream.close()
            return stream
        stream.push(first)
        self._open.add(stream)
        stream.on_close = self._open.discard
        return stream

    # -- whose they are ---------------------------------------------------------------------------------------------

    def __len__(self) -> int:
        return len(self._open)

    def count(self, session: str) -> int:
        """How many streams a session has open, by its hash."""
        return sum(stream.session.hash == session for stream in self._open)

    def sessions(self) -> dict[str, "Session"]:
        """Whose streams are open, by the session's hash."""
        return {stream.session.hash: stream.session for stream in self._open}

    def renew(self, session: "Session") -> None:
        """A session was looked at again: its streams learn how long it lasts."""
        for stream in self._open:
            if stream.session.hash == session.hash:
                stream.session = session

    def end_session(self, hash: str) -> None:
        """End every stream of a session."""
        for stream in [stream for stream in self._open if stream.session.hash == hash]:
            stream.close()

    # -- what they are sent -----------------------------------------------------------------------------------------

    @property
    def sending(self) -> bool:
        """Whether some have still to be written to."""
        return bool(self._due)

    @property
    def all_delta(self) -> bool:
        """Whether none wants the whole list after each change."""
        return all(stream.delta for stream in self._open)

    def send(self, events: bytes, whole: bytes, done: Callable[[], object]) -> None:
        """Write `events`, or the `whole` list to those that want it, to all that are open now; then call `done`.

        A few are written to at a time: a thousand of them must not keep the conversations waiting.
        """
        self._due = deque(self._open)
        self._send_some(events, whole, done)

    def _send_some(self, events: bytes, whole: bytes, done: Callable[[], object]) -> None:
        for _ in range(min(STREAMS_PER_TURN, len(self._due))):
            stream = self._due.popleft()
            stream.push(events if stream.delta else whole)
        if self._due:
            asyncio.get_running_loop().call_soon(self._send_some, events, whole, done)
        else:
            done()

    def begin_anew(self, snapshot: Callable[[bool], bytes]) -> None:
        """Write `snapshot(delta)` to every stream. It is newer than what some had still to be sent."""
        self._due.clear()
        framed = {delta: snapshot(delta) for delta in {stream.delta for stream in self._open}}
        for stream in tuple(self._open):
            stream.push(framed[stream.delta])

    def long_none(self) -> bool:
        """Whether it is so long since one was open that none will go on from there: then nothing need be framed."""
        now = asyncio.get_running_loop().time()
        if self._open:
            self._none_since = None
        elif self._none_since is None:
            self._none_since = now
        return self._none_since is not None and now - self._none_since > SECONDS_WITHOUT_STREAMS

    # -- the end ----------------------------------------------------------------------------------------------------

    def sweep(self) -> None:
        """Once a second: cut those whose peers take nothing."""
        for stream in tuple(self._open):
            stream.look()

    def close(self) -> None:
        """End every stream, and let none begin: the node stops."""
        self._closed = True
        for stream in tuple(self._open):
            stream.close()
