"""HTTP requests that do not block the loop the parties run in, each on a connection of its own."""

import asyncio
import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from tests.clients.api import PAGE, Frame, HttpError, history_query, value
from tests.running import PATIENCE

# Seconds until a silent server counts as away: its node may be stopped, or the network a black hole.
TIMEOUT = 5.0


async def call(url: str, path: str, token: str = "", body: Any = None, timeout: float = TIMEOUT) -> Any:  # noqa: ASYNC109
    """The `value` of an answer; `body` makes it a POST. Raises HttpError for a refusal, OSError where none came."""
    method, data = ("GET", b"") if body is None else ("POST", json.dumps(body).encode())
    async with asyncio.timeout(timeout):  # a TimeoutError is an OSError
        return value(*await _exchange(url, f"{method} {path}", token, [data]))


async def upload(url: str, token: str, query: Mapping[str, str], data: bytes, type: str, pause: float = 0.0) -> Frame:
    """Send a file: what frames show of it. `pause`: seconds before its second half.

    Raises as `call` does.
    """
    half = len(data) // 2
    async with asyncio.timeout(TIMEOUT + pause):
        answer = await _exchange(
            url,
            f"POST /v1/files?{urlencode(query)}",
            token,
            [data[:half], data[half:]],
            (f"Content-Type: {type}",),
            pause=pause,
        )
        found: Frame = value(*answer)
        return found


async def download(url: str, token: str, id: str) -> bytes:
    """The bytes of a file. Raises as `call` does."""
    async with asyncio.timeout(TIMEOUT):
        status, body = await _exchange(url, f"GET /v1/files/{id}", token, [])
    if status != 200:
        raise HttpError(status, body)
    return body


async def _exchange(
    url: str, request: str, token: str, body: list[bytes], lines: tuple[str, ...] = (), pause: float = 0.0
) -> tuple[int, bytes]:
    """Status and body of an answer."""
    host = url.removeprefix("http://")
    named = [f"{request} HTTP/1.1", f"Host: {host}", "Connection: close", f"Content-Length: {sum(map(len, body))}"]
    named += [*([f"Authorization: {token}"] if token else []), *lines]
    name, _, port = host.rpartition(":")
    reader, writer = await asyncio.open_connection(name, int(port))
    try:
        writer.write("\r\n".join([*named, "", ""]).encode())
        for number, piece in enumerate(body):
            await asyncio.sleep(pause if number else 0)
            if not writer.is_closing():
                writer.write(piece)
        return await _answer(reader)
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
        page = await call(url, history_query(client, found), token, timeout=PATIENCE)
        found += page
        if len(page) < PAGE:
            return found
