"""HTTP requests that do not block the loop the parties run in, each on a connection of its own."""

import asyncio
import json
from typing import Any

from tests.clients.api import PAGE, Frame, history_query, value

# Seconds until a silent server counts as away: its node may be stopped, or the network a black hole.
TIMEOUT = 5.0


async def call(url: str, path: str, token: str = "", body: Any = None, timeout: float = TIMEOUT) -> Any:  # noqa: ASYNC109
    """The `value` of an answer; `body` makes it a POST. Raises HttpError for a refusal, OSError where none came."""
    method, data = ("GET", b"") if body is None else ("POST", json.dumps(body).encode())
    host = url.removeprefix("http://")
    head = f"{method} {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\nContent-Length: {len(data)}\r\n"
    head += f"Authorization: {token}\r\n" if token else ""
    name, _, port = host.rpartition(":")
    async with asyncio.timeout(timeout):  # a TimeoutError is an OSError
        reader, writer = await asyncio.open_connection(name, int(port))
        try:
            writer.write(f"{head}\r\n".encode() + data)
            return value(*await _answer(reader))
        except asyncio.IncompleteReadError:
            raise ConnectionError("cut off") from None
        finally:
            writer.transport.abort()


async def _answer(reader: asyncio.StreamReader) -> tuple[int, bytes]:
    lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    headers = dict(line.lower().split(": ", 1) for line in lines[1:] if line)
    return int(lines[0].split()[1]), await reader.readexactly(int(headers["content-length"]))


async def history(url: str, token: str, client: str) -> list[Frame]:
    """Every entry of a conversation, oldest first, as full-mode frames."""
    found: list[Frame] = []
    while True:
        page = await call(url, history_query(client, found), token, timeout=20)
        found += page
        if len(page) < PAGE:
            return found
