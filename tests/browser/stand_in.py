"""A page in the place of the chat (frame.html), for what the loader does by itself: it speaks the port and no more."""

from pathlib import Path
from typing import Any

from playwright.sync_api import BrowserContext, Locator, Page

from tests.browser.sites import Sites

FRAME = (Path(__file__).parent / "frame.html").read_text("utf-8")
_HEARD = """(wanted) => {
  const same = (one, key) => JSON.stringify(one[key]) === JSON.stringify(wanted[key]);
  return heard.some((one) => Object.keys(wanted).every((key) => same(one, key)));
}"""


def browse(sites: Sites, **options: Any) -> BrowserContext:
    """A browser in which the chat is the stand-in."""
    return stand_in(sites, sites.browse(**options))


def stand_in(sites: Sites, context: BrowserContext, body: str = FRAME) -> BrowserContext:
    context.route(f"{sites.chat}/widget?*", lambda route: route.fulfill(body=body, content_type="text/html"))
    return context


def heard(shop_page: Page, **message: Any) -> None:
    """Wait until the frame was told so."""
    frame = shop_page.locator("chatadmin-widget iframe").element_handle().content_frame()
    assert frame
    frame.wait_for_function(_HEARD, arg=message, polling=20)  # it may be unseen, and is not painted then


def say(sites: Sites, shop_page: Page, **message: Any) -> None:
    """The frame says something to the loader."""
    sites.frame(shop_page).locator(":root").evaluate("(_, message) => say(message)", message)


def launcher(page: Page) -> Locator:
    return page.locator("chatadmin-widget .launcher")


def panel(page: Page) -> Locator:
    return page.locator("chatadmin-widget .panel")


def opened(shop_page: Page) -> None:
    """Somebody presses the launcher, and the frame is there."""
    launcher(shop_page).click()
    heard(shop_page, type="begin")
