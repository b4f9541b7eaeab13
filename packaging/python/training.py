"""What Python is trained on: work as the server's own, so that the compiler knows which way it mostly goes.

Nothing in it depends on the time, on addresses or on chance, so that the same is counted each time.
"""

import asyncio
import base64
import collections
import datetime
import hashlib
import hmac
import json
import re
import string
import struct
import urllib.parse
from dataclasses import dataclass, field
from typing import Any

WORDS = [f"word{number} {'Straße ' * (number % 3)}{'你好' * (number % 2)}" for number in range(200)]


@dataclass
class Message:
    """Like one of a conversation."""

    seq: int
    text: str
    kind: str = "message"
    extra: dict[str, Any] = field(default_factory=dict)

    @property
    def shown(self) -> str:
        return f"{self.seq}: {self.text[:60]}"


def texts(rounds: int) -> int:
    link = re.compile(r"https?://[^\s<>]+|[\w.+-]+@[\w-]+\.[\w.]+")
    total = 0
    for number in range(rounds):
        text = " ".join(WORDS[number % 100 :: 7]) + f" see https://example.com/{number}?q=1 or anna@example.com."
        total += len(link.findall(text)) + len(text.casefold().split()) + text.count("o")
        text = text.replace("word", "<b>").translate({60: "&lt;", 62: "&gt;"}).strip().title()
        total += len(text.encode()) + len(text.encode().decode("utf-8", "replace"))
        total += len(urllib.parse.urlsplit(f"https://host/a/{number}?x=%20y").query)
        total += len(string.Template("$a of ${b}").substitute(a=number, b=total))
    return total


def documents(rounds: int) -> int:
    total = 0
    for number in range(rounds):
        messages = [Message(seq, WORDS[(seq + number) % 200], extra={"at": seq * 1.5, "ok": True}) for seq in range(40)]
        said = json.dumps([vars(message) for message in messages], ensure_ascii=number % 2 == 0)
        back = [Message(**one) for one in json.loads(said)]
        total += len(said) + sum(len(message.shown) for message in back if message.kind == "message")
        ordered = sorted(back, key=lambda message: (len(message.text), -message.seq))
        counted = collections.Counter(message.text[:5] for message in ordered)
        total += counted.most_common(1)[0][1] + len({message.seq: message for message in back})
    return total


def bytes_and_digests(rounds: int) -> int:
    total = 0
    for number in range(rounds):
        frame = struct.pack("!BBHI", 0x81, 126, number % 65536, number) + WORDS[number % 200].encode() * 20
        key = hashlib.sha256(frame).digest()
        total += int.from_bytes(bytes(one ^ key[place % 4] for place, one in enumerate(frame[:200]))[:4], "big") % 7
        total += len(base64.urlsafe_b64encode(hmac.new(key, frame, "sha256").digest()))
        view = memoryview(bytearray(frame))
        total += len(view[8:64].tobytes().split(b" ")) + struct.unpack_from("!H", view, 2)[0] % 3
        total += frame.find(b"word") + len(frame.partition(b" ")[2])
    return total


def dates(rounds: int) -> int:
    start = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)
    total = 0
    for number in range(rounds):
        at = start + datetime.timedelta(minutes=number * 7, milliseconds=number)
        total += len(at.isoformat()) + at.weekday() + len(at.strftime("%a, %d %b %Y %H:%M:%S GMT"))
        total += datetime.datetime.fromisoformat(at.isoformat()).minute
    return total


class Parser:
    """Requests as they come, in pieces."""

    def __init__(self) -> None:
        self.rest = b""
        self.seen = 0

    def feed(self, data: bytes) -> list[tuple[str, dict[str, str]]]:
        self.rest += data
        found = []
        while (end := self.rest.find(b"\r\n\r\n")) >= 0:
            head, self.rest = self.rest[:end], self.rest[end + 4 :]
            first, *lines = head.decode("latin-1").split("\r\n")
            headers = {}
            for line in lines:
                name, _, value = line.partition(":")
                headers[name.strip().lower()] = value.strip()
            try:
                method, _path, version = first.split(" ")
                if version != "HTTP/1.1":
                    raise ValueError(version)
            except ValueError:
                continue
            self.seen += 1
            found.append((method, headers))
        return found


def requests(rounds: int) -> int:
    one = (
        b"GET /v1/desk?after=12 HTTP/1.1\r\nHost: shop.example\r\nAccept: */*\r\nCookie: session=abc; lang=de\r\n"
        b"User-Agent: Mozilla/5.0 (X11; Linux x86_64)\r\n\r\n"
    )
    parser = Parser()
    for number in range(rounds):
        cut = number % len(one)
        parser.feed(one[:cut])
        parser.feed(one[cut:] + (b"bad line\r\n\r\n" if number % 10 == 0 else b""))
    return parser.seen


async def crowd(rounds: int) -> int:
    """Many who wait for one another: tasks, queues, events, locks, generators, and some who give up."""
    total = 0
    lock = asyncio.Lock()

    async def reader(queue: asyncio.Queue[int | None]) -> None:
        nonlocal total
        while (item := await queue.get()) is not None:
            async with lock:
                total += item

    async def numbers(limit: int) -> Any:
        for number in range(limit):
            if number % 5 == 0:
                await asyncio.sleep(0)
            yield number

    for _ in range(rounds):
        queues: list[asyncio.Queue[int | None]] = [asyncio.Queue() for _ in range(10)]
        tasks = [asyncio.create_task(reader(queue)) for queue in queues]
        async for number in numbers(50):
            queues[number % 10].put_nowait(number)
        for queue in queues:
            queue.put_nowait(None)
        await asyncio.gather(*tasks)
        waiting = asyncio.create_task(asyncio.Event().wait())
        await asyncio.sleep(0)
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)
    return total


def main() -> None:
    print(texts(4000), documents(400), bytes_and_digests(8000), dates(15000), requests(8000), asyncio.run(crowd(400)))


if __name__ == "__main__":
    main()
