"""The pages in the hands of people who write from right to left: all is mirrored, and each text keeps its own way.

The pictures are in tests/screenshots/ (not in git), to be looked at.
"""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.conftest import Shop, say, take
from tests.browser.test_screens import PICTURES, SIZES
from tests.prepared import Prepared
from tests.running import Chatadmin

HEBREW = "שלום! האם הקומקום (דגם T-42) במלאי? אשמח לקבל אותו עד יום ראשון, 12/3."
ARABIC = "نعم، لدينا قطعتان. سعر الواحدة 49.90 يورو والتوصيل مجاني."
MIXED = "The blue one, please — הכחול — and gift wrap."


@pytest.fixture(scope="module")
def talk(browser: Browser, prepared: Prepared) -> Iterator[tuple[Page, Page]]:
    """A visitor's page in Arabic, and Anna's as if it were, with words in three scripts."""
    PICTURES.mkdir(exist_ok=True)
    with Chatadmin(config={"shop_name": "בית התה"}, data_dir=prepared("Anna", "ليلى")) as running:
        shop = Shop(running, browser)
        shop.visitor("فاطمة")
        visitor, anna = shop.visitor("נועה", locale="ar-EG"), shop.agent(reduced_motion="reduce")
        anna.evaluate("document.documentElement.dir = 'rtl'")  # the console has no such language
        say(visitor, HEBREW)
        take(anna, "נועה")
        say(anna, ARABIC)
        expect(visitor.locator(".bubble")).to_have_count(2)
        say(visitor, MIXED)
        expect(anna.locator(".bubble")).to_have_count(3)
        yield visitor, anna
        shop.close()


def _middle(place: Locator) -> float:
    box = place.bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2


def _picture(page: Page, name: str) -> None:
    for size, (width, height) in SIZES.items():
        page.set_viewport_size({"width": width, "height": height})
        page.screenshot(path=PICTURES / f"rtl-{name}-{size}.png", animations="disabled")
        over = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert over <= 0, f"{name} is {over} px too wide at {size}"
    page.set_viewport_size({"width": 1280, "height": 800})


def test_each_bubble_is_read_in_its_own_direction(talk: tuple[Page, Page]) -> None:
    for page in talk:
        texts = page.locator(".bubble > p")
        assert texts.evaluate_all("all => all.map((p) => p.getAttribute('dir'))") == ["auto"] * 3
        assert texts.evaluate_all("all => all.map((p) => getComputedStyle(p).direction)") == ["rtl", "rtl", "ltr"]


def test_what_one_writes_begins_at_its_own_side(talk: tuple[Page, Page]) -> None:
    field = talk[0].locator(".composer textarea")
    for text, direction in ((HEBREW, "rtl"), (MIXED, "ltr"), ("", "rtl")):
        field.fill(text)
        assert field.evaluate("field => getComputedStyle(field).direction") == direction


def test_digits_are_of_one_kind_and_days_of_one_calendar(talk: tuple[Page, Page]) -> None:
    """Whatever is usual in the reader's country: as in what is saved, and in what the shop writes."""
    visitor, _ = talk
    clocks = visitor.locator(".bubble time").all_inner_texts()
    assert len(clocks) == 3
    assert all(re.match(r"\d{1,2}:\d\d \D+$", clock, re.ASCII) for clock in clocks), clocks


def test_the_visitor_s_own_bubbles_stand_at_the_left(talk: tuple[Page, Page]) -> None:
    visitor, _ = talk
    middle = _middle(visitor.locator(".thread"))
    mine, theirs = visitor.locator("[data-mine=true] .bubble"), visitor.locator("[data-mine=false] .bubble")
    assert _middle(mine.first) < middle < _middle(theirs.first)
    assert _middle(visitor.locator(".head-act")) < _middle(visitor.locator(".mark"))
    assert _middle(visitor.locator(".composer-send")) < _middle(visitor.locator(".composer textarea"))
    _picture(visitor, "visitor")


def test_the_console_is_mirrored(talk: tuple[Page, Page]) -> None:
    _, anna = talk
    panes = [_middle(anna.locator(name)) for name in (".rail", ".visitors", ".case", ".context")]
    assert panes == sorted(panes, reverse=True)
    row = anna.locator(".visitor-row").first
    assert _middle(row.locator(".visitor-row-time")) < _middle(row.locator(".visitor-row-face"))
    line = row.locator(".visitor-row-line bdi")
    assert line.evaluate("e => getComputedStyle(e).direction") == "ltr"
    assert line.evaluate("e => getComputedStyle(e).textOverflow") == "ellipsis"  # at the text's end, not its beginning
    _picture(anna, "console")


def test_menus_and_windows_stay_on_the_page(talk: tuple[Page, Page]) -> None:
    _, anna = talk
    for opener, opened in (
        (".case-more", ".case-menu"),
        (".rail-account", ".account-menu"),
        (".rail-button[data-icon=keys]", ".dialog"),
    ):
        anna.click(opener)
        expect(anna.locator(opened)).to_be_visible()
        box = anna.locator(opened).bounding_box()
        assert box is not None
        assert box["x"] >= 0, opened
        assert box["x"] + box["width"] <= 1280, opened
        anna.screenshot(path=PICTURES / f"rtl-{opened.strip('.')}.png", animations="disabled")
        anna.keyboard.press("Escape")
        expect(anna.locator(opened)).to_have_count(0)


def test_the_drawer_comes_from_the_left(talk: tuple[Page, Page]) -> None:
    _, anna = talk
    anna.set_viewport_size({"width": 1000, "height": 800})
    drawer = anna.locator(".context")
    away = drawer.evaluate("e => getComputedStyle(e).transform")
    assert away == "matrix(1, 0, 0, 1, -320, 0)"
    anna.click(".case-details")
    expect(drawer).to_be_in_viewport()
    box = drawer.bounding_box()
    assert box is not None
    assert box["x"] == 0
    anna.screenshot(path=PICTURES / "rtl-drawer.png", animations="disabled")
    anna.keyboard.press("Escape")
    expect(drawer).not_to_be_visible()
    anna.set_viewport_size({"width": 1280, "height": 800})
