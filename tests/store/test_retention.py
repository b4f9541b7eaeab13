"""Forgetting what is too old, on both engines: what goes, what stays, and that the sequence has no gap."""

import pytest

from app.chat import pages
from app.store import retention as rules
from app.store.conversations import Page, Reset
from app.store.index import PERIOD_MS, Index
from app.store.keys import IndexKeys, Keys, MailKeys
from app.store.mail_tokens import Mail, stop_code
from app.store.retention import Retention
from app.store.whereabouts import Whereabouts
from tests.store.test_conversations import ANNA, UID, Bench, bench, event

__all__ = ["bench"]  # the fixture


@pytest.fixture
def retention(bench: Bench) -> Retention:
    return Retention(bench.pipelines, bench.keys, Index(bench.pipelines, bench.keys))


async def talk(bench: Bench, first: int, last: int) -> int:
    """Messages number `first` to `last`, later than all before; the time of the first of them."""
    times = [(await bench.say(n)).time for n in range(first, last + 1)]
    await next_millisecond(bench, times[-1])
    return times[0]


async def next_millisecond(bench: Bench, time: int) -> None:
    now = time
    while now <= time:
        seconds, micros = map(int, await bench.pipeline.call("TIME"))
        now = seconds * 1000 + micros // 1000


async def close(bench: Bench) -> None:
    await bench.changes.resolve(UID, "", ANNA, resolved=event())


async def seqs(bench: Bench, after: int) -> list[int]:
    return [entry.seq for entry in (await bench.page(after=after)).entries]


async def test_what_is_older_goes_and_the_rest_stays_in_its_place(bench: Bench, retention: Retention) -> None:
    await talk(bench, 1, 3)
    limit = await talk(bench, 4, 5)
    await close(bench)
    before = await bench.page(after=3)
    assert await retention.trim(UID, limit) == 3
    assert await retention.trim(UID, limit) == 0
    assert await bench.page(after=3) == before
    assert await seqs(bench, after=3) == [4, 5, 6]
    assert [entry.seq for entry in await bench.conversations.before(UID, 0, 50)] == [4, 5, 6]
    found = await bench.conversations.attach(UID, epoch=before.epoch, after=2)
    assert found == Reset("trimmed", before.epoch, 6, 3)


async def test_the_conversation_goes_on_where_it_was(bench: Bench, retention: Retention) -> None:
    limit = await talk(bench, 1, 4)
    await close(bench)
    epoch = (await bench.page()).epoch
    assert await retention.trim(UID, limit + 3_600_000) == 5  # all of it
    snapshot = await bench.conversations.snapshot(UID, online=False)
    assert (snapshot.seq, snapshot.last) == (5, None)
    assert (await bench.say(4)).repeat  # still known to be stored
    stored = await bench.say(5)
    assert (stored.epoch, stored.seq, stored.repeat) == (epoch, 6, False)
    found = await bench.conversations.attach(UID, epoch=epoch, after=5)
    assert isinstance(found, Page)
    assert [entry.seq for entry in found.entries] == [6]


async def test_what_a_visitor_entered_goes_with_the_last_entry(bench: Bench, retention: Retention) -> None:
    """While they are not here: who is may have entered it just now."""
    people = bench.pipelines.people
    await people.call("HSET", Keys.visitor(UID), "name", "Lin", "email", "lin@example.com", "fields", "{}", "seen", 1)

    whereabouts = Whereabouts(bench.pipelines, bench.keys, visitor_days=1)
    walked = [pages.Page(f"https://shop.example.com/{number}", "", "") for number in (*range(60), 59)]
    whereabouts.walk(UID, walked, known=True)
    whereabouts.walk("vother", walked, known=False)  # who did not consent
    mail = Mail(people)
    token = await mail.token(UID, "lin@example.com")
    await mail.token("vother", "lin@example.com")

    async def kept() -> bool:
        trail = await whereabouts.pages(UID)
        assert len(trail) in (0, 50)
        written = bool(await mail.whose(token) and await mail.of_link(stop_code(token)))
        return written and bool(await people.call("HEXISTS", Keys.visitor(UID), "email")) and trail == walked[10:60]

    await talk(bench, 1, 2)
    limit = await talk(bench, 3, 3)
    assert await retention.trim(UID, limit + 3_600_000) == 0  # it is open
    assert await kept()
    await close(bench)
    assert await retention.trim(UID, limit) == 2
    assert await kept()
    await people.call("HSET", Keys.visitor(UID), "seen", limit + 3_600_000)
    assert await retention.trim(UID, limit + 3_600_000) == 2
    assert await kept()
    await people.call("HSET", Keys.visitor(UID), "seen", limit)
    assert await retention.trim(UID, limit + 3_600_000) == 0
    assert not await kept()
    assert await people.call("KEYS", f"{MailKeys.tokens_of('')}*") == [MailKeys.tokens_of("vother").encode()]
    assert (await mail.whose(token), await mail.of_link(stop_code(token))) == (None, None)
    assert await whereabouts.pages(UID) == await whereabouts.pages("vother") == []
    assert await people.call("HGET", Keys.visitor(UID), "name") == b"Lin"


async def test_many_go_a_bounded_number_at_a_time(
    bench: Bench, retention: Retention, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rules, "TRIM_BATCH", 7)
    await talk(bench, 1, 40)
    limit = await talk(bench, 41, 45)
    await close(bench)
    assert await retention.trim(UID, limit) == 40
    assert await seqs(bench, after=40) == [41, 42, 43, 44, 45, 46]
    assert await bench.pipeline.call("XLEN", bench.keys.conversation(UID).log) == 6


async def test_an_open_conversation_keeps_its_last_page(bench: Bench, retention: Retention) -> None:
    last = rules.ENTRIES_KEPT_OPEN + 10
    limit = await talk(bench, 1, last) + 3_600_000
    assert await retention.trim(UID, limit) == 10
    await bench.claim(ANNA)
    assert await retention.trim(UID, limit) == 1
    assert (await bench.page(after=11)).state.status == "held"


async def test_every_conversation_is_looked_at(bench: Bench, retention: Retention) -> None:
    others = [f"v{n:025d}" for n in range(130)]
    for uid in others:
        await bench.presence.arrive("boot", uid, event())
    now = int((await bench.pipeline.call("TIME"))[0]) * 1000
    assert await retention.forget(now - 60_000) == 0
    assert await retention.forget(now + 60_000) == len(others)
    assert await retention.forget(now + 60_000) == 0


async def test_the_feed_forgets_too_and_nobody_misses_anything(
    bench: Bench, retention: Retention, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rules, "FEED_BATCH", 4)
    feed = bench.keys.feed(bench.keys.shard_of(UID))
    await talk(bench, 1, 10)
    limit = await talk(bench, 11, 13)
    await retention.forget(limit)
    assert await bench.pipeline.call("XLEN", feed) == 3
    await retention.forget(limit + 3_600_000)
    assert await bench.pipeline.call("XLEN", feed) == 1  # the place that nodes compare
    await bench.say(14)
    await bench.until(lambda: len(bench.told) == 14)
    assert bench.gaps == 0


async def test_what_is_over_is_no_longer_in_the_index(bench: Bench, retention: Retention) -> None:
    shard = bench.keys.shard_of(UID)
    periods = IndexKeys(shard).periods
    for period in (2, 3, 4):
        await bench.pipeline.call("SADD", periods, period)
        await bench.pipeline.call("SET", IndexKeys(shard).documents(period), b"x" * 8)
    await retention.forget(3 * PERIOD_MS + 1)
    assert sorted(await bench.pipeline.call("SMEMBERS", periods)) == [b"3", b"4"]
    assert await bench.pipeline.call("EXISTS", IndexKeys(shard).documents(2)) == 0
