"""A client's side of RFC 6455 as bytes: the opening handshake, and frames, well or badly made."""

import base64
import os
import struct
from urllib.parse import urlsplit

TEXT, BINARY, CLOSE, PING, PONG = 1, 2, 8, 9, 10
CHAT = "/v1/chat"
FULL = ("Sec-WebSocket-Protocol", "chatadmin.v1")  # without it a socket is in plain mode
FULL_LINE = ": ".join(FULL)


def opening(url: str, path: str = CHAT, *headers: str) -> list[str]:
    """The lines with which a WebSocket is asked for; `headers` are lines, too."""
    return [
        f"GET {path} HTTP/1.1",
        f"Host: {urlsplit(url).netloc}",
        "Upgrade: websocket",
        "Connection: keep-alive, Upgrade",
        "Sec-WebSocket-Version: 13",
        f"Sec-WebSocket-Key: {base64.b64encode(os.urandom(16)).decode()}",
        *headers,
    ]


def head(lines: list[str]) -> bytes:
    """A request's head as it is sent."""
    return "\r\n".join([*lines, "", ""]).encode()


def frame(opcode: int, payload: bytes = b"", *, fin: bool = True, rsv: int = 0, masked: bool = True) -> bytes:
    """A client's frame, well or badly made."""
    start = bytes([fin << 7 | rsv << 4 | opcode])
    size, bit = len(payload), masked << 7
    if size < 126:
        start += bytes([bit | size])
    elif size < 65536:
        start += bytes([bit | 126]) + struct.pack("!H", size)
    else:
        start += bytes([bit | 127]) + struct.pack("!Q", size)
    if not masked:
        return start + payload
    mask = b"\x01\x02\x03\x04"
    return start + mask + bytes(byte ^ mask[i % 4] for i, byte in enumerate(payload))
