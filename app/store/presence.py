"""Who is online: each node keeps a set of its own, and a heartbeat that vouches for all of it.

A node that dies takes its people with it: observers see its counter stand still, by their own monotonic clocks, and
make everybody on it depart. No wall clock is compared, so a jump of one makes nobody leave.
"""

from app.store import scripts
from app.store.conversations import Event
from app.store.keys import Keys
from app.store.link import Link

_ARRIVE, _DEPART, _AGENT, _BEAT, _BURY = map(scripts.load, ("arrive", "depart", "agent_presence", "beat", "bury"))


class Presence:
    """The presence sets of all shards."""

    def __init__(self, link: Link, keys: Keys) -> None:
        self._link, self._keys = link, keys

    async def arrive(self, boot: str, uid: str, entered: Event) -> None:
        """The visitor `uid` is on the node `boot`; `entered` is told if they were on none."""
        await self._visitor(_ARRIVE, boot, uid, entered)

    async def depart(self, boot: str, uid: str, left: Event) -> None:
        """The visitor `uid` is no longer on the node `boot`; `left` is told if that was the last."""
        await self._visitor(_DEPART, boot, uid, left)

    async def _visitor(self, script: scripts.Script, boot: str, uid: str, event: Event) -> None:
        tag = self._keys.tag(uid)
        keys = (*self._keys.conversation(uid), self._keys.node(tag, boot), self._keys.present(tag))
        await self._link.eval(script, keys, (uid, event.id, event.body))

    async def agent(self, boot: str, uid: str, *, online: bool) -> None:
        """The agent `uid` came to or went from the node `boot`. Kept in each shard, told in the first."""
        for number, tag in enumerate(self._keys.tags()):
            keys = (self._keys.feed(tag), self._keys.node(tag, boot), self._keys.present(tag))
            await self._link.eval(_AGENT, keys, (uid, int(online), int(number == 0), b"{}"))

    async def beat(self, boot: str, *, first: bool) -> list[dict[str, str]]:
        """Vouch for the node `boot`. For each shard: every node's counter; empty where this boot was buried."""
        found = []
        for tag in self._keys.tags():
            flat = await self._link.eval(_BEAT, (self._keys.nodes(tag),), (boot, int(first)))
            texts = [item.decode() for item in flat]
            found.append(dict(zip(texts[::2], texts[1::2], strict=True)))
        return found

    async def bury(self, tag: str, boot: str, counter: str) -> list[str]:
        """Declare a node dead whose counter still is `counter`; returns who must be made to depart from it."""
        keys = (self._keys.nodes(tag), self._keys.node(tag, boot))
        return [item.decode() for item in await self._link.eval(_BURY, keys, (boot, counter))]

    async def on_node(self, boot: str) -> set[str]:
        """Who the store believes to be on the node `boot`."""
        found: set[str] = set()
        for tag in self._keys.tags():
            found.update(item.decode() for item in await self._link.call("SMEMBERS", self._keys.node(tag, boot)))
        return found

    async def online(self) -> set[str]:
        """Everybody online, visitors and agents, on any node."""
        found: set[str] = set()
        for tag in self._keys.tags():
            found.update(item.decode() for item in await self._link.call("HKEYS", self._keys.present(tag)))
        return found

    async def open_conversations(self) -> set[str]:
        """The conversations that wait or are held, whether or not their visitor is online."""
        found: set[str] = set()
        for tag in self._keys.tags():
            items = await self._link.call("ZRANGE", self._keys.open(tag), 0, -1)
            found.update(item.decode() for item in items)
        return found
