"""The launcher and the panel on a shop's page. In the frame is a page that speaks the port and no more (frame.html)."""

from pathlib import Path
from typing import Any

from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.sites import Sites

FRAME = (Path(__file__).parent / "frame.html").read_text("utf-8")


def browse(sites: Sites, **options: Any) -> BrowserContext:
    """A browser in which the chat is the stand-in."""
    context = sites.browse(**options)
    context.route(f"{sites.chat}/widget?*", lambda route: route.fulfill(body=FRAME, content_type="text/html"))
    return context


def heard(sites: Sites, shop_page: Page, **message: Any) -> None:
    """Wait until the frame was told so."""
    sites.frame(shop_page).locator(":root").evaluate(
        """(_, wanted) => new Promise((told) => (function look() {
          const same = (one, key) => JSON.stringify(one[key]) === JSON.stringify(wanted[key]);
          if (heard.some((one) => Object.keys(wanted).every((key) => same(one, key)))) told();
          else setTimeout(look, 20);
        })())""",
        message,
    )


def say(sites: Sites, shop_page: Page, **message: Any) -> None:
    """The frame says something to the loader."""
    sites.frame(shop_page).locator(":root").evaluate("(_, message) => say(message)", message)


def test_a_press_brings_the_chat_and_another_takes_it_away(sites: Sites) -> None:
    page = sites.visit("/?utm_source=letter&order=7#paid", browse(sites))
    launcher, panel = page.locator("chatadmin-widget .launcher"), page.get_by_role("dialog")
    expect(launcher).to_have_attribute("aria-label", "Chat with us")
    assert page.locator("iframe").count() == 0
    launcher.click()
    expect(panel).to_be_visible()
    here = {"url": f"{sites.shop}/?utm_source=letter", "title": "Tea", "referrer": ""}
    heard(sites, page, type="begin", token="", page=here, open=True, phone=False)
    say(sites, page, type="close")
    expect(panel).to_be_hidden()
    assert sites.complaints == []
