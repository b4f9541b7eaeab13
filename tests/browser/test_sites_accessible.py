"""The widget on a busy page of a shop, with a cookie banner over it: it shuts nobody out, and takes nothing's place."""

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.barriers import barriers, moving, small
from tests.browser.screens import PHONE
from tests.browser.sites import Sites

BUSY = (Path(__file__).parent / "their_shops" / "busy.html").read_text("utf-8")


def busy(sites: Sites, **look: Any) -> Page:
    sites.pages.put("/busy", BUSY.replace("</head>", f"{sites.tag}</head>"))
    return sites.visit("/busy", **look)


@pytest.mark.parametrize("look", [{"color_scheme": "light"}, {"color_scheme": "dark", "locale": "zh-CN"}])
def test_the_launcher_and_the_chat_shut_nobody_out(sites: Sites, look: dict[str, str]) -> None:
    page = busy(sites, reduced_motion="reduce", **look)
    expect(sites.launcher(page)).to_be_visible()
    assert barriers(page) + moving(page) == []
    sites.launcher(page).click()
    composer = sites.frame(page).locator(".composer textarea")
    composer.fill("Is the kettle back?")
    composer.press("Enter")
    expect(sites.frame(page).locator(".tick[data-tick=stored]")).to_be_visible()
    assert barriers(page) + moving(page) == []
    chat = page.frames[1]
    assert barriers(chat) + moving(chat) == []


def test_on_a_phone_everything_can_be_hit(sites: Sites) -> None:
    page = busy(sites, **PHONE)
    sites.launcher(page).click()
    expect(sites.frame(page).locator(".composer textarea")).to_be_visible()
    assert small(page.frames[1]) == []
    sites.frame(page).get_by_role("button", name="Close").click()
    expect(sites.launcher(page)).to_be_focused()
