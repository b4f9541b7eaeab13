"""Search as the console asks it, in the running product: said by a visitor, found by an agent, shown where it is."""

from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlencode

import pytest

from tests.clients.api import Answer, ask
from tests.clients.sockets import RawSocket, open_chat
from tests.running import Chatadmin, wait_until

pytestmark = pytest.mark.usefixtures("beside")

Find = Callable[..., Answer]
Say = Callable[..., int]


@pytest.fixture
def find(url: str, olga: str) -> Find:
    """Ask as Olga: `find("退货", limit=5)`."""
    return lambda q, **more: ask(url, f"/v1/search?{urlencode({'q': q, **more})}", Authorization=olga)


@pytest.fixture
def found(find: Find) -> Callable[[str, int], list[Any]]:
    """The hits once there are so many: what was said is indexed a moment later."""
    return lambda q, count: wait_until(lambda: len(hits := find(q).value) >= count and hits, f"{count} of {q!r}")


@pytest.fixture
def page(url: str, visitor: str) -> Iterator[RawSocket]:
    """The visitor's open chat."""
    chat = open_chat(url, visitor)
    chat.hear(type="joined")
    yield chat
    chat.close()


@pytest.fixture
def say(page: RawSocket) -> Say:
    """Say something as the visitor: its seq."""
    said: list[str] = []

    def send(content: str) -> int:
        said.append(content)
        page.tell(type="send", id=f"tab.{len(said)}", content=content)
        return int(page.hear(type="ack")["seq"])

    return send


def test_a_hit_says_all_that_a_list_of_them_shows(
    url: str, visitor: str, name: str, say: Say, find: Find, found: Callable[..., Any]
) -> None:
    uid = ask(url, "/v1/me", Authorization=visitor).value["uid"]
    seq = say("你好 😀，我想退貨：Größe 42")
    (hit,) = found("退貨", 1)
    assert set(hit) == {
        *("name", "namesake", "verified"),
        *("conversation", "nickname", "epoch", "seq", "kind", "by", "user", "content", "match", "msg_time"),
    }
    assert (hit["conversation"], hit["nickname"], hit["seq"]) == (uid, name, seq)
    assert (hit["kind"], hit["by"], hit["user"]["nickname"]) == ("message", "visitor", name)
    start, end = hit["match"]
    assert hit["content"].encode("utf-16-le")[start * 2 : end * 2].decode("utf-16-le") == "退貨"
    assert find("GROSSE 42").value == [hit | {"match": [11, 16]}]
    answer = find("退貨").json
    assert (answer["more"], answer["cursor"]) == (False, "")
    assert answer["behind"] >= 0


def people(answer: Answer) -> list[dict[str, Any]]:
    return list(answer.json["people"]["value"])


def test_people_are_found_by_name_beside_what_was_said(url: str, olga: str, find: Find) -> None:
    uids = set()
    for name in ("Zoë O’Brien", "Zoë O’Brien", "Zoe Vogel"):
        token = ask(url, "/login", {"name": name}).headers["token"]
        chat = open_chat(url, token)
        chat.hear(type="joined")
        uids.add(ask(url, "/v1/me", Authorization=token).value["uid"])
        chat.close()
    found = wait_until(lambda: len(rows := people(find("zoe"))) == 3 and rows, "three people")
    assert {row["uid"] for row in found} == uids
    both = people(find("O'BRIEN zoe"))
    assert [row["name"] for row in both] == ["Zoë O’Brien"] * 2
    assert both[0]["nickname"] != both[1]["nickname"]
    start, end = both[0]["match"]["name"]
    assert both[0]["name"][start:end] == "Zoë"
    assert {"online", "status", "last", "tags", "enter_at"} <= set(both[0]), "as on the live list"
    first = ask(url, "/v1/search/people?q=zoe&limit=2", Authorization=olga).json
    rest = ask(url, f"/v1/search/people?{urlencode({'q': 'zoe', 'cursor': first['cursor']})}", Authorization=olga).json
    assert len(first["value"]) == 2
    assert {row["uid"] for row in first["value"] + rest["value"]} == uids
    assert (first["more"], rest["more"]) == (True, False)
    assert "people" not in find("zoe", cursor=first["cursor"]).json, "the first page alone has them beside it"


def test_who_may_not_look_for_people(url: str, visitor: str) -> None:
    for query in ("zoe", "a"):
        assert ask(url, f"/v1/search/people?q={query}").refusal == (401, "no_session")
        assert ask(url, f"/v1/search/people?q={query}", Authorization=visitor).refusal == (403, "forbidden")


def test_a_long_text_is_shown_in_part(say: Say, found: Callable[..., Any]) -> None:
    say("x" * 3000 + " the wombat sleeps " + "y" * 3000)
    (hit,) = found("wombat", 1)
    start, end = hit["match"]
    assert len(hit["content"]) == 200
    assert hit["content"][start:end] == "wombat"


def test_pages_lead_further_back(say: Say, find: Find, found: Callable[..., Any]) -> None:
    for n in range(8):
        say(f"quokka number {n}")
    found("quokka", 8)
    seen, cursor = [], ""
    for _ in range(8):
        answer = find("quokka", limit=3, cursor=cursor).json
        seen += [hit["content"] for hit in answer["value"]]
        cursor = answer["cursor"]
        if not answer["more"]:
            break
    assert seen == [f"quokka number {n}" for n in range(7, -1, -1)]


def test_the_page_around_a_hit(url: str, olga: str, say: Say, name: str) -> None:
    seqs = [say(f"message {n}") for n in range(10)]

    def around(seq: int, limit: int, **more: Any) -> list[int]:
        query = urlencode({"client": name, "around": seq, "limit": limit, **more})
        return [item["seq"] for item in ask(url, f"/v1/msgs?{query}", Authorization=olga).value]

    assert around(seqs[5], 4) == seqs[3:7]
    assert around(seqs[5], 1) == [seqs[5]]
    assert around(seqs[0], 4) == seqs[:4]
    assert around(seqs[9], 4) == seqs[6:]
    assert around(1, 3, frames=1) == [1, 2, 3]
    assert around(0, 3, frames=1) == [1, 2, 3]
    assert around(10**9, 3) == seqs[7:]
    assert around(seqs[5], 200, frames=1) == list(range(1, seqs[9] + 1))


def test_who_may_not_search_and_what_cannot_be_sought(url: str, visitor: str, find: Find) -> None:
    assert ask(url, "/v1/search?q=hello").refusal == (401, "no_session")
    assert ask(url, "/v1/search?q=hello", Authorization=visitor).refusal == (403, "forbidden")
    for query in ("", "a", "か", "\u200b", "  "):
        assert find(query).refusal == (400, "too_short"), query
    for more in ({"cursor": "nonsense"}, {"cursor": "%"}, {"limit": "x"}):
        assert find("hello", **more).refusal == (400, "bad_request"), more
    for query in ("*", "%%", "\\ud800 x", "a\0b", "x" * 60000, "{s00}:x", "?? [a-z]"):
        assert find(query).status in (200, 400), query
    assert find("hello", limit=10**9).status == 200


def test_a_note_is_found_by_agents(url: str, visitor: str, olga: str, shop: Chatadmin, found: Any, say: Say) -> None:
    say("hello there")
    uid = ask(url, "/v1/me", Authorization=visitor).value["uid"]
    console = open_chat(url, olga)
    console.tell(type="join", conversation=uid)
    console.hear(type="joined")
    console.tell(type="send", note=True, id="desk.1", conversation=uid, content="likes numbats")
    console.hear(type="ack")
    (hit,) = found("numbats", 1)
    assert (hit["kind"], hit["by"], hit["user"]["nickname"]) == ("note", "agent", "Olga")
    console.close()
