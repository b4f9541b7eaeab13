"""Hypercorn with our classes in place of its own, set up as the product needs it."""

import logging
import socket
from collections.abc import Awaitable, Callable
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
from app.transport.response import ResponseStream

# By what name Hypercorn finds what it builds, and what it builds instead.
REPLACED: tuple[tuple[ModuleType, str, type], ...] = (
    (run, "TCPServer", CountedServer),  # for each connection
    (tcp_server, "ProtocolWrapper", Http1),  # in it, for what it speaks
    (h11, "WSStream", HandoverStream),  # for each handshake
    (h11, "HTTPStream", ResponseStream),  # for each request
)


async def serve(
    app: Any, settings: Settings, listener: socket.socket, shutdown: Callable[[], Awaitable[object]]
) -> None:
    """Answer on `listener` with the ASGI application `app` until `shutdown` returns, and requests under way have."""
    install(settings)
    await serve_http(run_to_completion(app), _config(settings, listener), shutdown_trigger=shutdown, mode="asgi")


def install(settings: Settings) -> None:
    """Make Hypercorn build our classes in place of its own. Once, before it serves."""
    CountedServer.allow(settings)
    for module, name, ours in REPLACED:
        setattr(module, name, ours)


def _config(settings: Settings, listener: socket.socket) -> Config:
    config = Config()
    config.bind = [f"fd://{listener.detach()}"]  # whose it is from now on
    config.backlog = 4096
    config.errorlog = logging.getLogger("hypercorn.error")
    config.include_server_header = False
    config.graceful_timeout = 1.5  # longer than a socket waits for its peer's close frame
    config.keep_alive_timeout = 5.0  # also what a request line and its headers may take, trickled or not
    config.h11_max_incomplete_size = 32 * 1024  # bytes of request line and headers
    config.alpn_protocols = ["http/1.1"]
    config.certfile = settings.tls.certificate or None
    config.keyfile = settings.tls.key or None
    config.ssl_handshake_timeout = 10.0
    return config
