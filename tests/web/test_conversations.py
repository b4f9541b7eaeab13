"""Who is online, what was said, and changes of hands, over HTTP."""

import json
from typing import Any
from urllib.parse import quote

import pytest

from tests.clients.api import PASSWORD, agent, ask, login
from tests.clients.sockets import RawSocket
from tests.running import Chatadmin, wait_until
from tests.web.conftest import Act, Connect

pytestmark = pytest.mark.usefixtures("beside")


def test_a_conversation_goes_from_hand_to_hand(act: Act, name: str, olga: str, pavel: str) -> None:
    claimed = act(pavel, "claim").value
    assert set(claimed) == {"uid", "status", "holder", "waiting_since", "admin", "is_chated"}
    assert (claimed["status"], claimed["admin"], claimed["is_chated"]) == ("held", "Pavel", True)
    assert claimed["holder"]["nickname"] == "Pavel"
    assert act(pavel, "claim").value["admin"] == "Pavel"  # again is no error
    given = act(pavel, "transfer", to="Olga").value
    assert given["admin"] == "Olga"
    assert act(olga, "transfer", client=name, to=claimed["holder"]["uid"]).value["admin"] == "Pavel"
    released = act(pavel, "release").value
    assert (released["admin"], released["is_chated"], released["holder"]) == ("", False, None)
    assert act(olga, "claim").value["admin"] == "Olga"
    resolved = act(olga, "resolve").value
    assert (resolved["status"], resolved["holder"]) == ("resolved", None)


def test_the_loser_reads_who_won(act: Act, olga: str, pavel: str) -> None:
    act(olga, "claim")
    for action in ("claim", "release", "resolve", "transfer"):
        answer = act(pavel, action, to="Pavel")
        assert answer.refusal == (409, "claimed"), action
        assert "Olga" in answer.json["msg"]


def test_an_administrator_may_take_over_and_nobody_else(act: Act, olga: str, pavel: str) -> None:
    act(pavel, "claim")
    assert act(olga, "claim").refusal == (409, "claimed")
    assert act(olga, "claim", take_over=True).value["admin"] == "Olga"
    assert act(pavel, "claim", take_over=True).refusal == (403, "forbidden")


def test_what_cannot_be_done_is_refused_and_said_why(url: str, uid: str, act: Act, olga: str) -> None:
    for client in ("Nobody", "v" * 26, "*", "a" + "a" * 25, "%", "{people}"):
        assert act(olga, "claim", client=client).refusal == (404, "unknown_client"), client
    assert act(olga, "release").refusal == (403, "not_yours")
    act(olga, "claim")
    assert act(olga, "transfer", to="Nobody").refusal == (404, "unknown_agent")
    bodies: list[Any] = [{}, {"to": 7}, {"to": None}, [], b"{", b'{"to": "\\ud800"}']
    for body in bodies:
        answer = ask(url, f"/v1/conversations/{uid}/transfer", body, Authorization=olga)
        assert answer.refusal == (400, "bad_request"), body
    assert ask(url, f"/v1/conversations/{uid}/claim", {"take_over": "yes"}, Authorization=olga).status == 400


def test_a_body_is_not_needed_where_it_says_nothing(url: str, uid: str, olga: str) -> None:
    for action in ("claim", "release", "resolve"):
        assert ask(url, f"/v1/conversations/{uid}/{action}", b"", Authorization=olga).status == 200, action


def test_visitors_know_whether_somebody_is_there(url: str, connect: Connect, olga: str) -> None:
    before = ask(url, "/v1/desk").value
    shop = {"shop_name", "greeting", "greetings", "accent", "palette", "chat", "logo", "faces", "file_bytes"}
    desk = {"agents_online", "open", "until", "next", "agents_connected", "accepting"}
    assert set(before) == shop | desk | {"answer_minutes", "by_mail"}
    assert (before["open"], before["until"], before["next"]) == (True, None, None), "who sets no hours is open"
    connect(olga)
    wait_until(lambda: ask(url, "/v1/desk").value["agents_online"], "an agent online")


def test_history_is_told_as_items_and_as_frames(
    url: str, page: RawSocket, uid: str, visitor: str, act: Act, olga: str
) -> None:
    page.tell(type="send", id="tab.1", content="<b>hi</b>")
    ack = page.hear(type="ack")
    act(olga, "claim")
    page.hear(type="event")
    items = ask(url, "/v1/msgs", Authorization=visitor).json
    assert [(item["seq"], item["id"], item["content"]) for item in items["value"]] == [
        (ack["seq"], "tab.1", "<b>hi</b>")
    ]
    frames = ask(url, f"/v1/msgs?frames=1&client={uid}", Authorization=olga).json
    assert [frame["type"] for frame in frames["value"]] == ["event", "message", "event"]
    assert [frame["seq"] for frame in frames["value"]] == [1, 2, 3]
    assert (frames["seq"], frames["status"], frames["holder"]["nickname"]) == (3, "held", "Olga")
    assert frames["epoch"] == ack["epoch"]
    assert frames["id"] == frames["value"][-1]["id"]
    assert set(frames["read"]) == {"visitor", "agent"}


@pytest.mark.parametrize(
    "query", ["before=-1", "after=-1", "limit=0", "limit=-5", "limit=99999999999999999999999", "before=", "frames=2"]
)
def test_numbers_out_of_range_are_brought_into_it(url: str, visitor: str, query: str) -> None:
    assert isinstance(ask(url, f"/v1/msgs?{query}", Authorization=visitor).value, list)


@pytest.mark.parametrize("query", ["before=x", "after=1.5", "limit=NaN", "limit=1e3", "after=0x10", "after=[]"])
def test_what_is_no_number_is_no_request(url: str, visitor: str, query: str) -> None:
    assert ask(url, f"/v1/msgs?{query}", Authorization=visitor).refusal == (400, "bad_request")


def test_anothers_conversation_is_not_read(url: str, page: RawSocket, uid: str, name: str, visitor: str) -> None:
    page.tell(type="send", id="t.1", content="private")
    page.hear(type="ack")
    other, who = login(url, f"{name} b")
    clients = (uid, quote(name), quote(name.upper()), "Nobody", "undefined", "%00", "['x']", "%7B%7D", "0", "")
    for query in ("", *(f"client={client}" for client in clients), f"client[]={uid}", f"client=&client={uid}"):
        assert ask(url, f"/v1/msgs?{query}", Authorization=other).value == [], query
        kept = ask(url, f"/v1/transcript?format=json&{query}", Authorization=other).json
        assert kept["visitor"]["uid"] == who, query
        assert [item["content"] for item in ask(url, f"/v1/msgs?{query}", Authorization=visitor).value] == ["private"]


def test_an_agent_names_the_conversation(url: str, olga: str) -> None:
    for query in ("", "client=", "client=Nobody", "client=%00"):
        assert ask(url, f"/v1/msgs?{query}", Authorization=olga).refusal == (404, "unknown_client"), query


def test_a_name_that_was_given_back_no_longer_finds_the_old_conversation(
    url: str, uid: str, name: str, visitor: str, olga: str
) -> None:
    ask(url, "/logout", b"", Authorization=visitor)
    assert ask(url, f"/v1/msgs?client={quote(name)}", Authorization=olga).refusal == (404, "unknown_client")
    assert ask(url, f"/v1/msgs?client={uid}", Authorization=olga).status == 200


def test_agents_that_were_locked_out_are_out_at_once(shop: Chatadmin, connect: Connect, pavel: str) -> None:
    assert ask(shop.url, "/v1/users", Authorization=pavel).status == 200
    desk = connect(pavel)
    desk.hear(type="hello")
    agent(shop, "disable", "Pavel")
    assert desk.close_code() == 4401
    assert ask(shop.url, "/v1/users", Authorization=pavel).refusal == (401, "no_session")
    answer = ask(shop.url, "/login", {"nickname": "Pavel", "password": PASSWORD})
    assert answer.refusal == (401, "bad_credentials")
    assert json.loads(answer.body)["msg"] == "The name or the password is wrong. Please try again."
