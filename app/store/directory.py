"""All conversations the shop ever had, by when something last happened in them; the tags they have."""

import asyncio
from collections import Counter

from app.store.keys import Keys
from app.store.pipelines import Pipelines
from app.store.resp import pairs

# Conversations that may be active in one millisecond at the edge of a page.
_SAME_MOMENT = 50


class Directory:
    """Asked for a page at a time; each question goes to every shard."""

    def __init__(self, pipelines: Pipelines, keys: Keys) -> None:
        self._pipelines, self._keys = pipelines, keys

    async def recent(self, before: tuple[int, str] | None, label: str, count: int) -> list[tuple[int, str]]:
        """The `count` conversations last active (or, with a tag `label`, last given it) before `before`, newest first.

        Each is (unix ms, uid), and so is `before`: exclusive, None for the newest.
        """
        newest = "+inf" if before is None else before[0]
        # Those of the same millisecond as `before` come again, and are passed over.
        most = count + (_SAME_MOMENT if before else 0)

        async def of(shard: str) -> list[tuple[int, str]]:
            key = self._keys.tagged(shard, label) if label else self._keys.all(shard)
            raw = await self._pipelines.at(shard).call(
                "ZRANGE", key, newest, "-inf", "BYSCORE", "REV", "LIMIT", 0, most, "WITHSCORES"
            )
            return [(int(float(score)), uid.decode()) for uid, score in zip(raw[::2], raw[1::2], strict=True)]

        found = await asyncio.gather(*map(of, self._keys.shards()))
        rows = sorted((row for own in found for row in own), reverse=True)
        return [row for row in rows if before is None or row < before][:count]

    async def labels(self) -> list[str]:
        """Every tag in use, the most used first."""
        found = await asyncio.gather(
            *(self._pipelines.at(shard).call("HGETALL", self._keys.tags_in_use(shard)) for shard in self._keys.shards())
        )
        used: Counter[str] = Counter()
        for own in found:
            used.update({label: int(number) for label, number in pairs(own).items()})
        return [label for label, _ in used.most_common()]
