"""What visitors enter of themselves is shown as theirs to say: beside the conversation, in it, and in search."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Shop
from tests.browser.console import Console
from tests.clients import api
from tests.clients.api import PASSWORD
from tests.clients.sockets import open_chat

UNVERIFIED = "Name as entered, not verified"
PRIVACY = "I have read https://shop.example.com/privacy"
FORM = {
    "name": "optional",
    "email": "optional",
    "choice": {"required": False, "label": {"en": "About"}, "options": {"en": ["An order", "<b>Else</b>"]}},
    "consent": {"en": PRIVACY},
}

Enter = Callable[..., str]


@pytest.fixture
def enters(shop: Shop) -> Iterator[Enter]:
    """Somebody writes from a shop's page: `enters(text, **entered)` returns what the server calls them."""
    token = api.log_in(shop.url, "Anna", PASSWORD)
    decided = api.call(shop.url, "/v1/widget", token)
    api.ask(shop.url, "/v1/widget", {"version": decided["version"], "form": FORM}, method="PUT", Authorization=token)
    with ExitStack() as sockets:

        def enter(text: str, **entered: Any) -> str:
            fields = {"choice": "", "consent": True} | entered.pop("fields", {})
            answer = api.ask(shop.url, "/login/widget?lang=en", {**entered, "fields": fields})
            assert answer.status == 200, answer.body
            socket = sockets.enter_context(closing(open_chat(shop.url, answer.value["token"])))
            socket.tell(type="send", id="tab.1", content=text)
            socket.hear(type="ack")
            return str(answer.value["name"])

        yield enter


def test_what_was_entered_is_shown_and_found_as_not_verified(shop: Shop, enters: Enter) -> None:
    anna = Console(shop.agent())
    enters("Where is my parcel?", name="Mia", email="mia.berg@example.org", fields={"choice": "<b>Else</b>"})
    anna.open("Mia")
    pane = anna.page.locator(".context")
    expect(pane.locator(".context-who")).to_contain_text(UNVERIFIED)
    facts = pane.get_by_role("region", name="Entered by the visitor, not verified")
    address = pane.get_by_role("region", name="E-mail")
    expect(address.get_by_role("link")).to_have_attribute("href", "mailto:mia.berg@example.org")
    expect(address).to_contain_text("As entered, not verified")
    expect(facts).to_contain_text("<b>Else</b>")
    expect(facts).to_contain_text("Agreed")
    expect(facts.get_by_role("link", name="https://shop.example.com/privacy")).to_be_visible()
    line = anna.page.locator(".thread-event", has_text="entered:")
    expect(line).to_have_text("Mia entered: mia.berg@example.org · <b>Else</b> · agreed")

    anna.page.locator(".visitors h2").click()
    anna.page.keyboard.press("/")
    anna.page.get_by_role("searchbox").fill("mia.berg")
    found = anna.page.locator(".everybody-row")
    expect(found).to_have_count(1)
    expect(found.locator("mark")).to_have_text("mia.berg")
    expect(found.locator(".mark.unverified")).to_have_attribute("title", UNVERIFIED)


def test_who_gave_no_name_has_a_number_in_the_reader_s_language_and_no_mark(shop: Shop, enters: Enter) -> None:
    name = enters("Hello?")
    number = name.removeprefix("Visitor ")
    assert number.isdecimal()
    anna, lin = Console(shop.agent()), Console(shop.agent("Ben", locale="zh-CN"))
    anna.open(name)
    lin.open(f"访客 {number}")
    for console, called in ((anna, name), (lin, f"访客 {number}")):
        expect(console.page.locator(".context-who h2")).to_have_text(called)
        expect(console.page.locator("bdi.bubble-who")).to_have_text(called)
        expect(console.page.locator(".context .mark")).to_have_count(0)
        expect(console.page.locator(".thread-event").first).to_contain_text(called)
    enters("Hello!", name=name)  # somebody calls themselves so
    expect(anna.page.locator(".visitor-row-name", has_text=number)).to_have_count(2)
    expect(lin.page.locator(".visitor-row-name", has_text=f"访客 {number}")).to_have_count(1)
    expect(lin.page.locator(".visitor-row-name", has_text=name)).to_have_count(1)
