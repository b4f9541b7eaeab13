"""How fast one session may go, over all its connections on this node."""

from typing import TYPE_CHECKING

from app.config import Settings
from app.live.bucket import Bucket

if TYPE_CHECKING:
    from app.live.connection import Connection

# Frames of any kind a session may send for each message it may: typing and read marks are cheap, a flood is not.
FRAMES_PER_MESSAGE = 10


class Pace:
    """A bucket for messages, one for frames of any kind, and whose they are."""

    __slots__ = ("connections", "frames", "messages")

    def __init__(self, settings: Settings, now: float) -> None:
        rate, burst = settings.limits.messages_per_second, settings.limits.burst
        self.messages = Bucket(rate, burst, now)
        self.frames = Bucket(rate * FRAMES_PER_MESSAGE, burst * FRAMES_PER_MESSAGE, now)
        self.connections: set[Connection] = set()
