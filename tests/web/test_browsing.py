"""Who looks at the shop's pages: on every agent's list, whichever node heard of them; greeted once."""

import http.client
import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.clients.api import Answer, ask
from tests.clients.events import Stream
from tests.folders import contents
from tests.running import PATIENCE, Chatadmin
from tests.web.test_sites import SITE, change, seen
from tests.web.test_stream_workers import on_each_worker

TEA = {
    "page": f"{SITE}/tea?order=7&utm_source=mail#top",
    "title": "Green tea",
    "referrer": "https://search.example/?q=illness",
    "tz": "asia/calcutta",
    "languages": ["hi-IN", "en"],
}
CHROME = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile Safari/537.36"


@pytest.fixture(scope="module")
def settings() -> dict[str, Any]:
    """Two workers: what one is told, the other must say."""
    return {"limits": {"logins_per_minute": 0}, "sites": [SITE], "workers": 2, "trusted_proxies": ["127.0.0.2"]}


@pytest.fixture
def lists(url: str, olga: str) -> Iterator[list[Stream]]:
    """The live list, of each worker."""
    opened = on_each_worker(url, olga)
    yield opened
    for stream in opened:
        stream.close()


def tell(url: str, id: str, **told: Any) -> Answer:
    return seen(url, SITE, {"id": id, **TEA, **told}, User_Agent=CHROME, CF_IPCountry="DE")  # of no trusted proxy


def row(stream: Stream, id: str, **wanted: Any) -> Any:
    """The next news of that page, or the next in which something is as wanted."""
    return stream.until(
        lambda kind, data: (
            kind == "browsing" and data["id"] == id and all(data.get(name) == value for name, value in wanted.items())
        )
    )


def invite(url: str, token: str, id: str, text: str = "Can I help?") -> Answer:
    return ask(url, f"/v1/browsing/{id}/invite", {"text": text}, Authorization=token)


def test_who_looks_at_a_page_is_on_every_list_until_they_leave_it(
    shop: Chatadmin, url: str, olga: str, lists: list[Stream]
) -> None:
    assert tell(url, "first-page").value["next_s"] == 15
    for stream in lists:
        found = row(stream, "first-page")
        assert found["since"] <= found["seen_at"]
        del found["since"], found["seen_at"]
        assert found == {
            "id": "first-page",
            "kind": "browsing",
            "browser": "Chrome, Android",
            "visible": True,
            "quiet": False,
            "context": {
                "page": f"{SITE}/tea?utm_source=mail",
                "title": "Green tea",
                "referrer": "https://search.example/",
                "utm": {"source": "mail"},
                "languages": ["hi-IN", "en"],
                "tz": "Asia/Calcutta",
                "country": "IN",
                "pages": [],
            },
        }
    tell(url, "first-page", page=f"{SITE}/cup", title="A cup", visible=False)
    for stream in lists:
        moved = row(stream, "first-page", visible=False)
        assert (moved["context"]["page"], moved["context"]["utm"]) == (f"{SITE}/cup", {"source": "mail"})
    with_them = Stream(url, olga, "?delta=1")
    assert [page["id"] for page in with_them.event()[2]["browsing"]] == ["first-page"]
    with_them.close()
    assert ask(url, "/v1/users", Authorization=olga).value == []
    tell(url, "first-page", gone=True)
    for stream in lists:
        assert row(stream, "first-page", gone=True) == {"id": "first-page", "gone": True}
    assert [path for path, content in contents(shop.data_dir) if b"Green tea" in content] == []


def test_an_agent_greets_somebody_once_and_the_page_has_it_with_its_next_word(
    url: str, olga: str, pavel: str, visitor: str, lists: list[Stream]
) -> None:
    tell(url, "greeted-page")
    for stream in lists:
        row(stream, "greeted-page")
    assert invite(url, visitor, "greeted-page").refusal == (403, "forbidden")
    assert invite(url, olga, "no-such-page").refusal == (404, "gone")
    for text in ("", " \n", "\u200b", "x" * 501, "a\x00b"):
        assert invite(url, olga, "greeted-page", text).refusal == (400, "bad_text")
    told = invite(url, pavel, "greeted-page", " The green one\nis new. ").value
    assert (told["text"], told["by"]["nickname"]) == ("The green one\nis new.", "Pavel")
    for stream in lists:
        assert row(stream, "greeted-page")["invited"] == told | {"shown": False}
    assert invite(url, olga, "greeted-page").refusal == (409, "invited")
    answers = [tell(url, "greeted-page", lang="de-AT").value for _ in range(8)]
    given = [answer["invite"] for answer in answers if "invite" in answer]
    word = {"text": told["text"], "after_s": 0, "by": told["by"]}
    assert given[0] == {"id": given[0]["id"], **word}
    for stream in lists:
        assert row(stream, "greeted-page")["invited"] == told | {"shown": True}
    assert {one["id"] for one in given} == {given[0]["id"]}
    tell(url, "greeted-page", gone=True)
    for stream in lists:
        row(stream, "greeted-page", gone=True)
    assert invite(url, olga, "greeted-page").refusal == (404, "gone")


def test_who_wants_nothing_told_is_not_heard(url: str, olga: str) -> None:
    """Neither the shop nor a browser, whatever the page's script does."""
    assert tell(url, "private-page\n").refusal == (400, "bad_request")  # no id that could be asked for
    body = {"id": "private-page", **TEA}
    for wish in ({"Sec_GPC": "1"}, {"DNT": "1"}):
        assert seen(url, SITE, body, **wish).value == {"next_s": 120}
    change(url, olga, beacons=False)
    assert tell(url, "silenced-page").value == {"next_s": 120}
    change(url, olga, beacons=True)
    stream = Stream(url, olga, "?delta=1")
    assert stream.event()[2]["browsing"] == []
    stream.close()


def test_one_address_cannot_fill_the_list(url: str, olga: str) -> None:
    """Six hundred words in a minute are a whole town's; behind a trusted proxy each browser has its own address."""
    link = http.client.HTTPConnection(urlsplit(url).netloc, timeout=PATIENCE)
    headers = {"Origin": SITE, "Content-Type": "text/plain"}
    told, status = 0, 200
    while status == 200 and told < 2000:  # of one worker, whose connection it is
        link.request("POST", "/v1/widget/seen", json.dumps({"id": f"flooding{told}", **TEA}), headers)
        answer = link.getresponse()
        answer.read()
        status, told = answer.status, told + 1
    link.request("POST", "/v1/widget/seen", "{}", headers)  # the connection goes on
    assert link.getresponse().status in (400, 429)
    link.close()
    assert (status, told > 500) == (429, True)
    stream = Stream(url, olga, "?delta=1")
    assert len(stream.event()[2]["browsing"]) <= told
    stream.close()
