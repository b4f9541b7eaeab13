"""Browsers of early 2023: what they lack is not needed; what is needed and missing is said, before any script fails.

Features are taken away from a current Chromium before any script of ours runs. `./build.sh oldest` tells all stories in
a Chromium 110.
"""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, expect

from tests.browser.conftest import Shop, say, take
from tests.browser.console import PATIENCE_MS
from tests.catalogue import load
from tests.clients import api
from tests.clients.api import PASSWORD
from tests.running import ROOT, Chatadmin

# What at least one of the oldest browsers does not have.
YOUNGER = [
    *("AbortSignal.any", "Array.fromAsync", "Array.prototype.toReversed", "Array.prototype.toSorted"),
    *("Array.prototype.toSpliced", "Array.prototype.with", "CanvasRenderingContext2D.prototype.roundRect"),
    *("CSS.highlights", "CompressionStream", "Document.prototype.startViewTransition"),
    *("Element.prototype.checkVisibility", "Element.prototype.moveBefore", "Element.prototype.setHTML"),
    *("Highlight", "HTMLDialogElement.prototype.requestClose", "HTMLElement.prototype.showPopover"),
    *("HTMLElement.prototype.inert", "HTMLElement.prototype.togglePopover", "Intl.DurationFormat"),
    *("Intl.Segmenter", "Iterator.from", "Map.groupBy", "Navigator.prototype.setAppBadge"),
    *("Navigator.prototype.userActivation", "Object.groupBy", "Promise.try", "Promise.withResolvers"),
    *("RegExp.escape", "Response.json", "Set.prototype.difference", "Set.prototype.intersection"),
    *("Set.prototype.union", "String.prototype.isWellFormed", "String.prototype.toWellFormed", "URL.canParse"),
    *("URL.parse", "URLPattern", "URLSearchParams.prototype.size", "UserActivation", "navigation"),
    *("requestIdleCallback", "scheduler"),
]
# What some of them lack and is used where it is there; and what they have, unless the page came without TLS, or a
# policy or its reader keeps it from it.
OPTIONAL = [
    *("Intl.Segmenter", "Navigator.prototype.userActivation", "AudioContext", "Navigator.prototype.clipboard"),
    *("AbortSignal.timeout", "Navigator.prototype.locks", "Notification", "visualViewport"),
]
# What no page works without: static/js/browser.js.
NEEDED = [
    *("AbortController", "Array.prototype.at", "Array.prototype.flatMap", "BroadcastChannel", "CSSLayerBlockRule"),
    *("HTMLDialogElement", "HTMLDialogElement.prototype.showModal", "Intl.PluralRules", "Object.fromEntries"),
    *("Object.hasOwn", "ReadableStream", "ResizeObserver", "TextDecoder"),
]
# All begin with the same import: by turns.
PAGES = [("/", "en-US", "en"), ("/admin", "zh-CN", "zh"), ("/setup", "en-US", "en"), ("/", "zh-CN", "zh")]
TOO_OLD = {language: catalogue["document"]["too_old"] for language, catalogue in load(ROOT / "static/messages").items()}


def without(context: BrowserContext, *features: str) -> BrowserContext:
    """A browser that lacks them."""
    for feature in features:
        owner, _, name = feature.rpartition(".")
        context.add_init_script(f"delete {owner or 'window'}['{name}']")
    return context


def _talks(shop: Shop, name: str, *features: str) -> None:
    """A visitor and an agent in such browsers find each other, and what is rare opens."""
    visitor, agent = (without(shop.browse(), *features) for _ in range(2))
    agent.add_cookies([{"name": "chatadmin_agent", "value": api.log_in(shop.url, "Anna", PASSWORD), "url": shop.url}])
    console, page = shop.watch(agent.new_page()), shop.watch(visitor.new_page())
    console.goto(shop.url + "/admin")
    page.goto(shop.url)
    page.fill("#entered-name", name)
    say(page, "Is anybody there?")
    expect(page.locator(".tick[data-tick=stored]")).to_have_count(1)
    take(console, name)
    say(console, "Yes")
    expect(page.locator(".bubble").get_by_text("Yes")).to_be_visible()
    expect(page.locator(".head-line")).to_have_text("Anna is here")
    console.keyboard.press("Control+K")
    expect(console.locator("dialog[open]")).to_be_visible()


def test_what_the_oldest_lack_is_not_needed(shop: Shop) -> None:
    _talks(shop, "Old Vera", *YOUNGER)


@pytest.mark.parametrize("feature", OPTIONAL)
def test_what_may_be_missing_is_not_needed(shop: Shop, feature: str) -> None:
    _talks(shop, f"Vera {OPTIONAL.index(feature)}", feature)


def test_a_shop_is_set_up_without_what_the_oldest_lack(shop: Shop, start_chatadmin: Callable[..., Chatadmin]) -> None:
    fresh = start_chatadmin()
    page = without(shop.browser.new_context(locale="en-US"), *YOUNGER).new_page()
    page.set_default_timeout(PATIENCE_MS)
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(f"{fresh.url}/setup#{fresh.setup_secret}")
    for field, text in (("#name", "Olga"), ("#password", PASSWORD), ("#again", PASSWORD)):
        page.fill(field, text)
    page.click("button.button-main")
    expect(page.locator(".workspace")).to_be_visible()
    page.context.close()
    assert not errors


@pytest.mark.parametrize("feature", NEEDED)
def test_a_browser_that_is_too_old_is_told(shop: Shop, feature: str) -> None:
    path, locale, language = PAGES[NEEDED.index(feature) % len(PAGES)]
    page = shop.watch(without(shop.browse(locale=locale), feature).new_page())
    page.goto(shop.url + path)
    expect(page.locator(".too-old")).to_have_text(TOO_OLD[language])
    expect(page.locator(".too-old")).to_be_visible()
    expect(page.locator("#app")).to_be_empty()


def test_a_browser_that_takes_nothing_of_our_style_sheets_is_told(shop: Shop) -> None:
    page = shop.browse().new_page()
    page.route("**/*.css", lambda route: route.fulfill(body="", content_type="text/css"))
    page.goto(shop.url)
    expect(page.get_by_text(TOO_OLD["en"])).to_be_visible()


@pytest.mark.parametrize("locale", ["en-US", "zh-CN"])
def test_without_javascript_a_page_says_that_it_needs_some(shop: Shop, locale: str) -> None:
    words = load(ROOT / "static/messages")["zh" if locale == "zh-CN" else "en"]["document"]["no_script"]
    page = shop.open("/", locale=locale, java_script_enabled=False)
    expect(page.locator(".no-script")).to_have_text(words)
    expect(page.locator(".too-old")).to_be_hidden()


def test_the_oldest_browsers_are_the_same_wherever_they_are_named() -> None:
    named = re.search(r"OLDEST = \{(.*?)\}", (ROOT / "tools/browsers.mjs").read_text("utf-8"))
    assert named
    versions = dict(re.findall(r'(\w+): "([\d.]+)"', named[1]))
    readme = (ROOT / "README.md").read_text("utf-8")
    assert f"Safari {versions['safari']}" in readme
    assert f"Chrome {versions['chrome']}" in readme
    assert f"Firefox {versions['firefox']}" in readme
    for words in TOO_OLD.values():
        assert {versions["safari"], versions["chrome"], versions["firefox"]} <= set(re.findall(r"\d+(?:\.\d+)?", words))
