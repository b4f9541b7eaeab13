"""Where the keys of a store of several servers are: with the primary that Sentinel has made, or all over a cluster.

Loaded by those who have one: with redis-py, whose clients ask, it takes as long as all of ours.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from redis.asyncio import Redis
from redis.asyncio.cluster import ClusterNode, RedisCluster
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisClusterException, RedisError

from app.store.address import TLS_OPTIONS, Address

# Seconds for one Sentinel, or one server of a cluster, to say where things are; then the next one is asked.
ASK_TIMEOUT = 1.0
# Seconds a look at a cluster serves all who ask: sixteen shards move at once.
MAP_LIFE = 0.1


class Watched:
    """A primary and its replicas, under the eyes of Sentinels that name another primary when this one is gone."""

    look_again: float | None = 1.0
    spread = False

    def __init__(self, sentinels: Sequence[Address], name: str, options: dict[str, str]) -> None:
        self.login, self._name = sentinels[0], name
        asking = {
            **_asking(self.login, options),
            "username": options.get("sentinel_username"),
            "password": options.get("sentinel_password"),
            "retry": Retry(NoBackoff(), 0),  # the next one is asked instead
        }
        self._sentinels = [Redis(host=place.host, port=place.port, **asking) for place in sentinels]
        self._places = ",".join(map(str, sentinels))

    def __str__(self) -> str:
        return f"{self._name} (Sentinel {self._places})"

    async def where(self, hash_tag: str) -> Address:
        """The primary that the first Sentinel names which answers. Raises OSError with what each of them says."""
        said = dict[str, None]()  # the same of all, as a rule: once
        for sentinel in self._sentinels.copy():
            try:
                masters: dict[str, dict[str, Any]] = await sentinel.sentinel_masters()  # type: ignore[assignment]
            except RedisError as error:
                said[str(error)] = None
                continue
            known = masters.get(self._name)
            if known and known["is_master"] and not (known["is_sdown"] or known["is_odown"]):
                self._sentinels.sort(key=lambda one: one is not sentinel)  # asked first from now on
                return replace(self.login, host=known["ip"], port=int(known["port"]))
            said[f"{self._name} is down" if known else f"no {self._name} is known"] = None
        raise OSError("; ".join(said))

    async def close(self) -> None:
        """End the connections to the Sentinels."""
        for sentinel in self._sentinels:
            await sentinel.aclose()


class Clustered:
    """Many primaries, each with some of the slots, and each slot with the keys of some hash tags."""

    look_again: float | None = None
    spread = True

    def __init__(self, nodes: Sequence[Address], options: dict[str, str]) -> None:
        self.login = nodes[0]
        self._map = RedisCluster(
            startup_nodes=[ClusterNode(node.host, node.port) for node in nodes],
            require_full_coverage=False,  # some of the shop is better than none
            dynamic_startup_nodes=False,  # the names in the URL outlive the addresses behind them
            username=self.login.username or None,
            password=self.login.password or None,
            **_asking(self.login, options),
        )
        self._looked = -MAP_LIFE
        self._looking = asyncio.Lock()
        self._places = ",".join(map(str, nodes))

    def __str__(self) -> str:
        return f"cluster {self._places}"

    async def where(self, hash_tag: str) -> Address:
        """The primary of the hash tag's slot."""
        try:
            await self._look()
            node = self._map.get_node_from_key(hash_tag)
        except (RedisError, RedisClusterException) as error:  # neither is one of the other
            raise OSError(str(error)) from None
        if node is None:
            raise OSError(f"nobody serves {hash_tag}")
        return replace(self.login, host=node.host, port=int(node.port))

    async def _look(self) -> None:
        clock = asyncio.get_running_loop().time
        async with self._looking:
            if clock() - self._looked >= MAP_LIFE:
                known = [(node.host, int(node.port)) for node in self._map.get_nodes()]
                await self._map.nodes_manager.initialize(known)
                self._looked = clock()

    async def close(self) -> None:
        """End the connections by which the map was made."""
        await self._map.aclose()


def _asking(login: Address, options: dict[str, str]) -> dict[str, Any]:
    """How to ask where things are: quickly, and encrypted where the rest is."""
    asking: dict[str, Any] = {"socket_timeout": ASK_TIMEOUT, "socket_connect_timeout": ASK_TIMEOUT}
    if login.tls is not None:
        asking |= {"ssl": True} | {word: options[word] for word in TLS_OPTIONS if word in options}
    return asking
