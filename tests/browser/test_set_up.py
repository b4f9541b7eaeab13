"""The first administrator's way: from the printed link to the console, with one mistake at a time."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Shop
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
