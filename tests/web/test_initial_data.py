"""A page is sent the answers to its first questions: the same that it would be given, and nobody else's."""

import json
import re
from collections.abc import Callable
from time import monotonic
from typing import Any
from urllib.parse import quote

import pytest

from tests.clients.api import ask, log_in
from tests.clients.sockets import RawSocket
from tests.running import PATIENCE, Chatadmin, Valkey

pytestmark = pytest.mark.usefixtures("beside")

NOBODY = {"status": 401, "body": {"code": "no_session"}}


def initial_data(url: str, path: str, **headers: str) -> Any:
    """What came with the page: path of a question to its answer."""
    page = ask(url, path, **headers)
    assert page.headers["cache-control"] == "no-store"
    found = re.search(r'<script type="application/json" id="answers">(.*)</script>', page.body.decode())
    assert found
    return json.loads(found[1])


def test_whoever_is_nobody_yet_is_told_so(url: str) -> None:
    assert initial_data(url, "/") == {
        "/v1/me?as=visitor": NOBODY,
        "/v1/desk": {"status": 200, "body": {"value": ask(url, "/v1/desk").value}},
    }
    assert initial_data(url, "/admin") == {"/v1/me?as=agent": NOBODY}
    assert initial_data(url, "/setup") == {}


def test_a_visitor_is_told_what_they_would_have_asked(url: str, visitor: str, page: RawSocket) -> None:
    page.tell(type="send", id="a.1", content="</script><script>alert(1)</script>")
    page.hear(type="ack")
    cookie = f"chatadmin_visitor={visitor}"
    answers = initial_data(url, "/", Cookie=cookie)
    assert len(answers) == 3
    for path, answer in answers.items():
        asked = ask(url, path, Cookie=cookie)
        assert answer == {"status": 200, "body": {k: v for k, v in asked.json.items() if k != "msg"}}, path
    assert initial_data(url, "/admin", Cookie=cookie) == {"/v1/me?as=agent": NOBODY}


def test_an_agent_is_told_who_they_are_on_their_page_alone(url: str, olga: str) -> None:
    cookie = f"chatadmin_agent={olga}"
    assert initial_data(url, "/admin", Cookie=cookie)["/v1/me?as=agent"]["body"]["value"]["nickname"] == "Olga"
    assert initial_data(url, "/", Cookie=cookie)["/v1/me?as=visitor"] == NOBODY


def test_the_page_renews_the_cookie_of_whoever_came_by_it(url: str, visitor: str) -> None:
    answer = ask(url, "/", Cookie=f"chatadmin_visitor={visitor}")
    assert answer.headers["set-cookie"].startswith(f"chatadmin_visitor={visitor};")
    assert "set-cookie" not in ask(url, "/").headers
    assert "set-cookie" not in ask(url, "/", Cookie="chatadmin_visitor=wrong").headers


@pytest.mark.parametrize(
    ("referrer", "shown"), [("https://shop.example/kettles?id=7", "https://shop.example/kettles?id=7"), ("own", "")]
)
def test_agents_see_the_page_that_led_here(
    url: str, olga: str, visitor: str, uid: str, referrer: str, shown: str
) -> None:
    came_from = f"{url}/" if referrer == "own" else referrer
    initial_data(url, "/", Cookie=f"chatadmin_visitor={visitor}", Referer=came_from)
    assert ask(url, f"/v1/visitors/{quote(uid)}", Authorization=olga).value["page"] == shown


def test_a_page_comes_while_the_store_is_away(
    start_store: Callable[..., Valkey], start_chatadmin: Callable[..., Chatadmin]
) -> None:
    store = start_store()
    running = start_chatadmin("--redis", store.url)
    cookie = f"chatadmin_visitor={log_in(running.url, 'Mara')}"
    assert initial_data(running.url, "/", Cookie=cookie)["/v1/me?as=visitor"]["status"] == 200
    store.pause()
    began = monotonic()
    assert "/v1/me?as=visitor" not in initial_data(running.url, "/", Cookie=cookie)
    assert monotonic() - began < PATIENCE
    store.resume()
