"""Requests to the running product, with nothing but Python's own HTTP client."""

import http.client
import json
import socket
import subprocess
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from tests.running import ROOT, Chatadmin, program_under_test

TIMEOUT = 20.0  # s
PASSWORD = "correct horse battery"


@dataclass(frozen=True)
class Answer:
    """What came back: header names in lower case, `cookies` by name, `body` as bytes."""

    status: int
    headers: dict[str, str]
    cookies: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def value(self) -> Any:
        assert self.status == 200, self.body
        return self.json["value"]

    @property
    def code(self) -> str:
        """The code of a refusal, whose shape is always the same."""
        said = self.json
        assert set(said) == {"code", "msg", "inner"}
        assert said["inner"] is None
        assert said["msg"]
        return str(said["code"])

    @property
    def refusal(self) -> tuple[int, str]:
        return self.status, self.code


def ask(url: str, path: str, body: Any = None, *, method: str = "", **headers: str) -> Answer:
    """Send a request. `body`: bytes as they are, else as JSON. Headers: `X_Some_Thing="..."`; method: by the body."""
    link = http.client.HTTPConnection(urlsplit(url).netloc, timeout=TIMEOUT)
    data = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
    try:
        link.putrequest(
            method or ("GET" if body is None else "POST"), path, skip_host="Host" in headers, skip_accept_encoding=True
        )
        for name, value in headers.items():
            link.putheader(name.replace("_", "-"), value)
        if data is not None:
            link.putheader("Content-Length", str(len(data)))
        link.endheaders(data)
        found = link.getresponse()
        cookies = dict(line.partition(";")[0].split("=", 1) for line in found.headers.get_all("Set-Cookie") or [])
        return Answer(found.status, {k.lower(): v for k, v in found.headers.items()}, cookies, found.read())
    finally:
        link.close()


def log_in(url: str, nickname: str, password: str | None = None) -> str:
    """The token of a visitor, or with a password of an agent."""
    answer = ask(url, "/login", {"nickname": nickname} | ({"password": password} if password else {}))
    assert answer.status == 200, answer.body
    return answer.headers["token"]


def handshake(url: str, path: str, **headers: str) -> int:
    """The status that the opening of a WebSocket gets: 101 or why not."""
    place = urlsplit(url)
    lines = {
        "Host": place.netloc,
        "Upgrade": "websocket",
        "Connection": "Upgrade",
        "Sec_WebSocket_Version": "13",
        "Sec_WebSocket_Key": "dGhlIHNhbXBsZSBub25jZQ==",
    } | headers
    head = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in lines.items())
    return int(raw(url, f"GET {path} HTTP/1.1\r\n{head}\r\n".encode()).split()[1])


def raw(url: str, sent: bytes) -> bytes:
    """Send bytes as they are; the first that come back, empty where the connection just ends."""
    place = urlsplit(url)
    with socket.create_connection((place.hostname, place.port), timeout=TIMEOUT) as link:
        link.sendall(sent)
        try:
            return link.recv(65536)
        except ConnectionError:
            return b""


def agent(shop: Chatadmin, *words: str, password: str = "") -> None:
    """`chatadmin agent ...` beside the running product."""
    line = [*program_under_test(), "agent", *words, "--data-dir", str(shop.data_dir)]
    line += ["--password-stdin"] if password else []
    subprocess.run(line, input=password, text=True, check=True, cwd=ROOT, stdout=subprocess.DEVNULL)


def figure(url: str, name: str) -> int:
    """One figure of /metrics."""
    lines = ask(url, "/metrics").body.decode().splitlines()
    return int(float(next(line.split()[1] for line in lines if line.startswith(name + " "))))
