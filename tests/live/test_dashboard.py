"""The agents' live list: kept up with the feed, sent together, framed once; streams that come back or stay behind."""

import asyncio
import json
from collections.abc import AsyncGenerator, Callable
from typing import Any

import msgspec
import pytest

from app.chat import protocol
from app.chat.conversation import Entry, Snapshot, State
from app.live import dashboard as dashboard_module
from app.live import event_stream as stream_module
from app.live import event_streams as streams_module
from app.live.dashboard import DEPARTED_SHOWN_MS, ENTRIES_UNTIL_ASKED_AGAIN, UNSEEN_SWEEPS, Dashboard
from app.live.event_log import REMEMBERED_EVENTS
from app.live.event_stream import MAX_BUFFERED_BYTES, EventStream
from app.live.writing import Writing
from app.store.people import Agent, Visitor
from app.store.sessions import Session

ANNA = Agent("aanna", "Anna", "admin", False)
NOW = 1_700_000_000_000


class Shop:
    """A dashboard with a clock of its own, and what it asked for."""

    def __init__(self) -> None:
        self.now = NOW
        self.asked: list[str] = []
        self.cut = asyncio.Event()
        self.dashboard = Dashboard("boot", lambda: {ANNA.uid: ANNA}, self.asked.append, lambda: self.now)
        self.dashboard._writing = Writing(lambda: self.now / 1000)
        self.dashboard.load([], {}, set())
        self._seqs: dict[str, int] = {}

    def tell(self, kind: str, uid: str = "vlily", *, role: str = "v", state: State | None = None, **more: Any) -> Entry:
        """The next entry of a conversation."""
        seq = self._seqs[uid] = self._seqs.get(uid, 0) + 1
        author = uid if role == "v" else ANNA.uid
        name = "Lily" if role == "v" else "Anna"
        user = protocol.user(author, name, "visitor" if role == "v" else "agent", NOW)
        body = protocol.encode({"user": user, **more})
        return Entry(uid, seq, 1, kind, author, role, f"t.{seq}", self.now, body, state or State())

    def apply(self, kind: str, uid: str = "vlily", **how: Any) -> Entry:
        entry = self.tell(kind, uid, **how)
        self.dashboard.apply(entry)
        return entry

    def write(self, uid: str, who: str = "", *, on: bool = True) -> None:
        """Somebody writes in a conversation, its visitor unless somebody else is named."""
        body = protocol.encode({"on": on})
        self.dashboard.apply(Entry(uid, 0, 0, "typing", who or uid, "a" if who else "v", "", self.now, body, None))

    def read(self, *, delta: bool = True, last: str = "", session: str = "hash") -> EventStream:
        logged_in = Session(session, ANNA.uid, "agent", "Anna", "admin", NOW, NOW + 1)
        return self.dashboard.subscribe(logged_in, delta=delta, last=last, cut=self.cut.set)


@pytest.fixture
async def shop(monkeypatch: pytest.MonkeyPatch) -> Shop:
    monkeypatch.setattr(dashboard_module, "EVENT_WINDOW", 0.01)
    return Shop()


def parsed(data: bytes) -> list[tuple[str, str, Any]]:
    """(id, event, data) of each event in a piece of the stream."""
    found = []
    for block in data.decode().removesuffix("\n\n").split("\n\n"):
        lines = dict(line.split(": ", 1) for line in block.split("\n"))
        found.append((lines["id"], lines.get("event", ""), json.loads(lines["data"])))
    return found


Events = AsyncGenerator[bytes, None]


async def heard(events: Events) -> list[tuple[str, str, Any]]:
    async with asyncio.timeout(60):
        return parsed(await anext(events))


async def to_the_end(events: Events) -> list[bytes]:
    return [data async for data in events if data]


def tell_now(shop: Shop) -> None:
    """Tell what happened without waiting for what else may."""
    assert shop.dashboard._flush is not None
    shop.dashboard._flush.cancel()
    shop.dashboard._publish()


def users(shop: Shop) -> dict[str, Any]:
    return {str(item["uid"]): item for item in shop.dashboard.users()}


# -- what is shown --------------------------------------------------------------------------------------------------


async def test_a_visitor_who_enters_is_shown_and_one_who_left_is_no_user(shop: Shop) -> None:
    shop.apply("entered")
    assert users(shop)["vlily"]["nickname"] == "Lily"
    assert users(shop)["vlily"]["is_chated"] is False
    shop.apply("left")
    assert users(shop) == {}


async def test_who_has_been_here_before_is_asked_for_and_shown_meanwhile(shop: Shop) -> None:
    """What they entered is no coming; and what happens while the store is asked is not undone by its answer."""
    shop.apply("form", fields={"email": "lily@example.com"})
    shop.apply("rated", good=True)
    assert (users(shop), shop.asked) == ({}, [])
    # What waited in another conversation of theirs waits in this one now, whether or not they come.
    shop.apply("linked", uid="vother", state=State("waiting", NOW, "", 0, 1))
    assert shop.asked.pop() == "vother"
    shop.apply("entered")
    assert (users(shop)["vlily"]["email"], shop.asked) == ("", ["vlily"])
    for _ in range(ENTRIES_UNTIL_ASKED_AGAIN):  # the store was away
        shop.apply("note", role="a")
    assert shop.asked == ["vlily"] * 2
    state = State("waiting", NOW, "", 0, 1)
    snapshot = Snapshot("vlily", 22, 1, state, None, online=False, tags=("return",))
    shop.apply("tagged", role="a", tags=[], state=state)
    lily = Visitor("vlily", "Lily", NOW, NOW - 9, email="lily@example.com", fields={"choice": "Returns"})
    shop.dashboard.add(snapshot, lily)
    row = users(shop)["vlily"]
    assert (row["email"], row["fields"], row["tags"]) == ("lily@example.com", {"choice": "Returns"}, ())
    assert (row["first_seen"], row["status"]) == (protocol.timestamp(NOW - 9), "waiting")
    shop.apply("form", fields={"name": "Lily of Kew", "choice": "Sizes"}, state=state)
    shop.apply("form", fields={"choice": "Sizes"}, state=state)  # entered beside that, by who was called Lily then
    row = users(shop)["vlily"]
    assert row["name"] == "Lily of Kew"
    assert (row["email"], row["fields"], row["verified"]) == ("lily@example.com", {"choice": "Sizes"}, False)
    shop.apply("left")
    shop.dashboard.add(snapshot, lily)  # asked for before that
    assert users(shop) == {}


async def test_mail_to_who_has_left_brings_nobody_back_and_an_address_that_bounced_is_told(shop: Shop) -> None:
    for kind in ("mail.sent", "mail.delayed", "mail.failed"):
        shop.apply(kind, "vgone", role="s", state=State("resolved"), reason="refused", told="")
    assert shop.asked == []
    shop.apply("entered")
    shop.apply("form", fields={"email": "lily@example.com", "mail": {"agreed": NOW, "by": ""}})
    found = []
    for reason in ("gave_up", "bounced"):
        shop.apply("mail.failed", role="s", reason=reason, told="550 No", email="lily@example.com")
        found.append(users(shop)["vlily"]["mail"])
    agreed = {"agreed": True, "at": NOW, "by": ""}
    assert found == [agreed, {**agreed, "bounced": "550 No"}]


async def test_who_holds_a_conversation_is_named(shop: Shop) -> None:
    shop.apply("entered")
    shop.apply("claimed", role="a", state=State("held", 0, ANNA.uid, 1, 0))
    item = users(shop)["vlily"]
    assert (item["admin"], item["is_chated"], item["status"]) == ("Anna", True, "held")
    assert item["holder"] == {"uid": ANNA.uid, "nickname": "Anna"}


async def test_the_last_message_is_shown_in_short(shop: Shop) -> None:
    shop.apply("entered")
    shop.apply("message", content="喂" * 500, state=State("waiting", NOW, "", 0, 1))
    item = users(shop)["vlily"]
    assert item["last"]["content"] == "喂" * 120
    assert (item["last"]["by"], item["unread"], item["seq"]) == ("visitor", 1, 2)
    assert item["waiting_since"] == protocol.timestamp(NOW)
    assert "file" not in item["last"]


async def test_a_file_is_shown_by_the_words_beside_it_or_by_its_name(shop: Shop) -> None:
    shop.apply("entered")
    file = {"id": "f", "name": "kettle.jpg", "type": "image/jpeg", "size": 9, "width": 4, "height": 3}
    for content in ("the spout is broken", ""):
        shop.apply("message", content=content, file=file)
        last = users(shop)["vlily"]["last"]
        assert last["content"] == (content or "kettle.jpg")
        assert last["file"] == {"name": "kettle.jpg", "type": "image/jpeg"}


async def test_who_is_erased_is_gone_also_where_that_is_heard_twice_at_once(shop: Shop) -> None:
    stream = shop.read().events()
    await heard(stream)
    shop.apply("entered")
    await heard(stream)
    shop.dashboard.forget({"vlily"})
    shop.dashboard.forget({"vlily"})  # it is told as it begins, and as it is done
    ((_, kind, data),) = await heard(stream)
    assert (kind, data) == ("visitor", {"uid": "vlily", "gone": True})
    assert users(shop) == {}


@pytest.mark.parametrize("sweeps", [1, UNSEEN_SWEEPS])
async def test_one_is_not_gone_who_wrote_what_nobody_has_caught_up_with(shop: Shop, sweeps: int) -> None:
    shop.apply("entered")
    shop.apply("left")
    tell_now(shop)
    shop.now += DEPARTED_SHOWN_MS + 1
    for _ in range(sweeps):
        shop.dashboard.sweep()
    letter = shop.tell("message", content="Are you there?", state=State("waiting", NOW, "", 0, 1))
    shop.dashboard.catch_up = lambda: shop.dashboard.apply(letter)
    if shop.dashboard._flush is not None:
        tell_now(shop)
    (row,) = (await heard(shop.read().events()))[0][2]["visitors"]
    assert (row["status"], row["online"]) == ("waiting", False)


async def test_one_who_left_is_gone_from_the_list_after_a_while(shop: Shop) -> None:
    shop.apply("entered")
    shop.apply("left")
    events = shop.read().events()
    assert len((await heard(events))[0][2]["visitors"]) == 1
    shop.now += DEPARTED_SHOWN_MS + 1
    shop.dashboard.sweep()
    news = await heard(events)
    while news[-1][2] != {"uid": "vlily", "gone": True}:
        news = await heard(events)
    assert news[-1][1] == "visitor"


async def test_one_who_waits_for_an_answer_is_not_forgotten(shop: Shop) -> None:
    shop.apply("entered")
    shop.apply("left", state=State("waiting", NOW, "", 0, 1))
    shop.now += 10 * DEPARTED_SHOWN_MS
    shop.dashboard.sweep()
    tell_now(shop)
    snapshot = (await heard(shop.read().events()))[0][2]
    assert [item["uid"] for item in snapshot["visitors"]] == ["vlily"]


# -- asking the store while the feed goes on ------------------------------------------------------------------------


def snapshot_of(entry: Entry, *, online: bool) -> Snapshot:
    assert entry.state is not None
    return Snapshot(entry.uid, entry.seq, entry.epoch, entry.state, None, online)


def visitor(uid: str = "vlily") -> Visitor:
    return Visitor(uid, "Lily", NOW, NOW, NOW)


async def test_what_the_feed_tells_while_all_is_loaded_is_not_lost(shop: Shop) -> None:
    before = shop.tell("entered")
    shop.dashboard.expect()
    after = shop.apply("message", content="late", state=State("waiting", NOW, "", 0, 1))
    shop.dashboard.load([snapshot_of(before, online=True)], {"vlily": visitor()}, set())
    assert users(shop)["vlily"]["seq"] == after.seq
    assert users(shop)["vlily"]["status"] == "waiting"


async def test_what_the_store_had_counted_in_does_not_set_the_picture_back(shop: Shop) -> None:
    shop.dashboard.expect()
    shop.apply("entered")
    shop.apply("message", content="one", state=State("waiting", NOW, "", 0, 1))
    newest = shop.tell("claimed", role="a", state=State("held", 0, ANNA.uid, 1, 1))
    shop.dashboard.load([snapshot_of(newest, online=False)], {"vlily": visitor()}, set())
    item = users(shop)["vlily"]  # shown: the feed said that they came, after the store was asked who is here
    assert (item["seq"], item["status"]) == (newest.seq, "held")


async def test_a_restored_store_is_believed_though_it_counts_lower(shop: Shop) -> None:
    for _ in range(5):
        shop.apply("message", content="old")
    shop.dashboard.apply(msgspec.structs.replace(shop.tell("entered"), seq=1, epoch=2))
    assert users(shop)["vlily"]["seq"] == 1


async def test_an_unknown_visitor_is_asked_for_once_and_nothing_is_lost_meanwhile(shop: Shop) -> None:
    claimed = shop.apply("claimed", role="a", state=State("held", 0, ANNA.uid, 1, 0))
    said = shop.apply("message", role="a", content="hello", state=State("held", 0, ANNA.uid, 1, 0))
    assert shop.asked == ["vlily"]
    shop.dashboard.add(snapshot_of(claimed, online=True), visitor())
    assert users(shop)["vlily"]["seq"] == said.seq


async def test_an_unknown_visitor_who_comes_meanwhile_stays(shop: Shop) -> None:
    claimed = shop.apply("claimed", role="a", state=State("held", 0, ANNA.uid, 1, 0))
    shop.apply("entered", state=State("held", 0, ANNA.uid, 1, 0))
    shop.dashboard.add(snapshot_of(claimed, online=False), visitor())
    assert users(shop)["vlily"]["seq"] == 2


async def test_the_question_is_put_again_where_no_answer_came(shop: Shop) -> None:
    for _ in range(ENTRIES_UNTIL_ASKED_AGAIN + 1):
        shop.apply("message", role="a", content="anybody?")
    assert shop.asked == ["vlily", "vlily"]


# -- what is sent ---------------------------------------------------------------------------------------------------


async def test_a_stream_of_whole_lists_hears_one_at_once_and_after_changes(shop: Shop) -> None:
    shop.apply("entered", "vone")
    events = shop.read(delta=False).events()
    (_, kind, listed) = (await heard(events))[0]
    assert (kind, [user["uid"] for user in listed]) == ("", ["vone"])
    shop.apply("entered", "vtwo")
    while len(listed) < 2:
        listed = (await heard(events))[0][2]
    assert [user["uid"] for user in listed] == ["vone", "vtwo"]


async def test_changes_close_together_are_one_event(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dashboard_module, "EVENT_WINDOW", 60.0)
    plain, delta = shop.read(delta=False).events(), shop.read().events()
    await heard(plain)
    await heard(delta)
    for n in range(50):
        shop.apply("entered", f"v{n}")
        shop.apply("message", f"v{n}", content="hi")
        await asyncio.sleep(0)
    tell_now(shop)
    assert len((await heard(plain))[0][2]) == 50
    assert [(kind, item["uid"]) for _, kind, item in await heard(delta)] == [("visitor", f"v{n}") for n in range(50)]
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.3):
            await anext(plain)


async def test_a_delta_stream_hears_a_snapshot_then_what_changed(shop: Shop) -> None:
    events = shop.read().events()
    assert (await heard(events))[0][1:] == (
        "snapshot",
        {
            "visitors": [],
            "agents": [
                {
                    "uid": "aanna",
                    "nickname": "Anna",
                    "name": "Anna",
                    "role": "admin",
                    "online": False,
                    "accepting": True,
                    "disabled": False,
                    "invited": False,
                    "face": "",
                }
            ],
            "shop": {},
            "browsing": [],
        },
    )
    shop.apply("entered")
    assert (await heard(events))[0][1] == "visitor"
    shop.apply("message", content="hi", state=State("waiting", NOW, "", 0, 1))
    (_, kind, item) = (await heard(events))[0]
    assert (kind, item["uid"], item["unread"]) == ("conversation", "vlily", 1)
    assert "nickname" not in item
    shop.dashboard.apply(Entry("", 0, 0, "agent.online", ANNA.uid, "a", "", NOW, b"{}", None))
    (_, kind, agent) = (await heard(events))[0]
    assert (kind, agent["uid"], agent["online"]) == ("agent", "aanna", True)
    assert shop.dashboard.accepting()


async def test_who_is_called_as_a_new_agent_is_told_anew(shop: Shop) -> None:
    """Once: another change of the team does not tell it again."""
    events = shop.read().events()
    shop.apply("entered")
    assert [event[1] for event in await heard(events)] == ["snapshot"]
    assert [event[1] for event in await heard(events)] == ["visitor"]
    shop.dashboard.namesake = lambda name: name == "Lily"
    for expected in (["agent", "visitor"], ["agent"]):
        shop.dashboard.agents_changed()
        told = await heard(events)
        assert [kind for _, kind, _ in told] == expected
        assert [item["namesake"] for _, kind, item in told if kind == "visitor"] == [True] * (len(expected) - 1)


async def test_an_event_is_framed_once_for_all_streams(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    streams = [shop.read().events() for _ in range(100)]
    for events in streams:
        await heard(events)
    made: list[str] = []
    frame: Callable[..., bytes] = shop.dashboard._log.frame

    def counted(data: object, kind: str = "") -> bytes:
        made.append(kind)
        return frame(data, kind)

    monkeypatch.setattr(shop.dashboard._log, "frame", counted)
    shop.apply("entered")
    pieces = [await anext(events) for events in streams]
    assert len(set(pieces)) == 1
    assert made == ["visitor"]


# -- who is writing -------------------------------------------------------------------------------------------------


async def test_who_writes_is_told_in_passing_and_to_nobody_who_takes_whole_lists(shop: Shop) -> None:
    shop.apply("entered")
    changes, listing = shop.read().events(), shop.read(delta=False)
    whole = listing.events()
    await heard(changes)
    assert [len(item) for _, _, item in await heard(whole)] == [1]
    tell_now(shop)  # what the first snapshot had already
    place = (await heard(changes))[-1][0]
    await heard(whole)
    shop.write("vlily")
    shop.write("vnobody")
    assert await heard(changes) == [(place, "typing", {"uid": "vlily", "by": ["vlily"]})]
    assert not listing._waiting
    shop.apply("message", content="Hello")
    assert [kind for _, kind, _ in await heard(changes)] == ["conversation"]
    assert (await heard(whole))[0][2][0]["last"]["content"] == "Hello"
    assert [kind for _, kind, _ in await heard(shop.read(last=place).events())] == ["conversation"]


async def test_who_writes_is_told_once_in_two_seconds_for_each_conversation(shop: Shop) -> None:
    shop.apply("entered")
    shop.apply("entered", "vmia")
    tell_now(shop)
    events = shop.read().events()
    await heard(events)

    async def told() -> list[tuple[str, list[str]]]:
        shop.dashboard.sweep()
        return sorted((item["uid"], item["by"]) for _, _, item in await heard(events))

    shop.write("vlily")
    shop.write("vmia")
    assert await told() == [("vlily", ["vlily"]), ("vmia", ["vmia"])]
    for on in (False, True, False):
        shop.write("vlily", on=on)
    shop.write("vlily", ANNA.uid)
    shop.now += 1_900
    shop.dashboard.sweep()
    assert shop.dashboard._flush is None
    shop.now += 100
    assert await told() == [("vlily", [ANNA.uid])]  # of all that came meanwhile, how it stands
    shop.now += 4_000
    shop.write("vlily")
    assert await told() == [("vlily", ["vlily"])]  # Anna's word has been over for a second
    shop.apply("message", content="Hello")
    shop.now += 2_000
    shop.write("vlily", ANNA.uid)
    assert [item["by"] for _, kind, item in await heard(events) if kind == "typing"] == [[ANNA.uid]]
    shop.now += 2_000
    shop.write("vlily", ANNA.uid, on=False)
    assert await told() == [("vlily", [])]
    shop.dashboard.sweep()
    shop.write("vlily")
    assert shop.dashboard._flush is None  # that nobody writes was told just now, too
    shop.now += 8_000
    assert await told() == [("vlily", [])]
    shop.now += 2_000
    shop.dashboard.sweep()
    writing = shop.dashboard._writing
    assert (writing._until, writing._told, writing._news) == ({}, {}, set())


async def test_a_quiet_stream_has_a_comment_line(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream_module, "HEARTBEAT_INTERVAL", 0.02)
    events = shop.read().events()
    await heard(events)
    assert await anext(events) == b":\n\n"
    assert await anext(events) == b":\n\n"


# -- streams that come back -----------------------------------------------------------------------------------------


async def test_a_stream_that_comes_back_hears_what_it_missed(shop: Shop) -> None:
    events = shop.read().events()
    shop.apply("entered", "vone")
    await heard(events)
    place = (await heard(events))[-1][0]
    await events.aclose()
    shop.apply("entered", "vtwo")
    shop.apply("entered", "vthree")
    tell_now(shop)
    missed = await heard(shop.read(last=place).events())
    assert [(kind, item["uid"]) for _, kind, item in missed] == [("visitor", "vtwo"), ("visitor", "vthree")]


async def test_what_changed_while_no_stream_was_open_for_long_is_not_kept(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    events = shop.read().events()
    await heard(events)
    shop.apply("entered", "vone")
    place = (await heard(events))[-1][0]
    await events.aclose()
    monkeypatch.setattr(streams_module, "SECONDS_WITHOUT_STREAMS", -1.0)
    shop.apply("entered", "vtwo")
    tell_now(shop)
    assert (await heard(shop.read(last=place).events()))[0][1] == "snapshot"


@pytest.mark.parametrize("place", ["boot-1", "other-5", "boot-9999999", "boot-", "nonsense", "boot--1", "boot-²"])
async def test_a_place_that_is_not_known_any_more_gets_a_snapshot(shop: Shop, place: str) -> None:
    for n in range(REMEMBERED_EVENTS + 10):
        shop.apply("entered", f"v{n}")
    tell_now(shop)
    assert (await heard(shop.read(last=place).events()))[0][1] == "snapshot"


async def test_a_place_on_another_node_gets_a_snapshot(shop: Shop) -> None:
    events = shop.read().events()
    shop.apply("entered")
    await heard(events)
    place = (await heard(events))[0][0]
    assert (await heard(shop.read(last=place.replace("boot", "other")).events()))[0][1] == "snapshot"


async def test_a_place_from_before_everything_was_loaded_anew_gets_a_snapshot(shop: Shop) -> None:
    events = shop.read().events()
    await heard(events)
    shop.apply("entered")
    place = (await heard(events))[0][0]
    shop.dashboard.load([], {}, {ANNA.uid})
    assert (await heard(events))[0][1] == "snapshot"
    assert (await heard(shop.read(last=place).events()))[0][1] == "snapshot"


# -- streams that stay behind, and the end --------------------------------------------------------------------------


async def test_a_delta_stream_that_is_far_behind_is_ended_and_harms_no_other(shop: Shop) -> None:
    slow, quick = shop.read().events(), shop.read().events()
    await heard(slow)
    await heard(quick)
    heard_by_quick = 0
    for n in range(2 * MAX_BUFFERED_BYTES // 500):
        shop.apply("entered", f"v{n:05}", content="x" * 100)
        if n % 100 == 99:
            heard_by_quick += len(await heard(quick))
    assert heard_by_quick >= 1000
    assert len(shop.dashboard.streams) == 1
    with pytest.raises(StopAsyncIteration):
        await anext(slow)


async def test_a_stream_of_whole_lists_that_is_behind_keeps_only_the_newest(shop: Shop) -> None:
    events = shop.read(delta=False).events()
    await heard(events)
    for n in range(500):
        shop.apply("entered", f"v{n}")
        if n % 50 == 49:
            tell_now(shop)
    lists = await heard(events)
    assert len(lists) == 1
    assert len(lists[0][2]) == 500


async def test_a_write_that_takes_too_long_is_cut(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream_module, "STALLED_TIMEOUT", 0.05)
    monkeypatch.setattr(stream_module, "LAST_WRITE_TIMEOUT", 0.05)
    loop = asyncio.get_running_loop()
    stuck = shop.read(delta=False).events()
    await heard(stuck)  # and never asks for more: as when its write does not return
    shop.dashboard.sweep()
    assert len(shop.dashboard.streams) == 1
    begun = loop.time()
    while shop.dashboard.streams:
        await asyncio.sleep(0)
        shop.dashboard.sweep()
    assert loop.time() - begun > 0.04
    async with asyncio.timeout(60):
        await shop.cut.wait()


async def test_a_stream_ends_with_its_session_and_no_other_does(shop: Shop) -> None:
    mine, other = shop.read(session="mine").events(), shop.read(session="other").events()
    await heard(mine)
    await heard(other)
    assert set(shop.dashboard.streams.sessions()) == {"mine", "other"}
    rest = asyncio.ensure_future(to_the_end(mine))
    await asyncio.sleep(0)
    shop.dashboard.streams.end_session("mine")
    assert await asyncio.wait_for(rest, 60) == []
    shop.apply("entered")
    assert await heard(other)
    assert not shop.cut.is_set()


async def test_every_stream_ends_when_the_node_stops_and_none_begins(shop: Shop) -> None:
    events = shop.read().events()
    await heard(events)
    shop.dashboard.close()
    for stream in (events, shop.read().events()):
        with pytest.raises(StopAsyncIteration):
            await anext(stream)
    assert len(shop.dashboard.streams) == 0


async def test_a_stream_that_goes_away_is_forgotten(shop: Shop) -> None:
    events = shop.read().events()
    await heard(events)
    await events.aclose()
    assert len(shop.dashboard.streams) == 0


async def test_where_nobody_looks_it_is_caught_up_with_seldom_and_when_somebody_asks(shop: Shop) -> None:
    caught_up: list[int] = []
    shop.dashboard.catch_up = lambda: caught_up.append(1)
    for _ in range(UNSEEN_SWEEPS):
        assert not caught_up
        shop.dashboard.more()
        assert shop.dashboard._flush is None
        shop.dashboard.sweep()
    assert len(caught_up) == 1
    shop.dashboard.users()
    assert len(caught_up) == 2
    stream = shop.read()
    seen = len(caught_up)
    shop.dashboard.sweep()
    shop.dashboard.more()
    tell_now(shop)
    assert len(caught_up) == seen + 2
    stream.close()
