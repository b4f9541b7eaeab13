"""Who goes by the keyboard sees where they are: the ring around a row is whole, in every list, theme and contrast."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser import screens
from tests.browser.rings import broken, rows
from tests.browser.screens import Stage, stage

__all__ = ["stage"]  # the fixture

LOOKS: dict[str, dict[str, Any]] = {
    "light": {"color_scheme": "light"},
    "dark": {"color_scheme": "dark"},
    "forced": {"color_scheme": "dark", "forced_colors": "active"},
}


@pytest.fixture(scope="module")
def judge(browser: Browser) -> Iterator[Page]:
    page = browser.new_page()
    yield page
    page.close()


def replies(stage: Stage) -> Page:
    page = stage.case("Maria")
    shortcut = page.evaluate(
        """() => fetch("/v1/replies?as=agent", { method: "POST", headers: { "Content-Type": "application/json" },
             body: JSON.stringify({ shortcut: `hi${Date.now()}`, text: "Hello, how can we help?" }) })
           .then((answer) => answer.json()).then(({ value }) => value.shortcut)"""
    )
    page.fill(".composer textarea", "")
    page.locator(".composer textarea").press_sequentially("/hi")
    expect(page.locator(".replies [role=option]").filter(has_text=shortcut)).to_be_visible()  # it has grown to its size
    return page


def rail(name: str) -> Callable[[Stage], Page]:
    def show(stage: Stage) -> Page:
        page = stage.anna(f"/admin#/{name}")
        expect(page.locator(f".screen[data-screen={name}]")).to_be_visible()
        page.wait_for_function("() => !document.querySelector('[aria-busy=true]')")
        # Whenever they come, they may lie over what has the focus.
        page.locator(".notices").evaluate("(notices) => (notices.style.display = 'none')")
        return page

    return show


# How a list is come by, and where on the page it is.
LISTS: dict[str, tuple[Callable[[Stage], Page], str]] = {
    "visitors": (screens.console_mine, ".visitors"),
    "context": (screens.console_mine, ".context"),
    "answer": (screens.console_mine, ".answer-modes"),
    "rail": (screens.console_mine, ".rail"),
    "menu": (screens.console_more, ".case-menu"),
    "handed": (screens.console_handed, ".notices"),
    "colleagues": (screens.console_transfer, "dialog"),
    "choices": (screens.console_snooze, "dialog"),
    "palette": (screens.console_palette, "dialog"),
    "replies": (replies, ".replies"),
    "account": (screens.console_account, ".account-menu"),
    "hits": (screens.console_found, ".screen"),
    "everybody": (rail("find"), ".screen"),
    "reports": (rail("reports"), ".screen"),
    "settings": (rail("settings"), ".screen"),
    "chat": (screens.visitor_talk, "header"),
}


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("name", LISTS)
def test_the_ring_is_whole(stage: Stage, judge: Page, name: str, look: str) -> None:
    show, part = LISTS[name]
    with stage.looking(**LOOKS[look]) as looking:
        page = show(looking)
        page.keyboard.press("Shift")  # from now on the focus is the keyboard's
        found = rows(page, part)
        assert found
        assert [fault for fault in (broken(page, row, judge) for row in found) if fault] == []
