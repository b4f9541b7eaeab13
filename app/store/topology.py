"""Which server a key is on: the one of a plain URL, the one Sentinel has made the primary, or a cluster's.

Asked before each connection is opened. In between a server that is no longer the right one says so, but for one that
Sentinel has replaced: it may take writes for ten seconds more, all of which are lost. So Sentinel is asked again.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Protocol
from urllib.parse import parse_qsl, urlsplit

from redis.asyncio import Redis
from redis.asyncio.cluster import ClusterNode, RedisCluster
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisClusterException, RedisError

from app.store.address import TLS_OPTIONS, Address, parse

# Seconds for one Sentinel, or one server of a cluster, to say where things are; then the next one is asked.
ASK_TIMEOUT = 1.0
# Seconds a look at a cluster serves all who ask: sixteen shards move at once.
MAP_LIFE = 0.1
SENTINEL_PORT = "26379"


class Topology(Protocol):
    """Where the keys of a store are."""

    look_again: float | None
    """Seconds after which to ask again where a key is; None: never, its server says when it is elsewhere."""
    spread: bool
    """Whether keys with different hash tags may be on different servers."""
    login: Address
    """Some address of it: name, password and encryption are the same for all."""

    async def where(self, hash_tag: str) -> Address:
        """The server that takes writes for keys with `hash_tag`. Raises OSError where nobody knows."""

    async def close(self) -> None:
        """End what was opened to find out."""


class Single:
    """One server, for ever at one address."""

    look_again: float | None = None
    spread = False

    def __init__(self, address: Address) -> None:
        self.login = address

    def __str__(self) -> str:
        return str(self.login)

    async def where(self, hash_tag: str) -> Address:
        """The address that was given."""
        return self.login

    async def close(self) -> None:
        """Nothing was opened."""


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


def of(url: str) -> Topology:
    """The topology in a URL of any kind that settings take. Raises ValueError."""
    scheme = url.partition("://")[0]
    transport, _, kind = scheme.partition("+")
    if not kind:
        return Single(parse(url))
    parts = urlsplit(url)
    options: dict[str, Any] = dict(parse_qsl(parts.query))
    login, at, hosts = parts.netloc.rpartition("@")
    path = parts.path.strip("/").split("/")
    if kind == "sentinel":
        name, database = path[0], "".join(path[1:2])
        places = [
            host if host.rpartition("]")[2].count(":") else f"{host}:{SENTINEL_PORT}" for host in hosts.split(",")
        ]
    else:
        name, database, places = "", "0", hosts.split(",")
    addresses = [parse(f"{transport}://{login}{at}{place}/{database}?{parts.query}") for place in places]
    return Watched(addresses, name, options) if kind == "sentinel" else Clustered(addresses, options)
