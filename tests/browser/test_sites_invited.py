"""A word to who looks at the shop's pages: how it is shown, put away and answered; and who objects to be followed."""

import json
from typing import Any

import pytest
from playwright.sync_api import Page, Response, expect

from tests.browser.barriers import barriers, small
from tests.browser.desk import Desk
from tests.browser.sites import Sites
from tests.browser.test_sites_flows import said, write
from tests.clients import api
from tests.running import wait_until

TEXT = "<b>Need a hand?</b> مرحبا"


def look(page: Page, title: str) -> dict[str, Any]:
    """What the page says of itself when it is another; returns once that was answered."""

    def is_it(response: Response) -> bool:
        return response.url.endswith("/v1/widget/seen") and f'"{title}"' in (response.request.post_data or "")

    with page.expect_response(is_it) as answer:
        page.evaluate("(title) => chatadmin('page', { title })", title)
    return dict(json.loads(answer.value.request.post_data or ""))


def greet(sites: Sites, page: Page, text: str = TEXT) -> int:
    """Anna greets who looks at it, and the page hears of it at once. Returns the status."""
    anna = api.log_in(sites.running.url, "Anna", api.PASSWORD)
    path = f"/v1/browsing/{look(page, 'A cup')['id']}/invite"
    status = api.ask(sites.running.url, path, {"text": text}, Authorization=anna).status
    look(page, "A pot")
    return status


def test_who_is_greeted_answers_by_a_press(sites: Sites, desk: Desk) -> None:
    sites.pages.put("/", sites.page("<main><h1>Tea</h1></main>"))
    page = sites.visit("/")
    expect(sites.launcher(page)).to_be_visible()
    assert greet(sites, page) == 200
    teaser = page.locator("chatadmin-widget .bubble")
    expect(teaser).to_have_text(f"Anna{TEXT}")  # as agents are promised
    assert barriers(page) == small(page) == []
    assert page.evaluate("[localStorage.length, sessionStorage.length]") == [0, 0]
    teaser.click()
    chat = sites.frame(page)
    bubble = chat.locator(".greeting").last
    expect(bubble.locator(".bubble-who")).to_have_text("Anna")
    expect(bubble.locator("p")).to_have_text(TEXT)
    expect(teaser).to_have_count(0)
    write(chat, "Yes, with the kettle")
    row = desk.take("Yes, with the kettle")
    assert row["context"]["title"] == "A pot"
    expect(said(chat)).to_have_text([TEXT, "Yes, with the kettle"])  # in the log from now on
    expect(chat.locator(".greeting")).to_have_count(1)
    look(page, "A spoon")  # whoever answers sees where they go
    wait_until(lambda: desk.rows()[0]["context"]["title"] == "A spoon", "where they went")
    assert sites.complaints == []


def test_a_word_that_was_put_away_stays_away_in_that_tab(sites: Sites) -> None:
    page = sites.visit("/")
    expect(sites.launcher(page)).to_be_visible()
    assert greet(sites, page) == 200
    page.get_by_role("button", name="Dismiss").click()
    expect(page.locator("chatadmin-widget .bubble")).to_have_count(0)
    assert look(page, "A tin")["quiet"]
    page.reload()
    expect(sites.launcher(page)).to_be_visible()
    assert greet(sites, page) == 409
    expect(page.locator("chatadmin-widget .bubble")).to_have_count(0)
    sites.launcher(page).click()
    expect(sites.frame(page).locator(".greeting")).to_have_count(1)
    assert sites.complaints == []


@pytest.mark.parametrize("way", ["gpc", "denied", "asked for nothing", "granted"])
def test_who_objects_is_not_followed_in_the_chat_either(sites: Sites, way: str) -> None:
    context = sites.browse()
    if way == "gpc":
        context.add_init_script("Object.defineProperty(navigator, 'globalPrivacyControl', { value: true })")
    context.clock.install()
    page = sites.visit("/", context)
    expect(sites.launcher(page)).to_be_visible()
    if way in ("denied", "granted"):
        page.evaluate("(answer) => chatadmin('consent', answer)", way)
    frames: list[Any] = []
    page.on("websocket", lambda socket: socket.on("framesent", lambda sent: frames.append(json.loads(sent))))
    sites.launcher(page).click()
    chat = sites.frame(page)
    with page.expect_request(lambda request: request.url.endswith("/login/widget")) as login:
        write(chat, "Hello")
    told = json.loads(login.value.post_data or "")
    assert told.get("consent", "") == {"gpc": False, "denied": False, "granted": True}.get(way, "")
    assert told["page"] == sites.shop + "/"
    page.evaluate("chatadmin('page', { title: 'A cup' })")
    context.clock.run_for(3_000)
    write(chat, "Hello again")
    moves = [(frame["title"], "consent" in frame) for frame in frames if frame["type"] == "context"]
    assert moves[-1:] == ([] if way in ("gpc", "denied") else [("A cup", way == "granted")])
    if way == "asked for nothing":
        page.evaluate("chatadmin('consent', 'granted')")
        context.clock.run_for(3_000)
        write(chat, "You may know")
        assert [frame for frame in frames if frame["type"] == "context"][-1]["consent"] is True
    assert sites.complaints == []
