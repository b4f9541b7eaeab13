"""The address of one server of a store, as a URL says it, and how to open a connection to it."""

import asyncio
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import urlsplit

P = TypeVar("P", bound=asyncio.Protocol)

# The files that a URL may name: whom to trust, and what to show of oneself.
TLS_OPTIONS = ("ssl_ca_certs", "ssl_certfile", "ssl_keyfile")


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
    parts = urlsplit(url)
    if parts.scheme == "unix" and not (parts.netloc or parts.query or "%" in parts.path):  # as of the embedded store
        return Address("127.0.0.1", 6379, parts.path, "", "", 0, None)
    from redis.asyncio.connection import parse_url  # as long to load as all of ours, for a store elsewhere

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
    authorities, certificate, key = map(options.get, TLS_OPTIONS)
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
