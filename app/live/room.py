"""A conversation on this node: each entry is encoded once, and handed to the subscribers in order, never twice."""

from typing import Protocol

from app.chat import protocol
from app.chat.conversation import Entry, Reader, Side, State
from app.chat.visible import hidden_from
from app.store.messages import Writer


class EncodedEntry:
    """An entry on its way to the subscribers: encoded when the first one asks, once for all who see it alike.

    `log`: in which one it is (protocol.log), where that is known already.
    """

    __slots__ = ("_hidden", "_log", "_place", "_shown", "author", "entry", "epoch", "id", "seq")

    def __init__(self, entry: Entry, log: bytes = b"") -> None:
        self.entry, self._log = entry, log
        self.epoch, self.seq, self.id, self.author = entry.epoch, entry.seq, entry.id, entry.author
        self._place = self._shown = self._hidden = b""

    def frame(self, reader: Reader) -> bytes:
        """The entry as they see it in full mode."""
        entry = self.entry
        if hidden_from(reader, entry):
            self._hidden = self._hidden or protocol.hidden(entry, self.epoch)
            return self._hidden
        if not self._shown:
            self._shown = protocol.entry(entry, self._place or self._found()) if self.seq else protocol.passing(entry)
        return self._shown

    def ack(self, repeat: bool) -> bytes:
        """That it is stored, for its author."""
        return protocol.ack(self._place or self._found(), repeat)

    def _found(self) -> bytes:
        """Where and when, for a frame."""
        log = self._log or protocol.log(self.entry.uid, self.epoch)
        self._place = protocol.place(log, self.seq, self.id, self.entry.time)
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
        if self.buffered is not None:
            self.buffered.append(encoded)
        elif encoded.seq == self.seq + 1 and encoded.epoch == self.epoch:
            self.seq, self.id = encoded.seq, encoded.id
            self.subscriber.entry(self, encoded)
        elif encoded.seq > self.seq or encoded.epoch != self.epoch:
            self.subscriber.broken(self)

    def step(self, encoded: EncodedEntry) -> None:
        """The entry of the history that is next, whatever waits behind it."""
        self.seq, self.id = encoded.seq, encoded.id
        self.subscriber.entry(self, encoded)

    def live(self) -> None:
        """The history is through: pass on what was buffered, and from now on each entry as it comes."""
        buffered, self.buffered = self.buffered or [], None
        for encoded in buffered:
            self.take(encoded)


class Room:
    """The subscriptions to one conversation on this node, and its state by the last entry seen."""

    __slots__ = ("_epoch", "_log", "state", "subscriptions", "uid")

    def __init__(self, uid: str) -> None:
        self.uid = uid
        self._epoch, self._log = 0, b""
        self.state = State()
        # Another tuple with each who comes or goes: one that is cut off by what it is handed hinders no other.
        self.subscriptions: tuple[Subscription, ...] = ()

    def deliver(self, entry: Entry) -> None:
        """Hand an entry of the feed to every subscriber."""
        if entry.state is not None:
            self.state = entry.state
        if entry.epoch != self._epoch:
            self._epoch, self._log = entry.epoch, protocol.log(self.uid, entry.epoch)
        encoded = EncodedEntry(entry, self._log)
        for subscription in self.subscriptions:
            if encoded.seq:
                subscription.take(encoded)
            elif subscription.buffered is None:
                subscription.subscriber.passing(subscription, encoded)
