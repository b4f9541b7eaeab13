"""Notes, tags, snoozing and blocking: what each script decides, on both engines."""

import json
from typing import Any

import pytest

from app.chat import tags as rules
from app.chat.errors import Refusal
from app.store.changes import Event, Outcome
from app.store.conversations import Rating
from tests.store.test_conversations import ANNA, BEN, UID, Bench, bench, event

__all__ = ["bench"]  # the fixture

FAR = 4_000_000_000_000  # unix ms, in the year 2096


async def snooze(bench: Bench, until: int, holder: str = "") -> Outcome:
    return await bench.changes.snooze(UID, holder, ANNA, until, released=event(), snoozed=event())


async def block(bench: Bench, *, on: bool, holder: str = "") -> Outcome:
    return await bench.changes.block(UID, holder, ANNA, on=on, released=event(), blocked=event())


async def kinds(bench: Bench) -> list[str]:
    return [entry.kind for entry in (await bench.page()).entries]


async def test_a_change_whose_reply_was_lost_is_made_once_whatever_came_between(bench: Bench) -> None:
    changes, (closed, aside, label, taken, back, on) = bench.changes, [event() for _ in range(6)]
    await bench.say(1)
    for first in (True, False):
        await changes.claim(UID, ANNA, take_over=False, claimed=taken, released=event())
        assert (await bench.page()).state.owner == (ANNA if first else BEN)
        await changes.transfer(UID, ANNA, BEN, transferred=on, claimed=event())
        if first:
            await changes.transfer(UID, BEN, ANNA, transferred=event(), claimed=event())
        await changes.release(UID, ANNA, fence=None, away=False, released=back)
        await bench.claim(BEN)
    before = (await bench.page()).seq
    await changes.release(UID, BEN, fence=None, away=False, released=event())
    for first in (True, False):
        await changes.resolve(UID, "", ANNA, resolved=closed)
        await changes.snooze(UID, "", ANNA, FAR, released=event(), snoozed=aside)
        await changes.tag(UID, ANNA, "teapot", on=True, tagged=label)
        if first:
            await bench.say(2)
            await changes.tag(UID, ANNA, "teapot", on=False, tagged=event())
    made = [entry.kind for entry in (await bench.page(after=before)).entries]
    assert made == ["released", "resolved", "snoozed", "tagged", "message", "tagged"]
    assert ((await bench.page()).state.status, await tags(bench)) == ("waiting", ())


async def tags(bench: Bench) -> tuple[str, ...]:
    return (await bench.conversations.snapshot(UID, online=False)).tags


async def test_a_note_moves_nothing_and_needs_no_claim(bench: Bench) -> None:
    await bench.say(1)
    await bench.claim(BEN)
    before = (await bench.page()).state
    stored = await bench.say(1, "careful, angry", author=ANNA, kind="note")
    again = await bench.say(1, "careful, angry", author=ANNA, kind="note")
    assert (again.seq, again.repeat) == (stored.seq, True)
    page = await bench.page()
    assert (page.state, [entry.kind for entry in page.entries]) == (before, ["message", "claimed", "note"])
    snapshot = await bench.conversations.snapshot(UID, online=False)
    assert snapshot.last is not None
    assert snapshot.last.seq == 1  # a row shows what was said, not what was noted


async def test_a_note_and_a_message_share_their_tab_s_count(bench: Bench) -> None:
    outcome = await bench.claim(ANNA)
    await bench.say(1, author=ANNA, fence=outcome.state.fence)
    await bench.say(2, author=ANNA, kind="note")
    assert (await bench.refused(2, author=ANNA, fence=outcome.state.fence, content="else")).code == "mismatch"
    assert (await bench.say(3, author=ANNA, fence=outcome.state.fence)).seq == 4


async def test_snoozed_is_nobodys_until_its_moment(bench: Bench) -> None:
    await bench.say(1)
    await bench.claim(ANNA)
    outcome = await snooze(bench, FAR, ANNA)
    assert (outcome.word, outcome.state.status, outcome.state.owner, outcome.state.waiting_since) == (
        "ok",
        "snoozed",
        "",
        0,
    )
    assert await kinds(bench) == ["message", "claimed", "released", "snoozed"]
    assert await bench.presence.open_conversations() == {UID}
    assert (await bench.conversations.snapshot(UID, online=False)).until == FAR
    assert await bench.changes.due(FAR - 1, 10) == []
    assert (await bench.changes.wake(UID, event())).word == "early"
    await snooze(bench, 1)
    assert await bench.changes.due(2, 10) == [UID]
    woke = await bench.changes.wake(UID, event())
    assert (woke.word, woke.state.status, woke.state.waiting_since > 0) == ("ok", "waiting", True)
    assert (await bench.changes.wake(UID, event())).word == "other"
    assert await bench.changes.due(FAR, 10) == []


async def test_a_snoozed_conversation_is_woken_by_its_visitor(bench: Bench) -> None:
    await bench.say(1)
    await snooze(bench, FAR)
    await bench.say(2)
    state = (await bench.page()).state
    assert (state.status, state.waiting_since > 0) == ("waiting", True)
    assert (await bench.changes.wake(UID, event())).word == "other"
    assert (await kinds(bench)).count("woke") == 0


async def test_nobody_snoozes_what_another_holds(bench: Bench) -> None:
    await bench.claim(BEN)
    outcome = await snooze(bench, FAR, ANNA)
    assert (outcome.word, outcome.state.owner) == ("held", BEN)
    assert await kinds(bench) == ["claimed"]


async def test_tags_are_put_on_once_and_taken_off(bench: Bench) -> None:
    for label, word in (("vip", "ok"), ("vip", "kept"), ("退货", "ok")):
        assert (await bench.changes.tag(UID, ANNA, label, on=True, tagged=event())).word == word
    assert await tags(bench) == ("vip", "退货")
    assert sorted(await bench.directory.labels()) == ["vip", "退货"]
    assert [uid for _, uid in await bench.directory.recent(None, "退货", 10)] == [UID]
    assert (await bench.page()).entries[-1].body == '{"user":{},"tags":["vip","退货"]}'.encode()
    for label in ("vip", "退货"):
        await bench.changes.tag(UID, ANNA, label, on=False, tagged=event())
    assert await tags(bench) == ()
    assert (await bench.page()).entries[-1].body == b'{"user":{},"tags":[]}'
    assert await bench.directory.labels() == []
    assert await bench.directory.recent(None, "退货", 10) == []


async def test_a_conversation_holds_ten_tags(bench: Bench) -> None:
    for n in range(10):
        await bench.changes.tag(UID, ANNA, f"tag {n}", on=True, tagged=event())
    assert (await bench.changes.tag(UID, ANNA, "one more", on=True, tagged=event())).word == "full"
    assert len(await tags(bench)) == 10


async def test_a_blocked_visitor_is_heard_no_more(bench: Bench) -> None:
    await bench.say(1)
    await bench.claim(ANNA)
    assert (await block(bench, on=True, holder=BEN)).word == "held"
    assert (await block(bench, on=True, holder=ANNA)).state.status == "blocked"
    assert (await bench.refused(2)).code == "blocked"
    assert (await bench.say(1)).repeat  # what was stored before is acknowledged again
    assert (await bench.claim(BEN)).word == "blocked"
    assert (await bench.say(1, author=BEN, kind="note")).seq == 5
    assert await bench.presence.open_conversations() == set()
    assert (await block(bench, on=False)).state.status == "resolved"
    await bench.say(2)
    assert (await bench.page()).state.status == "waiting"
    assert await kinds(bench) == ["message", "claimed", "released", "blocked", "note", "unblocked", "message"]


async def test_every_conversation_is_listed_newest_first(bench: Bench) -> None:
    for n in range(7):
        uid = f"v{n}" + "x" * 24
        await bench.presence.arrive("boot", uid, event())
        await bench.presence.depart("boot", uid, event())
    everybody: list[str] = []
    place = None
    while page := await bench.directory.recent(place, "", 3):
        everybody += [uid for _, uid in page]
        place = page[-1]
    assert sorted(everybody) == [f"v{n}" + "x" * 24 for n in range(7)]
    assert everybody[0] == "v6" + "x" * 24


@pytest.mark.parametrize("text", ["", "   ", "x" * 31, "\u200b", "a\x00b"])
def test_what_is_no_tag(text: str) -> None:
    with pytest.raises(Refusal) as caught:
        rules.clean(text)
    assert caught.value.code == "bad_tag"


async def test_what_a_visitor_entered_is_told_once_and_moves_nothing(bench: Bench) -> None:
    """Though they were never here; and nothing of who is blocked."""
    words = [(await bench.changes.introduce(UID, "form", digest, event())).word for digest in ("a1", "a1", "b2", "a1")]
    assert words == ["ok", "kept", "ok", "ok"]
    assert await kinds(bench) == ["form"] * 3
    page = await bench.page()
    assert (page.state.status, {entry.author for entry in page.entries}) == ("here", {UID})
    assert await bench.presence.open_conversations() == set()
    await block(bench, on=True)
    assert (await bench.changes.introduce(UID, "form", "c3", event())).word == "blocked"
    assert await kinds(bench) == ["form"] * 3 + ["blocked"]


# -- ratings -----------------------------------------------------------------------------------------------------------


async def resolve(bench: Bench, holder: str = "", by: str = ANNA) -> None:
    assert (await bench.changes.resolve(UID, holder, by, resolved=event())).word == "ok"


async def rate(bench: Bench, *, good: bool, comment: bool = False, id: Event | None = None) -> str:
    return (await bench.changes.rate(UID, good=good, comment=comment, rated=id or event())).word


async def told(bench: Bench) -> list[dict[str, Any]]:
    return [json.loads(entry.body) for entry in (await bench.page()).entries if entry.kind == "rated"]


async def test_what_was_closed_is_rated_once_whoever_asks_how_often(bench: Bench) -> None:
    await bench.say(1)
    await bench.claim(BEN)
    assert (await rate(bench, good=True), await bench.conversations.rating(UID)) == ("none", Rating())
    await resolve(bench, BEN, by=ANNA)  # an administrator, for who held it
    assert await bench.conversations.rating(UID) == Rating(open=True)
    lost = event()
    assert [await rate(bench, good=True, id=lost) for _ in range(2)] == ["ok", "ok"]
    assert [await rate(bench, good=good) for good in (True, False)] == ["rated", "rated"]
    assert await bench.conversations.rating(UID) == Rating(good=True)
    assert await told(bench) == [{"user": {}, "of": 3, "agent": BEN}]
    assert (await bench.page()).state.status == "resolved"


async def test_a_comment_may_follow_a_rating_once_and_turns_it_no_other_way(bench: Bench) -> None:
    await bench.say(1)
    await resolve(bench)
    assert await rate(bench, good=False) == "ok"
    assert await rate(bench, good=True, comment=True) == "rated"
    assert [await rate(bench, good=False, comment=True) for _ in range(2)] == ["ok", "rated"]
    assert [one.get("adds", False) for one in await told(bench)] == [False, True]


async def test_each_episode_has_a_rating_of_its_own_and_one_without_a_word_is_none(bench: Bench) -> None:
    await resolve(bench)
    assert (await rate(bench, good=True), await bench.conversations.rating(UID)) == ("none", Rating())
    for n, good in ((1, True), (2, False)):
        await bench.say(n)
        assert (await rate(bench, good=True), await bench.conversations.rating(UID)) == ("none", Rating())
        await resolve(bench)
        assert await rate(bench, good=good) == "ok"
        await bench.claim(ANNA)
        assert await rate(bench, good=good) == "none"
        await resolve(bench, ANNA)  # nothing was said since
        assert (await rate(bench, good=good), await bench.conversations.rating(UID)) == ("rated", Rating(good=good))
    assert len(await told(bench)) == 2


async def test_who_was_shut_out_is_asked_nothing_nor_where_a_version_of_before_closed_it(bench: Bench) -> None:
    await bench.say(1)
    await resolve(bench)
    for on in (True, False):
        await block(bench, on=on)
        assert (await rate(bench, good=True), await bench.conversations.rating(UID)) == ("none", Rating())
    await bench.say(2)
    await resolve(bench)
    meta = bench.keys.conversation(UID).meta
    closed = await bench.pipeline.call("HGET", meta, "closed")
    await bench.say(3)
    await resolve(bench)
    await bench.pipeline.call("HSET", meta, "closed", closed)  # as that version leaves it
    assert (await rate(bench, good=True), await bench.conversations.rating(UID)) == ("none", Rating())
