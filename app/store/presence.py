"""Who is online: each node keeps a set of its own, and a heartbeat that vouches for all of it.

A node that dies takes its people with it: observers see its counter stand still, by their own monotonic clocks, and
make everybody on it depart. No wall clock is compared, so a jump of one makes nobody leave.
"""

import asyncio
from collections.abc import Callable, Iterable

import msgspec

from app.store import scripts
from app.store.changes import Event
from app.store.keys import Keys
from app.store.pipelines import Pipelines
from app.store.resp import pairs

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
        tag = self._keys.tag(uid)
        keys = (*self._keys.conversation(uid), self._keys.node(tag, boot), self._keys.present(tag))
        await self._pipelines.of(uid).eval(script, keys, (uid, event.id, event.body))

    async def agent(self, tag: str, boot: str, uid: str, *, online: bool) -> None:
        """The agent `uid` came to or went from the node `boot`. Kept in each shard, told in the first."""
        keys = (self._keys.feed(tag), self._keys.node(tag, boot), self._keys.present(tag))
        first = tag == self._keys.shard_tag(0)
        await self._pipelines.at(tag).eval(_AGENT, keys, (uid, int(online), int(first), b"{}"))

    async def beat(self, tag: str, boot: str, *, first: bool) -> dict[str, str]:
        """Vouch for the node `boot` in a shard. Every node's counter there; empty where this boot was buried."""
        return pairs(await self._pipelines.at(tag).eval(_BEAT, (self._keys.nodes(tag),), (boot, int(first))))

    async def bury(self, tag: str, boot: str, counter: str) -> list[str]:
        """Declare a node dead whose counter still is `counter`; returns who must be made to depart from it."""
        keys = (self._keys.nodes(tag), self._keys.node(tag, boot))
        return [item.decode() for item in await self._pipelines.at(tag).eval(_BURY, keys, (boot, counter))]

    async def call_roll(self, tag: str, boot: str, uid: str, others: Iterable[str]) -> None:
        """Have the nodes `others` say anew in this shard that `uid` is there; they hear `roll_call` with its `tag`."""
        nodes = (self._keys.node(tag, node) for node in (boot, *others))
        keys = (self._keys.feed(tag), self._keys.present(tag), *nodes)
        await self._pipelines.at(tag).eval(_ROLL_CALL, keys, (uid, uid[0], msgspec.json.encode({"tag": tag})))

    async def on_node(self, tag: str, boot: str) -> set[str]:
        """Who the shard believes to be on the node `boot`."""
        return _texts(await self._pipelines.at(tag).call("SMEMBERS", self._keys.node(tag, boot)))

    async def online(self) -> set[str]:
        """Everybody online, visitors and agents, on any node."""
        return await self._all(lambda tag: ("HKEYS", self._keys.present(tag)))

    async def open_conversations(self) -> set[str]:
        """The conversations that wait or are held, whether or not their visitor is online."""
        return await self._all(lambda tag: ("ZRANGE", self._keys.open(tag), 0, -1))

    async def _all(self, command: Callable[[str], tuple[str | int, ...]]) -> set[str]:
        """The replies of all shards in one."""
        replies = await asyncio.gather(*(self._pipelines.at(tag).call(*command(tag)) for tag in self._keys.tags()))
        return set().union(*map(_texts, replies))


def _texts(reply: Iterable[bytes]) -> set[str]:
    return {item.decode() for item in reply}
