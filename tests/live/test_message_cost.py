"""What a message costs a node, counted in calls: none that was saved comes back unseen."""

import asyncio
import os
import sys
from collections import Counter
from types import FrameType
from typing import Any

from app import config
from app.live.connection import Connection
from app.live.node import Node
from app.live.timings import Timings
from app.store.sessions import Session
from app.store.store import Store
from tests.running import ROOT, UNLIMITED

CONVERSATIONS, ROUNDS = 8, 10
# Calls of our own functions for a message that is acknowledged and delivered, from source; of what is compiled only
# those are seen that come from outside of it.
MOST_CALLS = 45


class Sunk:
    """A channel that takes all and passes on nothing."""

    full = False

    def __init__(self) -> None:
        self.sent = 0

    def send(self, text: bytes) -> None:
        self.sent += text.startswith((b'{"type":"ack"', b'{"type":"message"'))

    def ping(self) -> None: ...

    def close(self, code: int, reason: str = "") -> None: ...

    def abort(self) -> None: ...

    def buffered(self) -> int:
        return 0

    def pause(self) -> None: ...

    def resume(self) -> None: ...


async def test_a_message_takes_no_more_calls_than_it_did(store_url: str) -> None:
    store = Store(store_url, 1, 30, 30, 168)
    await store.open()
    node = Node(store, config.load({}, UNLIMITED, None).settings, Timings())
    await node.start()
    try:
        channels = await _open_chats(node)
        calls = await _count(node, channels)
    finally:
        for connection, _ in channels:
            connection.closed(1001)
        await node.stop()
        await store.close()
    # What is not called for each of them is done for several together, or for something else.
    each = {name: count // (CONVERSATIONS * 2 * ROUNDS) for name, count in calls.items()}
    print({name: count for name, count in each.items() if count})
    assert sum(each.values()) <= MOST_CALLS


async def _open_chats(node: Node) -> list[tuple[Connection, Sunk]]:
    """Both ends of each conversation, which are live."""
    store = node.store
    agent = await store.people.add_agent("Ada", "correct horse battery", "admin")
    await node.team.load()
    _, answering = await store.sessions.create(agent)
    ends: list[tuple[Session, str | None]] = []
    for number in range(CONVERSATIONS):
        visitor = await store.people.login_visitor(f"Guest {number}", None)
        _, asking = await store.sessions.create(visitor)
        ends += [(asking, None), (answering, visitor.uid)]
    channels: list[tuple[Connection, Sunk]] = []
    for session, client in ends:
        connection, channel = await node.chats.open(session, client=client, full=True), Sunk()
        connection.opened(channel)
        channels.append((connection, channel))
    async with asyncio.timeout(60):
        while any(not one.subscriptions or _waits(one) for one, _ in channels):
            await store.people.has_admin()  # a round trip to the store
    for task in tuple(node._tasks):  # the node's other duties
        task.cancel()
    return channels


def _waits(connection: Connection) -> bool:
    return any(subscription.buffered is not None for subscription in connection.subscriptions.values())


async def _count(node: Node, channels: list[tuple[Connection, Sunk]]) -> Counter[str]:
    """The calls of our functions on the way of a message, while each end says something, several times over."""
    calls: Counter[str] = Counter()
    path = ("live/conn", "live/conv", "live/full", "live/hub", "live/room", "live/subm", "live/rate", "store/", "chat/")
    ours = tuple(os.path.join(ROOT, "app", folder) for folder in path)

    def note(frame: FrameType, event: str, _arg: Any) -> None:
        if event == "call" and frame.f_code.co_filename.startswith(ours):
            calls[frame.f_code.co_qualname] += 1

    for number in range(1, ROUNDS + 1):
        due = sum(channel.sent for _, channel in channels) + 2 * len(channels)
        sys.setprofile(note)
        for at, (connection, _) in enumerate(channels):
            connection.text(b'{"type":"send","id":"tab%d.%d","content":"Hello, in blue, please"}' % (at, number))
        async with asyncio.timeout(60):
            while sum(channel.sent for _, channel in channels) < due or any(one.busy for one, _ in channels):
                sys.setprofile(note)
                await asyncio.sleep(0)
                sys.setprofile(None)
    sys.setprofile(None)
    return calls
