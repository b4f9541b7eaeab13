"""Where the store is and how to open a connection to it: addresses, handshakes and what its errors mean."""

import asyncio
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import hiredis
from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.connection import parse_url
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from app.chat.errors import Refusal

P = TypeVar("P", bound=asyncio.Protocol)

# How a store that is away shows: the link's refusal, and the errors of the client library.
AWAY = (Refusal, RedisError)

# Replies that say "not now" rather than "no": the command may be given again once the store is itself again.
_AWAY = (
    "LOADING",
    "READONLY",
    "MASTERDOWN",
    "CLUSTERDOWN",
    "TRYAGAIN",
    "NOREPLICAS",
    "MISCONF",
    "NOAUTH",
    "BUSY",
)

# Connections to the store for what is not hot, in each worker: requests share them, a round trip each.
CONNECTIONS = 16


@dataclass(frozen=True)
class Address:
    """One server: a TCP host and port or a Unix socket path, with what its handshake needs."""

    host: str
    port: int
    path: str
    username: str
    password: str
    database: int
    tls: ssl.SSLContext | None

    def __str__(self) -> str:
        return self.path or f"{self.host}:{self.port}"


def parse(url: str) -> Address:
    """The address in a `redis://`, `rediss://` or `unix://` URL. Raises ValueError for anything else."""
    options: dict[str, Any] = dict(parse_url(url))
    return Address(
        host=options.get("host") or "127.0.0.1",
        port=int(options.get("port") or 6379),
        path=options.get("path") or "",
        username=options.get("username") or "",
        password=options.get("password") or "",
        database=int(options.get("db") or 0),
        tls=_tls(options) if url.startswith("rediss://") else None,
    )


def _tls(options: dict[str, Any]) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=options.get("ssl_ca_certs"))
    if options.get("ssl_certfile"):
        context.load_cert_chain(options["ssl_certfile"], options.get("ssl_keyfile"))
    return context


async def connect(address: Address, protocol: Callable[[], P]) -> P:
    """Open the transport to `address`; raises OSError where nobody answers."""
    loop = asyncio.get_running_loop()
    if address.path:
        _, made = await loop.create_unix_connection(protocol, address.path)
    else:
        _, made = await loop.create_connection(protocol, address.host, address.port, ssl=address.tls)
    return made


def handshake(address: Address) -> list[tuple[str | int | float | bytes | memoryview, ...]]:
    """The commands that stand before all others on a new connection."""
    commands: list[tuple[str | int | float | bytes | memoryview, ...]] = []
    if address.password:
        commands.append(("AUTH", *([address.username] if address.username else []), address.password))
    if address.database:
        commands.append(("SELECT", address.database))
    # Refused while the store loads its data set, which is when it must not be used yet.
    commands.append(("EXISTS", "{s00}:store"))
    return commands


def refusal(error: hiredis.HiredisError | Exception) -> Exception:
    """What a reply's error means to whoever asked."""
    text = str(error)
    if text.startswith("OOM"):
        return Refusal("store_full")
    if text.startswith(_AWAY):
        return Refusal("store_unavailable")
    return error


def client(url: str) -> Redis:
    """The client library's own pooled client, for what is not hot: people, sessions, snapshots."""
    # No retries: a log-in that was stored before its answer was lost would find its own name taken.
    once = Retry(NoBackoff(), 0)
    # A whole shop may come back at once: they wait for a connection, rather than be told that the store is away.
    pool = BlockingConnectionPool.from_url(
        url,
        max_connections=CONNECTIONS,
        timeout=5,
        decode_responses=True,
        socket_connect_timeout=2,
        socket_timeout=5,
        retry=once,
    )
    return Redis.from_pool(pool)
