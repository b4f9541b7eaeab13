"""The first administrator's way: from the printed link to the console, with one mistake at a time."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.barriers import barriers
from tests.browser.conftest import Shop
from tests.browser.test_screens import pictures
from tests.clients import api
from tests.clients.api import PASSWORD
from tests.running import Chatadmin


@pytest.fixture
def new_shop(browser: Browser) -> Iterator[Shop]:
    with Chatadmin() as running:
        shop = Shop(running, browser)
        yield shop
        shop.close()


def _fill(page: Page, name: str, password: str, again: str) -> None:
    page.fill("#name", name)
    page.fill("#password", password)
    page.fill("#again", again)
    page.keyboard.press("Enter")


def test_from_the_link_to_the_console_and_never_again(new_shop: Shop) -> None:
    link = f"/setup#{new_shop.running.setup_secret}"
    page, late = new_shop.open(link), new_shop.open(link, locale="zh-CN")
    trouble = page.locator("#trouble")
    _fill(page, "A", PASSWORD, PASSWORD)
    expect(trouble).to_contain_text("name of 2 to 20 characters")
    expect(page.locator("#name")).to_be_focused()
    _fill(page, "Anna", "short", "short")
    expect(trouble).to_contain_text("at least 10 characters")
    _fill(page, "Anna", PASSWORD, PASSWORD + "!")
    expect(trouble).to_contain_text("differ")
    expect(page.locator("#again")).to_be_focused()
    _fill(page, "Anna", PASSWORD, PASSWORD)
    expect(page.locator(".workspace")).to_be_visible()
    assert page.url == new_shop.url + "/admin"

    _fill(late, "Eve", PASSWORD, PASSWORD)
    expect(late.locator("#trouble")).to_contain_text("已被使用")
    late.locator("#trouble a").click()
    expect(late.locator(".login")).to_be_visible()


def test_the_hint_grows_with_the_password(new_shop: Shop) -> None:
    page = new_shop.open("/setup#secret")
    scores = []
    for password in ("short", "aaaaaaaaaaaa", "long enough thing", "A kettle, 4 cups and a Rainy day"):
        page.fill("#password", password)
        expect(page.locator("#strength")).not_to_be_empty()
        scores.append(page.locator("#strength").get_attribute("data-score"))
    assert scores == ["0", "1", "2", "3"]


def test_without_the_link_the_page_says_where_it_is(new_shop: Shop) -> None:
    page = new_shop.open("/setup")
    expect(page.locator("#trouble")).to_contain_text("the link that chatadmin printed when it started")


@pytest.mark.parametrize("before", ["", "#an-old-link"])
def test_a_link_pasted_into_the_page_that_is_open_counts(new_shop: Shop, before: str) -> None:
    page = new_shop.open(f"/setup{before}")
    trouble = page.locator("#trouble")
    _fill(page, "Anna", PASSWORD, PASSWORD)
    expect(trouble).to_contain_text("has been used" if before else "printed when it started")
    page.goto(f"{new_shop.url}/setup#{new_shop.running.setup_secret}")
    expect(trouble).to_be_empty()
    expect(page.locator("#name")).to_have_value("Anna")  # what was written is not lost
    page.press("#again", "Enter")
    expect(page.locator(".workspace")).to_be_visible()


def test_the_console_of_a_shop_without_anybody_says_where_the_link_is(new_shop: Shop) -> None:
    for locale, words in (("en-US", "set-up link that chatadmin printed"), ("zh-CN", "设置链接")):
        page = new_shop.open("/admin", locale=locale)
        expect(page.locator(".login-help")).to_contain_text(words)
        expect(page.locator(".login-help code")).to_have_text("chatadmin agent add NAME --role admin")
        assert barriers(page) == []
        pictures(page, f"console-vacant-{locale[:2]}")
    set_up = new_shop.watch(page.context.new_page())
    set_up.goto(f"{new_shop.url}/setup#{new_shop.running.setup_secret}")
    _fill(set_up, "Anna", PASSWORD, PASSWORD)
    expect(set_up.locator(".workspace")).to_be_visible()
    expect(page.locator(".workspace")).to_be_visible()  # the form in the other tab, too
    other = new_shop.open("/admin")
    expect(other.locator(".login-help")).to_contain_text("Ask an administrator")


def test_a_shop_without_a_name_greets_in_nobody_s(new_shop: Shop) -> None:
    page = new_shop.visitor("Maria")
    expect(page.locator(".greeting-words")).to_be_visible()
    assert page.locator(".greeting :is(.avatar, .bubble-who)").count() == 0


def test_agents_without_an_administrator_are_told_as_well(new_shop: Shop) -> None:
    api.add_agent(new_shop.running, "Ben")
    page = new_shop.open("/admin")
    expect(page.locator(".login-help code")).to_be_visible()
    page.fill("#login-name", "Ben")
    page.fill("#login-password", PASSWORD)
    page.click(".login .button-main")
    expect(page.locator(".workspace")).to_be_visible()
