"""Linking what an anonymous visitor wrote to a known one: what each script decides, on both engines."""

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

from app.chat.conversation import State
from app.store.keys import Keys
from app.store.linking import MOST_LINKED, Linking, Owed, Place
from tests.store.test_conversations import ANNA, BEN, UID, Bench, event, opened

KNOWN, OTHER = "v" + "k" * 25, "v" + "o" * 25
FAR = 4_000_000_000_000  # unix ms, in the year 2096


class Links(Bench):
    """UID is anonymous, KNOWN and OTHER are known."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.linking = Linking(self.pipelines, self.keys)

    async def born(self) -> None:
        for uid, sub in ((UID, ""), (KNOWN, "k"), (OTHER, "o")):
            fields = ("nickname", uid, *(("sub", sub) if sub else ()))
            await self.pipelines.people.call("HSET", Keys.visitor(uid), *fields)

    async def visitor(self, uid: str, field: str) -> Any:
        return await self.pipelines.people.call("HGET", Keys.visitor(uid), field)

    async def linked(self, uid: str = KNOWN) -> list[dict[str, Any]]:
        found = await self.visitor(uid, "linked")
        return json.loads(found) if found else []

    async def into(self, owed: Owed, known: str = KNOWN) -> Place:
        return await self.linking.into(known, UID, owed, linked=event(), claimed=event())

    async def close(self, owed: Owed) -> bool:
        return await self.linking.close(UID, owed, released=event(), linked=event())

    async def carried(self) -> tuple[Place, bool]:
        owed = await self.linking.owed(UID)
        return await self.into(owed), await self.close(owed)

    async def hold(self, uid: str, agent: str) -> State:
        claimed = await self.changes.claim(uid, agent, take_over=False, claimed=event(), released=event())
        return claimed.state

    async def state(self, uid: str) -> State:
        return await self.conversations.state(uid)

    async def kinds(self, uid: str) -> list[str]:
        return [entry.kind for entry in await self.conversations.between(uid, 1, 99, 99)]


@pytest.fixture
async def bench(store_url: str) -> AsyncIterator[Links]:
    async with opened(Links(store_url)) as made:
        await made.born()
        yield made


async def test_it_is_decided_once_for_whom_and_never_of_somebody(bench: Links) -> None:
    assert await bench.linking.decide(UID, KNOWN)
    assert not await bench.linking.decide(UID, OTHER)
    assert not await bench.linking.decide(OTHER, KNOWN)  # who is somebody
    assert not await bench.linking.decide("v" + "n" * 25, KNOWN)  # nobody
    assert (await bench.visitor(UID, "linked_to"), await bench.linked(OTHER)) == (KNOWN.encode(), [])
    assert await bench.linked() == [{"uid": UID, "seq": 0, "at": 0}]
    assert await bench.linking.keep(UID, KNOWN, Place(7, FAR))
    assert await bench.linking.decide(UID, KNOWN)  # a repeat, which forgets nothing
    assert await bench.linked() == [{"uid": UID, "seq": 7, "at": FAR}]


async def test_of_many_the_oldest_are_kept_no_longer(bench: Links) -> None:
    for number in range(MOST_LINKED + 2):
        one = f"v{number:025}"
        await bench.pipelines.people.call("HSET", Keys.visitor(one), "nickname", one)
        assert await bench.linking.decide(one, KNOWN)
    linked = await bench.linked()
    assert (len(linked), linked[0]["uid"]) == (MOST_LINKED, f"v{2:025}")


async def test_who_waits_goes_on_waiting_in_the_other_since_the_earlier_of_both(bench: Links) -> None:
    await bench.say(1)
    await bench.say(2)
    since = (await bench.state(UID)).waiting_since
    place, closed = await bench.carried()
    assert (place.seq, closed) == (1, True)
    assert await bench.state(KNOWN) == State("waiting", since, "", 0, 2)
    assert (await bench.state(UID)).status == "resolved"
    assert await bench.kinds(KNOWN) == ["linked"]
    assert await bench.kinds(UID) == ["message", "message", "linked"]
    assert await bench.presence.open_conversations() == {KNOWN}
    await bench.until(lambda: bench.told[-1].uid == UID and bench.told[-1].kind == "linked")
    assert bench.told[-1].state == await bench.state(UID)


async def test_who_waits_longer_in_the_other_waits_since_then(bench: Links) -> None:
    await bench.say(1)
    owed = await bench.linking.owed(UID)
    await bench.into(owed._replace(waiting_since=1000))
    await bench.into(owed)
    assert (await bench.state(KNOWN)).waiting_since == 1000


async def test_who_is_served_does_not_wait_again(bench: Links) -> None:
    await bench.say(1)
    await bench.hold(UID, ANNA)
    since = (await bench.state(UID)).waiting_since
    _, closed = await bench.carried()
    assert closed
    assert await bench.state(KNOWN) == State("held", since, ANNA, 1, 1)
    assert await bench.kinds(KNOWN) == ["linked", "claimed"]
    assert await bench.kinds(UID) == ["message", "claimed", "released", "linked"]
    assert (await bench.state(UID)).owner == ""
    assert "waiting" not in [entry.state.status for entry in bench.told if entry.uid == KNOWN and entry.state]


async def test_who_is_held_by_another_stays_with_them(bench: Links) -> None:
    await bench.say(1)
    await bench.hold(UID, ANNA)
    held = await bench.hold(KNOWN, BEN)
    await bench.carried()
    since = (await bench.conversations.between(UID, 1, 1, 1))[0].time
    assert await bench.state(KNOWN) == State("held", since, BEN, held.fence, 1)


@pytest.mark.parametrize("status", ["here", "waiting"])
async def test_what_sleeps_goes_on_sleeping_unless_the_other_waits(bench: Links, status: str) -> None:
    await bench.say(1)
    await bench.changes.snooze(UID, "", ANNA, FAR, released=event(), snoozed=event())
    if status == "waiting":
        await bench.into(Owed("", "waiting", 5, "", 1, True, 0), KNOWN)
    await bench.carried()
    assert (await bench.state(KNOWN)).status == ("snoozed" if status == "here" else "waiting")
    snapshot = await bench.conversations.snapshot(KNOWN, online=False)
    assert snapshot.until == (FAR if status == "here" else 0)
    assert set(await bench.changes.due(FAR, 9)) == ({UID, KNOWN} if status == "here" else {UID})
    assert (await bench.changes.wake(UID, event())).word == "other"


async def test_what_comes_between_is_carried_over_before_it_ends(bench: Links) -> None:
    owed = await bench.linking.owed(UID)
    first = await bench.into(owed)
    assert (await bench.state(KNOWN)).status == "here"
    await bench.say(1)  # in another tab, whose session still lives
    assert not await bench.close(owed)
    second, closed = await bench.carried()
    assert (second, closed) == (first, True)
    assert (await bench.state(KNOWN)).status == "waiting"
    entries = await bench.conversations.between(KNOWN, 1, 9, 9)
    assert [b"again" in entry.body for entry in entries] == [False, True]


async def test_every_step_again_changes_nothing(bench: Links) -> None:
    await bench.say(1)
    await bench.hold(UID, ANNA)
    first = await bench.carried()
    standing = await bench.state(KNOWN)
    assert await bench.carried() == first
    assert await bench.state(KNOWN) == standing
    assert await bench.kinds(KNOWN) == ["linked", "claimed"]
    assert await bench.kinds(UID) == ["message", "claimed", "released", "linked"]


async def test_a_reply_that_was_lost_brings_nothing_back_that_was_done_since(bench: Links) -> None:
    await bench.say(1)
    owed, linked = await bench.linking.owed(UID), event()
    for _ in range(2):
        place = await bench.linking.into(KNOWN, UID, owed, linked=linked, claimed=event())
        assert place.seq == 1
        await bench.changes.resolve(KNOWN, "", ANNA, resolved=event())
    assert (await bench.state(KNOWN)).status == "resolved"


async def test_what_was_linked_is_over_for_everybody(bench: Links) -> None:
    await bench.say(1)
    await bench.carried()
    assert (await bench.say(1)).repeat  # it was stored, once
    assert (await bench.refused(2)).code == "no_session"
    assert (await bench.refused(1, tab="new")).code == "no_session"
    assert (await bench.claim(ANNA)).word == "linked"
    changes = bench.changes
    assert (await changes.snooze(UID, "", ANNA, FAR, released=event(), snoozed=event())).word == "linked"
    assert (await changes.block(UID, "", ANNA, on=True, released=event(), blocked=event())).word == "linked"
    assert (await changes.resolve(UID, "", ANNA, resolved=event())).word == "ok"
    assert await bench.kinds(UID) == ["message", "linked"]


async def test_a_blocked_one_is_given_nothing(bench: Links) -> None:
    await bench.say(1)
    await bench.changes.block(KNOWN, "", ANNA, on=True, released=event(), blocked=event())
    await bench.carried()
    assert await bench.state(KNOWN) == State("blocked", 0, "", 0, 0)
