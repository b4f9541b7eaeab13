"""What is injected into a shop on the chat's own site: cookies go along with what it asks, and give it no rights."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.browser.sites import NEIGHBOUR, Sites
from tests.clients import api
from tests.clients.api import PASSWORD

TRY = """([url, method]) => fetch(url, { method, credentials: "include", body: method === "GET" ? undefined : "{}" })
  .then((answer) => answer.status, () => "unreadable")"""
OPEN = """(url) => new Promise((done) => {
  const socket = new WebSocket(url, "chatadmin.v1");
  socket.onopen = () => done("open");
  socket.onclose = () => done("refused");
})"""


class Victim:
    """A browser with an agent's cookie and a visitor's of the hosted page, on a page of that shop's."""

    def __init__(self, sites: Sites) -> None:
        self.visitor = api.log_in(sites.running.url, "Lily")
        self.agent = api.log_in(sites.running.url, "Anna", PASSWORD)
        context = sites.browse()
        for name, value in {"chatadmin_visitor": self.visitor, "chatadmin_agent": self.agent}.items():
            context.add_cookies([{"name": name, "value": value, "url": sites.chat}])
        self.page, self.hosted = context.new_page(), context.new_page()
        self.hosted.goto(sites.chat)
        self.page.goto(f"https://{NEIGHBOUR}/")


@pytest.fixture
def victim(sites: Sites) -> Iterator[Victim]:
    made = Victim(sites)
    yield made
    api.call(sites.running.url, "/logout", made.visitor, {})


def test_no_cookie_of_the_chat_counts_on_a_neighbour_s_page(sites: Sites, victim: Victim) -> None:
    page, url = victim.page, sites.running.url
    for path in ("/v1/me", "/v1/users", "/v1/widget", "/v1/msgs?client=Lily"):
        assert page.evaluate(TRY, [sites.chat + path, "GET"]) == "unreadable", path
    for path in ("/v1/agents", "/v1/me/link", "/login/widget", "/logout", "/logout?as=agent"):
        assert page.evaluate(TRY, [sites.chat + path, "POST"]) == "unreadable", path
    socket = sites.chat.replace("http", "ws") + "/v1/chat"
    assert (page.evaluate(OPEN, socket), victim.hosted.evaluate(OPEN, socket)) == ("refused", "open")
    assert api.call(url, "/v1/me", victim.visitor)["nickname"] == "Lily"
    assert api.call(url, "/v1/me", victim.agent)["nickname"] == "Anna"


def test_nor_does_one_in_the_widget_s_frame(sites: Sites, victim: Victim) -> None:
    page = victim.page
    sites.launcher(page).click()
    chat = sites.frame(page)
    chat.locator(".composer textarea").fill("Who am I?")
    chat.locator(".composer textarea").press("Enter")
    expect(chat.locator(".tick[data-tick=stored]")).to_be_visible()
    rows = api.call(sites.running.url, "/v1/users", victim.agent)
    assert [row["nickname"][:8] for row in rows if (row["last"] or {}).get("content") == "Who am I?"] == ["Visitor "]
