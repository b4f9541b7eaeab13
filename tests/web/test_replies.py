"""Canned replies on the running product."""

from typing import Any

import pytest

from tests.clients.api import PASSWORD, Answer, agent, ask, log_in
from tests.clients.events import Stream
from tests.running import Chatadmin


@pytest.fixture(scope="module")
def pavel(shop: Chatadmin) -> str:
    """The token of an agent who is no administrator."""
    agent(shop, "add", "Pavel", password=PASSWORD)
    return log_in(shop.url, "Pavel", PASSWORD)


def add(url: str, token: str, shortcut: str, text: str = "Hello {name}", *, shared: bool) -> Answer:
    return ask(url, "/v1/replies", {"shortcut": shortcut, "text": text, "shared": shared}, Authorization=token)


def edit(url: str, token: str, reply: Any, **more: Any) -> Answer:
    return ask(url, f"/v1/replies/{reply['id']}", {**reply, **more}, method="PUT", Authorization=token)


def drop(url: str, token: str, reply: Any) -> Answer:
    return ask(url, f"/v1/replies/{reply['id']}", method="DELETE", Authorization=token)


def listed(url: str, token: str) -> list[tuple[str, bool]]:
    return [(reply["shortcut"], reply["shared"]) for reply in ask(url, "/v1/replies", Authorization=token).value]


def test_agents_use_the_shop_s_and_write_their_own(url: str, olga: str, pavel: str, visitor: str) -> None:
    ours = add(url, olga, "hello", shared=True).value
    assert add(url, pavel, "bye", shared=True).refusal == (403, "forbidden")
    mine = add(url, pavel, "/bye", shared=False).value
    assert (mine["shortcut"], mine["by"]) == ("bye", "Pavel")
    assert listed(url, pavel) == [("bye", False), ("hello", True)]
    assert listed(url, olga) == [("hello", True)]
    for refused in (edit(url, pavel, ours, text="Mine now"), drop(url, pavel, ours)):
        assert refused.refusal == (403, "forbidden")
    for refused in (edit(url, olga, mine, text="Ours now"), drop(url, olga, mine)):
        assert refused.refusal == (404, "unknown_reply")
    assert edit(url, pavel, mine, text="Goodbye, {name}").value["text"] == "Goodbye, {name}"
    assert ask(url, "/v1/replies").refusal == (401, "no_session")
    assert ask(url, "/v1/replies", Authorization=visitor).refusal == (403, "forbidden")
    assert drop(url, olga, ours).status == drop(url, pavel, mine).status == 200
    assert listed(url, pavel) == []


def test_the_later_of_two_is_told_who_was_faster(url: str, olga: str) -> None:
    seen = add(url, olga, "late", shared=True).value
    assert edit(url, olga, seen, text="First").value["version"] == 2
    late = edit(url, olga, seen, text="Second")
    assert late.refusal == (409, "changed_meanwhile")
    assert "Olga" in late.json["msg"]
    assert drop(url, olga, seen).status == 200


@pytest.mark.parametrize(
    ("asked", "refusal"),
    [
        ({"shortcut": "two words", "text": "x"}, (400, "bad_shortcut")),
        ({"shortcut": "", "text": "x"}, (400, "bad_shortcut")),
        ({"shortcut": "x", "text": " "}, (400, "bad_reply")),
        ({"shortcut": "x", "text": "x" * 8001}, (413, "too_long")),
        ({"shortcut": "x"}, (400, "bad_request")),
        ({"shortcut": "x", "text": 1}, (400, "bad_request")),
    ],
)
def test_what_cannot_be_one_is_refused(url: str, pavel: str, asked: dict[str, Any], refusal: tuple[int, str]) -> None:
    assert ask(url, "/v1/replies", asked, Authorization=pavel).refusal == refusal


def test_open_consoles_are_told_to_look_again(url: str, olga: str, pavel: str) -> None:
    stream = Stream(url, olga, "?delta=1")
    ours = add(url, olga, "told", shared=True).value
    assert stream.until(lambda kind, _: kind == "replies") == {"owner": ""}
    mine = add(url, pavel, "told", shared=False).value
    owner = ask(url, "/v1/me", Authorization=pavel).value["uid"]
    assert stream.until(lambda kind, _: kind == "replies") == {"owner": owner}
    stream.close()
    assert drop(url, olga, ours).status == drop(url, pavel, mine).status == 200


def test_nothing_an_agent_sends_reaches_another_key(url: str, pavel: str) -> None:
    for id in ("nothing", "..", "*", "%7Bpeople%7D", "x" * 2000):
        assert edit(url, pavel, {"id": id, "shortcut": "x", "text": "x", "version": 1}).status == 404
