"""append.lua leaves what a plain writing of it would: the same answers, and the same keys, byte for byte.

Random histories are given to both, each on a database of its own: batches of messages, notes and files, repeated,
skipped and forged, between claims, trims and resolutions, and on stores that were damaged. Both read one clock, ours.
"""

import asyncio
import os
import random
import re
import socket
from collections.abc import Callable, Iterator
from hashlib import sha1
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple, Self
from zlib import crc32

import hiredis
import pytest

from app.store import scripts
from app.store.batches import Batches
from app.store.keys import ConversationKeys, Keys
from app.store.messages import Writer
from app.store.pipeline import Pipeline
from app.store.resp import bulk, pack
from app.store.troubles import Troubles
from tests.running import Valkey

MODEL = Path(__file__).parent / "append_model.lua"
KEYS = Keys(1)
(SHARD,) = KEYS.shards()
CLOCK = "clock"


async def _nowhere() -> Batches:
    """For a writer that only packs."""
    pipeline = Pipeline(None, SHARD, Troubles())  # type: ignore[arg-type]  # it does not connect
    return Batches(pipeline, scripts.load("append"), (), keys=2, words=1)


NOWHERE = asyncio.run(_nowhere())
VISITORS = ["v" + who * 25 for who in "pqrs"]
AGENTS = ["a" + who * 25 for who in "mn"]
STATES = [
    *("here|0||0|0", "waiting|0||3|9", "held|7||0|0", "snoozed|5||2|1", f"snoozed|5|{AGENTS[0]}|1|2", "odd", ""),
    *("linked|0||1|0", "linked|0||1|0", "blocked|0||1|0", f"blocked|0|{AGENTS[1]}|1|0"),
]


class Message(NamedTuple):
    """What append.lua is told of a message."""

    uid: str
    author: str
    kind: str
    fence: int
    tab: str
    n: int
    said: str
    file: str

    @property
    def role(self) -> str:
        return self.author[0]

    @property
    def body(self) -> bytes:
        return b'{"user":{},"content":"%b"}' % self.said.encode()


class Side:
    """One database, and how messages are given to it."""

    def __init__(
        self, store: Valkey, database: int, source: str, arguments: Callable[[Message], bytes], words: int
    ) -> None:
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.settimeout(60)
        self._socket.connect(str(store.socket))
        self._reader = hiredis.Reader()
        self._arguments, self._words = arguments, words
        self.call("SELECT", database)
        self._append = self._load(source)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._socket.close()

    def call(self, *words: Any) -> Any:
        return self._ask(pack(words))

    def _ask(self, command: bytes) -> Any:
        self._socket.sendall(command)
        while (reply := self._reader.gets()) is False:
            self._reader.feed(self._socket.recv(65536))
        return reply

    def _load(self, source: str) -> bytes:
        """A script, by a clock of ours."""
        source = source.replace("redis.call('TIME')", f"redis.call('LRANGE', '{CLOCK}', 0, 1)")
        digest = self.call("SCRIPT", "LOAD", source)
        assert isinstance(digest, bytes), digest
        return digest

    def append(self, messages: list[Message]) -> Any:
        """Store them in one call."""
        keys = [KEYS.feed(SHARD), KEYS.open(SHARD), KEYS.all(SHARD), KEYS.answer_time(SHARD)]
        for message in messages:
            keys += [KEYS.conversation(message.uid).log, KEYS.conversation(message.uid).meta]
        head = b"*%d\r\n" % (3 + len(keys) + len(messages) * self._words)
        given = map(self._arguments, messages)
        return self._ask(b"".join([head, bulk("EVALSHA", self._append, len(keys), *keys), *given]))

    def change(self, name: str, uid: str, *words: Any) -> Any:
        """Do to a conversation what another script does."""
        keys = [*KEYS.conversation(uid), KEYS.nodes(SHARD), KEYS.present(SHARD)]
        return self.call("EVALSHA", self._load(scripts.load(name).source), len(keys), *keys, uid, *words)

    def all(self) -> dict[bytes, Any]:
        """Every key, as the store would hand it to another; but a hash, whose order may differ, by its fields."""
        return {key: self._one(key) for key in self.call("KEYS", "*")}

    def _one(self, key: bytes) -> Any:
        if self.call("TYPE", key) != b"hash":
            return self.call("DUMP", key)
        flat = self.call("HGETALL", key)
        return sorted(zip(flat[::2], flat[1::2], strict=True))


def _plainly(message: Message) -> bytes:
    uid, author, kind, fence, tab, n, said, file = message
    return bulk(uid, author, message.role, fence, tab, n, _digest(said), message.body, kind, file)


def _digest(said: str) -> str:
    return f"{crc32(said.encode()):x}"


def _packed(message: Message) -> bytes:
    writer = Writer(NOWHERE, b"", message.uid, message.author, message.role)
    return writer.pack(
        message.kind, message.fence, message.tab, str(message.n), message.said, message.body, message.file
    )


class History:
    """What happens, drawn from `rnd`: the same to both sides."""

    def __init__(self, rnd: random.Random, sides: list[Side]) -> None:
        self._rnd, self._sides = rnd, sides
        self._now = 1_764_460_000_000_000  # us
        self._sent: dict[tuple[str, str, str], list[Message]] = {}
        self._events = 0
        self.kinds_of_answer: dict[str, int] = {}

    def both(self, do: Callable[[Side], Any]) -> Any:
        """Have the same happen to both; the same must come of it."""
        first, second = [do(side) for side in self._sides]
        assert _shown(first) == _shown(second)
        return first

    def step(self) -> None:
        self._now += self._rnd.choice([0, 900, 2_000_000, 2_000_000, -5_000_000])
        seconds, microseconds = divmod(self._now, 1_000_000)
        self.both(lambda side: [side.call("DEL", CLOCK), side.call("RPUSH", CLOCK, seconds, microseconds)])
        if self._rnd.random() < 0.75:
            self._say()
        else:
            self._happen()

    def _say(self) -> None:
        messages = [self._message() for _ in range(self._rnd.choice([1, 1, 2, 4, 8, 16]))]
        full = self._rnd.random() < 0.02
        try:
            self._sides[0].call("CONFIG", "SET", "maxmemory", int(full))
            answers = self.both(lambda side: side.append(messages))
        finally:
            self._sides[0].call("CONFIG", "SET", "maxmemory", 0)
        if not isinstance(answers, list):
            return
        assert len(answers) == len(messages)
        for message, answer in zip(messages, answers, strict=True):
            stored = isinstance(answer, bytes)
            word = (
                "stored"
                if stored
                else _shown(answer).split()[0]
                if isinstance(answer, Exception)
                else answer[0].decode()
            )
            self.kinds_of_answer[word] = self.kinds_of_answer.get(word, 0) + 1
            if stored:
                self._sent.setdefault((message.uid, message.author, message.tab), []).append(message)

    def _message(self) -> Message:
        rnd = self._rnd
        uid = rnd.choice(VISITORS)
        owner, fence = self._holder(uid)
        author = rnd.choice([uid, uid, owner or uid, rnd.choice(AGENTS)])
        kind = "note" if author != uid and rnd.random() < 0.2 else "message"
        tab = rnd.choice(["t", "t", "t", "other", f"tab{rnd.randrange(40)}"])
        before = self._sent.get((uid, author, tab), [])
        if before and rnd.random() < 0.2:  # once more
            again = rnd.choice(before[-20:])
            return again._replace(said=again.said + "!") if rnd.random() < 0.3 else again
        n = (before[-1].n if before else 0) + rnd.choice([1] * 12 + [0, 2, 3])
        file = rnd.choice(self._files(uid)) if rnd.random() < 0.1 else ""
        return Message(uid, author, kind, fence + rnd.choice([0] * 9 + [1]), tab, n, f"text {n} {rnd.random()}", file)

    def _holder(self, uid: str) -> tuple[str, int]:
        state = self._sides[0].call("HGET", KEYS.conversation(uid).meta, "state")
        parts = state.decode().split("|") if isinstance(state, bytes) else []
        return (parts[2], int(parts[3])) if len(parts) == 5 else ("", 0)

    def _files(self, uid: str) -> list[str]:
        """Ids of files: one of the visitor's, one that another uploaded, one for a note, one that is unknown."""
        ids = [f"{uid}.{number}" for number in range(4)]
        records = [f"{uid}|5|0|0|{{}}", f"{AGENTS[0]}|5|0|0|{{}}", f"{AGENTS[0]}|5|1|0|{{}}"]
        for id, record in zip(ids, records, strict=False):
            self.both(lambda side, id=id, record=record: side.call("HSET", KEYS.files(uid), id, record))  # type: ignore[misc]
        return ids

    def _happen(self) -> None:
        uid, agent = self._rnd.choice(VISITORS), self._rnd.choice(AGENTS)
        _, _, _, log, meta = KEYS.conversation(uid)
        self._events += 1
        event = (f"e-{self._events}", "{}")
        seq = self._rnd.randrange(1, 40)
        state, key = self._rnd.choice(STATES), self._rnd.choice([log, meta])
        field = self._rnd.choice(["epoch", "seq", "floor", "state", "message", f"t:{uid}:t"])
        barred = (KEYS.barred(SHARD), sha1(uid.encode()).hexdigest())
        changes: dict[Callable[[Side], Any], int] = {
            lambda side: side.change("claim", uid, agent, "1", *event, *event, ""): 12,
            lambda side: side.change("release", uid, agent, "", "0", *event): 2,
            lambda side: side.change("resolve", uid, agent, agent, *event): 2,
            lambda side: side.change("read", uid, agent, "a", seq, "{}"): 2,
            lambda side: side.change("trim", uid, self._now // 1000, seq, 3): 3,
            lambda side: side.call("HSET", KEYS.answer_time(SHARD), "answer_ms", seq * 1000): 1,
            # What only damage, another version or the erasing of a person leaves:
            lambda side: side.call("HSET", meta, "state", state): 6,
            lambda side: side.call("HDEL", meta, field): 6,
            lambda side: side.call("HSET", meta, field, "odd"): 1,
            lambda side: side.call("HSET", meta, f"t:{uid}:t", b"1:" + bytes(14)): 1,
            lambda side: side.call("HSET", meta, "floor", seq): 1,
            lambda side: side.call("HINCRBY", meta, "seq", 1): 1,
            lambda side: side.call("XDEL", log, f"{seq}-0"): 1,
            lambda side: side.call("DEL", key): 2,
            lambda side: [side.call("DEL", key), side.call("SET", key, "of another kind")]: 1,
            lambda side: [side.call("HSET", *barred, 1), side.call("DEL", meta)]: 1,
            lambda side: side.call("HDEL", *barred): 1,
        }
        (change,) = self._rnd.choices(list(changes), list(changes.values()))
        self.both(change)
        if self._rnd.random() < 0.3:  # nothing stays broken for long
            for one in map(KEYS.conversation, VISITORS):
                self.both(lambda side, one=one: self._mend(side, one))  # type: ignore[misc]

    @staticmethod
    def _mend(side: Side, keys: ConversationKeys) -> None:
        side.call("DEL", KEYS.barred(SHARD))
        for key in (keys.log, keys.meta):
            if side.call("TYPE", key) == b"string":
                side.call("DEL", key)


def _shown(reply: Any) -> Any:
    """What can be compared: an error without the place in its script."""
    if isinstance(reply, list):
        return [_shown(item) for item in reply]
    return re.sub(r"user_script:\d+: | script: .*", "", str(reply)) if isinstance(reply, Exception) else reply


@pytest.fixture
def sides(store: Valkey) -> Iterator[list[Side]]:
    """The model, and what there is."""
    with (
        Side(store, 1, MODEL.read_text("utf-8"), _plainly, 10) as model,
        Side(store, 2, scripts.load("append").source, _packed, 1) as product,
    ):
        yield [model, product]


def _live(rnd: random.Random, sides: list[Side], steps: int) -> dict[str, int]:
    for side in sides:
        side.call("FLUSHDB")
    history = History(rnd, sides)
    for _ in range(steps):
        history.step()
    history.both(Side.all)
    return history.kinds_of_answer


def _many(sides: list[Side], histories: int) -> None:
    seed = int(os.environ.get("SEED") or random.SystemRandom().randrange(1 << 32))
    print(f"SEED={seed}")
    rnd, answers = random.Random(seed), dict[str, int]()
    for _ in range(histories):
        for word, times in _live(rnd, sides, 80).items():
            answers[word] = answers.get(word, 0) + times
    print(answers)
    assert set(answers) >= {
        "stored",
        "repeat",
        "mismatch",
        "fenced",
        "blocked",
        "linked",
        "out_of_order",
        "unknown_tab",
    }
    assert set(answers) >= {"bad_file", "ERASED", "WRONGTYPE", "OOM"}


def test_random_histories_leave_what_the_model_leaves(sides: list[Side]) -> None:
    _many(sides, 25)


@pytest.mark.long
def test_a_great_many_histories_leave_what_the_model_leaves(sides: list[Side]) -> None:
    _many(sides, 1500)
