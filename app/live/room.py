"""One conversation as this node's connections follow it: each entry encoded once, handed on in order, never twice."""

from typing import Protocol

from app.chat import protocol
from app.chat.conversation import Entry, Side, State, hidden_from
from app.store.messages import Writer


class Told:
    """An entry on its way to those who follow: encoded when the first one asks, once for all who see it alike."""

    __slots__ = ("_hidden", "_place", "_shown", "entry")

    def __init__(self, entry: Entry) -> None:
        self.entry = entry
        self._place = self._shown = self._hidden = b""

    def frame(self, side: Side) -> bytes:
        """The entry as this side sees it in full mode."""
        entry = self.entry
        if hidden_from(side, entry.kind):
            self._hidden = self._hidden or protocol.hidden(entry, entry.epoch)
            return self._hidden
        if not self._shown:
            self._shown = protocol.entry(entry, self.place()) if entry.seq else protocol.passing(entry)
        return self._shown

    def place(self) -> bytes:
        """Where and when, for a frame."""
        if not self._place:
            self._place = protocol.place(self.entry, self.entry.epoch)
        return self._place


class Follower(Protocol):
    """What a connection does with the conversation it follows."""

    side: Side

    def entry(self, follow: "Follow", told: Told) -> None:
        """The next entry of the log."""

    def passing(self, follow: "Follow", told: Told) -> None:
        """Typing or a read mark: not in the sequence."""

    def broken(self, follow: "Follow") -> None:
        """The next entry is not the one that follows: compare with the log."""


class Follow:
    """One connection's place in one conversation. While `held_back` is a list, live entries wait there for history."""

    __slots__ = ("ended", "epoch", "follower", "held_back", "id", "room", "seq", "writer")

    def __init__(self, room: "Room", follower: Follower) -> None:
        self.room, self.follower = room, follower
        self.writer: Writer | None = None  # since the follower's first message
        self.epoch = 0
        self.seq = 0
        self.id = ""
        self.held_back: list[Told] | None = []
        self.ended = False

    def awaits(self, epoch: int, seq: int) -> bool:
        """Whether this entry is yet to come here: its place has not been passed."""
        return not self.ended and (self.held_back is not None or self.epoch != epoch or self.seq < seq)

    def take(self, told: Told) -> None:
        """An entry from the feed or the log; what was seen before is passed over."""
        entry = told.entry
        if self.held_back is not None:
            self.held_back.append(told)
        elif entry.seq == self.seq + 1 and entry.epoch == self.epoch:
            self.step(told)
        elif entry.seq > self.seq or entry.epoch != self.epoch:
            self.follower.broken(self)

    def step(self, told: Told) -> None:
        """The entry that is next, whatever waits behind it."""
        self.seq, self.id = told.entry.seq, told.entry.id
        self.follower.entry(self, told)

    def live(self) -> None:
        """History is told: pass on what came meanwhile, and from now on as it comes."""
        held_back, self.held_back = self.held_back or [], None
        for told in held_back:
            self.take(told)


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
        told = Told(entry)
        # A copy: a follower that is cut off while it is told leaves the list.
        for follow in tuple(self.follows):
            if entry.seq:
                follow.take(told)
            elif follow.held_back is None:
                follow.follower.passing(follow, told)
