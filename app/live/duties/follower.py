"""The follower of the log: reads what was written, behind the messages, for consumers that keep a view of it.

Of all followers of one name one works for each shard, the holder of its lease. It hears which conversations changed,
and compares all of them with their marks when it begins and when it missed something. So whatever is stored reaches
every consumer in the end, and a consumer's own step sees to it that it does so once (duties/consumer.py).

It needs an open store and an event loop, and no node: a worker's hears from the feed of its node; another process may
read the feed itself, or have everything compared from time to time.
"""

import asyncio
import secrets
from collections.abc import Callable, Iterable, Sequence
from itertools import chain
from typing import Any

from app.chat.conversation import Entry
from app.live.duties.consumer import Consumer
from app.live.duties.shard import LOOK_INTERVAL, ShardFollower
from app.store.store import Store


class Follower:
    """One follower by the name `name`. Have it `hear` the feed; `run` it; `stop` it.

    `more()`: in which conversations something was said that it did not hear, since that was asked.
    """

    def __init__(
        self,
        store: Store,
        name: str,
        consumers: Sequence[Consumer[Any]],
        more: Callable[[], Iterable[str]] = tuple,
    ) -> None:
        self._keys, self._more, me = store.keys, more, secrets.token_hex(8)
        self._changed: set[str] = set()
        self._shards = {shard: ShardFollower(store, shard, name, me, consumers) for shard in store.keys.shards()}

    def hear(self, entry: Entry) -> None:
        """Note what the feed tells. The entries are read later, those of one conversation together."""
        if entry.seq:
            self._changed.add(entry.uid)

    def missed(self, shard: str) -> None:
        """Something of this shard was not heard: compare all of it."""
        self._shards[shard].compare()

    async def run(self) -> None:
        """Work until cancelled."""
        async with asyncio.TaskGroup() as works:
            for one in self._shards.values():
                works.create_task(one.run())
            while True:
                await asyncio.sleep(LOOK_INTERVAL)
                changed, self._changed = self._changed, set()
                self._note(chain(changed, self._more()))

    def _note(self, changed: Iterable[str]) -> None:
        """There is more to take of these, for who follows their shards. Nothing is kept for another that does: whoever
        takes a shard over compares all of it."""
        ours = {shard: one.todo for shard, one in self._shards.items() if one.ours}
        if ours:
            for uid in changed:
                if (todo := ours.get(self._keys.shard_of(uid))) is not None:
                    todo[uid] = None

    async def stop(self) -> None:
        """Once `run` has ended: let others take over at once."""
        await asyncio.gather(*(one.give_up() for one in self._shards.values()))
