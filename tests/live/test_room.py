"""A room hands its entries on as they are in the log that they are in."""

from app.chat import protocol
from app.chat.conversation import Entry
from app.live.room import EncodedEntry, Room, Subscription
from tests.live.silent import Silent


class Collecting(Silent):
    """A subscriber that keeps what came to it."""

    def __init__(self) -> None:
        self.acks: list[bytes] = []

    def entry(self, subscription: Subscription, encoded: EncodedEntry) -> None:
        self.acks.append(encoded.ack(False))


def test_the_place_of_an_entry_is_of_its_own_epoch() -> None:
    room, subscriber = Room("v1"), Collecting()
    subscription = Subscription(room, subscriber)
    room.subscriptions, subscription.buffered = (subscription,), None
    for epoch in (7, 7, 8, 7):
        subscription.epoch, subscription.seq = epoch, 4
        room.deliver(Entry("v1", 5, epoch, "message", "v1", "v", "t.1", 1000, b"{}", None))
    told = [protocol.decode(ack) for ack in subscriber.acks]
    assert [(ack["conversation"], ack["epoch"], ack["seq"]) for ack in told] == [("v1", e, 5) for e in (7, 7, 8, 7)]
