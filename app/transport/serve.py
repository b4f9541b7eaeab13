"""Hypercorn with our classes in place of its own, set up as the product needs it."""

import logging
import socket
import ssl
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from types import ModuleType
from typing import Any

from hypercorn.asyncio import run, tcp_server
from hypercorn.asyncio import serve as serve_http
from hypercorn.config import Config
from hypercorn.protocol import h11

from app.config import Settings
from app.transport.connections import CountedServer
from app.transport.guard import run_to_completion
from app.transport.handover import HandoverStream
from app.transport.http1 import Http1
from app.transport.passed import Arrivals
from app.transport.passing import Passing
from app.transport.response import ResponseStream

# By what name Hypercorn finds what it builds, and what it builds instead.
REPLACED: tuple[tuple[ModuleType, str, type], ...] = (
    (run, "TCPServer", CountedServer),  # for each connection
    (tcp_server, "ProtocolWrapper", Http1),  # in it, for what it speaks
    (h11, "WSStream", HandoverStream),  # for each handshake
    (h11, "HTTPStream", ResponseStream),  # for each request
)


@dataclass(frozen=True)
class Door:
    """Where requests come in: a socket that listens, by TLS where there is a `context`, and then perhaps one beside it,
    at which nothing is encrypted; and what other workers pass on."""

    listener: socket.socket
    context: ssl.SSLContext | None = None
    plain: socket.socket | None = None
    passing: Passing | None = None
    number: int = 0  # of this worker


async def serve(app: Any, settings: Settings, door: Door, shutdown: Callable[[], Awaitable[object]]) -> None:
    """Answer at `door` with the ASGI application `app` until `shutdown` returns, and requests under way have."""
    install(settings)
    app, config = run_to_completion(app), _config(door)
    if not door.passing:
        await serve_http(app, config, shutdown_trigger=shutdown, mode="asgi")
        return
    HandoverStream.passing = door.passing
    arrivals = Arrivals(app, config, door.passing, door.number)
    arrivals.start()
    try:
        await serve_http(app, config, shutdown_trigger=shutdown, mode="asgi")
    finally:
        await arrivals.stop()


def install(settings: Settings) -> None:
    """Make Hypercorn build our classes in place of its own. Once, before it serves."""
    CountedServer.allow(settings)
    for module, name, ours in REPLACED:
        setattr(module, name, ours)


class _Config(Config):
    """Hypercorn's, but for TLS: its context is made elsewhere."""

    context: ssl.SSLContext | None = None

    @property
    def ssl_enabled(self) -> bool:
        """Whether `bind` is TLS's; else `insecure_bind` is not looked at."""
        return self.context is not None

    def create_ssl_context(self) -> ssl.SSLContext | None:
        """What Hypercorn would make of files."""
        return self.context


def _config(door: Door) -> Config:
    config = _Config()
    config.context = door.context
    config.bind = [f"fd://{door.listener.detach()}"]  # whose it is from now on
    config.insecure_bind = [f"fd://{door.plain.detach()}"] if door.plain else []
    config.backlog = 4096
    config.errorlog = logging.getLogger("hypercorn.error")
    config.include_server_header = False
    config.graceful_timeout = 1.5  # longer than a socket waits for its peer's close frame
    config.keep_alive_timeout = 5.0  # also what a request line and its headers may take, trickled or not
    config.h11_max_incomplete_size = 32 * 1024  # bytes of request line and headers
    config.ssl_handshake_timeout = 10.0
    return config
