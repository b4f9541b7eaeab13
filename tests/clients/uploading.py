"""An upload by hand over a plain socket: its head at once, its bytes when the test says."""

import json
import socket
from contextlib import suppress
from typing import Any
from urllib.parse import urlencode, urlsplit

from tests.running import PATIENCE


class Uploading:
    """Sends the head of an upload of `size` bytes; `size=None` says chunks. `source`: the address of loopback it is
    from."""

    def __init__(
        self, url: str, token: str, size: int | None, name: str = "tea.pdf", source: str = "127.0.0.1", **query: Any
    ) -> None:
        place = urlsplit(url)
        self.socket = socket.create_connection(
            (place.hostname, place.port), timeout=PATIENCE, source_address=(source, 0)
        )
        length = "Transfer-Encoding: chunked" if size is None else f"Content-Length: {size}"
        lines = [f"POST /v1/files?{urlencode({'name': name, **query})} HTTP/1.1", f"Host: {place.netloc}", length]
        lines += [f"Authorization: {token}"] if token else []
        self.more("\r\n".join([*lines, "", ""]).encode())

    def more(self, data: bytes) -> None:
        """Some of its bytes."""
        self.socket.sendall(data)

    def answer(self) -> tuple[int, Any]:
        """The status, and what stands in `value`, or the refusal. The connection is ended after it."""
        found = b""
        with suppress(ConnectionResetError):
            while not _whole(found) and (part := self.socket.recv(65536)):
                found += part
        self.close()
        body = json.loads(found.partition(b"\r\n\r\n")[2])
        return int(found.split()[1]), body.get("value", body)

    def close(self) -> None:
        """Go, whatever has come."""
        self.socket.close()


def _whole(answer: bytes) -> bool:
    head, end, body = answer.partition(b"\r\n\r\n")
    lengths = [line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
    return bool(end and lengths) and len(body) >= int(lengths[0].split()[1])
