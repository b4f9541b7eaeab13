"""One conversation as this node's connections follow it: each entry encoded once, handed on in order, never twice."""

from collections.abc import Callable
from typing import Protocol

from app.chat import protocol
from app.chat.conversation import Entry, Side, State, hidden_from


class Follower(Protocol):
    """What a connection does with the conversation it follows."""

    side: Side

    def entry(self, follow: "Follow", entry: Entry, frame: Callable[[], bytes]) -> None:
        """The next entry of the log. `frame()` is it as this side sees it in full mode."""

    def passing(self, follow: "Follow", entry: Entry, frame: Callable[[], bytes]) -> None:
        """Typing or a read mark: not in the sequence."""

    def broken(self, follow: "Follow") -> None:
        """The next entry is not the one that follows: compare with the log."""


class Follow:
    """One connection's place in one conversation. While `held_back` is a list, live entries wait there for history."""

    __slots__ = ("epoch", "follower", "held_back", "id", "room", "seq")

    def __init__(self, room: "Room", follower: Follower) -> None:
        self.room, self.follower = room, follower
        self.epoch = 0
        self.seq = 0
        self.id = ""
        self.held_back: list[Entry] | None = []

    def take(self, entry: Entry, frame: Callable[[], bytes]) -> None:
        """An entry from the feed or the log; what was seen before is passed over."""
        if self.held_back is not None:
            self.held_back.append(entry)
        elif entry.epoch != self.epoch or entry.seq > self.seq + 1:
            self.follower.broken(self)
        elif entry.seq == self.seq + 1:
            self.step(entry, frame)

    def step(self, entry: Entry, frame: Callable[[], bytes]) -> None:
        """The entry that is next, whatever waits behind it."""
        self.seq, self.id = entry.seq, entry.id
        self.follower.entry(self, entry, frame)

    def live(self) -> None:
        """History is told: pass on what came meanwhile, and from now on as it comes."""
        held_back, self.held_back = self.held_back or [], None
        for entry in held_back:
            self.take(entry, encoder(entry, self.follower.side))


class Room:
    """The followers of one conversation on this node, and its state by the last entry seen."""

    __slots__ = ("follows", "state", "uid")

    def __init__(self, uid: str) -> None:
        self.uid = uid
        self.state = State()
        self.follows: list[Follow] = []

    def deliver(self, entry: Entry) -> None:
        """Hand an entry of the feed to everybody who follows."""
        if entry.state is not None:
            self.state = entry.state
        frames: dict[bool, Callable[[], bytes]] = {}
        # A copy: a follower that is cut off while it is told leaves the list.
        for follow in tuple(self.follows):
            side = follow.follower.side
            hides = hidden_from(side, entry.kind)
            frame = frames.get(hides)
            if frame is None:
                frame = frames[hides] = encoder(entry, side)
            if entry.logged:
                follow.take(entry, frame)
            elif follow.held_back is None:
                follow.follower.passing(follow, entry, frame)


def encoder(entry: Entry, side: Side) -> Callable[[], bytes]:
    """The frame of `entry` for `side`, made when first asked for and kept for the next who asks."""
    made: bytes | None = None

    def frame() -> bytes:
        nonlocal made
        if made is None:
            if not entry.logged:
                made = protocol.passing(entry)
            elif hidden_from(side, entry.kind):
                made = protocol.hidden(entry, entry.epoch)
            else:
                made = protocol.entry(entry, entry.epoch)
        return made

    return frame
