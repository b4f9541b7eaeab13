"""What people are called: any number alike, one as an agent is, and where the browser keeps no cookie."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.chromium import ALL_COOKIES, launch_profile
from tests.browser.conftest import Shop, ask_to_leave, say
from tests.browser.console import Console
from tests.clients.api import PASSWORD

LONG = "Maximilian Alexander von und zu Hohenstein-Waldenburg"


def test_two_marias_are_told_apart_by_the_team_alone(shop: Shop) -> None:
    anna = Console(shop.agent())
    first = shop.visitor("Maria")
    expect(anna.row("Maria")).to_be_visible()
    second = shop.visitor("maria")
    number = re.compile(r"^maria \d{2,5}$")
    expect(anna.page.locator(".visitor-row-name", has_text=number)).to_be_visible()
    for page, text in ((first, "from the first"), (second, "from the second")):
        say(page, text)
        assert not re.search(r"maria \d", page.locator("#app > *").inner_html(), re.IGNORECASE)
    anna.page.locator(".visitor-row", has_text="from the second").locator("button").click()
    expect(anna.name).to_have_text(number)
    expect(anna.page.locator(".bubble > p")).to_have_text("from the second")
    expect(anna.page.locator("bdi.bubble-who")).to_have_text(number)
    shown = anna.page.locator(".visitor-row-name", has_text=number).inner_text()
    assert number.match(shown.replace("\n", "")), shown  # the space before the number is seen, too
    ask_to_leave(second)
    second.click(".leave .button-alarm")
    expect(second.locator(".before-note")).to_contain_text("You have left")
    expect(anna.row("Maria")).to_be_visible()
    for page in (first, second):
        page.context.close()
        shop.contexts.remove(page.context)


def test_a_customer_who_is_called_as_an_agent_is_marked_wherever_both_could_be_meant(shop: Shop) -> None:
    ben = Console(shop.agent("Ben"))
    for called in ("Anna", "Аnnа"):  # the second with Cyrillic letters
        page = shop.visitor(called)
        say(page, f"I am {called}")
        marked = f"{called} (customer)"
        row = ben.page.locator(".visitor-row", has_text=f"I am {called}")
        expect(row.locator(".visitor-row-name")).to_have_text(marked)
        row.locator("button").first.click()
        expect(ben.name).to_have_text(marked)
        expect(ben.page.locator("bdi.bubble-who")).to_have_text(marked)
        expect(ben.page.locator(".thread-event").first).to_contain_text(marked)
        expect(ben.page.locator(".context-who h2")).to_have_text(marked)
        expect(ben.page.locator(".team-name")).to_have_text(["Ben", "Anna"])
        page.context.close()
        shop.contexts.remove(page.context)


def test_a_name_of_one_letter_and_one_of_sixty_come_in(shop: Shop) -> None:
    ben = Console(shop.agent("Ben"))
    for called in ("王", LONG):
        say(shop.visitor(called), "good day")
        expect(ben.row(called)).to_be_visible()


@pytest.fixture
def blocked(_shop: Shop, browser: Browser, tmp_path: Path) -> Iterator[Page]:
    """A page of a browser whose owner has blocked cookies."""
    with launch_profile(browser, tmp_path, ALL_COOKIES) as context:
        yield context.new_page()


def test_where_cookies_are_blocked_the_page_says_so(blocked: Page, shop: Shop) -> None:
    for path in ("/", "/#link=none"):
        blocked.goto("about:blank")
        blocked.goto(shop.url + path)
        if path == "/":
            say(blocked, "Does anybody hear me?")
            expect(blocked.locator(".bubble")).to_have_count(0)
            expect(blocked.locator(".composer textarea")).to_have_value("Does anybody hear me?")
        expect(blocked.locator(".before-note")).to_contain_text("does not keep our cookie")
    blocked.goto(shop.url + "/admin")
    blocked.fill("#login-name", "Anna")
    blocked.fill("#login-password", PASSWORD)
    blocked.click("button.button-main")
    expect(blocked.locator("#login-trouble")).to_contain_text("does not keep our cookie")
