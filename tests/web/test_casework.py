"""Snoozing, tags, blocking, private notes, and everybody who ever came: over HTTP and sockets."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from app.store.keys import Keys
from tests.clients.api import PASSWORD, ask, log_in
from tests.clients.events import Stream
from tests.clients.sockets import RawSocket, open_chat
from tests.running import Chatadmin, Valkey, wait_until
from tests.web.conftest import Act, Connect

Watch = Callable[[str], Stream]


def at(**later: float) -> str:
    """A moment, RFC 3339, that much later than now."""
    return (datetime.now(UTC) + timedelta(**later)).isoformat()


@pytest.fixture
def watch(url: str) -> Iterator[Watch]:
    """Follow the dashboard: `watch(token)`."""
    opened: list[Stream] = []

    def open_stream(token: str) -> Stream:
        opened.append(Stream(url, token, "?delta=1"))
        return opened[-1]

    yield open_stream
    for one in opened:
        one.close()


def row(stream: Stream, uid: str, **wanted: Any) -> dict[str, Any]:
    """The next word of the stream about this visitor in which everything is as wanted."""

    def right(kind: str, data: Any) -> bool:
        if kind not in ("visitor", "conversation") or data["uid"] != uid:
            return False
        return all(data.get(name) == value for name, value in wanted.items())

    found: dict[str, Any] = stream.until(right)
    return found


def write(page: RawSocket, n: int, content: str = "hello") -> dict[str, Any]:
    """A visitor's message, until it is acknowledged."""
    page.tell(type="send", id=f"tab.{n}", content=content)
    return page.hear(type="ack")


def event(socket: RawSocket, kind: str) -> dict[str, Any]:
    """The next event of this kind."""
    while True:
        found = socket.hear(type="event")
        if found["kind"] == kind:
            return found


def join(socket: RawSocket, uid: str) -> RawSocket:
    """A console that follows the conversation from its beginning."""
    socket.tell(type="join", conversation=uid, after=0)
    assert socket.hear(type="joined")["conversation"] == uid
    return socket


def frames(url: str, token: str, uid: str = "") -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = ask(url, f"/v1/msgs?frames=1&limit=200&client={uid}", Authorization=token).value
    return found


# -- snoozing -------------------------------------------------------------------------------------------------------


def test_a_snoozed_conversation_is_laid_aside_for_all(
    url: str, act: Act, uid: str, page: RawSocket, watch: Watch, olga: str, pavel: str
) -> None:
    write(page, 1)
    act(olga, "claim")
    stream, until = watch(pavel), at(hours=3)
    answer = act(olga, "snooze", until=until).value
    assert (answer["status"], answer["holder"], answer["waiting_since"]) == ("snoozed", None, None)
    told = row(stream, uid, status="snoozed")
    assert datetime.fromisoformat(told["snoozed_until"]) - datetime.fromisoformat(until) < timedelta(milliseconds=1)
    assert (told["holder"], told["waiting_since"]) == (None, None)
    assert act(pavel, "claim").value["status"] == "held"
    assert row(stream, uid, status="held")["snoozed_until"] is None


def test_it_wakes_by_itself(act: Act, uid: str, page: RawSocket, watch: Watch, connect: Connect, olga: str) -> None:
    desk, stream = join(connect(olga), uid), watch(olga)
    assert act(olga, "snooze", for_ms=1000).value["status"] == "snoozed"
    asleep = event(desk, "snoozed")
    assert (asleep["user"]["nickname"], asleep["until"] > 1_700_000_000_000) == ("Olga", True)
    woke = event(desk, "woke")
    assert woke["seq"] == asleep["seq"] + 1
    assert row(stream, uid, status="waiting")["waiting_since"]
    assert [event(page, "hidden")["seq"] for _ in range(2)] == [asleep["seq"], woke["seq"]]


def test_it_wakes_when_the_visitor_writes(act: Act, uid: str, page: RawSocket, watch: Watch, olga: str) -> None:
    act(olga, "snooze", until=at(days=30))
    stream = watch(olga)
    ack = write(page, 1, "one more thing")
    told = row(stream, uid, status="waiting")
    assert (told["waiting_since"], told["snoozed_until"], told["unread"]) == (ack["msg_time"], None, 1)


@pytest.mark.parametrize(
    "until",
    ["2020-01-01T00:00:00Z", "2999-01-01T00:00:00+01:00", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00"],
)
def test_a_snooze_ends_within_ninety_days(act: Act, olga: str, until: str) -> None:
    assert act(olga, "snooze", until=until).refusal == (400, "bad_time")


def test_a_snooze_may_be_a_length(act: Act, uid: str, page: RawSocket, watch: Watch, olga: str) -> None:
    """By the server's clock, whatever that of who asks may say."""
    write(page, 1)
    stream, before = watch(olga), datetime.now(UTC)
    assert act(olga, "snooze", for_ms=3_600_000).value["status"] == "snoozed"
    until = datetime.fromisoformat(row(stream, uid, status="snoozed")["snoozed_until"])
    assert before <= until - timedelta(hours=1) + timedelta(milliseconds=1) <= datetime.now(UTC) + timedelta(seconds=1)
    for length in (0, -1, 90 * 24 * 3_600_000 + 60_000, 10**30):
        assert act(olga, "snooze", for_ms=length).refusal == (400, "bad_time"), length
    assert act(olga, "snooze", for_ms=1000, until=at(hours=1)).refusal == (400, "bad_request")


def test_a_moment_has_an_offset(act: Act, olga: str) -> None:
    naive = (datetime.now(UTC) + timedelta(hours=1)).replace(tzinfo=None).isoformat()
    assert act(olga, "snooze", until=naive).refusal == (400, "bad_time")


# -- tags -----------------------------------------------------------------------------------------------------------


def test_tags_are_seen_by_all_agents_and_no_visitor(
    url: str, act: Act, uid: str, page: RawSocket, watch: Watch, connect: Connect, visitor: str, olga: str, pavel: str
) -> None:
    stream, desk = watch(pavel), join(connect(pavel), uid)
    for tag in ("  VIP ", "退货", "VIP"):  # the last is there already
        assert act(olga, "tags", tag=tag).status == 200
    assert row(stream, uid, tags=["VIP", "退货"])
    told = [event(desk, "tagged") for _ in range(2)]
    assert [entry["added"] for entry in told] == ["VIP", "退货"]
    assert told[-1]["tags"] == ["VIP", "退货"]
    assert set(ask(url, "/v1/tags", Authorization=pavel).value) >= {"VIP", "退货"}
    act(pavel, "tags", tag="VIP", on=False)
    assert row(stream, uid, tags=["退货"])
    assert event(desk, "tagged")["removed"] == "VIP"
    assert "退货" not in json.dumps(frames(url, visitor), ensure_ascii=False)
    assert [frame["kind"] for frame in frames(url, visitor)] == ["entered", "hidden", "hidden", "hidden"]
    assert [frame["seq"] for frame in frames(url, visitor)] == [1, 2, 3, 4]


def test_a_conversation_has_ten_tags_at_most(act: Act, olga: str) -> None:
    for n in range(10):
        act(olga, "tags", tag=f"many {n}")
    assert act(olga, "tags", tag="many").refusal == (409, "too_many_tags")
    assert act(olga, "tags", tag="many 3").status == 200  # it is there
    act(olga, "tags", tag="many 3", on=False)
    assert act(olga, "tags", tag="many").status == 200


@pytest.mark.parametrize("tag", ["", " ", "x" * 31, "a\x00b", "\u200b", "\u2028"])
def test_what_is_no_tag(act: Act, olga: str, tag: str) -> None:
    assert act(olga, "tags", tag=tag).refusal == (400, "bad_tag")


# -- blocking -------------------------------------------------------------------------------------------------------


def test_a_blocked_visitor_is_heard_no_more(
    url: str, act: Act, uid: str, page: RawSocket, watch: Watch, visitor: str, name: str, olga: str
) -> None:
    write(page, 1)
    act(olga, "claim")
    stream = watch(olga)
    assert act(olga, "block").value["status"] == "blocked"
    assert row(stream, uid, status="blocked")["holder"] is None
    page.tell(type="send", id="tab.2", content="and another thing")
    refused = page.hear(type="error")
    assert (refused["code"], refused["id"]) == ("blocked", "tab.2")
    assert act(olga, "claim").refusal == (409, "visitor_blocked")
    assert act(olga, "snooze", until=at(hours=1)).refusal == (409, "visitor_blocked")
    # neither the old name nor a new one lets this browser in, and leaving does not help
    for nickname in (name, f"{name} again"):
        again = ask(url, "/login", {"nickname": nickname}, Cookie=f"chatadmin_visitor={visitor}", Origin=url)
        assert again.refusal == (403, "blocked")
    assert "blocked" not in {frame.get("kind") for frame in frames(url, visitor)}
    assert act(olga, "block", on=False).value["status"] == "resolved"
    assert write(page, 2, "and another thing")["id"] == "tab.2"
    assert row(stream, uid, status="waiting")


def test_a_blocked_visitor_is_not_seen_to_type(
    act: Act, uid: str, page: RawSocket, connect: Connect, olga: str
) -> None:
    desk = join(connect(olga), uid)
    act(olga, "block")
    page.tell(type="typing", on=True)
    page.tell(type="ping")
    page.hear(type="pong")
    act(olga, "tags", tag="rude")
    told: list[dict[str, Any]] = []
    while not told or told[-1].get("kind") != "tagged":
        told.append(json.loads(desk.read()[1]))
    assert [frame for frame in told if frame["type"] == "typing"] == []


def test_the_name_of_a_blocked_visitor_stays_theirs(url: str, act: Act, visitor: str, name: str, olga: str) -> None:
    act(olga, "block")
    assert ask(url, "/logout", b"", Authorization=visitor).status == 200
    assert ask(url, "/login", {"nickname": name}).refusal == (409, "nickname_taken")


def test_the_visitor_is_not_told_why_nobody_holds_it_any_more(
    url: str, act: Act, page: RawSocket, visitor: str, connect: Connect, olga: str
) -> None:
    for action, body in (("snooze", {"until": at(hours=1)}), ("block", {})):
        act(olga, "claim")
        act(olga, action, **body)
        told = [ask(url, f"/v1/msgs?frames={shape}", Authorization=visitor).json for shape in "01"]
        assert "id" not in told[1]["value"][-1]
        assert told[1]["id"] == ""  # that of a hidden entry
        told += [connect(visitor).hear(type="joined"), frames(url, visitor)]
        assert "snooze" not in json.dumps(told)
        assert "block" not in json.dumps(told)


# -- notes ----------------------------------------------------------------------------------------------------------


def test_a_note_is_between_agents(
    url: str, act: Act, uid: str, page: RawSocket, connect: Connect, visitor: str, olga: str, pavel: str
) -> None:
    write(page, 1)
    act(pavel, "claim")
    author, holder = join(connect(olga), uid), join(connect(pavel), uid)
    author.tell(type="send", id="n.1", content="be kind", conversation=uid, note=True)
    ack = author.hear(type="ack")
    assert ack["id"] == "n.1"
    note = event(holder, "note")
    assert (note["seq"], note["content"], note["user"]["nickname"]) == (ack["seq"], "be kind", "Olga")
    hidden = event(page, "hidden")
    assert hidden == {k: hidden[k] for k in ("type", "kind", "conversation", "epoch", "seq")}
    assert hidden["seq"] == ack["seq"]
    assert write(page, 2)["seq"] == ack["seq"] + 1  # no gap
    assert [frame["seq"] for frame in frames(url, visitor)] == list(range(1, ack["seq"] + 2))
    assert "be kind" not in json.dumps(frames(url, visitor))
    assert "be kind" in json.dumps(frames(url, olga, uid))
    assert "be kind" not in json.dumps(ask(url, f"/v1/msgs?client={uid}", Authorization=olga).value)
    author.tell(type="send", id="n.1", content="be kind", conversation=uid, note=True)
    again = author.hear(type="ack")
    assert (again["seq"], again["repeat"]) == (ack["seq"], True)


def test_a_note_answers_nobody(
    act: Act, uid: str, page: RawSocket, watch: Watch, connect: Connect, olga: str, pavel: str
) -> None:
    write(page, 1)
    desk, stream = join(connect(pavel), uid), watch(olga)
    desk.tell(type="send", id="n.1", content="who is this?", conversation=uid, note=True)
    seq = desk.hear(type="ack")["seq"]
    told = row(stream, uid, seq=seq)
    assert (told["status"], told["unread"], told["last"]["content"]) == ("waiting", 1, "hello")


def test_visitors_write_no_notes(url: str, page: RawSocket, visitor: str) -> None:
    page.tell(type="send", id="tab.1", content="psst", note=True)
    refused = page.hear(type="error")
    assert (refused["code"], refused["id"]) == ("forbidden", "tab.1")
    assert write(page, 1)["id"] == "tab.1"  # a refused one took no number


def test_a_transfer_may_carry_a_note(
    url: str, act: Act, uid: str, page: RawSocket, connect: Connect, visitor: str, olga: str, pavel: str
) -> None:
    desk = join(connect(pavel), uid)
    act(olga, "claim")
    assert act(olga, "transfer", to="Pavel", note=" asks for a refund ").value["admin"] == "Pavel"
    handed = event(desk, "transferred")
    assert (handed["note"], handed["to"]["nickname"], handed["user"]["nickname"]) == (
        "asks for a refund",
        "Pavel",
        "Olga",
    )
    assert event(page, "hidden")["seq"] == handed["seq"]
    assert "refund" not in json.dumps(frames(url, visitor))
    act(pavel, "transfer", to="Olga", note="  ")
    assert "note" not in event(desk, "transferred")
    assert act(olga, "transfer", to="Pavel", note="x" * 8001).refusal == (413, "too_long")


# -- everybody ------------------------------------------------------------------------------------------------------


def test_visitors_are_listed_long_after_they_have_gone(
    url: str, act: Act, uid: str, page: RawSocket, name: str, watch: Watch, olga: str
) -> None:
    write(page, 1, "where is my teapot?")
    act(olga, "tags", tag=f"teapot {name}")
    stream = watch(olga)
    page.close()
    row(stream, uid, online=False)
    found = ask(url, f"/v1/visitors?tag={quote(f' teapot  {name} ')}", Authorization=olga).json
    assert ([one["uid"] for one in found["value"]], found["cursor"]) == ([uid], "")
    (one,) = found["value"]
    assert (one["nickname"], one["online"], one["status"]) == (name, False, "waiting")
    assert one["last"]["content"] == "where is my teapot?"
    assert one["left_at"]
    assert ask(url, f"/v1/visitors/{uid}", Authorization=olga).value == one
    assert ask(url, f"/v1/visitors/{quote(name)}", Authorization=olga).value == one
    act(olga, "tags", tag=f"teapot {name}", on=False)
    assert ask(url, f"/v1/visitors?tag={quote(f'teapot {name}')}", Authorization=olga).value == []


def _pages(url: str, token: str, query: str) -> list[str]:
    """The uids of all pages."""
    found: list[str] = []
    cursor = ""
    while True:
        answer = ask(url, f"/v1/visitors?{query}&cursor={cursor}", Authorization=token).json
        found += [one["uid"] for one in answer["value"]]
        if not (cursor := answer["cursor"]):
            return found


def test_pages_of_visitors_have_each_once(url: str, name: str, connect: Connect, olga: str) -> None:
    uids = []
    for n in range(7):  # by a tag, in an order that nobody who comes or goes meanwhile changes
        token = log_in(url, f"{name} {n}")
        connect(token).hear(type="joined")
        uids.append(ask(url, "/v1/me", Authorization=token).value["uid"])
        ask(url, f"/v1/conversations/{uids[-1]}/tags", {"tag": name}, Authorization=olga)
    assert _pages(url, olga, f"limit=2&tag={quote(name)}") == uids[::-1]
    assert set(_pages(url, olga, "limit=3")) >= set(uids)
    for cursor in ("x", "1", "1-", "-", "1-%00", "99999999999999999-v", "1-v-v"):
        refusal = ask(url, f"/v1/visitors?cursor={quote(cursor)}", Authorization=olga).refusal
        assert refusal == (400, "bad_request"), cursor
    for limit in ("0", "-1", "101", "99999999999999999999", "x", ""):
        assert ask(url, f"/v1/visitors?limit={limit}", Authorization=olga).status == 200, limit
    assert ask(url, "/v1/visitors/Nobody", Authorization=olga).refusal == (404, "unknown_client")
    assert ask(url, "/v1/visitors?tag=%00", Authorization=olga).refusal == (400, "bad_tag")


def test_an_agent_may_be_there_and_take_nothing(
    url: str, connect: Connect, watch: Watch, olga: str, pavel: str
) -> None:
    stream = watch(pavel)
    connect(olga).hear(type="hello")
    wait_until(lambda: ask(url, "/v1/desk").value["agents_online"], "an agent online")

    def alone() -> bool:
        return all(one["nickname"] == "Olga" or not one["online"] for one in _agents(url, pavel))

    wait_until(alone, "the leaving of who was at the desk before")
    for accepting in (False, True):
        assert ask(url, "/v1/me/status", {"accepting": accepting}, Authorization=olga).value == {"accepting": accepting}
        told = stream.until(
            lambda kind, data, wanted=accepting: (
                kind == "agent" and data["nickname"] == "Olga" and data["accepting"] is wanted
            )
        )
        assert told["online"] is True
        desk = ask(url, "/v1/desk").value
        assert (desk["agents_connected"], desk["accepting"], desk["agents_online"]) == (True, accepting, accepting)


def _agents(url: str, token: str) -> list[dict[str, Any]]:
    stream = Stream(url, token, "?delta=1")
    try:
        agents: list[dict[str, Any]] = stream.until(lambda kind, _: kind == "snapshot")["agents"]
        return agents
    finally:
        stream.close()


# -- who may not ----------------------------------------------------------------------------------------------------

POSTS: dict[str, dict[str, Any]] = {
    "/v1/conversations/{uid}/snooze": {"until": "2999-01-01T00:00:00Z"},
    "/v1/conversations/{uid}/tags": {"tag": "vip"},
    "/v1/conversations/{uid}/block": {},
    "/v1/conversations/{uid}/transfer": {"to": "Olga", "note": "x"},
    "/v1/me/status": {"accepting": False},
}
GETS = ("/v1/visitors", "/v1/visitors/{uid}", "/v1/tags")


@pytest.mark.parametrize("path", [*POSTS, *GETS])
def test_it_is_for_agents_alone(url: str, uid: str, visitor: str, path: str) -> None:
    body = POSTS.get(path)
    assert ask(url, path.format(uid=uid), body).refusal == (401, "no_session")
    assert ask(url, path.format(uid=uid), body, Authorization=visitor).refusal == (403, "forbidden")


@pytest.mark.parametrize(
    ("action", "bodies"),
    [
        (
            "snooze",
            [
                {},
                {"until": 7},
                {"until": "tomorrow"},
                {"until": None},
                {"for_ms": "1"},
                {"for_ms": 1.5},
                {"for_ms": True},
                [],
                b"{",
            ],
        ),
        ("tags", [{}, {"tag": 7}, {"tag": ["a"]}, {"tag": "a", "on": "yes"}, b'{"tag": "\\ud800"}', []]),
        ("block", [{"on": "yes"}, {"on": 1}, [], b"{", b"null"]),
        ("transfer", [{"to": "Pavel", "note": 7}, {"to": "Pavel", "note": None}]),
    ],
)
def test_what_is_no_request(url: str, uid: str, olga: str, action: str, bodies: list[Any]) -> None:
    for body in bodies:
        answer = ask(url, f"/v1/conversations/{uid}/{action}", body, Authorization=olga)
        assert answer.refusal == (400, "bad_request"), body
        assert ask(url, f"/v1/conversations/Nobody/{action}", body, Authorization=olga).status in (400, 404), body
    for body in ({}, {"accepting": "no"}, {"accepting": None}, [], b"{"):
        assert ask(url, "/v1/me/status", body, Authorization=olga).refusal == (400, "bad_request"), body


def test_what_another_holds_is_theirs_to_end(act: Act, olga: str, pavel: str) -> None:
    act(olga, "claim")
    for action, body in (("snooze", {"until": at(hours=1)}), ("block", {})):
        answer = act(pavel, action, **body)
        assert answer.refusal == (409, "claimed"), action
        assert "Olga" in answer.json["msg"]
    act(olga, "transfer", to="Pavel")
    assert act(olga, "snooze", until=at(hours=1)).value["status"] == "snoozed"  # an administrator may


# -- through an outage and a crash ------------------------------------------------------------------------------------


def test_it_wakes_though_no_node_was_told_that_it_sleeps(
    start_store: Callable[..., Valkey], start_chatadmin: Callable[..., Chatadmin]
) -> None:
    """As a node's picture is when the store was away while it asked for what was snoozed."""
    store = start_store()
    running = start_chatadmin("--redis", store.url)
    visitor = log_in(running.url, "Sleeper")
    page = open_chat(running.url, visitor)
    page.hear(type="joined")
    write(page, 1)
    uid = ask(running.url, "/v1/me", Authorization=visitor).value["uid"]
    keys = Keys()
    store.command("HSET", keys.conversation(uid).meta, "state", "snoozed|0||0|0", "until", 1)
    store.command("ZADD", keys.snoozed(keys.shard_of(uid)), 1, uid)
    assert event(page, "hidden")["seq"] == 3
    page.close()


def test_all_of_it_survives_a_crash(start_chatadmin: Callable[..., Chatadmin], tmp_path: Path) -> None:
    """Killed with SIGKILL; what was to wake meanwhile wakes after the start, though its visitor is long gone."""
    first = start_chatadmin(data_dir=tmp_path / "data")
    ask(first.url, "/setup", {"secret": first.setup_secret, "name": "Olga", "password": PASSWORD})
    olga = log_in(first.url, "Olga", PASSWORD)
    visitors = {name: log_in(first.url, name) for name in ("Sleeper", "Rude", "Kind")}
    uids = {name: ask(first.url, "/v1/me", Authorization=token).value["uid"] for name, token in visitors.items()}
    for token in visitors.values():
        page = open_chat(first.url, token)
        page.hear(type="joined")
        write(page, 1)
        page.close()

    def act(name: str, action: str, **body: Any) -> None:
        assert ask(first.url, f"/v1/conversations/{uids[name]}/{action}", body, Authorization=olga).status == 200

    act("Rude", "block")
    act("Kind", "tags", tag="kind")
    act("Kind", "snooze", until=at(days=1))
    assert ask(first.url, "/v1/me/status", {"accepting": False}, Authorization=olga).status == 200
    act("Sleeper", "snooze", until=at(seconds=0.5))
    first.kill()

    second = start_chatadmin(data_dir=tmp_path / "data")
    stream = Stream(second.url, olga, "?delta=1")
    start = stream.until(lambda kind, _: kind == "snapshot")
    listed = {one["uid"]: one for one in start["visitors"]}
    if listed[uids["Sleeper"]]["status"] != "waiting":
        row(stream, uids["Sleeper"], status="waiting")
    kinds = [frame.get("kind", "message") for frame in frames(second.url, olga, uids["Sleeper"])]
    assert kinds.count("woke") == 1
    kind = ask(second.url, f"/v1/visitors/{uids['Kind']}", Authorization=olga).value
    assert (kind["status"], kind["tags"]) == ("snoozed", ["kind"])
    assert datetime.fromisoformat(kind["snoozed_until"]) > datetime.now(UTC)
    assert ask(second.url, "/v1/tags", Authorization=olga).value == ["kind"]
    assert ask(second.url, f"/v1/visitors/{uids['Rude']}", Authorization=olga).value["status"] == "blocked"
    refused = ask(second.url, "/login", {"nickname": "Rude"}, Authorization=visitors["Rude"])
    assert refused.refusal == (403, "blocked")
    assert [one["accepting"] for one in start["agents"]] == [False]
    stream.close()
