"""A conversation on this node: each entry is encoded once, and handed to the subscribers in order, never twice."""

from typing import Protocol

from app.chat import protocol
from app.chat.conversation import Entry, Reader, Side, State, hidden_from
from app.store.messages import Writer


class EncodedEntry:
    """An entry on its way to the subscribers: encoded when the first one asks, once for all who see it alike."""

    __slots__ = ("_hidden", "_place", "_shown", "entry")

    def __init__(self, entry: Entry) -> None:
        self.entry = entry
        self._place = self._shown = self._hidden = b""

    def frame(self, reader: Reader) -> bytes:
        """The entry as they see it in full mode."""
        entry = self.entry
        if hidden_from(reader, entry):
            self._hidden = self._hidden or protocol.hidden(entry, entry.epoch)
            return self._hidden
        if not self._shown:
            self._shown = protocol.entry(entry, self._place or self._found()) if entry.seq else protocol.passing(entry)
        return self._shown

    def ack(self, repeat: bool) -> bytes:
        """That it is stored, for its author."""
        return protocol.ack(self._place or self._found(), repeat)

    def _found(self) -> bytes:
        """Where and when, for a frame."""
        self._place = protocol.place(self.entry, self.entry.epoch)
        return self._place


class Subscriber(Protocol):
    """What a connection does with the entries of a conversation it subscribes to."""

    side: Side

    def entry(self, subscription: "Subscription", encoded: EncodedEntry) -> None:
        """The next entry of the log."""

    def passing(self, subscription: "Subscription", encoded: EncodedEntry) -> None:
        """Typing or a read mark: not in the sequence."""

    def holder_moved(self, subscription: "Subscription") -> None:
        """Its holder has come or gone, and holds it as before: not in the sequence."""

    def renamed(self, name: str) -> None:
        """Whose connection it is, is called otherwise from now on."""

    def erased(self, uid: str) -> None:
        """The conversation was erased, with its visitor."""

    def broken(self, subscription: "Subscription") -> None:
        """The next entry is not the one that follows: compare with the log."""


class Subscription:
    """One connection's place in one conversation. While `buffered` is a list, live entries wait there for history."""

    __slots__ = ("buffered", "ended", "epoch", "id", "room", "seq", "subscriber", "writer")

    def __init__(self, room: "Room", subscriber: Subscriber) -> None:
        self.room, self.subscriber = room, subscriber
        self.writer: Writer | None = None  # since the subscriber's first message
        self.epoch = 0
        self.seq = 0
        self.id = ""
        self.buffered: list[EncodedEntry] | None = []
        self.ended = False

    def awaits(self, epoch: int, seq: int) -> bool:
        """Whether this entry is yet to come here: its place has not been passed."""
        return not self.ended and (self.buffered is not None or self.epoch != epoch or self.seq < seq)

    def take(self, encoded: EncodedEntry) -> None:
        """An entry from the feed or the log; what was seen before is passed over."""
        entry = encoded.entry
        if self.buffered is not None:
            self.buffered.append(encoded)
        elif entry.seq == self.seq + 1 and entry.epoch == self.epoch:
            self.seq, self.id = entry.seq, entry.id
            self.subscriber.entry(self, encoded)
        elif entry.seq > self.seq or entry.epoch != self.epoch:
            self.subscriber.broken(self)

    def step(self, encoded: EncodedEntry) -> None:
        """The entry of the history that is next, whatever waits behind it."""
        self.seq, self.id = encoded.entry.seq, encoded.entry.id
        self.subscriber.entry(self, encoded)

    def live(self) -> None:
        """The history is through: pass on what was buffered, and from now on each entry as it comes."""
        buffered, self.buffered = self.buffered or [], None
        for encoded in buffered:
            self.take(encoded)


class Room:
    """The subscriptions to one conversation on this node, and its state by the last entry seen."""

    __slots__ = ("state", "subscriptions", "uid")

    def __init__(self, uid: str) -> None:
        self.uid = uid
        self.state = State()
        # Another tuple with each who comes or goes: one that is cut off by what it is handed hinders no other.
        self.subscriptions: tuple[Subscription, ...] = ()

    def deliver(self, entry: Entry) -> None:
        """Hand an entry of the feed to every subscriber."""
        if entry.state is not None:
            self.state = entry.state
        encoded = EncodedEntry(entry)
        for subscription in self.subscriptions:
            if entry.seq:
                subscription.take(encoded)
            elif subscription.buffered is None:
                subscription.subscriber.passing(subscription, encoded)
