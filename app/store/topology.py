"""Which server a key is on: the one of a plain URL, the one Sentinel has made the primary, or a cluster's.

Asked before each connection is opened. In between a server that is no longer the right one says so, but for one that
Sentinel has replaced: it may take writes for ten seconds more, all of which are lost. So Sentinel is asked again.
"""

from typing import Any, Protocol
from urllib.parse import parse_qsl, urlsplit

from app.store.address import Address, parse

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


def of(url: str) -> Topology:
    """The topology in a URL of any kind that settings take. Raises ValueError."""
    scheme = url.partition("://")[0]
    transport, _, kind = scheme.partition("+")
    if not kind:
        return Single(parse(url))
    from app.store.several import Clustered, Watched

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
