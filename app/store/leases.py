"""Leases: what one of many does at a time, until it gives it up or is not heard of any more.

A lease keeps work from being done twice, and makes nothing safe: it may run out while its holder, unaware, still works.
Whatever must be done once sees to that in the step in which it is done.
"""

from app.store import scripts
from app.store.keys import Keys
from app.store.pipelines import Pipelines

_LEASE = scripts.load("lease")


class Leases:
    """The leases of each shard, by name. A lease runs out by the store's own clock."""

    def __init__(self, pipelines: Pipelines) -> None:
        self._pipelines = pipelines

    async def take(self, shard: str, name: str, who: str, seconds: float) -> bool:
        """Take the lease, or renew it; False where another has it."""
        return bool(
            await self._pipelines.at(shard).eval(_LEASE, (Keys.lease(shard, name),), (who, round(seconds * 1000)))
        )

    async def give_up(self, shard: str, name: str, who: str) -> None:
        """Let another take it at once; nothing where it is another's already."""
        await self._pipelines.at(shard).eval(_LEASE, (Keys.lease(shard, name),), (who, 0))
