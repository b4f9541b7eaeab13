"""The rooms of this node: entries come in from the feed, and reach the connections that subscribe to their room."""

import logging
from collections.abc import Awaitable, Callable

from app.chat.conversation import Entry, State
from app.live.neighbours import Neighbours
from app.live.room import EncodedEntry, Room, Subscriber, Subscription
from app.store.conversations import Conversations, Page, Reset

log = logging.getLogger("chatadmin.live")


class Hub:
    """The rooms of this node. A room exists while somebody subscribes to it."""

    def __init__(self, conversations: Conversations, neighbours: Neighbours) -> None:
        self._conversations, self._neighbours = conversations, neighbours
        self._rooms: dict[str, Room] = {}
        self.followed: set[bytes] = set()  # their uids, as the feed has them

    def deliver(self, entry: Entry) -> None:
        """Hand an entry of the feed to whoever subscribes to its conversation here."""
        room = self._rooms.get(entry.uid)
        if room is not None:
            room.deliver(entry)

    def learn(self, uid: str, state: State) -> None:
        """A change of hands made here, ahead of its entry in the feed: its holder may write at once."""
        room = self._rooms.get(uid)
        if room is not None and state.fence >= room.state.fence:
            room.state = state

    def moved(self, agent: str) -> None:
        """An agent has come or gone: whoever subscribes to what they hold hears of it, once `joined` is answered."""
        for subscription in self.subscriptions():
            if subscription.epoch and subscription.room.state.owner == agent:
                subscription.subscriber.holder_moved(subscription)

    def renamed(self, uid: str, name: str) -> None:
        """A visitor is called otherwise from now on: what their open chats send says so."""
        room = self._rooms.get(uid)
        for subscription in room.subscriptions if room else ():
            if subscription.subscriber.side == "visitor":
                subscription.subscriber.renamed(name)

    def subscribe(self, uid: str, subscriber: Subscriber) -> Subscription:
        """Begin a subscription: live entries are buffered from now on, until `catch_up` has handed on the history."""
        room = self._rooms.get(uid)
        if room is None:
            room = self._rooms[uid] = Room(uid)
            self.followed.add(uid.encode())
            self._neighbours.opened(uid)
        subscription = Subscription(room, subscriber)
        room.subscriptions += (subscription,)
        return subscription

    def unsubscribe(self, subscription: Subscription) -> None:
        """End a subscription."""
        room, subscription.ended = subscription.room, True
        room.subscriptions = tuple(one for one in room.subscriptions if one is not subscription)
        if not room.subscriptions and self._rooms.get(room.uid) is room:
            del self._rooms[room.uid]
            self.followed.discard(room.uid.encode())
            self._neighbours.closed(room.uid)

    async def enter(self, subscription: Subscription, epoch: int | None, after: int | None, id: str) -> Page | Reset:
        """The first look at the log: from the place the client has, or from now on."""
        page = await self._conversations.attach(subscription.room.uid, epoch=epoch, after=after, id=id)
        if isinstance(page, Page):
            subscription.epoch, subscription.seq, subscription.id = page.epoch, page.seq if after is None else after, id
            subscription.room.state = page.state
        return page

    async def catch_up(
        self, subscription: Subscription, page: Page, room_to_write: Callable[[], Awaitable[bool]]
    ) -> Reset | None:
        """Hand on the history from the place of the subscription, page by page, then what was buffered, then go live.

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
        """Every subscription on this node."""
        return [subscription for room in self._rooms.values() for subscription in room.subscriptions]

    def uids(self) -> list[str]:
        """Of every room."""
        return list(self._rooms)

    def __len__(self) -> int:
        return len(self._rooms)
