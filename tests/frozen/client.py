"""A visitor with nothing but sockets: logs in, sends, reads history, and sees how its connection ends."""

import base64
import http.client
import json
import os
import socket
import struct
from typing import Any
from urllib.parse import urlsplit

TIMEOUT = 10.0  # s


def get(url: str, path: str, token: str = "") -> tuple[int, bytes]:
    """The status and body of a GET; status 0 where nobody answers."""
    return request("GET", url, path, token=token)[::2]


def request(
    method: str, url: str, path: str, body: Any = None, token: str = ""
) -> tuple[int, http.client.HTTPMessage | None, bytes]:
    link = http.client.HTTPConnection(urlsplit(url).netloc, timeout=TIMEOUT)
    headers = {"Authorization": token} if token else {}
    if body is not None:
        headers["Content-Type"] = "application/json"
    try:
        link.request(method, path, json.dumps(body) if body is not None else None, headers)
        answer = link.getresponse()
        return answer.status, answer.headers, answer.read()
    except OSError:
        return 0, None, b""
    finally:
        link.close()


def log_in(url: str, nickname: str) -> str:
    """A visitor's token."""
    status, headers, body = request("POST", url, "/login", {"nickname": nickname})
    assert status == 200, body
    assert headers is not None
    return str(headers["Token"])


def history(url: str, token: str) -> list[str]:
    """The contents of a visitor's messages, oldest first."""
    status, body = get(url, "/v1/msgs", token)
    assert status == 200, body
    return [item["content"] for item in json.loads(body)["value"]]


class Socket:
    """A WebSocket in full mode."""

    def __init__(self, url: str, token: str) -> None:
        place = urlsplit(url)
        self.link = socket.create_connection((place.hostname, place.port), timeout=TIMEOUT)
        key = base64.b64encode(os.urandom(16)).decode()
        lines = [
            "GET /v1/chat HTTP/1.1",
            f"Host: {place.netloc}",
            "Upgrade: websocket",
            "Connection: Upgrade",
            "Sec-WebSocket-Version: 13",
            f"Sec-WebSocket-Key: {key}",
            "Sec-WebSocket-Protocol: chatadmin.v1",
            f"Authorization: {token}",
        ]
        self.link.sendall("\r\n".join([*lines, "", ""]).encode())
        self.stream = self.link.makefile("rb")
        status = self.stream.readline()
        assert b" 101 " in status, status
        while self.stream.readline().strip():
            pass

    def send(self, **frame: Any) -> None:
        payload, mask = json.dumps(frame).encode(), b"\0\0\0\0"
        size = bytes([0x80 | len(payload)]) if len(payload) < 126 else b"\xfe" + struct.pack("!H", len(payload))
        self.link.sendall(b"\x81" + size + mask + payload)

    def frame(self) -> tuple[int, bytes]:
        """The next frame's opcode and payload; raises EOFError where the connection just ends."""
        try:
            head = self.stream.read(2)
            if len(head) < 2:
                raise EOFError
            size = head[1] & 127
            if size > 125:
                size = int.from_bytes(self.stream.read(2 if size == 126 else 8), "big")
            return head[0] & 15, self.stream.read(size)
        except ConnectionError:
            raise EOFError from None

    def until(self, kind: str) -> dict[str, Any]:
        """The next JSON frame of this type."""
        while True:
            opcode, payload = self.frame()
            if opcode == 1 and (said := json.loads(payload))["type"] == kind:
                found: dict[str, Any] = said
                return found

    def close_code(self) -> int:
        """How the connection ends: the close code, 1006 without one."""
        try:
            while True:
                opcode, payload = self.frame()
                if opcode == 8:
                    self.link.sendall(bytes([0x88, 0x80 | len(payload)]) + b"\0\0\0\0" + payload)
                    return int(struct.unpack("!H", payload[:2])[0])
        except EOFError:
            return 1006
        finally:
            self.link.close()
