"""`python -m tests.attacks.fuzz`: throw mutated frames, JSON and HTTP at the running product, from a seed.

Afterwards the product must be alive, its log without a traceback, its memory given back, and two people who talked
beside it undisturbed.
"""

import argparse
import json
import os
import random
import socket
import sys
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

from tests.attacks.beside import Beside, memory
from tests.clients import api
from tests.clients.frames import CHAT, FULL_LINE, TEXT, frame, head, opening
from tests.running import PATIENCE, Chatadmin

# What honest clients send: the mutator starts from here.
FRAMES: list[dict[str, Any]] = [
    {"type": "send", "id": "t.1", "content": "hello"},
    {"type": "join", "conversation": "vabcdefghijklmnopqrstuvwxy", "epoch": 1, "after": 0, "id": "t.1"},
    {"type": "leave", "conversation": "vabcdefghijklmnopqrstuvwxy"},
    {"type": "typing", "on": True},
    {"type": "read", "seq": 1},
    {"type": "ping"},
    {"content": "hello", "send_time": "2026-01-01T00:00:00Z"},
]
REQUESTS = [
    ("POST", "/login", b'{"nickname": "fuzz"}'),
    ("POST", "/login", b'{"nickname": "Anna", "password": "guess"}'),
    ("POST", "/login/widget", b'{"identity": "e30.e30.e30", "adopt": "x", "attributes": {"a": 1}, "id": ""}'),
    ("POST", "/logout", b""),
    ("POST", "/setup", b'{"secret": "x", "name": "Eve", "password": "correct horse battery"}'),
    ("GET", "/v1/msgs?client=x&before=1&after=0&limit=5&frames=1", b""),
    ("GET", "/v1/users", b""),
    ("GET", "/v1/me", b""),
    ("GET", "/v1/desk", b""),
    ("GET", "/v1/chat?client=x&epoch=1&after=0&id=t.1", b""),
    ("POST", "/v1/conversations/vabcdefghijklmnopqrstuvwxy/transfer", b'{"to": "Ben"}'),
    ("POST", "/v1/conversations/vabcdefghijklmnopqrstuvwxy/claim", b'{"take_over": true}'),
    ("GET", "/static/js/outbox.js", b""),
    ("GET", "/metrics", b""),
]
NUMBERS: list[Any] = [None, True, -1, 0, 2**31, 2**63, 1e308]
ODD = [*NUMBERS, "", "\0", "a" * 9000, "{s00}", "../..", "\u202e", "\ud83d", [], {}, [[]], {"a": {}}]
BYTES = [
    b"\r\n",
    b"\0",
    b"\xff",
    b"%00",
    b"{",
    b'"',
    b"\n",
    b"Transfer-Encoding: chunked\r\n",
    b"9" * 400,
    b"HTTP/9.9",
    b" ",
]
LEAST = 20  # of each kind, however slow the machine is
TIMEOUT = 3.0  # seconds until silence is an answer


class Fuzzer:
    """Everything thrown is drawn from one seed; `thrown` counts it by kind."""

    def __init__(self, url: str, token: str, seed: int) -> None:
        self._random = random.Random(seed)
        place = urlsplit(url)
        self._place = (place.hostname or "", place.port or 0)
        self._host, self._token, self._url = place.netloc, token, url
        self.thrown: Counter[str] = Counter()

    def run(self, seconds: float, least: int = 0) -> None:
        """Throw until the time is over, and so many of each kind were thrown."""
        kinds: list[Callable[[], None]] = [self._json, self._json, self._wire, self._http, self._http]
        end = time.monotonic() + seconds
        while time.monotonic() < end or min(self.thrown[kind.__name__[1:]] for kind in kinds) < least:
            kind = self._random.choice(kinds)
            self.thrown[kind.__name__[1:]] += 1
            kind()

    # -- kinds ----------------------------------------------------------------------------------------------------

    def _json(self) -> None:
        """Some text frames on one socket: honest ones whose JSON was bent."""
        frames = [self._bent_frame() for _ in range(self._random.randrange(1, 20))]
        self._on_a_socket(b"".join(frame(TEXT, bent) for bent in frames))

    def _wire(self) -> None:
        """Some bytes on one socket: honest frames whose wire form was bent."""
        data = b"".join(
            frame(self._random.choice((0, 1, 1, 2, 8, 9, 10, 15)), self._bent_frame()[: self._random.randrange(1, 300)])
            for _ in range(5)
        )
        self._on_a_socket(self._bent(data))

    def _http(self) -> None:
        """One or two requests on one connection, bent."""
        data = b""
        for _ in range(self._random.randrange(1, 3)):
            method, path, body = self._random.choice(REQUESTS)
            token = self._random.choice(("", self._token, "x" * 43))
            head = f"{method} {path} HTTP/1.1\r\nHost: {self._host}\r\nAuthorization: {token}\r\n"
            more = f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
            data += (head + more).encode() + body
        self._throw(self._bent(data))

    # -- bending --------------------------------------------------------------------------------------------------

    def _bent_frame(self) -> bytes:
        pick = self._random
        frame: dict[str, Any] = dict(pick.choice(FRAMES))
        for _ in range(pick.randrange(3)):
            name = pick.choice([*frame, "type", "id", "__proto__"])
            if pick.random() < 0.3:
                frame.pop(name, None)
            else:
                frame[name] = pick.choice(ODD)
        data = json.dumps(frame).encode()
        return self._bent(data) if pick.random() < 0.5 else data

    def _bent(self, data: bytes) -> bytes:
        pick = self._random
        for _ in range(pick.randrange(1, 5)):
            at = pick.randrange(len(data) + 1)
            match pick.randrange(5):
                case 0:
                    data = data[:at] + bytes([pick.randrange(256)]) + data[at + 1 :]
                case 1:
                    data = data[:at] + pick.choice(BYTES) + data[at:]
                case 2:
                    data = data[:at] + data[at + pick.randrange(1, 40) :]
                case 3:
                    data = data[:at] + data[at // 2 : at] + data[at:]
                case 4:
                    data = data[:at]
        return data

    # -- throwing -------------------------------------------------------------------------------------------------

    def _on_a_socket(self, data: bytes) -> None:
        mode = self._random.choice(([], [FULL_LINE]))
        self._throw(head(opening(self._url, CHAT, *mode, f"Authorization: {self._token}")), data)

    def _throw(self, *parts: bytes) -> None:
        """Send the parts, each after something was answered to the one before; then end our half and hear the rest."""
        with socket.create_connection(self._place, timeout=PATIENCE) as link:
            link.settimeout(TIMEOUT)
            try:
                for number, part in enumerate(parts):
                    if number:
                        link.recv(4096)
                    link.sendall(part)
                if self._random.random() < 0.7:
                    link.shutdown(socket.SHUT_WR)
                    link.settimeout(0.1)
                    while link.recv(65536):
                        self.thrown["answers"] += 1
            except OSError:  # cut off, or nothing to say: both are answers
                self.thrown["cut or silent"] += 1


def fuzz(seed: int, seconds: float) -> dict[str, Any]:
    """Start the product, fuzz it for so long, and judge. Raises AssertionError where something gave."""
    free = {"CHATADMIN_LIMITS__LOGINS_PER_MINUTE": "0", "CHATADMIN_LOG_LEVEL": "warning"}
    with Chatadmin(env=free) as running:
        admin = api.set_up(running.url, running.setup_secret)
        token, _ = api.login(running.url, "fuzz owner")
        _warm(running.url, token, seed)
        before = memory(running)
        with Beside(running, admin) as beside:
            fuzzer = Fuzzer(running.url, token, seed)
            fuzzer.run(seconds, LEAST)
            assert running.process.popen.poll() is None, "the product ended"
            assert api.ready(running.url)
        return {
            "seed": seed,
            "seconds": seconds,
            "thrown": dict(fuzzer.thrown),
            "memory before and after, MB": [round(before / 1e6, 1), round(memory(running) / 1e6, 1)],
            "healthy pair": {"messages": len(beside.latencies), "slowest, s": round(max(beside.latencies), 3)},
        }


def _warm(url: str, token: str, seed: int) -> None:
    """What is loaded or cached once is no growth; nor are the 19 MiB of each of two password checks at once."""
    with ThreadPoolExecutor(4) as pool:
        for _ in range(8):
            pool.submit(_guess, url)
    Fuzzer(url, token, seed).run(2.0)


def _guess(url: str) -> None:
    with suppress(api.HttpError):
        api.login(url, "Anna", "not the password")


def main() -> int:
    """Fuzz and print what was seen."""
    parser = argparse.ArgumentParser(prog="python -m tests.attacks.fuzz", description=__doc__)
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("--seed", type=int, default=int.from_bytes(os.urandom(3), "big"))
    asked = parser.parse_args()
    print(f"seed {asked.seed}", file=sys.stderr, flush=True)
    print(json.dumps(fuzz(asked.seed, asked.seconds), indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())
