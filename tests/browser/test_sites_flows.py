"""The whole of it on two sites: in browsers whose owners let the chat keep nothing, and where both speak plain http."""

import re
from pathlib import Path

from playwright.sync_api import FrameLocator, Locator, Page, Playwright, expect

from tests.browser.chromium import ALL_COOKIES, THIRD_PARTY_COOKIES
from tests.browser.desk import Desk
from tests.browser.sites import Sites, two_sites
from tests.prepared import Prepared


def write(chat: FrameLocator, text: str) -> None:
    """A message, until it is stored."""
    composer = chat.locator(".composer textarea")
    composer.fill(text)
    composer.press("Enter")
    expect(chat.locator(".bubble", has_text=text).locator(".tick:not([data-tick=sending])")).to_be_visible()


def said(chat: FrameLocator) -> Locator:
    return chat.locator(".thread .bubble > p")


def leave(chat: FrameLocator) -> None:
    chat.locator(".head-act").first.click()
    chat.locator(".head .menu-item").last.click()
    chat.locator(".leave .button-alarm").click()


def talks_until_closed(sites: Sites, page: Page, desk: Desk) -> None:
    """The first message, an answer, and one that comes while the panel is closed."""
    chat, widget = sites.frame(page), page.locator("chatadmin-widget")
    sites.launcher(page).click()
    write(chat, "Is the kettle back?")
    assert re.fullmatch(r"Visitor \d{5}", desk.take("Is the kettle back?")["nickname"])
    desk.say("Since this morning.")
    expect(said(chat).last).to_have_text("Since this morning.")
    sites.launcher(page).click()
    desk.say("Shall I keep one for you?")
    expect(widget.locator(".badge")).to_have_text("1")
    expect(widget.locator(".teaser")).to_contain_text("Shall I keep one for you?")
    widget.locator(".teaser .bubble").click()
    expect(said(chat).last).to_have_text("Shall I keep one for you?")
    expect(widget.locator(".badge")).to_be_empty()


TOLD = ["Is the kettle back?", "Since this morning.", "Shall I keep one for you?"]


def test_where_third_party_cookies_are_blocked_nothing_is_missing(sites: Sites, desk: Desk, tmp_path: Path) -> None:
    sites.pages.put("/next", sites.page("<h1>Kettles</h1>"))
    context = sites.blocking(tmp_path, THIRD_PARTY_COOKIES)
    page = sites.visit("/", context)
    talks_until_closed(sites, page, desk)

    page.goto(f"{sites.shop}/next")  # the panel is as it was left, without a press
    chat = sites.frame(page)
    expect(said(chat)).to_have_text(TOLD)
    write(chat, "Yes, please.")
    other = sites.visit("/next", context)  # a second tab of the shop is the same visitor
    sites.launcher(other).click()
    expect(said(sites.frame(other))).to_have_text([*TOLD, "Yes, please."])

    leave(chat)
    expect(said(chat)).to_have_count(0)
    expect(said(sites.frame(other))).to_have_count(0)
    assert page.evaluate("localStorage.length") == 0
    page.reload()
    expect(sites.frame(page).locator(".composer textarea")).to_be_visible()
    expect(said(sites.frame(page))).to_have_count(0)
    assert context.cookies() == []
    assert sites.complaints == []


def test_where_nothing_can_be_kept_at_all_it_lasts_as_long_as_the_page(
    sites: Sites, desk: Desk, tmp_path: Path
) -> None:
    page = sites.visit("/", sites.blocking(tmp_path, ALL_COOKIES))
    talks_until_closed(sites, page, desk)
    page.reload()
    sites.launcher(page).click()
    chat = sites.frame(page)
    expect(chat.locator(".composer textarea")).to_be_visible()
    expect(said(chat)).to_have_count(0)
    write(chat, "Hello again")
    leave(chat)
    expect(said(chat)).to_have_count(0)
    assert sites.complaints == []


def test_where_both_speak_plain_http(playwright: Playwright, prepared: Prepared, tmp_path: Path) -> None:
    with two_sites(playwright, prepared("Anna"), tmp_path, tls=False) as sites:
        desk = Desk(sites.running.url)
        talks_until_closed(sites, sites.visit("/"), desk)
        desk.close()
        assert sites.complaints == []
