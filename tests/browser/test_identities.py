"""Two people in two pages of one browser: a page never acts as somebody else, and becomes whoever is logged in."""

from collections.abc import Callable
from typing import Any, cast

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.conftest import Shop, ask_to_leave, bubbles, row, say, take, writes
from tests.clients import api
from tests.clients.api import PASSWORD
from tests.prepared import Prepared
from tests.running import Chatadmin

LOG_IN = """async (body) => {
  const asked = { method: "POST", body: JSON.stringify(body), headers: { "Content-Type": "application/json" } };
  const { value } = await (await fetch("/login", asked)).json();
  new BroadcastChannel("chatadmin.agent").postMessage("came");
  return value.uid;
}"""


def log_in(page: Page, name: str) -> None:
    """By the form."""
    page.fill("#login-name", name)
    page.fill("#login-password", PASSWORD)
    page.click(".login .button-main")


def is_now(page: Page, name: str) -> None:
    """The console of that agent is up."""
    expect(page.get_by_role("button", name=f"{name}, your account")).to_be_visible()


def log_in_elsewhere(shop: Shop, browser: BrowserContext, name: str) -> str:
    """By a form on another page, which did not hear that somebody was logged in already; their uid."""
    page = browser.new_page()
    page.goto(shop.url + "/setup")
    return str(page.evaluate(LOG_IN, {"nickname": name, "password": PASSWORD, "cookie": True}))


def behind_its_back(shop: Shop, browser: BrowserContext, kind: str, token: str) -> None:
    """The browser's cookie is another's, and no page has been told."""
    browser.add_cookies([{"name": f"chatadmin_{kind}", "value": token, "url": shop.url}])


def holder(shop: Shop, visitor: str) -> str:
    """Who has the conversation, by what the server says."""
    rows = api.call(shop.url, "/v1/users", api.log_in(shop.url, "Anna", PASSWORD))
    return next(str(item["admin"]) for item in rows if item["name"] == visitor)


def test_a_log_in_in_one_page_is_one_in_all(shop: Shop) -> None:
    first = shop.open("/admin")
    browser = first.context
    second, third = (shop.watch(browser.new_page()) for _ in range(2))
    for page in (second, third):
        page.goto(shop.url + "/admin")
        expect(page.locator("#login-name")).to_be_visible()
    log_in(first, "Anna")
    for page in (first, second, third):
        is_now(page, "Anna")
    second.get_by_role("button", name="Anna, your account").click()
    second.get_by_role("button", name="Log out").click()
    for page in (first, second, third):
        expect(page.locator("#login-name")).to_be_visible()
        expect(page).to_have_title("Console")
    log_in(third, "Ben")
    for page in (first, second, third):
        is_now(page, "Ben")


def test_a_form_that_heard_nothing_logs_in_somebody_else_and_the_other_page_becomes_them(shop: Shop) -> None:
    anna = shop.agent()
    writes(shop, "Mara", "for Anna's eyes")
    row(anna, "Mara").locator("button").first.click()
    anna.locator(".claim-bar .button-main").click()
    anna.fill(".composer textarea", "half a thought of Anna's")
    log_in_elsewhere(shop, anna.context, "Ben")
    is_now(anna, "Ben")
    expect(anna.locator(".notice")).to_contain_text("Somebody logged in as Ben")
    expect(anna.locator(".composer textarea")).to_have_count(0)
    expect(anna.locator(".claim-bar p")).to_have_text("Anna is talking to Mara.")
    assert "half a thought" not in anna.locator("body").inner_text()


ACTS = {
    "takes": ["button Take this conversation"],
    "blocks": ["button More actions", "button Block visitor", "button Block visitor"],
    "goes away": ["button Anna, your account", "switch Taking conversations"],
    "logs out": ["button Anna, your account", "button Log out"],
    "reads reports": ["button Reports"],
    "searches": ["button Search and all visitors"],
    "looks at settings": ["button Settings"],
}


@pytest.mark.parametrize("act", ACTS)
def test_a_page_whose_cookie_is_another_s_does_nothing_as_them(shop: Shop, act: str) -> None:
    anna = shop.agent()
    name = f"G {act}"
    writes(shop, name)
    row(anna, name).locator("button").first.click()
    expect(anna.locator(".claim-bar .button-main")).to_be_visible()
    ben = api.log_in(shop.url, "Ben", PASSWORD)
    behind_its_back(shop, anna.context, "agent", ben)
    for step in ACTS[act]:
        role, _, called = step.partition(" ")
        anna.get_by_role(cast(Any, role), name=called, exact=True).last.click()
    is_now(anna, "Ben")
    assert holder(shop, name) == ""
    team = api.call(shop.url, "/v1/agents", ben)
    assert {item["nickname"]: item["accepting"] for item in team}["Ben"]
    assert api.call(shop.url, "/v1/me", ben)["nickname"] == "Ben"


def test_what_one_agent_has_not_sent_goes_out_as_nobody_else_s(
    start_chatadmin: Callable[..., Chatadmin], browser: Browser, prepared: Prepared
) -> None:
    shop = Shop(start_chatadmin(data_dir=prepared("Anna", "Ben")), browser)
    anna, nora = shop.agent(), writes(shop, "Nora")
    anna_s, ben_s = (api.log_in(shop.url, name, PASSWORD) for name in ("Anna", "Ben"))
    take(anna, "Nora")
    shop.running.stop()
    say(anna, "written by Anna while away")
    expect(anna.locator(".bubble[data-pending]")).to_have_count(1)
    behind_its_back(shop, anna.context, "agent", ben_s)
    start_chatadmin(data_dir=shop.running.data_dir, server=f"127.0.0.1:{shop.running.port}")
    is_now(anna, "Ben")
    expect(anna.locator(".thread")).to_be_visible()
    expect(anna.locator(".bubble[data-pending]")).to_have_count(0)
    assert bubbles(nora) == ["Hello?"]
    behind_its_back(shop, anna.context, "agent", anna_s)
    anna.reload()
    expect(nora.locator(".bubble > p")).to_have_text(["Hello?", "written by Anna while away"])
    shop.close()


def test_the_stream_that_pages_share_is_the_new_one_s(shop: Shop) -> None:
    first = shop.agent()
    second = shop.watch(first.context.new_page())
    second.goto(shop.url + "/admin")
    is_now(second, "Anna")
    asked: list[str] = []
    first.context.on("request", lambda request: asked.append(request.url))
    ben = log_in_elsewhere(shop, first.context, "Ben")
    for page in (first, second):
        is_now(page, "Ben")
    writes(shop, "Oda")
    for page in (first, second):
        expect(row(page, "Oda")).to_be_visible()
    assert len([url for url in asked if "/v1/stream" in url and f"me={ben}" in url]) == 1


def test_a_visitor_s_other_page_becomes_the_next_visitor(shop: Shop) -> None:
    mara = writes(shop, "Tilda", "a secret of Tilda's")
    mara.fill(".composer textarea", "unsent words of Tilda's")
    other = shop.watch(mara.context.new_page())
    other.goto(shop.url)
    expect(other.locator(".bubble > p")).to_have_text(["a secret of Tilda's"])
    ask_to_leave(other)
    other.locator(".leave .button-alarm").click()
    expect(mara.locator(".before-note")).to_contain_text("You have left")
    expect(mara.locator(".composer textarea")).to_have_value("")
    mara.wait_for_function("sessionStorage.length === 0")
    say(other, "Otto there")
    expect(mara.locator(".bubble > p")).to_have_text(["Otto there"])
    say(mara, "Otto here")
    expect(other.locator(".bubble > p")).to_have_text(["Otto there", "Otto here"])


def test_a_visitor_s_page_whose_cookie_is_another_s_says_nothing_as_them(shop: Shop) -> None:
    mara = writes(shop, "Ulla", "of Ulla")
    token, otto = api.login(shop.url, "Viktor")
    behind_its_back(shop, mara.context, "visitor", token)
    ask_to_leave(mara)
    mara.locator(".leave .button-alarm").click()
    expect(mara.locator(".bubble > p")).to_have_count(0)
    say(mara, "of Viktor")
    expect(mara.locator(".tick[data-tick=stored]")).to_have_count(1)
    assert [entry["content"] for entry in api.history(shop.url, token) if entry["type"] == "message"] == ["of Viktor"]
    assert api.call(shop.url, "/v1/me", token)["uid"] == otto
