"""What Hypercorn lets through and we do not: too many connections, and requests that only look like some.

Written against Hypercorn 0.18, of which it knows that `asyncio.run` makes a `TCPServer` for each connection.
"""

import asyncio
import ipaddress
import resource
from collections import Counter
from collections.abc import Callable, Iterable
from functools import partial
from typing import ClassVar, cast

from hypercorn.asyncio import run
from hypercorn.events import Event
from hypercorn.protocol import ProtocolWrapper
from hypercorn.typing import (
    ASGIFramework,
    ASGIReceiveCallable,
    ASGIReceiveEvent,
    ASGISendCallable,
    HTTPResponseBodyEvent,
    HTTPResponseStartEvent,
    Scope,
    WebsocketCloseEvent,
)

from app.config import Settings
from app.transport.linger import LingeringServer

RESERVE = 64  # descriptors that connections may never take: the store's, the log's, files, and some air
# Connections above `connections_per_address` that may still ask: a socket too many gets its 429, a flood nothing.
HONEST = 200


def raise_descriptor_limit() -> int:
    """Let this process and its children open as many files as they are allowed to; returns how many."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = min(hard, 1 << 20) if hard != resource.RLIM_INFINITY else 1 << 20
    if soft == resource.RLIM_INFINITY or soft >= most:
        return most
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
    return most


def install(settings: Settings) -> None:
    """Have Hypercorn count connections, of all and of each address, and drop those above. Once, before it serves."""
    _Counted.most = max(raise_descriptor_limit() - RESERVE, 1)
    per_address = settings.limits.connections_per_address
    _Counted.most_of_one = per_address + HONEST if per_address else _Counted.most
    _Counted.proxies = [ipaddress.ip_network(name, strict=False) for name in settings.trusted_proxies]
    vars(run)["TCPServer"] = _Counted


class _Counted(LingeringServer):
    most = most_of_one = 1
    proxies: ClassVar[list[ipaddress.IPv4Network | ipaddress.IPv6Network]] = []
    open: ClassVar[Counter[str]] = Counter()

    async def run(self) -> None:
        peer = self.writer.get_extra_info("peername")
        address = str(peer[0]) if peer else ""
        if self.open.total() >= self.most or self._too_many(address):
            self.writer.transport.abort()
            return
        self.open[address] += 1
        self._kept = False
        try:
            await super().run()
        finally:
            # Each knows the other: without this, what a handshake made stays until the garbage is collected.
            self.protocol = cast(ProtocolWrapper, _Over())
            if not self._kept:
                self._release(address)

    def keep(self) -> Callable[[], None]:
        """The connection outlives Hypercorn's part in it; it counts until the returned function is called."""
        self._kept = True
        peer = self.writer.get_extra_info("peername")
        return partial(_Counted._release, str(peer[0]) if peer else "")

    @classmethod
    def _release(cls, address: str) -> None:
        cls.open[address] -= 1
        if not cls.open[address]:
            del cls.open[address]

    def _too_many(self, address: str) -> bool:
        """Whether this address has its share; a trusted proxy stands for many."""
        if self.open[address] < self.most_of_one or not address:
            return False
        there = ipaddress.ip_address(address.partition("%")[0])
        return not any(there in network for network in self.proxies)


class _Over:
    """In place of a protocol whose connection has ended."""

    async def handle(self, event: Event) -> None:
        """Nothing happens to it any more."""


def whole(app: ASGIFramework) -> ASGIFramework:
    """What a request changes is changed whole: an application would drop it halfway when whoever asked has gone."""

    async def guarded(scope: Scope, receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
        reads = scope["type"] != "http" or scope["method"] in ("GET", "HEAD")
        await app(scope, receive if reads else _patient(receive), send)

    return guarded


def _patient(receive: ASGIReceiveCallable) -> ASGIReceiveCallable:
    """Once a request has come whole, say no more of its sender: the application stops listening when it is done."""
    came = False

    async def patient() -> ASGIReceiveEvent:
        nonlocal came
        event = await receive()
        if came and event["type"] == "http.disconnect":
            await asyncio.Event().wait()
        came = event["type"] == "http.request" and not event["more_body"]
        return event

    return patient


def plain(app: ASGIFramework) -> ASGIFramework:
    """Refuse what those beneath us would stumble over: a request of two lengths, by which whoever reads it otherwise is
    tricked; and a Host that can be no name, which the router cannot encode."""

    async def guarded(scope: Scope, receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
        if scope["type"] == "lifespan" or _is_plain(scope["headers"]):
            await app(scope, receive, send)
        elif scope["type"] == "websocket":
            await send(WebsocketCloseEvent(type="websocket.close", code=1008, reason=None))
        else:
            headers = [(b"connection", b"close"), (b"content-length", b"0")]
            await send(HTTPResponseStartEvent(type="http.response.start", status=400, headers=headers))
            await send(HTTPResponseBodyEvent(type="http.response.body", body=b"", more_body=False))

    return guarded


def _is_plain(headers: Iterable[tuple[bytes, bytes]]) -> bool:
    names = set()
    for name, value in headers:
        names.add(name)
        if name == b"host":
            try:
                value.decode("latin-1").lower().encode("idna")
            except UnicodeError:
                return False
    return not {b"content-length", b"transfer-encoding"} <= names
