"""Who listens to what: entries come in from the feed, and reach the connections that follow their conversation."""

import logging
from collections.abc import Awaitable, Callable

from app.chat.conversation import Entry, State
from app.live.room import EncodedEntry, Room, Subscriber, Subscription
from app.store.conversations import Conversations, Page, Reset

log = logging.getLogger("chatadmin.live")


class Hub:
    """The rooms of this node. A room exists while somebody follows it."""

    def __init__(self, conversations: Conversations) -> None:
        self._conversations = conversations
        self._rooms: dict[str, Room] = {}

    def deliver(self, entry: Entry) -> None:
        """Hand an entry of the feed to whoever follows its conversation here."""
        room = self._rooms.get(entry.uid)
        if room is not None:
            room.deliver(entry)

    def learn(self, uid: str, state: State) -> None:
        """A change of hands made here, ahead of its entry in the feed: its holder may write at once."""
        room = self._rooms.get(uid)
        if room is not None and state.fence >= room.state.fence:
            room.state = state

    def subscribe(self, uid: str, subscriber: Subscriber) -> Subscription:
        """Begin to follow: live entries are held back from now on, until `catch_up` has told the history."""
        room = self._rooms.get(uid)
        if room is None:
            room = self._rooms[uid] = Room(uid)
        subscription = Subscription(room, subscriber)
        room.subscriptions.append(subscription)
        return subscription

    def unsubscribe(self, subscription: Subscription) -> None:
        """Stop following."""
        room, subscription.ended = subscription.room, True
        if subscription in room.subscriptions:
            room.subscriptions.remove(subscription)
        if not room.subscriptions and self._rooms.get(room.uid) is room:
            del self._rooms[room.uid]

    async def enter(self, subscription: Subscription, epoch: int | None, after: int | None, id: str) -> Page | Reset:
        """The first look at the log: from the place the client holds, or from now on."""
        page = await self._conversations.attach(subscription.room.uid, epoch=epoch, after=after, id=id)
        if isinstance(page, Page):
            subscription.epoch, subscription.seq, subscription.id = page.epoch, page.seq if after is None else after, id
            subscription.room.state = page.state
        return page

    async def catch_up(
        self, subscription: Subscription, page: Page, room_to_write: Callable[[], Awaitable[bool]]
    ) -> Reset | None:
        """Tell the history from where the subscriber is, page by page, then what was held back, then go live.

        `room_to_write()` waits until the connection's buffer has room, and is False once it is gone.
        """
        while True:
            for entry in page.entries:
                if not await room_to_write():
                    return None
                subscription.step(EncodedEntry(entry))
            if subscription.seq >= page.seq:
                subscription.live()
                return None
            found = await self._conversations.attach(
                subscription.room.uid, epoch=subscription.epoch, after=subscription.seq
            )
            if isinstance(found, Reset):
                return found
            page = found

    def subscriptions(self) -> list[Subscription]:
        """Everybody's place in every conversation followed here."""
        return [subscription for room in self._rooms.values() for subscription in room.subscriptions]

    def __len__(self) -> int:
        return len(self._rooms)
