"""The atomic operations, on both engines: what one script decides, and what it leaves behind."""

import asyncio
import itertools
import json
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, TypeVar

import pytest

from app.chat.conversation import Entry
from app.chat.errors import Refusal
from app.store import topology
from app.store.changes import Changes, Event
from app.store.conversations import Conversations, Page, Reset
from app.store.directory import Directory
from app.store.errors import StoreFull
from app.store.feed import Feed, Safety
from app.store.keys import Keys
from app.store.messages import Messages, Stored, stored
from app.store.pipelines import Pipelines
from app.store.presence import Presence
from app.store.resp import Reply
from tests.running import Valkey

UID, ANNA, BEN = "v" + "x" * 25, "a" + "n" * 25, "b" + "n" * 25
_NUMBERS = itertools.count(1)


def event() -> Event:
    """One more event, by an id of its own."""
    return Event(f"e-{next(_NUMBERS)}", b'{"user":{}}')


class Bench:
    """A store with its parts, and everything its feed tells."""

    def __init__(self, url: str) -> None:
        self.keys = Keys(2)
        self.pipelines = Pipelines(topology.of(url), self.keys)
        self.pipeline = self.pipelines.of(UID)
        self.conversations = Conversations(self.pipelines, self.keys)
        self.messages = Messages(self.pipelines, self.keys)
        self.changes = Changes(self.pipelines, self.keys)
        self.directory = Directory(self.pipelines, self.keys)
        self.presence = Presence(self.pipelines, self.keys)
        self.feed = Feed(self.keys, self.pipelines, Safety())
        self.told: list[Entry] = []
        self.gaps = 0
        self._changed = asyncio.Event()
        self.feed.on_entry = self._tell
        self.feed.on_gap = self._gap

    def _tell(self, entry: Entry) -> None:
        self.told.append(entry)
        self._changed.set()

    async def _gap(self, shard: str) -> None:
        self.gaps += 1
        self._changed.set()

    async def until(self, condition: Any) -> None:
        async with asyncio.timeout(60):
            while not condition():
                self._changed.clear()
                await self._changed.wait()

    async def say(
        self,
        n: int,
        content: str = "",
        *,
        author: str = UID,
        fence: int = 0,
        tab: str = "t",
        kind: str = "message",
        file: str = "",
    ) -> Stored:
        """Append; raises the refusal."""
        answer: asyncio.Future[Reply] = asyncio.get_running_loop().create_future()
        writer = self.messages.writer(UID, author, "v" if author == UID else "a")
        writer.append(kind, fence, tab, n, content or f"text {n}", b'{"user":{}}', file, answer.set_result)
        found = stored(await answer)
        if isinstance(found, Exception):
            raise found
        return found

    async def refused(self, n: int, **more: Any) -> Refusal:
        with pytest.raises(Refusal) as caught:
            await self.say(n, **more)
        return caught.value

    async def claim(self, agent: str, *, take_over: bool = False) -> Any:
        return await self.changes.claim(UID, agent, take_over=take_over, claimed=event(), released=event())

    async def page(self, after: int = 0, **more: Any) -> Page:
        found = await self.conversations.attach(UID, after=after, **more)
        assert isinstance(found, Page)
        return found


B = TypeVar("B", bound=Bench)


@asynccontextmanager
async def opened(made: B) -> AsyncIterator[B]:
    """A bench, with its connections."""
    made.pipelines.start()
    await made.pipelines.ready()
    await made.feed.start()
    yield made
    await made.feed.stop()
    await made.pipelines.close()


@pytest.fixture
async def bench(store_url: str) -> AsyncIterator[Bench]:
    async with opened(Bench(store_url)) as made:
        yield made


async def test_a_message_is_stored_once_and_told_once(bench: Bench) -> None:
    first = await bench.say(1)
    again = await bench.say(1)
    assert (first.seq, first.repeat, again.seq, again.repeat) == (1, False, 1, True)
    assert again.time == first.time
    await bench.say(2)
    await bench.until(lambda: len(bench.told) == 2)
    assert [entry.seq for entry in bench.told] == [1, 2]
    assert [entry.id for entry in (await bench.page()).entries] == ["t.1", "t.2"]


async def test_a_skip_another_body_and_an_unknown_tab_are_refused(bench: Bench) -> None:
    await bench.say(1)
    refusal = await bench.refused(3)
    assert (refusal.code, refusal.detail) == ("out_of_order", {"expected": 2})
    assert (await bench.refused(1, content="other")).code == "mismatch"
    assert (await bench.refused(7, tab="new")).code == "unknown_tab"
    assert (await bench.page()).seq == 1


async def test_the_last_sixteen_of_a_tab_can_be_repeated(bench: Bench) -> None:
    for n in range(1, 21):
        await bench.say(n)
        await bench.say(n, tab="other")
    assert [(await bench.say(n)).seq for n in (5, 20, 12)] == [9, 39, 23]
    assert (await bench.refused(4)).code == "out_of_order"
    assert (await bench.refused(5, content="text 6")).code == "mismatch"
    assert (await bench.say(21)).repeat is False


async def test_a_repeat_of_what_is_no_longer_kept_is_not_stored_again(bench: Bench) -> None:
    for n in range(1, 4):
        await bench.say(n)
    *_, log, meta = bench.keys.conversation(UID)
    await bench.pipeline.call("XTRIM", log, "MINID", "3-0")
    await bench.pipeline.call("HSET", meta, "floor", 2)  # as trim.lua leaves it
    repeats = [await bench.say(n) for n in (1, 2, 3)]
    assert [(stored.seq, stored.repeat) for stored in repeats] == [(2, True), (2, True), (3, True)]
    assert (await bench.say(4)).seq == 4


async def test_a_tab_that_a_former_version_counted_is_unknown(bench: Bench) -> None:
    await bench.say(1)
    await bench.pipeline.call("HSET", bench.keys.conversation(UID).meta, f"t:{UID}:t", b"1:" + bytes(14))
    for n in (1, 2):
        assert (await bench.refused(n)).code == "unknown_tab"
    assert (await bench.say(1, tab="new")).seq == 2


async def test_an_author_has_so_many_tabs_and_the_one_silent_longest_is_forgotten(bench: Bench) -> None:
    for tab in range(33):
        await bench.say(1, tab=f"tab{tab}")
    assert (await bench.refused(2, tab="tab0")).code == "unknown_tab"
    assert (await bench.say(2, tab="tab1")).repeat is False


async def test_only_the_holder_writes_and_only_with_the_fence_of_now(bench: Bench) -> None:
    await bench.say(1)
    assert (await bench.refused(1, author=ANNA)).code == "fenced"
    fence = (await bench.claim(ANNA)).state.fence
    assert (await bench.say(1, author=ANNA, fence=fence)).seq == 3
    assert (await bench.claim(BEN)).word == "claimed"
    taken = await bench.claim(BEN, take_over=True)
    assert (taken.word, taken.state.owner) == ("ok", BEN)
    assert (await bench.refused(2, author=ANNA, fence=fence)).code == "fenced"
    back = await bench.claim(ANNA, take_over=True)
    # A packet of her first time, however late: she holds it again, and it still is not of now.
    assert (await bench.refused(2, author=ANNA, fence=fence)).code == "fenced"
    assert (await bench.say(2, author=ANNA, fence=back.state.fence)).repeat is False
    # What was stored is acknowledged again, whoever holds it.
    await bench.claim(BEN, take_over=True)
    assert (await bench.say(2, author=ANNA, fence=back.state.fence)).repeat is True


async def test_an_item_of_the_feed_that_cannot_be_read_is_a_gap_and_no_end(bench: Bench) -> None:
    feed = bench.keys.feed(bench.keys.shard_of(UID))
    await bench.say(1)
    await bench.pipeline.call("XADD", feed, "0-*", "h", "as another version", "b", "writes it")
    await bench.until(lambda: bench.gaps == 1)
    await bench.say(2)
    await bench.until(lambda: len(bench.told) == 2)
    assert [entry.seq for entry in bench.told] == [1, 2]


async def test_a_feed_keeps_about_as_many_entries_however_many_are_stored_at_once(bench: Bench) -> None:
    feed = bench.keys.feed(bench.keys.shard_of(UID))
    for first in range(1, 16 * 900, 16):
        await asyncio.gather(*(bench.say(n) for n in range(first, first + 16)))
    kept = await bench.pipeline.call("XLEN", feed)
    assert 600 < kept < 750


async def test_two_claims_at_once_have_one_winner(bench: Bench) -> None:
    outcomes = await asyncio.gather(*(bench.claim(agent) for agent in (ANNA, BEN) * 10))
    assert {outcome.word for outcome in outcomes} == {"ok", "kept", "claimed"}
    assert sum(outcome.word == "ok" for outcome in outcomes) == 1
    assert len({outcome.state.owner for outcome in outcomes}) == 1


async def test_a_released_conversation_waits_with_its_place_kept(bench: Bench) -> None:
    asked = (await bench.say(1)).time
    await bench.claim(ANNA)
    outcome = await bench.changes.release(UID, ANNA, fence=None, away=False, released=event())
    assert (outcome.state.status, outcome.state.waiting_since) == ("waiting", asked)
    assert await bench.presence.open_conversations() == {UID}
    again = await bench.changes.release(UID, ANNA, fence=None, away=False, released=event())
    assert (again.word, again.seq) == ("held", outcome.seq)


async def test_resolved_is_over_until_the_visitor_writes(bench: Bench) -> None:
    await bench.say(1)
    await bench.claim(ANNA)
    outcome = await bench.changes.resolve(UID, ANNA, ANNA, resolved=event())
    assert outcome.state.status == "resolved"
    assert await bench.presence.open_conversations() == set()
    await bench.say(2)
    assert (await bench.page()).state.status == "waiting"


async def test_a_transfer_is_two_entries_and_one_step(bench: Bench) -> None:
    await bench.claim(ANNA)
    outcome = await bench.changes.transfer(UID, ANNA, BEN, transferred=event(), claimed=event())
    assert outcome.state.owner == BEN
    assert [entry.kind for entry in (await bench.page()).entries] == ["claimed", "transferred", "claimed"]
    late = await bench.changes.transfer(UID, ANNA, "c", transferred=event(), claimed=event())
    assert (late.word, late.state.owner) == ("held", BEN)


async def test_a_place_that_is_not_of_this_store_is_reset(bench: Bench) -> None:
    stored = await bench.say(1)
    await bench.say(2)
    cases: list[tuple[dict[str, Any], str]] = [
        ({"after": -1}, "ahead"),
        ({"after": 2**63}, "ahead"),
        ({"after": 3}, "ahead"),
        ({"after": 1, "epoch": stored.epoch - 1}, "epoch"),
        ({"after": 2, "id": "t.1"}, "other"),
    ]
    for place, reason in cases:
        found = await bench.conversations.attach(UID, **place)
        assert isinstance(found, Reset), place
        assert found.reason == reason
    assert [entry.seq for entry in (await bench.page(1, epoch=stored.epoch, id="t.1")).entries] == [2]


@pytest.mark.parametrize("lost", ["log", "meta"])
async def test_what_was_forgotten_in_part_gets_a_new_epoch(bench: Bench, lost: str) -> None:
    epoch = (await bench.say(1)).epoch
    await bench.say(2)
    *_, log, meta = bench.keys.conversation(UID)
    await bench.pipeline.call("DEL", log if lost == "log" else meta)
    stored = await bench.say(1, tab="new")
    assert stored.epoch > epoch
    assert stored.seq == (1 if lost == "log" else 3)
    # Counts of tabs went with it: nothing lost is acknowledged as a repeat.
    assert (await bench.say(1)).repeat is False


async def test_a_flushed_store_is_noticed_by_who_reads_it(bench: Bench, store: Valkey) -> None:
    for n in range(1, 4):
        await bench.say(n)
    await bench.until(lambda: len(bench.told) == 3)
    store.flush()
    await bench.until(lambda: bench.gaps == 1)
    await bench.say(1, tab="after")
    await bench.until(lambda: len(bench.told) == 4)


async def test_scripts_that_were_flushed_are_sent_again_in_order(bench: Bench, store: Valkey) -> None:
    await bench.say(1)
    store.command("SCRIPT", "FLUSH")
    stored = await asyncio.gather(*(bench.say(n) for n in range(2, 10)))
    assert [item.seq for item in stored] == list(range(2, 10))


async def test_presence_is_told_once_however_many_nodes(bench: Bench) -> None:
    for boot in ("one", "two"):
        await bench.presence.beat(bench.keys.shard_of(UID), boot, first=True)
        await bench.presence.arrive(boot, UID, event())
        await bench.presence.arrive(boot, UID, event())
    assert await bench.presence.online() == {UID}
    await bench.presence.depart("one", UID, event())
    assert await bench.presence.online() == {UID}
    await bench.presence.depart("two", UID, event())
    await bench.presence.depart("two", UID, event())
    assert await bench.presence.online() == set()
    assert [entry.kind for entry in (await bench.page()).entries] == ["entered", "left"]


async def test_a_roll_call_leaves_the_word_of_who_calls_until_the_others_answer(bench: Bench) -> None:
    shard = bench.keys.shard_of(UID)
    await bench.feed.start()
    for boot in ("dead", "other", "mine"):
        await bench.presence.arrive(boot, UID, event())
    await bench.presence.call_roll(shard, "mine", UID, ["dead", "other", "stranger"])
    await bench.until(lambda: bench.told and bench.told[-1].kind == "roll_call")
    assert (bench.told[-1].author, json.loads(bench.told[-1].body)) == (UID, {"tag": shard})
    await bench.presence.call_roll(shard, "other", UID, ["mine"])  # closed there too, and before it could answer
    await bench.presence.arrive("other", UID, event())
    await bench.presence.depart("mine", UID, event())
    assert await bench.presence.online() == {UID}
    await bench.presence.depart("other", UID, event())
    await bench.presence.depart("dead", UID, event())
    assert await bench.presence.online() == set()
    assert [entry.kind for entry in (await bench.page()).entries] == ["entered", "left"]


async def test_a_node_is_buried_only_while_its_counter_stands(bench: Bench) -> None:
    shard, boot = bench.keys.shard_of(UID), secrets.token_hex(6)
    await bench.presence.beat(shard, boot, first=True)
    await bench.presence.arrive(boot, UID, event())
    await bench.presence.beat(shard, boot, first=False)
    assert await bench.presence.bury(shard, boot, "1") == []
    assert await bench.presence.bury(shard, boot, "2") == [UID]
    assert not await bench.presence.beat(shard, boot, first=False), "a buried node must begin anew"


async def test_an_agent_in_another_shard_is_seen_by_a_claim(bench: Bench) -> None:
    await bench.claim(ANNA)
    for shard in bench.keys.shards():
        await bench.presence.agent(shard, "boot", ANNA, online=True)
    away = await bench.changes.release(UID, ANNA, fence=None, away=True, released=event())
    assert away.word == "present"
    await bench.presence.agent(bench.keys.shard_of(UID), "boot", ANNA, online=False)
    away = await bench.changes.release(UID, ANNA, fence=None, away=True, released=event())
    assert (away.word, away.state.owner) == ("ok", "")


async def test_a_cancelled_caller_does_not_shift_the_replies(bench: Bench) -> None:
    asking = [asyncio.ensure_future(bench.pipeline.call("ECHO", str(n))) for n in range(100)]
    await asyncio.sleep(0)
    for task in asking[::3]:
        task.cancel()
    answers = await asyncio.gather(*asking, return_exceptions=True)
    kept = [answer for n, answer in enumerate(answers) if n % 3]
    assert kept == [str(n).encode() for n in range(100) if n % 3]
    assert await bench.pipeline.call("ECHO", "last") == b"last"


async def test_a_full_store_says_so_and_still_reads(bench: Bench, store: Valkey) -> None:
    await bench.say(1)
    store.command("CONFIG", "SET", "maxmemory", "1")
    try:
        with pytest.raises(StoreFull):
            await bench.say(2)
        assert [entry.seq for entry in (await bench.page()).entries] == [1]
    finally:
        store.command("CONFIG", "SET", "maxmemory", "0")
    assert (await bench.say(2)).seq == 2


async def test_a_feed_that_cannot_be_read_for_a_while_is_read_again(bench: Bench) -> None:
    feed = bench.keys.feed(bench.keys.shard_of(UID))
    await bench.say(1)
    await bench.until(lambda: len(bench.told) == 1)
    await bench.pipeline.call("CONFIG", "RESETSTAT")
    await bench.pipeline.call("SET", feed, "not a stream")
    async with asyncio.timeout(60):
        while b"WRONGTYPE" not in await bench.pipeline.call("INFO", "errorstats"):  # noqa: ASYNC110 - nobody tells
            await asyncio.sleep(0.02)
    await bench.pipeline.call("DEL", feed)
    await bench.until(lambda: bench.gaps >= 1)
    await bench.say(2)
    await bench.until(lambda: len(bench.told) == 2)


async def test_of_what_nobody_follows_no_message_is_handed_on_and_every_event_is(bench: Bench) -> None:
    followed: set[bytes] = set()
    bench.feed.followed, bench.feed.on_skimmed = followed, bench._changed.set
    await bench.say(1)
    await bench.say(2)
    await bench.claim(ANNA)
    await bench.until(lambda: bench.told)
    assert [entry.kind for entry in bench.told] == ["claimed"]
    assert [entry.id for entry in bench.feed.skimmed.take()] == ["t.2"]
    followed.add(UID.encode())
    await bench.say(3)
    await bench.until(lambda: len(bench.told) == 2)
    assert [entry.id for entry in bench.feed.skimmed.take_of(UID)] == ["t.3"]


async def test_a_message_without_a_state_hides_none_that_has_one(bench: Bench) -> None:
    feed = bench.keys.feed(bench.keys.shard_of(UID))
    for followed in (set[bytes](), {UID.encode()}):
        bench.feed.followed, bench.feed.on_message = followed, lambda message: None
        before = len(bench.told)
        await bench.say(1 + before)
        await bench.pipeline.call("XADD", feed, "0-*", f"{UID}|9|1|message|{UID}|v|t.9|1|", "{}")
        await bench.until(lambda before=before: len(bench.told) > before)
        assert [(entry.id, entry.state) for entry in bench.told[before:]] == [("t.9", None)]
        assert [entry.id for entry in bench.feed.skimmed.take_of(UID)] == [f"t.{1 + before}"]
