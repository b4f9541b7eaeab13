"""Who is online: each node keeps a set of its own, and a heartbeat that vouches for all of it.

A node that dies takes its people with it: observers see its counter stand still, by their own monotonic clocks, and
make everybody on it depart. No wall clock is compared, so a jump of one makes nobody leave.
"""

import asyncio
from collections.abc import Callable, Iterable
from contextlib import suppress

import msgspec

from app.store import scripts
from app.store.changes import Event
from app.store.errors import Erased
from app.store.keys import Keys
from app.store.pipelines import Pipelines
from app.store.resp import pairs, texts

_ARRIVE, _DEPART, _AGENT = map(scripts.load, ("arrive", "depart", "agent_presence"))
_BEAT, _BURY, _ROLL_CALL = map(scripts.load, ("beat", "bury", "roll_call"))


class Presence:
    """The presence sets. Each shard has its own, of its visitors and of all agents: they fail one by one."""

    def __init__(self, pipelines: Pipelines, keys: Keys) -> None:
        self._pipelines, self._keys = pipelines, keys

    async def arrive(self, boot: str, uid: str, entered: Event) -> None:
        """The visitor `uid` is on the node `boot`; `entered` is told if they were on none."""
        await self._visitor(_ARRIVE, boot, uid, entered)

    async def depart(self, boot: str, uid: str, left: Event) -> None:
        """The visitor `uid` is no longer on the node `boot`; `left` is told if that was the last."""
        await self._visitor(_DEPART, boot, uid, left)

    async def _visitor(self, script: scripts.Script, boot: str, uid: str, event: Event) -> None:
        shard = self._keys.shard_of(uid)
        keys = (*self._keys.conversation(uid), self._keys.node(shard, boot), self._keys.present(shard))
        with suppress(Erased):  # who is nobody's concern any more
            await self._pipelines.of(uid).eval(script, keys, (uid, event.id, event.body))

    async def agent(self, shard: str, boot: str, uid: str, *, online: bool) -> None:
        """The agent `uid` came to or went from the node `boot`: each shard keeps it, the first one's feed tells it."""
        keys = (self._keys.feed(shard), self._keys.node(shard, boot), self._keys.present(shard))
        first = shard == self._keys.shard(0)
        await self._pipelines.at(shard).eval(_AGENT, keys, (uid, int(online), int(first), b"{}"))

    async def beat(self, shard: str, boot: str, *, first: bool) -> dict[str, str]:
        """Vouch for the node `boot` in a shard. Every node's counter there; empty where this boot was buried."""
        return pairs(await self._pipelines.at(shard).eval(_BEAT, (self._keys.nodes(shard),), (boot, int(first))))

    async def bury(self, shard: str, boot: str, counter: str) -> list[str]:
        """Declare a node dead whose counter still is `counter`; returns who must be made to depart from it."""
        keys = (self._keys.nodes(shard), self._keys.node(shard, boot))
        return texts(await self._pipelines.at(shard).eval(_BURY, keys, (boot, counter)))

    async def call_roll(self, shard: str, boot: str, uid: str, others: Iterable[str]) -> None:
        """Have the nodes `others` say anew in this shard that `uid` is there; they hear `roll_call` with the shard
        as its `tag`."""
        nodes = (self._keys.node(shard, node) for node in (boot, *others))
        keys = (self._keys.feed(shard), self._keys.present(shard), *nodes)
        await self._pipelines.at(shard).eval(_ROLL_CALL, keys, (uid, uid[0], msgspec.json.encode({"tag": shard})))

    async def on_node(self, shard: str, boot: str) -> set[str]:
        """Who the shard believes to be on the node `boot`."""
        return set(texts(await self._pipelines.at(shard).call("SMEMBERS", self._keys.node(shard, boot))))

    async def online(self) -> set[str]:
        """Everybody online, visitors and agents, on any node."""
        return await self._all(lambda shard: ("HKEYS", self._keys.present(shard)))

    async def open_conversations(self) -> set[str]:
        """The conversations that wait or are held, whether or not their visitor is online."""
        return await self._all(lambda shard: ("ZRANGE", self._keys.open(shard), 0, -1))

    async def _all(self, command: Callable[[str], tuple[str | int, ...]]) -> set[str]:
        """The replies of all shards in one."""
        replies = await asyncio.gather(
            *(self._pipelines.at(shard).call(*command(shard)) for shard in self._keys.shards())
        )
        return set().union(*map(texts, replies))
