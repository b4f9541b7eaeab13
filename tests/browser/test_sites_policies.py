"""Strict pages, and what the widget asks for and keeps before anybody presses its button."""

import gzip

import pytest
from playwright.sync_api import Page, expect

from tests.browser.sites import CHAT, Sites
from tests.clients import api
from tests.running import frozen

C = f"https://{CHAT}"
TYPES = "require-trusted-types-for 'script'; trusted-types 'none'"
BY_NAME = f"default-src 'none'; script-src {C}; frame-src {C}; connect-src {C}; {TYPES}"
BY_NONCE = f"default-src 'none'; script-src 'nonce-abc' 'strict-dynamic'; frame-src {C}; connect-src {C}; {TYPES}"
LEAST = f"default-src 'none'; script-src {C}; frame-src {C}; {TYPES}"

# All that a page of this origin could have kept, wherever.
KEPT = """async () => [
  document.cookie, { ...localStorage }, { ...sessionStorage }, await indexedDB.databases(),
  globalThis.caches ? await caches.keys() : [], (await navigator.serviceWorker?.getRegistrations() ?? []).length
]"""
NOTHING = ["", {}, {}, [], [], 0]
# How much has moved by itself since the page began. An observer tells of nothing where nothing has: of the first paint,
# which it is told of behind all before it, it always does.
SHIFTS = """() => new Promise((done) => {
  const moved = [];
  const observer = new PerformanceObserver((list) => {
    for (const { entryType, hadRecentInput, value } of list.getEntries()) {
      if (entryType === "layout-shift" && !hadRecentInput) moved.push(value);
      if (entryType === "paint") requestAnimationFrame(() => setTimeout(() => done(moved)));
    }
  });
  for (const type of ["layout-shift", "paint"]) observer.observe({ type, buffered: true });
})"""


def speaks(sites: Sites, page: Page) -> None:
    """Open the chat, write, and see it stored."""
    sites.launcher(page).click()
    composer = sites.frame(page).locator(".composer textarea")
    composer.fill("Is the kettle back?")
    composer.press("Enter")
    expect(sites.frame(page).locator(".tick[data-tick=stored]")).to_have_count(1)


@pytest.mark.parametrize(
    "headers",
    [
        {"Content_Security_Policy": BY_NAME},
        {"Content_Security_Policy": BY_NONCE},
        {"Content_Security_Policy": LEAST},
        {"Cross_Origin_Embedder_Policy": "require-corp", "Cross_Origin_Opener_Policy": "same-origin"},
    ],
    ids=["by name", "by nonce", "without connect-src", "isolated"],
)
def test_a_strict_page_has_nothing_to_complain_of(sites: Sites, headers: dict[str, str]) -> None:
    page_text = sites.page().replace("<script async", "<script async nonce=abc")
    sites.pages.put("/strict", page_text, **headers)
    page = sites.visit("/strict")
    speaks(sites, page)
    page.keyboard.press("Escape")
    expect(sites.launcher(page)).to_be_focused()
    beacons = f"POST {C}/v1/widget/seen" in sites.asked
    if headers.get("Content_Security_Policy") == LEAST:
        assert [line for line in sites.complaints if "connect-src" not in line and "Fetch API" not in line] == []
    else:
        assert beacons
        assert (sites.complaints, sites.pages.reports) == ([], [])
        assert page.evaluate("crossOriginIsolated") is ("Cross_Origin_Embedder_Policy" in headers)


def asks_first(sites: Sites, page: Page) -> list[str]:
    """What was asked for when the page, and whatever it does once it is idle, is done."""
    expect(sites.launcher(page)).to_be_visible()
    page.evaluate("() => new Promise((done) => requestIdleCallback(() => requestIdleCallback(done)))")
    page.wait_for_load_state("networkidle")
    return list(sites.asked)


def test_before_the_click_there_is_one_script_and_a_beacon(sites: Sites) -> None:
    page = sites.visit("/?utm_source=mail&secret=1#place")
    asked = [f"GET {sites.shop}/?utm_source=mail&secret=1", f"GET {C}/widget.js", f"POST {C}/v1/widget/seen"]
    assert asks_first(sites, page) == asked
    assert len(page.frames) == 1
    assert page.evaluate(KEPT) == NOTHING
    assert page.context.cookies() == []

    sites.launcher(page).click()
    expect(sites.frame(page).locator(".composer textarea")).to_be_focused()
    assert page.evaluate(KEPT) == ["", {}, {"chatadmin.open": "1"}, [], [], 0]
    assert page.frames[1].evaluate(KEPT) == NOTHING
    assert page.context.cookies() == []
    assert page.evaluate(SHIFTS) == []
    assert sites.complaints == []


@pytest.mark.parametrize(
    "wish",
    [
        "Object.defineProperty(navigator, 'globalPrivacyControl', { value: true })",
        "Object.defineProperty(navigator, 'doNotTrack', { value: '1' })",
        "window.chatadmin = (...call) => (chatadmin.q ||= []).push(call); chatadmin('consent', 'denied')",
    ],
    ids=["GPC", "DNT", "consent"],
)
def test_who_does_not_want_to_be_seen_is_not(sites: Sites, wish: str) -> None:
    context = sites.browse()
    context.add_init_script(wish)
    page = sites.visit("/", context)
    assert asks_first(sites, page) == [f"GET {sites.shop}/", f"GET {C}/widget.js"]
    speaks(sites, page)
    page.goto("about:blank")
    assert f"POST {C}/v1/widget/seen" not in sites.asked


@pytest.mark.skipif(not frozen(), reason="from source it is not made small")
def test_the_script_is_as_small_as_promised(sites: Sites) -> None:
    served = api.ask(sites.running.url, "/widget.js", Accept_Encoding="gzip")
    assert len(served.body) <= 3072
    assert b"chatadmin:ready" in gzip.decompress(served.body)
