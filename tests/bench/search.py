"""`python -m tests.bench.search`: what search costs for each message stored, and for each query.

English is Python's own manual, cut into sentences of a dozen words. Chinese is drawn: words of two characters from
20,000, the frequent ones often, eight to a message; which has more different pairs than people's has, so that its
figures are an upper bound. Valkey with an append-only file, synced always; processor time from /proc. One process
asks, so times are round trips of an idle store; ratios travel better than they do.
"""

import argparse
import asyncio
import os
import random
import statistics
import time
from collections.abc import Iterator
from itertools import accumulate, chain, count
from pydoc_data.topics import topics
from unittest.mock import patch

from app.chat import protocol
from app.live.duties import index as indexing
from app.live.duties import shard
from app.live.duties.follower import Follower
from app.live.duties.index import Indexing
from app.store.resp import Reply
from app.store.search import Search
from app.store.store import Store
from tests.bench import machine
from tests.running import Valkey

CONVERSATIONS, TOGETHER, LIVE = 500, 500, 2000


def english(dice: random.Random) -> Iterator[str]:
    words = " ".join(topics.values()).split()
    while True:
        start = dice.randrange(len(words) - 12)
        yield " ".join(words[start : start + 12])


def chinese(dice: random.Random) -> Iterator[str]:
    words = [chr(0x4E00 + dice.randrange(3000)) + chr(0x4E00 + dice.randrange(3000)) for _ in range(20_000)]
    weights = list(accumulate(1 / rank for rank in range(1, len(words) + 1)))
    while True:
        yield "".join(dice.choices(words, cum_weights=weights, k=8))


class Measured:
    """What a store used for something: processor time of store and of this process, memory, bytes of its log."""

    def __init__(self, server: Valkey) -> None:
        self._server = server
        self._before = self._now()

    def _now(self) -> tuple[float, ...]:
        server = self._server
        used = next(line for line in server.info("memory") if line.startswith("used_memory:"))
        logged = next(line for line in server.info("persistence") if line.startswith("aof_current_size:"))
        own, store = time.process_time(), machine.cpu([server.process.pid])
        return store, own, float(used.partition(":")[2]), float(logged.partition(":")[2])

    def each(self, messages: int) -> str:
        store, own, memory, logged = (
            (now - before) / messages for now, before in zip(self._now(), self._before, strict=True)
        )
        return (
            f"{store * 1e6:7.1f} us of the store, {own * 1e6:7.1f} us of a node, {memory:7.0f} bytes of memory, "
            f"{logged:7.0f} of append-only file until it is rewritten"
        )


async def write(store: Store, texts: Iterator[str], numbers: Iterator[int], messages: int) -> None:
    """Messages of many conversations, as sockets would store them."""
    uids = [f"v{n:025d}" for n in range(CONVERSATIONS)]
    writers = [store.messages.writer(uid, uid, "v") for uid in uids]
    loop = asyncio.get_running_loop()
    for start in range(0, messages, TOGETHER):
        answers: list[asyncio.Future[Reply]] = []
        for number in (next(numbers) for _ in range(min(TOGETHER, messages - start))):
            content, at, answer = next(texts), number % CONVERSATIONS, loop.create_future()
            body = protocol.message_body(b'{"uid":"%s"}' % uids[at].encode(), content)
            writers[at].append("message", 0, "t", number // CONVERSATIONS + 1, content, body, "", answer.set_result)
            answers.append(answer)
        await asyncio.gather(*answers)
    shard = store.keys.shard(0)
    scores = [word for uid in uids for word in ("1", uid)]
    await store.pipelines.at(shard).call("ZADD", store.keys.all(shard), *scores)


async def index(store: Store) -> None:
    follower = Follower(store, "views", [Indexing(store.index, store.people)])
    for part in follower._shards.values():
        await part.work()
    await follower.stop()


async def query(search: Search, server: Valkey, name: str, q: str, pages: int) -> None:
    """The first pages of a query, many times over."""
    took: list[float] = []
    hits = 0
    before = machine.cpu([server.process.pid])
    for _ in range(pages):
        began = time.perf_counter()
        hits = len((await search.find(q)).hits)
        took.append((time.perf_counter() - began) * 1000)
    spent = (machine.cpu([server.process.pid]) - before) / pages * 1000
    took.sort()
    print(
        f"  {name:34} {hits:3} hits, median {statistics.median(took):6.2f} ms, "
        f"99 of 100 {took[len(took) * 99 // 100]:6.2f} ms, the store's {spent:6.2f} ms"
    )


async def measure(language: str, messages: int, pages: int, seed: int) -> None:
    dice = random.Random(seed)
    texts = english(dice) if language == "english" else chinese(dice)
    server = Valkey(fsync=True, options=("--auto-aof-rewrite-percentage", "0"))  # a rewrite would hide its growth
    store = Store(server.url, 1, nickname_days=1, visitor_days=1, agent_hours=1)
    try:
        await store.open()
        numbers = count()
        sample = [next(texts) for _ in range(1000)]
        size = statistics.mean(len(text.encode()) for text in sample)
        print(f"{language}, {messages} messages of {size:.0f} bytes on average")
        measured = Measured(server)
        await write(store, chain(sample, texts), numbers, messages)
        print(f"  storing a message    {measured.each(messages)}")
        measured = Measured(server)
        await index(store)
        print(f"  indexing, {shard.ENTRIES_PER_STEP} together {measured.each(messages)}")
        print(f"  keys: {server.command('DBSIZE')}")
        await write(store, texts, numbers, LIVE)
        measured = Measured(server)
        with patch.object(shard, "ENTRIES_PER_STEP", 1):
            await index(store)
        print(f"  one by one           {measured.each(LIVE)}")
        asked = {"english": ENGLISH, "chinese": CHINESE}[language]
        common = sample[0][:2]
        for name, q in (*asked, *((("a word of a drawn message", common),) if language == "chinese" else ())):
            await query(store.search, server, name, q, pages)
        await query(store.search, server, "a whole message", sample[-1][:40], pages)
    finally:
        await store.close()
        server.stop()


ENGLISH = (
    ("a frequent word", "the"),
    ("a rare word", "metaclass"),
    ("two words", "class object"),
    ("no such word, rare pairs", "qzxj"),
    ("no such word, frequent pairs", "thererent"),
)
CHINESE = (("a character that is there", "一"), ("no such word", "鿿鿾"))


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.search", description=__doc__)
    parser.add_argument("--messages", type=int, default=100_000)
    parser.add_argument("--pages", type=int, default=200, help="of each query")
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    print(f"seed {asked.seed}, {os.cpu_count()} cores")
    unhurried = patch.multiple(indexing, MESSAGES_PER_SECOND=float("inf"), LISTS_PER_SECOND=float("inf"))
    with unhurried, patch.object(shard, "COMPARE_PAUSE", 0):
        for language in ("english", "chinese"):
            asyncio.run(measure(language, asked.messages, asked.pages, asked.seed))


if __name__ == "__main__":
    main()
