"""`python -m tests.attacks.crowd`: very many who misbehave at once, beside two who talk.

Readers that never read are cut with what they are owed bounded, and can resume; frames that never end are refused
before they are buffered; connections beyond an address's share are dropped. Memory is given back afterwards.
"""

import argparse
import asyncio
import json
import sys
import time
from functools import partial
from typing import Any

from picows import WSListener, WSTransport, ws_connect

from tests.attacks.beside import Beside, memory, troubles
from tests.bench.machine import many_descriptors
from tests.clients import api
from tests.clients.api import figure
from tests.clients.frames import CHAT, FULL, TEXT, frame
from tests.clients.party import Party
from tests.clients.sockets import RawSocket, open_chat
from tests.running import UNLIMITED, Chatadmin, wait_until

# Characters and number of messages that a reader is owed: several times the 256 KiB after which it is cut, and what
# the kernel holds for a socket besides.
LENGTH, TEXTS = 7000, 1200
# Seconds within which all who do not read are cut once they are owed too much, and bytes a whole crowd may cost.
CUT, COST = 60.0, 600 << 20
# Bytes an idle socket may cost, what a server needs once for hundreds of them included; without it is 10 KB.
IDLE = 40_000
# Bytes that one who has left may have left behind, counted when as many have come again. For a few hundred the noise of
# the allocators, and of what else a server does meanwhile, is some 2 KB each, and now and then 10: so they come some
# times, of which one must be below. What grows with each socket there ever was is above each time.
KEPT, TIMES = 10_000, 5


class Crowd:
    """A running product with a healthy pair beside whatever is done to it."""

    def __init__(self) -> None:
        self.running = Chatadmin(env=UNLIMITED)
        self.admin = api.set_up(self.running.url, self.running.setup_secret)
        self._beside = Beside(self.running, self.admin)
        self._beside.start()
        self.before = self.peak = memory(self.running)

    def look(self) -> int:
        """Memory now, in bytes; the most seen is kept."""
        now = memory(self.running)
        self.peak = max(self.peak, now)
        return now

    def end(self, what: str, count: int, **more: object) -> dict[str, Any]:
        """Everybody else is well and the memory is back: what was seen. Raises AssertionError where it is not so."""
        self._beside.stop()
        assert not (found := troubles(self.running)), "\n".join(found)
        bound = self.before + max(self.before, (self.peak - self.before) // 2)
        wait_until(lambda: self.look() < bound, f"memory below {bound}", 60)
        return {
            what: count,
            **more,
            "memory before, most, after, MB": [round(n / 1e6) for n in (self.before, self.peak, self.look())],
            "healthy pair": {
                "messages": len(self._beside.latencies),
                "slowest, s": round(max(self._beside.latencies), 3),
            },
        }

    def close(self) -> None:
        self.running.__exit__()


def stalled(crowd: Crowd, count: int) -> dict[str, Any]:
    """Tabs of one visitor that follow their conversation and never read, while its agent writes."""
    token, uid = api.login(crowd.running.url, "stalled")
    sockets = [_deaf(crowd.running, token) for _ in range(count)]

    async def write() -> None:
        agent = Party(crowd.running.url, crowd.admin, "writer", client=uid)
        await agent.connect()
        for n in range(1, TEXTS + 1):
            id = agent.say(n, "x" * LENGTH)
            await agent.until(lambda i=id: i in agent.acked, "the acknowledgement")
            if n % 100 == 0:
                await asyncio.to_thread(crowd.look)
        agent.drop()

    asyncio.run(write())
    began = time.monotonic()
    wait_until(lambda: figure(crowd.running.url, "chatadmin_slow_readers_total") >= count, "all to be cut", CUT)
    waited = time.monotonic() - began
    assert crowd.peak - crowd.before < COST, f"{crowd.peak - crowd.before} bytes"
    for one in sockets:
        one.close()
    owed = [entry for entry in api.history(crowd.running.url, token, uid) if entry["type"] == "message"]
    assert len(owed) == TEXTS, "what they did not read is kept for them"
    return {"cut after, s": round(waited, 1)}


def _deaf(running: Chatadmin, token: str) -> RawSocket:
    """A socket with the smallest buffer the kernel gives, that is not read from any more."""
    one = open_chat(running.url, token, receive_buffer=4096)
    one.hear(type="joined")
    return one


def endless(crowd: Crowd, count: int) -> dict[str, Any]:
    """Frames that announce an exabyte, or go on in fragments for ever: each ends with 1009."""
    token, _ = api.login(crowd.running.url, "endless")
    sockets = [open_chat(crowd.running.url, token) for _ in range(count)]
    begun = frame(TEXT, b"x" * 65535, fin=False)
    going_on = frame(0, b"x" * 65535, fin=False) * 2
    for number, one in enumerate(sockets):
        if number % 2:
            one.send(b"\x81\xff" + (1 << 60).to_bytes(8, "big") + b"\0\0\0\0" + b"x" * 1000)
        else:
            one.send(begun + going_on)
    crowd.look()
    codes = {one.close_code() for one in sockets}
    assert codes == {1009}, codes
    return {}


def idle(crowd: Crowd, count: int) -> dict[str, Any]:
    """Sockets that only are there, and answer a ping. They leave and come again, into the memory they left."""
    token, _ = api.login(crowd.running.url, "idle")
    first = asyncio.run(_stay(crowd, token, count))
    assert first - crowd.before < IDLE * count, f"each costs {(first - crowd.before) / count:.0f} bytes"
    seen, more = first, list[int]()
    while not more or (more[-1] >= KEPT * count and len(more) < TIMES):
        seen, before = asyncio.run(_stay(crowd, token, count)), seen
        more.append(seen - before)
    assert more[-1] < KEPT * count, f"each of those before left {[round(n / count) for n in more]} bytes behind"
    each, kept = (round(n / count / 1000, 1) for n in (first - crowd.before, more[-1]))
    silent = figure(crowd.running.url, "chatadmin_silent_total")
    return {"each, KB": each, "each that comes again, KB more": kept, "cut as silent": silent}


async def _stay(crowd: Crowd, token: str, count: int) -> int:
    """Come, and go once all are there; bytes of memory then."""
    address, headers = crowd.running.url.replace("http", "ws", 1) + CHAT, [("Authorization", token), FULL]
    sockets: list[WSTransport] = []
    for start in range(0, count, 100):
        some = (ws_connect(WSListener, address, extra_headers=headers) for _ in range(min(100, count - start)))
        sockets += [transport for transport, _ in await asyncio.gather(*some)]
    open_now = partial(figure, crowd.running.url, "chatadmin_sockets")
    await asyncio.to_thread(wait_until, lambda: open_now() >= count, "all to be open", CUT)
    seen = crowd.look()
    for one in sockets:
        one.disconnect(graceful=False)
    await asyncio.to_thread(wait_until, lambda: open_now() < 10, "all to be gone", CUT)
    return seen


KINDS = {"stalled readers": stalled, "endless frames": endless, "idle sockets": idle}


def main() -> int:
    """Let each crowd come and print what was seen."""
    parser = argparse.ArgumentParser(prog="python -m tests.attacks.crowd", description=__doc__)
    parser.add_argument("--stalled", type=int, default=1000)
    parser.add_argument("--endless", type=int, default=100)
    parser.add_argument("--idle", type=int, default=0, help="many descriptors: 10,000 need a limit of 25,000")
    asked = parser.parse_args()
    many_descriptors()
    for (what, attack), count in zip(KINDS.items(), (asked.stalled, asked.endless, asked.idle), strict=True):
        if count:
            print(json.dumps(run(what, attack, count), indent=1), flush=True)
    return 0


def run(what: str, attack: Any, count: int) -> dict[str, Any]:
    """One crowd on a product of its own."""
    crowd = Crowd()
    try:
        return crowd.end(what, count, **attack(crowd, count))
    finally:
        crowd.close()


if __name__ == "__main__":
    sys.exit(main())
