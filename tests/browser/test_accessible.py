"""Nothing on any screen shuts anybody out, as far as axe-core can tell: WCAG 2.2 AA and what is good practice."""

import json
import os
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.barriers import barriers, moving, small
from tests.browser.screens import PHONE, SCREENS, Stage, stage

__all__ = ["stage"]  # the fixture

# Each theme and each language on every screen; all four pairs would take twice as long and are for SLOW_TESTS=1, as
# is what customers see from right to left, and in long words.
LOOKS = [("light", "en-US"), ("dark", "zh-CN")]
if os.environ.get("SLOW_TESTS"):
    LOOKS += [("light", "zh-CN"), ("dark", "en-US"), ("dark", "ar-EG"), ("light", "de-DE")]


@pytest.mark.parametrize(("scheme", "locale"), LOOKS)
@pytest.mark.parametrize("name", SCREENS)
def test_a_screen_shuts_nobody_out(stage: Stage, name: str, scheme: str, locale: str) -> None:
    """And nothing on it moves, as its pages are opened with the wish for less motion."""
    with stage.looking(color_scheme=scheme, locale=locale) as looking:
        page = SCREENS[name](looking)
        assert barriers(page) == []
        assert moving(page) == []


@pytest.mark.parametrize(("scheme", "locale"), LOOKS)
def test_nor_does_what_stands_on_the_rail(stage: Stage, scheme: str, locale: str) -> None:
    with stage.looking(color_scheme=scheme, locale=locale) as looking:
        found = {name: barriers(page) + moving(page) for name, page in _rail(looking)}
    assert {name: lines for name, lines in found.items() if lines} == {}


@pytest.mark.parametrize("name", SCREENS)
def test_everything_on_a_phone_can_be_hit(stage: Stage, name: str) -> None:
    with stage.looking(**PHONE) as looking:
        assert small(SCREENS[name](looking)) == []


def test_and_on_the_rail_s_screens(stage: Stage) -> None:
    with stage.looking(**PHONE) as looking:
        found = {name: small(page) for name, page in _rail(looking)}
    assert {name: lines for name, lines in found.items() if lines} == {}


def _rail(stage: Stage) -> Iterator[tuple[str, Page]]:
    """Each screen on the console's rail, once it has loaded what it shows."""
    page = stage.console()
    leads_to_a_screen = page.locator(".rail > .rail-button:has(~ .rail-gap):not(:first-child)")
    expect(leads_to_a_screen).not_to_have_count(0)
    for number in range(leads_to_a_screen.count()):
        page.goto(f"{stage.shop.url}/admin")  # where an open screen hides the rail, too
        leads_to_a_screen.nth(number).click()
        page.wait_for_function("() => location.hash.startsWith('#/')")
        name = page.evaluate("location.hash.slice(2)")
        expect(page.locator(f".screen[data-screen={name}]")).to_be_visible()
        page.wait_for_function("() => !document.querySelector('[aria-busy=true]')")
        yield name, page


def test_a_barrier_is_named_with_its_place_and_what_helps(browser: Browser) -> None:
    """The check itself: a page that has one barrier of each kind that tends to come back."""
    page = browser.new_page()
    page.set_content(
        """<html lang="en"><title>x</title><main><h1>x</h1>
           <style>.around { position: relative } .around::after { content: ""; position: absolute; inset: -9px }</style>
           <button id="nameless"></button><button class="around">x</button>
           <p id="pale" style="color: #aaa; background: #fff">pale</p>
           <a id="one" href="#1" style="display: inline-block; width: 9px; height: 9px; overflow: hidden">1</a
           ><a id="two" href="#2" style="display: inline-block; width: 9px; height: 9px; overflow: hidden">2</a>
           <p id="moves" style="transition: color 1s">x</p></main></html>"""
    )
    found = "\n".join(barriers(page))
    for rule, place in (("button-name", "#nameless"), ("color-contrast", "#pale"), ("target-size", "#one")):
        assert f"{rule}: {json.dumps([place])}: " in found
    assert "Buttons must have discernible text" in found
    assert moving(page) == ["p."]
    assert small(page, 10) == [" : 16 x 6", " 1: 9 x 9", " 2: 9 x 9"]
    page.close()
