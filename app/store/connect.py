"""One server of a store and how to open a connection to it: addresses, handshakes and what its errors mean."""

import asyncio
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import hiredis
from redis.asyncio.connection import parse_url

from app.store.errors import StoreAway, StoreError, StoreFull

P = TypeVar("P", bound=asyncio.Protocol)
Command = tuple[str | int | float | bytes | memoryview, ...]

# Replies that say "not here, or not yet": a failover, a slot on its way, a server that is loading. Nothing was done,
# so the command is given again, to whoever serves its key then.
ELSEWHERE = frozenset(
    ("MOVED", "ASK", "TRYAGAIN", "CLUSTERDOWN", "MASTERDOWN", "READONLY", "LOADING", "UNBLOCKED", "BUSY")
)
# Replies that say "not now" rather than "no", for as long as an operator leaves it so.
_AWAY = ("NOREPLICAS", "MISCONF", "NOAUTH", *ELSEWHERE)


# The files that a URL may name: whom to trust, and what to show of oneself.
TRUST = ("ssl_ca_certs", "ssl_certfile", "ssl_keyfile")


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
    """The address in a `redis://`, `rediss://` or `unix://` URL. Raises ValueError for anything else, and OSError for
    files that cannot be used."""
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
    authorities, certificate, key = map(options.get, TRUST)
    context = ssl.create_default_context(cafile=authorities)
    if certificate:
        context.load_cert_chain(certificate, key, password="")  # else it would ask for one in the middle of a start
    return context


async def connect(address: Address, protocol: Callable[[], P]) -> P:
    """Open the transport to `address`; raises OSError where nobody answers."""
    loop = asyncio.get_running_loop()
    if address.path:
        _, made = await loop.create_unix_connection(protocol, address.path)
    else:
        _, made = await loop.create_connection(protocol, address.host, address.port, ssl=address.tls)
    return made


def handshake(address: Address, key: str) -> list[Command]:
    """The commands that stand before all others on a new connection for keys such as `key`, which need not be there.
    Each must be answered without error."""
    commands: list[Command] = []
    if address.password:
        commands.append(("AUTH", *([address.username] if address.username else []), address.password))
    if address.database:
        commands.append(("SELECT", address.database))
    # Refused while the store loads its data set, and in a cluster where another server has that slot.
    commands.append(("EXISTS", key))
    # A replica would answer reads with what may be rolled back, and refuse writes.
    commands.append(("ROLE",))
    return commands


def unfit(reply: object) -> str:
    """Why a server that answers the handshake so must not be used; empty where it may."""
    if isinstance(reply, hiredis.HiredisError):
        return "" if word(reply) == "NOPERM" and "'role'" in str(reply).lower() else str(reply)
    if isinstance(reply, list) and reply and reply[0] == b"slave":
        return "it is a replica, which takes no messages"
    return ""


def word(error: Exception) -> str:
    """The first word of an error reply: its code."""
    return str(error).partition(" ")[0]


def meaning(error: Exception) -> StoreError:
    """What an error reply means to whoever asked."""
    code = word(error)
    kind = StoreFull if code == "OOM" else StoreAway if code in _AWAY else StoreError
    return kind(str(error))
