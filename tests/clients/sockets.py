"""A WebSocket spoken by hand over a plain socket: what a test sends, and all it is sent, byte by byte if need be."""

import json
import socket
import ssl
import struct
import time
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from tests.clients.frames import CHAT, CLOSE, FULL_LINE, PING, PONG, TEXT, frame, head, opening

PATIENCE = 60.0  # seconds until a silent server counts as broken
CUT = 1006  # RFC 6455's code for a connection that ends without a close frame


class RawSocket:
    """One connection, not yet open: `open()` shakes hands. `request` may be altered before. `headers` are lines.

    `ca`: the folder with the server's certificate, where it has one. `receive_buffer`: bytes the kernel keeps for us.
    """

    def __init__(
        self, url: str, *headers: str, path: str = CHAT, ca: Path | None = None, receive_buffer: int = 0
    ) -> None:
        place = urlsplit(url)
        self.socket = socket.socket()
        if receive_buffer:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self.socket.settimeout(PATIENCE)
        self.socket.connect((place.hostname, place.port))
        if ca:
            context = ssl.create_default_context(cafile=str(ca / "cert.pem"))
            context.check_hostname = False
            context.set_alpn_protocols(["http/1.1"])
            self.socket = context.wrap_socket(self.socket)
        self.unread = b""
        self.request = opening(url, path, *headers)

    # -- the handshake ------------------------------------------------------------------------------------------------

    def open(self) -> "RawSocket":
        """Shake hands; `status` and `headers` are the answer's."""
        self.ask()
        return self.read_head()

    def ask(self, *behind: bytes) -> None:
        """Send the request, and what comes right behind it."""
        self.send(head(self.request) + b"".join(behind))

    def read_head(self) -> "RawSocket":
        while b"\r\n\r\n" not in self.unread:
            self._more()
        answer, _, self.unread = self.unread.partition(b"\r\n\r\n")
        first, *rest = answer.decode().split("\r\n")
        self.status = int(first.split()[1])
        self.headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in rest)}
        return self

    # -- what is sent -------------------------------------------------------------------------------------------------

    def send(self, data: bytes) -> None:
        """Any bytes."""
        self.socket.sendall(data)

    def say(self, opcode: int, payload: bytes = b"", **options: Any) -> None:
        """A frame."""
        self.send(frame(opcode, payload, **options))

    def tell(self, **words: Any) -> None:
        """A frame of JSON."""
        self.say(TEXT, json.dumps(words).encode())

    # -- what is heard ------------------------------------------------------------------------------------------------

    def read(self) -> tuple[int, bytes]:
        """The next frame: its first byte and payload. Raises EOFError where the connection just ends."""
        start = self._take(2)
        size = start[1] & 127
        if size == 126:
            (size,) = struct.unpack("!H", self._take(2))
        elif size == 127:
            (size,) = struct.unpack("!Q", self._take(8))
        return start[0], self._take(size)

    def hear(self, **wanted: Any) -> dict[str, Any]:
        """The next frame of JSON with these values; others are passed over, pings answered. Fails at a close frame, and
        where the server only pings."""
        until = time.monotonic() + PATIENCE
        others: list[bytes] = []
        while True:
            assert time.monotonic() < until, f"not heard: {wanted}, but {others[-5:]}"
            first, payload = self.read()
            assert first & 15 != CLOSE, payload
            if first & 15 == PING:
                self.say(PONG, payload)
            elif first & 15 == TEXT:
                found: dict[str, Any] = json.loads(payload)
                if wanted.items() <= found.items():
                    return found
                others.append(payload)

    def close_code(self) -> int:
        """The code in the next close frame, or 1006 where there is none; other frames before it are passed over."""
        try:
            while True:
                first, payload = self.read()
                if first & 15 == CLOSE:
                    return int.from_bytes(payload[:2], "big")
        except (EOFError, ConnectionError):
            return CUT

    def farewell(self) -> int:
        """How the server ends it: its close code, answered and the connection closed as a browser does."""
        code = self.close_code()
        if code != CUT:
            self.say(CLOSE, code.to_bytes(2, "big"))
        self.close()
        return code

    def rest(self) -> bytes:
        """All bytes up to the end of the connection."""
        with suppress(EOFError, ConnectionResetError):
            while True:
                self._more()
        taken, self.unread = self.unread, b""
        return taken

    def at_end(self) -> bool:
        """Whether the server ends the connection, all it sent being read."""
        self.rest()
        return True

    def _take(self, size: int) -> bytes:
        while len(self.unread) < size:
            self._more()
        taken, self.unread = self.unread[:size], self.unread[size:]
        return taken

    def _more(self) -> None:
        data = self.socket.recv(65536)
        if not data:
            raise EOFError
        self.unread += data

    def close(self) -> None:
        """Drop the connection."""
        self.socket.close()


def open_chat(url: str, token: str, *headers: str, **options: Any) -> RawSocket:
    """A visitor's or an agent's open socket in full mode."""
    opened = RawSocket(url, f"Authorization: {token}", FULL_LINE, *headers, **options).open()
    assert opened.status == 101, opened.status
    return opened
