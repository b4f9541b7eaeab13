"""The connections on which commands are given: one where all keys are on one server, one for each shard in a cluster,
and one for people, whose keys are in no shard.

One for each shard, and not for each server, so that a shard that moves takes its commands along in their order and
no other shard waits for it.
"""

import asyncio
from collections.abc import Callable

from app.store.keys import Keys
from app.store.pipeline import ANSWER_PATIENCE, Pipeline
from app.store.topology import Topology
from app.store.troubles import Troubles

# Seconds between two attempts at what a store within reach refuses.
REFUSED_PAUSE = 0.5
# Seconds that what is asked of people waits for a store that is away: a page that loads had better say so soon.
PEOPLE_PATIENCE = 0.5
# Seconds for both where nobody waits, and who asks may itself get no processor for a while.
UNHURRIED = 30.0


class Pipelines:
    """The pipelines of a store. `unhurried`: nobody waits for what is asked."""

    def __init__(self, topology: Topology, keys: Keys, *, unhurried: bool = False) -> None:
        self.topology, self._keys = topology, keys
        self.troubles = Troubles()
        shards = keys.shards()
        apart = shards if topology.spread else shards[:1]
        slow = {"silence": UNHURRIED, "patience": UNHURRIED} if unhurried else {}
        self._each = [Pipeline(topology, shard, self.troubles, **slow) for shard in apart]
        self._by_shard = dict(zip(shards, self._each if topology.spread else self._each * len(shards), strict=True))
        # Patient with a store that is slow: what must not be repeated would be told to have failed.
        slow = slow or {"silence": ANSWER_PATIENCE, "away_patience": PEOPLE_PATIENCE}
        self.people = Pipeline(topology, Keys.people(), self.troubles, **slow)
        """For people, sessions and settings: apart, so that no message waits for them."""

    def start(self) -> None:
        """Begin to connect, and to keep connected."""
        for pipeline in self._all():
            pipeline.start()

    def of(self, uid: str) -> Pipeline:
        """The pipeline for a conversation."""
        return self._by_shard[self._keys.shard_of(uid)]

    def at(self, shard: str) -> Pipeline:
        """The pipeline for a shard."""
        return self._by_shard[shard]

    def each(self) -> list[Pipeline]:
        """The pipelines of the shards, each of them once."""
        return self._each

    def servers(self) -> list[Pipeline]:
        """One pipeline to each server, that of people to theirs."""
        found = {str(pipeline.address): pipeline for pipeline in (*self._each, self.people)}
        return list(found.values())

    def _all(self) -> list[Pipeline]:
        return [*self._each, self.people]

    def on_change(self, changed: Callable[[bool], None]) -> None:
        """Call `changed(up)` whenever a server is reached or lost."""
        for pipeline in self._all():
            pipeline.on_change.append(changed)

    @property
    def up(self) -> bool:
        """Whether everything is within reach."""
        return all(pipeline.up for pipeline in self._all())

    @property
    def some_up(self) -> bool:
        """Whether any shard is within reach: a cluster without one of its servers is still of use to most."""
        return any(pipeline.up for pipeline in self._each)

    async def ready(self) -> None:
        """Wait until everything is within reach."""
        for pipeline in self._all():
            await pipeline.ready()

    async def again(self, uid: str = "") -> None:
        """Wait until what was refused is worth another attempt: the conversation, or all, within reach, and a moment
        later, since a store that is there may still refuse."""
        await asyncio.sleep(REFUSED_PAUSE)
        await (self.of(uid).ready() if uid else self.ready())

    async def close(self) -> None:
        """End the connections. What was not answered is answered StoreAway."""
        for pipeline in self._all():
            await pipeline.close()
