"""Every screen at three sizes, in both themes and languages: nothing runs off its side.

The pictures are in tests/screenshots/ (not in git), to be looked at.
"""

import itertools
import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import PASSWORD, Shop, say, take
from tests.clients import api
from tests.running import ROOT, Chatadmin

PICTURES = ROOT / "tests" / "screenshots"
SIZES = {"phone": (390, 844), "laptop": (1280, 800), "wide": (1920, 1080)}
LOOKS = [(scheme, locale) for scheme in ("light", "dark") for locale in ("en-US", "zh-CN")]
LONG = "A rather long-winded question about the delivery of a teapot, with all its details. " * 6
HOSTILE = "<b>bold</b> Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤̞͉͚̯̞̠͍A̴̵̜̰͔ͫ͗͢L \u202ereversed " + "x" * 300
CHINESE = re.compile(r"[\u4e00-\u9fff]")


@pytest.fixture(scope="module")
def furnished(browser: Browser) -> Iterator[Shop]:
    """A shop with some visitors, one of them with a long name and hostile words, and Anna at the desk."""
    with Chatadmin(config={"shop_name": "Tea & Kettle", "limits": {"logins_per_minute": 0}}) as running:
        api.set_up(running.url, running.setup_secret, "Anna", PASSWORD)
        shop = Shop(running, browser)
        talker = shop.visitor("Maria")
        say(talker, "Do you ship to Norway?")
        stranger = shop.visitor("W" * 20)
        say(stranger, HOSTILE)
        say(stranger, LONG)
        shop.visitor("小明", locale="zh-CN")
        anna = shop.agent()
        take(anna, "Maria")
        say(anna, "Yes, it takes four days.\nAnything else?")
        expect(talker.locator(".bubble").get_by_text("four days")).to_be_visible()
        yield shop
        shop.close()


def _picture(page: Page, name: str) -> None:
    """Take a picture at every size, and see that nothing runs off the side."""
    PICTURES.mkdir(exist_ok=True)
    for size, (width, height) in SIZES.items():
        page.set_viewport_size({"width": width, "height": height})
        page.wait_for_function("document.fonts.status === 'loaded'")
        page.screenshot(path=PICTURES / f"{name}-{size}.png", animations="disabled")
        over = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert over <= 0, f"{name} is {over} px too wide at {size}"


@pytest.mark.parametrize(("scheme", "locale"), LOOKS)
def test_the_visitor_s_screens(furnished: Shop, scheme: str, locale: str) -> None:
    look, names = f"{scheme}-{locale[:2]}", iter(f"guest {scheme[0]}{locale[:2]}{n}" for n in itertools.count())
    page = furnished.open("/", color_scheme=scheme, locale=locale)
    expect(page.locator("#nickname")).to_be_visible()
    _picture(page, f"visitor-welcome-{look}")
    page.fill("#nickname", next(names))
    page.click("button.button-main")
    expect(page.locator(".chat-empty")).to_be_visible()
    if locale == "zh-CN":
        assert CHINESE.search(page.locator(".chat-empty").inner_text())
    _picture(page, f"visitor-empty-{look}")
    say(page, HOSTILE)
    say(page, LONG)
    expect(page.locator(".tick[data-tick=stored]")).to_have_count(2)
    _picture(page, f"visitor-talk-{look}")
    page.click(".head-leave")
    _picture(page, f"visitor-leave-{look}")
    page.context.close()
    furnished.contexts.remove(page.context)


@pytest.mark.parametrize(("scheme", "locale"), LOOKS)
def test_the_agents_screens(furnished: Shop, scheme: str, locale: str) -> None:
    look = f"{scheme}-{locale[:2]}"
    page = furnished.open("/admin", color_scheme=scheme, locale=locale)
    expect(page.locator(".login")).to_be_visible()
    _picture(page, f"console-login-{look}")
    page.fill("#login-name", "Anna")
    page.fill("#login-password", PASSWORD)
    page.click(".login .button-main")
    expect(page.locator(".visitor-row").first).to_be_visible()
    _picture(page, f"console-list-{look}")
    page.set_viewport_size({"width": 1280, "height": 800})
    for name, row in (("talk", "Maria"), ("hostile", "WWWW")):
        page.goto(furnished.url + "/admin")
        page.locator(".visitor-row").filter(has_text=row).locator("button").first.click()
        expect(page.locator(".bubble").first).to_be_visible()
        _picture(page, f"console-{name}-{look}")
    page.context.close()
    furnished.contexts.remove(page.context)


@pytest.mark.parametrize(("scheme", "locale"), LOOKS)
def test_the_set_up_screen(furnished: Shop, scheme: str, locale: str) -> None:
    page = furnished.open("/setup#secret", color_scheme=scheme, locale=locale)
    page.fill("#password", "short")
    _picture(page, f"setup-{scheme}-{locale[:2]}")
    page.context.close()
    furnished.contexts.remove(page.context)
