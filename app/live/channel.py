"""What a socket can do, and what it calls back: the one interface between transports and connections."""

from typing import Protocol


class Channel(Protocol):
    """An open WebSocket, whichever path carries it. None of these waits.

    `full`: whether `buffered` is above what the transport likes to buffer, 64 KiB or less.
    """

    full: bool

    def send(self, text: bytes) -> None:
        """Send one text message (UTF-8)."""

    def ping(self) -> None:
        """Send a ping."""

    def close(self, code: int, reason: str = "") -> None:
        """Send a close frame and end; a peer that does not answer is dropped within a second."""

    def abort(self) -> None:
        """Drop the transport now."""

    def buffered(self) -> int:
        """Bytes accepted by `send` that the kernel has not taken yet."""
        ...

    def pause(self) -> None:
        """Stop reading from the peer; what was parsed already may still arrive."""

    def resume(self) -> None:
        """Go on reading."""


class Receiver(Protocol):
    """The party at our end of a socket. Called from the event loop; must not raise."""

    def opened(self, channel: Channel) -> None:
        """The upgrade is done."""

    def text(self, payload: bytes) -> None:
        """One whole text message, valid UTF-8, within `frame_bytes`."""

    def alive(self) -> None:
        """A sign of life that is no message: a pong, a ping."""

    def drained(self) -> None:
        """What was buffered has left, or fallen below the transport's low-water mark."""

    def closed(self, code: int) -> None:
        """The socket is gone; exactly once, and nothing after it. 1006 where nobody said why."""
