"""How many connections there may be, of all and of each address: those above are dropped."""

import ipaddress
import resource
from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import Any, ClassVar, cast

from hypercorn.events import Event

from app.config import Settings
from app.transport.bounds import REFUSED_CONNECTIONS, RESERVED_DESCRIPTORS
from app.transport.linger import LingeringServer


def raise_descriptor_limit() -> int:
    """Let this process and its children open as many files as they are allowed to; returns how many."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = min(hard, 1 << 20) if hard != resource.RLIM_INFINITY else 1 << 20
    if soft == resource.RLIM_INFINITY or soft >= most:
        return most
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
    return most


class CountedServer(LingeringServer):
    """A connection that counts from its beginning to its end."""

    passed = False  # on to us by another worker
    most = most_of_one = 1
    proxies: ClassVar[list[ipaddress.IPv4Network | ipaddress.IPv6Network]] = []
    open: ClassVar[Counter[str]] = Counter()

    @classmethod
    def allow(cls, settings: Settings) -> None:
        """Set how many there may be. Once, before the first."""
        cls.most = max(raise_descriptor_limit() - RESERVED_DESCRIPTORS, 1)
        per_address = settings.limits.connections_per_address
        cls.most_of_one = per_address + REFUSED_CONNECTIONS if per_address else cls.most
        cls.proxies = [ipaddress.ip_network(name, strict=False) for name in settings.trusted_proxies]

    async def run(self) -> None:
        """Serve it, or drop it."""
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
            self.protocol = cast(Any, _Over())
            if not self._kept:
                self._release(address)

    async def _read_data(self) -> None:
        """Until the peer has gone. Hypercorn would wait for another request of theirs all the same, for as long as one
        that is idle may, and they would count until then."""
        await super()._read_data()
        await self.idle_task.stop()

    def keep(self) -> Callable[[], None]:
        """The connection outlives Hypercorn's part in it; it counts until the returned function is called."""
        self._kept = True
        peer = self.writer.get_extra_info("peername")
        return partial(self._release, str(peer[0]) if peer else "")

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
