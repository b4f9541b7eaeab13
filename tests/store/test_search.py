"""What was said is found, once, whatever the language: the index and its queries, on both engines."""

import asyncio
import os
import random
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from typing import Any
from unittest.mock import AsyncMock

import pytest

from app.chat import protocol, text
from app.chat.errors import Refusal
from app.chat.folding import fold
from app.live.duties import index as indexing_module
from app.live.duties import shard as shard_module
from app.live.duties.follower import Follower
from app.live.duties.index import Indexing
from app.store import index as index_module
from app.store import lookup as lookup_module
from app.store import postings as postings_module
from app.store.errors import StoreAway, StoreFull
from app.store.index import PERIOD_MS, Index, Said
from app.store.keys import IndexKeys
from app.store.message_lookup import Hit
from app.store.store import Store
from tests.replicated import Cluster
from tests.running import Valkey
from tests.store.scribe import Scribe, known, uid_of

DAY = 24 * 3600 * 1000


class Archive:
    """A store, people who say things in it, and a follower that works when it is told to."""

    def __init__(self, url: str, shards: int = 2) -> None:
        self.url, self.shards = url, shards
        self.store = self.open()
        self.scribe = Scribe(self.store)
        self.said: list[tuple[str, int, str]] = []

    def open(self) -> Store:
        return Store(self.url, self.shards, nickname_days=1, visitor_days=1, agent_hours=1)

    async def say(self, who: str, content: str) -> int:
        """A visitor says something; returns its seq."""
        place = await self.scribe.say(who, content)
        self.said.append((uid_of(who), place.seq, content))
        return place.seq

    async def write(
        self, who: str, seq: int, content: str, *, time: int, kind: str = "message", file: str = ""
    ) -> None:
        """An entry as it would have been stored at that time; `file`: what the one is called that it has."""
        more = {"file": {"id": "f", "name": file, "type": "image/jpeg", "size": 1}} if file else {}
        uid, body = uid_of(who), protocol.encode({"user": {}, "content": content, **more})
        *_, log, meta = self.store.keys.conversation(uid)
        pipeline = self.store.pipelines.of(uid)
        await pipeline.call("XADD", log, f"{seq}-0", "h", f"{kind}|{uid}|v|t.{seq}|{time}", "b", body)
        await pipeline.call("HSET", meta, "epoch", 1, "seq", seq)
        await known(self.store, uid)

    async def index(self, store: Store | None = None) -> None:
        """Compare everything, index what is due, and stop."""
        follower = follows(store or self.store)
        for shard in follower._shards.values():
            await shard.work()
            assert shard.ours
            assert not shard.todo
        await follower.stop()

    async def find(self, query: str, **more: Any) -> list[Hit]:
        return (await self.store.search.find(query, **more)).hits

    async def texts(self, query: str) -> list[str]:
        return [hit.content for hit in await self.find(query)]

    async def all(self, query: str, limit: int = 20) -> list[Hit]:
        """Every page, one after the other."""
        found: list[Hit] = []
        cursor = ""
        while True:
            page = await self.store.search.find(query, cursor, limit)
            assert len(page.hits) <= limit
            found += page.hits
            cursor = page.cursor
            if not cursor:
                return found


def follows(store: Store) -> Follower:
    """What keeps the index."""
    return Follower(store, "views", [Indexing(store.index, store.people)])


def places(hits: list[Hit]) -> list[tuple[str, int]]:
    return [(hit.entry.uid, hit.entry.seq) for hit in hits]


@pytest.fixture
def unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody chats beside these tests: index without a pause."""
    monkeypatch.setattr(indexing_module, "MESSAGES_PER_SECOND", 1e9)
    monkeypatch.setattr(indexing_module, "LISTS_PER_SECOND", 1e9)
    monkeypatch.setattr(shard_module, "COMPARE_PAUSE", 0.0)


@pytest.fixture
async def archive(store_url: str, unhurried: None) -> AsyncIterator[Archive]:
    made = Archive(store_url)
    await made.store.open()
    yield made
    await made.store.close()


@pytest.mark.parametrize(
    ("said", "sought"),
    [
        ("我想退货，鞋子太小了", ["退货", "鞋子", "太小", "我想退货", "鞋", "退"]),
        ("こんにちは、送料はいくらですか", ["送料", "いくら", "こんにちは"]),
        ("ｶﾞﾗｽのコップ", ["ガラス", "ｶﾞﾗｽ", "コップ", "ｺｯﾌﾟ"]),
        ("カタカナ　と　ＡＢＣ１２３", ["abc123", "ＡＢＣ", "カタカナ"]),
        ("Is the SIZE 42 in stock?", ["size", "Size 42", "stock is", "STOCK?"]),
        ("Une crème brûlée, s'il vous plaît", ["creme", "CRÈME", "brulee plait"]),
        ("Die Straße nach Köln", ["strasse", "STRASSE", "koln", "köln"]),
        ("Размер Й есть?", ["размер", "ЕСТЬ"]),
        ("안녕하세요 배송 문의", ["배송", "안녕하세요".encode().decode(), "배송 문의"]),
        ("thanks 😀👍🏽 bye", ["😀", "👍", "😀👍🏽", "thanks bye"]),
        ("order ❤️", ["❤", "❤️"]),
        ("It’s the 5″ one, size 10×20 – not −3", ["it's", 'the 5"', "10x20", "— not", "-3", "it‘s", "5”"]),
        ("It's the 5\" one, 10x20, wi-fi", ["it’s", "5″", "5”", "10×20", "wi‑fi", "WI–FI"]),
        ("Søren Łukasz, æbler til Đorđe, ILIK", ["soren", "lukasz", "aebler", "dorde", "ılık", "SØREN", "ÆBLER"]),
        ("Soren aebler", ["søren", "Æbler"]),
        ("السَّلَامُ عليكم، رقم الطلب ١٢٣٤", ["السلام", "الســـلام", "1234", "۱۲۳۴"]),
        ("مرحبا أحمد إلى مدرسة", ["احمد", "الي", "مدرسه", "إحمد"]),
        ("کتاب علی ۱۲۳", ["كتاب", "علي", "123", "١٢٣"]),
        ("שָׁלוֹם, צה״ל", ["שלום", 'צה"ל', "שָׁלוֹם"]),
        ("ต้องการกล้วยน้ำว้า", ["กล้วย", "น้ำ"]),
        ("मुझे हिन्दी किताब चाहिए ४५", ["हिन्दी", "किताब", "45"]),
    ],
)
async def test_it_is_found_in_any_language(archive: Archive, said: str, sought: list[str]) -> None:
    await archive.say("lily", "nothing of the kind")
    seq = await archive.say("lily", said)
    await archive.index()
    for query in sought:
        assert places(await archive.find(query)) == [(uid_of("lily"), seq)], query


async def test_every_word_must_be_in_one_message(archive: Archive) -> None:
    await archive.say("lily", "red shoes")
    await archive.say("lily", "blue shoes")
    await archive.say("mona", "shoes, but not those that are red")
    await archive.say("mona", "かばん")
    await archive.index()
    assert set(await archive.texts("red shoes")) == {"red shoes", "shoes, but not those that are red"}
    assert await archive.texts("shoes") == ["shoes, but not those that are red", "blue shoes", "red shoes"]
    assert await archive.texts("red blue") == []
    assert await archive.texts("かはん") == [], "が is not か"
    assert await archive.texts("purple") == []


@pytest.mark.parametrize(
    ("said", "not_it"), [("กล้วย", "กลวย"), ("किताब", "कताब"), ("ばなな", "はなな"), ("がっこう", "かっこう")]
)
async def test_what_is_another_word_is_not_found(archive: Archive, said: str, not_it: str) -> None:
    await archive.say("lily", said)
    await archive.index()
    assert await archive.texts(said) == [said]
    assert await archive.texts(not_it) == []


@pytest.mark.parametrize("query", ["", " ", "a", "a b c", "か", "\u200b", "é"])
async def test_what_is_too_short_is_refused(archive: Archive, query: str) -> None:
    with pytest.raises(Refusal) as caught:
        await archive.find(query)
    assert caught.value.code == "too_short"


@pytest.mark.parametrize("cursor", ["x", "e30", "bm8=", "eyJ7czAwfSI6WzEsInkiXX0=", "é", "=" * 50])
async def test_a_cursor_that_is_none_is_refused(archive: Archive, cursor: str) -> None:
    await archive.say("lily", "hello")
    await archive.index()
    with pytest.raises(Refusal) as caught:
        await archive.find("hello", cursor=cursor)
    assert caught.value.code == "bad_request"


async def test_notes_are_found_and_events_are_not(archive: Archive) -> None:
    await archive.write("lily", 1, "a note", time=DAY, kind="note")
    await archive.write("lily", 2, "a note", time=DAY, kind="entered")
    await archive.index()
    assert places(await archive.find("note")) == [(uid_of("lily"), 1)]


async def test_pages_follow_each_other_from_the_newest_on(archive: Archive) -> None:
    for n in range(1, 61):
        await archive.write(f"guest{n % 7}", n, f"hello number {n}", time=DAY + n)
    await archive.index()
    found = await archive.all("hello", limit=7)
    assert sorted(hit.entry.seq for hit in found) == list(range(1, 61)), "one is missing, or there twice"
    times = [hit.entry.time for hit in await archive.find("hello")]
    assert times == sorted(times, reverse=True)


async def test_what_is_said_meanwhile_does_not_disturb_the_pages(archive: Archive) -> None:
    for n in range(30):
        await archive.say("lily", f"hello {n}")
    await archive.index()
    page = await archive.store.search.find("hello", limit=10)
    for n in range(30, 50):
        await archive.say("lily", f"hello {n}")
    await archive.index()
    rest = await archive.store.search.find("hello", page.cursor, 20)
    assert [hit.content for hit in page.hits + rest.hits] == [f"hello {n}" for n in range(29, -1, -1)]


async def test_old_periods_come_after_new_ones_and_can_be_forgotten(archive: Archive) -> None:
    for n, age in enumerate((0, 1, 2, 5), 1):
        await archive.write("lily", n, f"hello {n}", time=DAY + age * PERIOD_MS)
    await archive.index()
    assert [hit.entry.seq for hit in await archive.all("hello", limit=1)] == [4, 3, 2, 1]
    shard = archive.store.keys.shard_of(uid_of("lily"))
    await archive.store.index.forget(shard, 2)
    assert [hit.entry.seq for hit in await archive.all("hello")] == [4, 2, 1]
    left = await archive.store.pipelines.at(shard).call("KEYS", f"{shard}:x2:2:*")
    assert left == []
    await archive.store.index.forget(shard, 2)
    for period in (0, 1, 5):
        await archive.store.index.forget(shard, period)
    kept = {
        key.decode().rpartition(":")[2] for key in await archive.store.pipelines.at(shard).call("KEYS", f"{shard}:x2:*")
    }
    assert kept <= {"marks", "numbers", "behind"}


async def test_what_was_trimmed_is_not_found(archive: Archive) -> None:
    for n in range(1, 6):
        await archive.say("lily", f"hello {n}")
    await archive.index()
    *_, log, meta = archive.store.keys.conversation(uid_of("lily"))
    pipeline = archive.store.pipelines.of(uid_of("lily"))
    await pipeline.call("XTRIM", log, "MINID", "4-0")
    await pipeline.call("HSET", meta, "floor", 3)
    assert await archive.texts("hello") == ["hello 5", "hello 4"]
    await archive.say("lily", "hello 6")
    await archive.index()
    assert await archive.texts("hello") == ["hello 6", "hello 5", "hello 4"]


@pytest.mark.parametrize("lost", ["log", "meta"])
async def test_a_conversation_of_another_epoch_is_indexed_anew(archive: Archive, lost: str) -> None:
    await archive.say("lily", "hello one")
    await archive.say("lily", "hello two")
    await archive.index()
    *_, log, meta = archive.store.keys.conversation(uid_of("lily"))
    await archive.store.pipelines.of(uid_of("lily")).call("DEL", log if lost == "log" else meta)
    archive.scribe.numbers.clear()
    await archive.say("lily", "hello three")
    await archive.index()
    expected = ["hello three"] if lost == "log" else ["hello three", "hello two", "hello one"]
    found = await archive.find("hello")
    assert [hit.content for hit in found] == expected
    page = await archive.store.conversations.attach(uid_of("lily"))
    assert {hit.entry.epoch for hit in found} == {page.epoch}


async def test_two_at_once_index_everything_once(archive: Archive) -> None:
    for n in range(300):
        await archive.say(f"guest{n % 5}", f"hello {n}")
    other = archive.open()
    await other.open()
    shards = [shard for store in (archive.store, other) for shard in follows(store)._shards.values()]
    for shard in shards:  # each believes that it is the only one
        shard.ours, shard._renew_at = True, float("inf")

    async def work(shard: Any) -> None:
        while not shard._walk.over:
            await shard._compare()
        while shard.todo:
            await shard._step()

    await asyncio.gather(*map(work, shards))
    assert sorted(places(await archive.all("hello"))) == sorted((uid, seq) for uid, seq, _ in archive.said)
    await other.close()


async def test_one_who_comes_second_changes_nothing(archive: Archive) -> None:
    await archive.say("lily", "hello")
    await archive.index()
    uid, shard = uid_of("lily"), archive.store.keys.shard_of(uid_of("lily"))
    before = {
        key: await _dump(archive, shard, key)
        for key in await archive.store.pipelines.at(shard).call("KEYS", f"{shard}:x2:*")
    }
    mark = (await archive.store.index.marks(shard, await archive.store.logs.ends(shard, [uid])))[uid]
    assert mark.seq == 1
    stale, new = mark._replace(seq=0), mark._replace(seq=1)
    said = [Said(DAY, mark.number, 1, index_module.buckets("hello again"))]
    assert not await archive.store.index.add(shard, index_module.period(DAY), said, {uid: (stale, new)})
    after = {
        key: await _dump(archive, shard, key)
        for key in await archive.store.pipelines.at(shard).call("KEYS", f"{shard}:x2:*")
    }
    assert after == before


async def test_what_was_read_before_a_roll_back_is_not_indexed_after_it(archive: Archive) -> None:
    """A failover: the call was on its way to a primary that knew more, and is repeated on one that knows less."""
    for n in range(3):
        await archive.say("lily", f"hello {n}")
    uid, shard = uid_of("lily"), archive.store.keys.shard_of(uid_of("lily"))
    epoch = (await archive.store.logs.ends(shard, [uid]))[uid].epoch
    mark = (await archive.store.index.enrol(shard, {uid: epoch}))[uid]
    said = [Said(DAY, mark.number, 3, index_module.buckets("hello 2"))]
    moved = {uid: (mark, mark._replace(seq=3))}
    meta, pipeline = archive.store.keys.conversation(uid).meta, archive.store.pipelines.of(uid)
    await pipeline.call("HSET", meta, "seq", 2)
    assert not await archive.store.index.add(shard, 0, said, moved)
    await pipeline.call("HSET", meta, "seq", 3, "epoch", epoch + 1)
    assert not await archive.store.index.add(shard, 0, said, moved)
    await pipeline.call("HSET", meta, "epoch", epoch)
    assert await archive.store.index.add(shard, 0, said, moved)


async def _dump(archive: Archive, shard: str, key: bytes) -> Any:
    return await archive.store.pipelines.at(shard).call("DUMP", key)


@pytest.fixture
def by_a_former_build(monkeypatch: pytest.MonkeyPatch) -> Callable[[], AbstractContextManager[None]]:
    """What is done inside is done to the index that a build with the former rule of folding keeps."""

    @contextmanager
    def inside() -> Iterator[None]:
        with monkeypatch.context() as patch:
            patch.setattr(IndexKeys.__init__, "__defaults__", (IndexKeys.FORMER,))
            patch.setattr(Index, "forget_former", AsyncMock())
            yield

    return inside


Former = Callable[[], AbstractContextManager[None]]


async def test_the_index_of_a_former_build_gives_way_to_one_made_anew(
    archive: Archive, by_a_former_build: Former
) -> None:
    for n in range(120):
        await archive.say(f"guest{n % 7}", f"hello {n}, it’s me")
    with by_a_former_build():
        await archive.index()
        assert len(await archive.all("hello")) == 120
    found = await archive.store.search.find("hello")
    assert (found.hits, found.behind) == ([], 7), "it says that nothing is there yet"
    await archive.index()
    assert sorted(places(await archive.all("it's"))) == sorted((uid, seq) for uid, seq, _ in archive.said)
    for shard in archive.store.keys.shards():
        assert await archive.store.pipelines.at(shard).call("KEYS", f"{shard}:x:*") == []
    with by_a_former_build():  # one that is started again begins at the beginning
        await archive.index()
        assert len(await archive.all("hello")) == 120


@pytest.mark.parametrize("after", [1, 2, 5, 9, 14, 20])
async def test_making_it_anew_goes_on_after_a_kill(archive: Archive, by_a_former_build: Former, after: int) -> None:
    """Cut off after so many calls of the index to the store, dropping what was there or adding, as a kill would."""
    for n in range(150):
        await archive.say(f"guest{n % 7}", f"hello {n}")
    with by_a_former_build():
        await archive.index()
    other = archive.open()
    await other.open()
    left = after

    class Cut:
        """A pipeline as the index uses it."""

        def __init__(self, shard: str) -> None:
            pipeline = real(shard)
            self.eval, self.call = self.cut(pipeline.eval), self.cut(pipeline.call)

        def cut(self, real: Callable[..., Any]) -> Callable[..., Any]:
            async def call(*words: Any, **more: Any) -> Any:
                nonlocal left
                left -= 1
                if left < 0:
                    raise StoreAway
                return await real(*words, **more)

            return call

    follower = follows(other)
    real, other.pipelines.at = other.pipelines.at, Cut  # type: ignore[method-assign, assignment]
    for part in follower._shards.values():
        with suppress(StoreAway):
            await part.work()
    await other.close()
    for shard in archive.store.keys.shards():  # it runs out
        await archive.store.pipelines.at(shard).call("DEL", archive.store.keys.lease(shard, "views"))
    await archive.index()
    assert sorted(places(await archive.all("hello"))) == sorted((uid, seq) for uid, seq, _ in archive.said)


async def test_a_full_store_is_indexed_once_there_is_room(archive: Archive, store: Valkey) -> None:
    await archive.say("lily", "hello")
    store.command("CONFIG", "SET", "maxmemory", "1")
    try:
        with pytest.raises(StoreFull):
            await archive.index()
        assert await archive.texts("hello") == []  # and it can be asked
    finally:
        store.command("CONFIG", "SET", "maxmemory", "0")
    await archive.index()
    assert await archive.texts("hello") == ["hello"]


async def test_a_page_is_bounded_and_leads_on(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where nothing but the last resort helps, reading: a page gives up in time and says that there may be more."""
    monkeypatch.setattr(lookup_module, "CHECKS_PER_PAGE", 40)
    monkeypatch.setattr(postings_module, "WINDOW_BYTES", 64)
    await archive.say("lily", "abcab is here")
    for n in range(150):
        await archive.say("lily", f"ab bc ca {n}")  # every pair, and not the word
    await archive.index()
    page = await archive.store.search.find("abcab")
    assert (page.hits, bool(page.cursor)) == ([], True)
    assert [hit.content for hit in await archive.all("abcab")] == ["abcab is here"]


async def test_words_that_never_meet_are_given_up_in_time(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lookup_module, "CHECKS_PER_PAGE", 5)
    monkeypatch.setattr(postings_module, "WINDOW_BYTES", 64)
    await archive.say("lily", "left and right")
    for n in range(600):
        await archive.say("lily", ("left", "right")[n % 2])
    await archive.index()
    page = await archive.store.search.find("left right")
    assert (page.hits, bool(page.cursor)) == ([], True)
    assert [hit.content for hit in await archive.all("left right")] == ["left and right"]


async def test_who_loses_the_lease_and_gets_it_back_looks_at_everything(archive: Archive) -> None:
    uid = uid_of("lily")
    await archive.say("lily", "hello one")
    follower, shard = follows(archive.store), archive.store.keys.shard_of(uid)
    one, pipeline = follower._shards[shard], archive.store.pipelines.at(shard)
    await one.work()
    await pipeline.call("SET", archive.store.keys.lease(shard, "views"), "somebody else")
    await archive.say("lily", "hello two")
    one.todo[uid] = None
    one._renew_at = 0
    await one.work()
    assert not one.ours
    assert await archive.texts("hello") == ["hello one"]
    await pipeline.call("DEL", archive.store.keys.lease(shard, "views"))
    one._renew_at = 0
    await one.work()
    assert await archive.texts("hello") == ["hello two", "hello one"]


async def test_a_file_is_found_by_its_name_and_by_the_words_beside_it(archive: Archive) -> None:
    longest = "w" * (text.INDEXED_LENGTH - len("\nthe longest.pdf"))
    for seq, content, file in (
        (1, "the spout is broken", "Kettle 壶.jpg"),
        (2, "", "receipt-4711.pdf"),
        (3, longest, "the longest.pdf"),
    ):
        await archive.write("lily", seq, content, time=DAY, file=file)
    await archive.index()
    assert await archive.texts("SPOUT kettle") == ["the spout is broken\nKettle 壶.jpg"]
    assert await archive.texts("4711.pdf") == await archive.texts("receipt") == ["receipt-4711.pdf"]
    for query, seqs in (("壶", [1]), ("longest", [3]), ("broken\nkettle", [1]), (".pdf", [3, 2]), ("image/jpeg", [])):
        assert [seq for _, seq in places(await archive.find(query))] == seqs, query


async def test_a_long_text_can_be_found_by_its_beginning_and_none_stops_what_comes_after(archive: Archive) -> None:
    await archive.say("lily", "x" * 20 + "needle" + "y" * (text.INDEXED_LENGTH * 2) + "thread")
    await archive.say("lily", "\U0001f600" * 3000 + "".join(map(chr, range(0x4E00, 0x4E00 + 9000))))
    await archive.write("mona", 1, "", time=DAY)
    pipeline = archive.store.pipelines.of(uid_of("mona"))
    *_, log, meta = archive.store.keys.conversation(uid_of("mona"))
    await pipeline.call("XADD", log, "2-0", "h", f"message|v|v|t.2|{DAY}", "b", b'{"content":7}')
    await pipeline.call("HSET", meta, "seq", 2)
    await archive.write("mona", 3, "after it", time=DAY)
    await archive.index()
    assert len(await archive.find("needle")) == 1
    assert len(await archive.find("一丁")) == 1
    assert await archive.texts("after") == ["after it"]


ALPHABETS = ("abc ", "abcde ", "鞋子退货 ", "ｶﾞかきカｷ ー", "éEeÉ́ ßs ", "😀👍❤️ x")


@pytest.mark.parametrize(("texts", "queries"), [(400, 100), pytest.param(1200, 250, marks=pytest.mark.long)])
async def test_it_agrees_with_a_naive_search(
    archive: Archive, monkeypatch: pytest.MonkeyPatch, texts: int, queries: int
) -> None:
    """Random texts of few letters, indexed in random pieces, searched in pages of random size, with small windows."""
    seed = int(os.environ.get("SEED", random.randrange(10**6)))
    print(f"SEED={seed}")
    dice = random.Random(seed)
    monkeypatch.setattr(postings_module, "WINDOW_BYTES", dice.choice((16, 32, 128)))
    monkeypatch.setattr(lookup_module, "CHECKS_PER_PAGE", dice.choice((3, 6, 16)))
    monkeypatch.setattr(lookup_module, "CHECKS_PER_READ", 5)
    monkeypatch.setattr(shard_module, "ENTRIES_PER_STEP", 7)
    monkeypatch.setattr(shard_module, "COMPARED_PER_STEP", 4)
    for _ in range(texts):
        alphabet = dice.choice(ALPHABETS)
        content = "".join(dice.choices(alphabet, k=dice.randint(1, 14)))
        if content.strip():
            await archive.say(f"guest{dice.randrange(9)}", content)
        if dice.random() < 0.01:
            await archive.index()
    await archive.index()
    asked = 0
    for _ in range(queries):
        query = "".join(dice.choices(dice.choice(ALPHABETS), k=dice.randint(1, 5)))
        sought = text.words(fold(query))
        if not text.buckets(sought):
            continue
        asked += 1
        expected = [(uid, seq) for uid, seq, said in archive.said if all(word in fold(said) for word in sought)]
        found = places(await archive.all(query, limit=dice.randint(1, 20)))
        assert sorted(found) == sorted(expected), query
    assert asked > queries * 0.4


async def test_a_cluster_is_searched_newest_first_and_without_a_server_too(unhurried: None) -> None:
    with Cluster("valkey", replicas=0, full_coverage=False) as cluster:
        archive = Archive(cluster.url, shards=16)
        await archive.store.open()
        for n in range(60):
            await archive.say(f"guest{n % 20}", f"hello {n}")
        await archive.index()
        found = await archive.all("hello", limit=7)
        assert len(found) == 60
        times = [hit.entry.time for hit in found]
        assert times == sorted(times, reverse=True)
        server = cluster.servers[0]
        lost = asyncio.Event()
        archive.store.pipelines.on_change(lambda up: lost.set())
        pipelines = [
            pipeline
            for pipeline in archive.store.pipelines.each()
            if pipeline.address and pipeline.address.port == server.port
        ]
        server.kill()
        async with asyncio.timeout(60):
            while any(pipeline.up for pipeline in pipelines):
                lost.clear()
                await lost.wait()
        page = await archive.store.search.find("hello", limit=20)
        away = {uid for uid, _, _ in archive.said if not archive.store.pipelines.of(uid).up}
        assert len(page.hits) == 20
        assert away.isdisjoint(uid for uid, _ in places(page.hits))
        assert page.cursor
        await archive.store.close()


def test_an_excerpt_points_at_what_was_found() -> None:
    cases = [
        ("Une crème brûlée", "brulee", "brûlée"),
        ("半角ｶﾞﾗｽのコップ", "ガラス", "ｶﾞﾗｽ"),
        ("㌔グラム", "キ", "㌔"),
        ("x" * 500 + " Straße " + "y" * 500, "strasse", "Straße"),
        ("👨\u200d👩\u200d👧 family", "family", "family"),
        ("zum Schluß é", "é", "é"),
        ("it’s 10″ × 3½ long", "1/2", "½"),
        ("قال السَّلَامُ عليكم", "السلام", "السَّلَامُ"),
        ("ســـلام", "سلام", "ســـلام"),
        ("a שָׁלוֹם b", "שלום", "שָׁלוֹם"),
        ("रंग नीला है", "नीला", "नीला"),
        ("ซื้อกล้วยน้ำว้า", "กล้วย", "กล้วย"),
        ("İstanbul’da", "istanbul'da", "İstanbul’da"),
        ("an Æbleskive", "aeb", "Æb"),
        ("㌔" * 3000 + "e\u0301" + "㌔" * 3000, "é", "e\u0301"),
    ]
    for content, sought, shown in cases:
        piece = text.excerpt(content, text.words(fold(sought)))
        assert piece.content[piece.start : piece.end] == shown
        assert len(piece.content) <= text.EXCERPT_LENGTH
        assert piece.content in content
    assert text.excerpt("hello", ["nothing"]) == ("hello", 0, 0)


def test_folding_by_pieces_is_folding() -> None:
    seed = int(os.environ.get("SEED", random.randrange(10**6)))
    print(f"SEED={seed}")
    dice = random.Random(seed)
    letters = "aÉé\u0301ßİſﬁがかﾞｶﾊﾟ゙㌔한\u1112\u1161\u11ab①Ａ😀\u200d\ufe0f Σς"
    rows = ["a", "がﾞ", "\u05ae" * 20, "\u1dfa" * 20, "\u200d", "\u0323", "🎉" * 20]
    for n in range(4000):
        content = "".join(dice.choices(letters if n < 3000 else rows, k=dice.randint(0, 8)))
        pieces = [text._origin(content, at) for at in range(len(fold(content)))]
        starts = sorted({start for start, _ in pieces})
        assert [start for start, _ in pieces] == sorted(start for start, _ in pieces), repr(content)
        whole = [content[start:end] for start, end in sorted(set(pieces))]
        assert "".join(map(fold, whole)) == fold(content), repr(content)
        assert len(starts) == len(whole), repr(content)


def test_more_marks_in_a_row_than_any_writing_has_are_not_put_in_order() -> None:
    folded = fold("Tea" + "\u3099\u093c\u200d" * 2600)
    assert (folded[:3], len(folded)) == ("tea", 33)
    assert fold("🎉" * 40 + "é" + "。" * 40) == "🎉" * 40 + "e" + "。" * 40
