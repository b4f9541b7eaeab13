"""Launcher and panel on a shop's page: how they look and behave. In the frame is a stand-in (stand_in.py)."""

from typing import Any

import pytest
from playwright.sync_api import FloatRect, Frame, Page, expect

from tests.browser.barriers import barriers, moving, small
from tests.browser.console import PATIENCE_MS
from tests.browser.sites import Sites
from tests.browser.stand_in import FRAME, browse, heard, launcher, opened, panel, say, stand_in

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
LONG = "<h1 id=top>Tea</h1><button id=buy>Buy</button>" + "<p>Green, black, white.</p>" * 200
SANDBOX = "allow-scripts allow-same-origin allow-forms allow-popups allow-popups-to-escape-sandbox allow-downloads"
# Everything a page of the shop's is made of, and how it lies.
STATE = """() => [document.documentElement.outerHTML, document.adoptedStyleSheets.length, document.body.inert, scrollY,
  Object.keys(history), history.pushState === History.prototype.pushState, typeof chatadmin]"""


def box(page: Page, selector: str) -> FloatRect:
    found = page.locator(f"chatadmin-widget {selector}").bounding_box()
    assert found
    return found


def unheard(frame: Frame) -> bool:
    """Whether a frame that asks for a port gets none. What is sent to it comes in order."""
    asks = """() => new Promise((done) => {
      addEventListener("message", ({ data }) => data === "pong" && done(heard.length === 0));
      for (const word of ["chatadmin:ready", "ping"]) parent.postMessage(word, "*");
    })"""
    return bool(frame.evaluate(asks))


def test_nothing_comes_before_the_press_and_nothing_moves(sites: Sites) -> None:
    sites.pages.put("/long", sites.page(LONG))
    context = browse(sites)
    context.add_init_script(
        "window.shifts = []; new PerformanceObserver((list) => shifts.push(...list.getEntries()))"
        ".observe({ type: 'layout-shift', buffered: true })"
    )
    with context.expect_event("requestfinished", lambda request: request.url.endswith("/v1/widget/seen")):
        page = sites.visit("/long?utm_source=letter&order=7#paid", context)
    expect(launcher(page)).to_have_attribute("aria-label", "Chat with us")
    asked = ["/long?utm_source=letter&order=7", "/widget.js", "/v1/widget/seen"]
    assert [one.split(".com")[-1].split(".test")[-1] for one in sites.asked] == asked
    assert page.evaluate("[localStorage.length, sessionStorage.length, document.cookie]") == [0, 0, ""]
    assert context.cookies() == []

    opened(page)
    expect(panel(page)).to_be_visible()
    frame = page.locator("chatadmin-widget iframe")
    expect(frame).to_have_attribute("sandbox", SANDBOX)
    expect(frame).to_have_attribute("src", f"{sites.chat}/widget?lang=en&theme=system")
    here = {"url": f"{sites.shop}/long?utm_source=letter", "title": "Tea", "referrer": ""}
    heard(page, type="begin", token="", page=here, tz="UTC", known={}, open=True, phone=False)
    say(sites, page, type="close")
    expect(panel(page)).to_be_hidden()
    assert panel(page).evaluate("(panel) => getComputedStyle(panel).visibility") == "hidden"
    assert page.evaluate("shifts.reduce((sum, { value }) => sum + value, 0)") == 0
    assert page.evaluate("localStorage.length") == 0
    assert sites.complaints == []


def test_the_root_is_closed_and_the_port_is_given_to_the_chat_alone(sites: Sites) -> None:
    """Neither to another site, nor to a page of the chat's own origin that the loader did not open."""
    context = stand_in(sites, sites.browser.new_context(ignore_https_errors=True))  # without the tests' open root
    context.set_default_timeout(PATIENCE_MS)
    context.route(sites.shop + "/other?*", lambda route: route.fulfill(body=FRAME, content_type="text/html"))
    others = (f"{sites.shop}/other?", f"{sites.chat}/widget?foreign")
    echo = "<script>onmessage = ({ data, source }) => data === 'ping' && source.postMessage('pong', '*')</script>"
    sites.pages.put("/", sites.page(echo + "".join(f'<iframe src="{other}"></iframe>' for other in others)))
    page = context.new_page()
    page.goto(sites.shop)
    page.wait_for_selector("chatadmin-widget", state="attached")
    assert page.evaluate("document.querySelector('chatadmin-widget').shadowRoot") is None
    with page.expect_event("framenavigated", lambda frame: "/widget?lang" in frame.url) as chat:
        page.evaluate("chatadmin('open')")
    chat.value.wait_for_function("heard.length")
    for other in page.frames:
        if other.url in others:
            assert unheard(other)
    page.evaluate("chatadmin('close')")
    chat.value.wait_for_function("heard.at(-1).type === 'close'")
    assert chat.value.evaluate("heard.filter(({ type }) => type === 'begin').length") == 1, "it was begun with anew"
    with page.expect_event("framenavigated", lambda frame: frame.url == others[0]) as strayed:
        chat.value.evaluate("(other) => { location.href = other }", others[0])
    assert unheard(strayed.value), "our own frame, with somebody else in it"
    context.close()


def test_the_focus_goes_in_and_comes_back_to_where_it_was(sites: Sites) -> None:
    sites.pages.put("/form", sites.page('<input id="search"><dialog>Sale</dialog>'))
    page = sites.visit("/form", browse(sites))
    page.evaluate("addEventListener('keydown', (event) => { if (event.key === 'Escape') window.escaped = true })")
    launcher(page).focus()
    page.keyboard.press("Enter")
    heard(page, type="begin", open=True)
    composer = sites.frame(page).locator("textarea")
    expect(composer).to_be_focused()
    expect(launcher(page)).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("Escape")
    expect(panel(page)).to_be_hidden()
    expect(launcher(page)).to_be_focused()

    page.focus("#search")
    page.evaluate("chatadmin('open', { text: 'Is it green?' })")
    heard(page, type="open", text="Is it green?")
    expect(composer).to_be_focused()
    panel(page).focus()
    page.keyboard.press("Escape")
    expect(page.locator("#search")).to_be_focused()
    assert not page.evaluate("window.escaped"), "the shop's own windows heard it"

    # What is beside the panel can be used, and Escape there is the shop's; so is a modal window of the shop's.
    launcher(page).click()
    page.fill("#search", "green")
    page.keyboard.press("Escape")
    expect(panel(page)).to_be_visible()
    expect(page.get_by_role("dialog", name="Tea & Kettle")).not_to_have_attribute("aria-modal", "true")
    page.evaluate("document.querySelector('dialog').showModal()")
    launcher(page).focus()
    assert not launcher(page).evaluate("(button) => button.matches(':focus')")
    assert sites.complaints == []


def test_on_a_phone_the_panel_is_all_there_is_and_the_page_is_as_before_afterwards(sites: Sites) -> None:
    sites.pages.put("/long", sites.page(LONG))
    context = browse(sites, reduced_motion="reduce", **PHONE)
    # A keyboard, which shrinks the visual viewport alone; headless browsers have none.
    context.add_init_script(
        """const seen = Object.assign(new EventTarget(), { height: 844, offsetTop: 0, scale: 1 });
        Object.defineProperty(window, "visualViewport", { value: seen })"""
    )
    page = sites.visit("/long", context)
    page.evaluate("document.documentElement.style.overflow = 'auto'; scrollTo(0, 900)")
    expect(launcher(page)).to_be_visible()
    page.wait_for_function("scrollY === 900")
    page.focus("#buy")
    page.evaluate("scrollTo(0, 900)")
    before = page.evaluate(STATE)
    opened(page)
    heard(page, type="begin", phone=True)
    expect(page.get_by_role("dialog")).to_have_attribute("aria-modal", "true")
    expect(launcher(page)).to_be_hidden()
    assert box(page, ".panel") == {"x": 0, "y": 0, "width": 390, "height": 844}
    assert page.evaluate("getComputedStyle(document.documentElement).overflow") == "hidden"
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.localName") in ("chatadmin-widget", "body")
    page.evaluate("""() => {
      Object.assign(visualViewport, { height: 500, offsetTop: 60 });
      visualViewport.dispatchEvent(new Event("resize"));
    }""")
    expect(panel(page)).to_have_css("height", "500px")
    assert box(page, ".panel")["y"] == 60
    say(sites, page, type="close")
    expect(panel(page)).to_be_hidden()
    assert page.evaluate(STATE) == before

    # Turned into a window that is none of a phone's it is modal no more.
    launcher(page).click()
    expect(page.locator("body")).to_have_js_property("inert", True)
    page.set_viewport_size({"width": 1024, "height": 768})
    heard(page, type="phone", on=False)
    expect(page.locator("body")).to_have_js_property("inert", False)
    expect(launcher(page)).to_be_visible()
    assert sites.complaints == []


def test_where_no_chat_comes_a_link_stands_in_its_place(sites: Sites) -> None:
    sites.pages.put("/", sites.page("<main><h1>Tea</h1></main>"))
    context = stand_in(sites, sites.browse(), "<!doctype html>")
    page = context.new_page()
    page.clock.install()
    page.goto(sites.shop)
    launcher(page).click()
    expect(page.locator("chatadmin-widget iframe")).to_have_count(1)
    link = page.get_by_role("link", name="Open it in a new tab")
    panel(page).evaluate(
        """(panel) => {
          const began = Date.now();
          const look = () => { window.waited ??= Date.now() - began; };
          new MutationObserver(look).observe(panel, { attributeFilter: ["class"] });
        }"""
    )
    expect(link).to_be_hidden()
    page.clock.run_for(20_000)
    expect(link).to_be_visible()
    assert 7_000 < page.evaluate("waited") <= 8_000
    expect(link).to_have_attribute("href", sites.chat + "/")
    assert barriers(page) == small(page) == []
    page.get_by_role("button", name="Close the chat").click()
    expect(panel(page)).to_be_hidden()
    stand_in(sites, context)  # the shop was listed meanwhile
    opened(page)
    expect(link).to_be_hidden()
    expect(page.locator("chatadmin-widget iframe")).to_be_visible()


def test_where_the_panel_does_not_load_the_hosted_chat_opens_beside(sites: Sites) -> None:
    context = browse(sites)
    context.route(f"{sites.chat}/widget-panel.js", lambda route: route.abort())
    page = sites.visit("/", context)
    with context.expect_page() as beside:
        launcher(page).click()
    assert beside.value.url == sites.chat + "/"
    context.unroute(f"{sites.chat}/widget-panel.js")
    page.evaluate("document.body.replaceWith(document.createElement('body'))")  # as frameworks do that load pages so
    opened(page)


def test_an_answer_that_came_while_closed_is_counted_and_shown(sites: Sites) -> None:
    sites.pages.put("/", sites.page("<main><h1>Tea</h1></main>"))
    page = sites.visit("/", browse(sites))
    opened(page)
    say(sites, page, type="close")
    expect(panel(page)).to_be_hidden()
    say(sites, page, type="unread", count=12)
    say(sites, page, type="said", who="Anna", text="<b>Yes</b>, " + "in green " * 60)
    bubble = page.locator("chatadmin-widget .bubble")
    expect(bubble).to_contain_text("Anna")
    expect(bubble).to_contain_text("<b>Yes</b>")
    expect(bubble).to_contain_text("…")
    expect(page.locator("chatadmin-widget .badge")).to_have_text("9+")
    expect(launcher(page)).to_have_attribute("aria-label", "Chat with us, 9+ unread")
    assert page.get_by_role("status").count() == 1
    assert barriers(page) == []
    assert small(page) == []
    page.get_by_role("button", name="Dismiss").click()
    expect(bubble).to_have_count(0)
    expect(launcher(page)).to_be_focused()

    say(sites, page, type="said", who="Anna", text="And in black.")
    bubble.click()
    expect(panel(page)).to_be_visible()
    expect(bubble).to_be_hidden()
    say(sites, page, type="unread", count=0)
    expect(page.locator("chatadmin-widget .badge")).to_be_empty()
    expect(launcher(page)).to_have_attribute("aria-label", "Chat with us")

    launcher(page).click()
    say(sites, page, type="unread", count=1)
    say(sites, page, type="said", who="Anna", text="And in white.")
    expect(bubble).to_be_visible()
    say(sites, page, type="unread", count=0)  # it was read in another tab
    expect(bubble).to_have_count(0)
    assert sites.complaints == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_nobody_is_shut_out_and_who_wants_nothing_to_move_has_it_so(sites: Sites, theme: Any) -> None:
    sites.pages.put("/", sites.page("<main><h1>Tea</h1></main>"))
    page = sites.visit("/", browse(sites, color_scheme=theme, reduced_motion="reduce"))
    expect(launcher(page)).to_be_visible()
    assert barriers(page) == []
    opened(page)
    assert barriers(page) == []
    assert small(page) == []
    assert moving(page) == []
    ground = panel(page).evaluate("(panel) => getComputedStyle(panel).backgroundColor")
    assert (ground == "rgb(255, 255, 255)") == (theme == "light")
    page.emulate_media(media="print")
    assert page.locator("chatadmin-widget").evaluate("(host) => getComputedStyle(host).display") == "none"


def test_the_corner_the_words_and_the_layer_are_the_shop_s(sites: Sites) -> None:
    attributes = 'data-side="left" data-x="32" data-y="96" data-teaser="您好！" data-accent="#0a7d55" data-theme="dark"'
    tag = sites.tag.replace("async", f"async {attributes}")
    moved = "transform: translateX(40px); position: static !important"
    style = f"<style>:root {{ --chatadmin-z: 7 }} :root > * {{ {moved} }}</style>"
    page_text = sites.page("<h1>چای</h1>", style).replace(sites.tag, tag)
    sites.pages.put("/persian", page_text.replace('lang="en"', 'lang="fa" dir="rtl"'))
    page = sites.visit("/persian", browse(sites, locale="zh-CN"))
    expect(launcher(page)).to_have_attribute("aria-label", "在线咨询")  # the page's language is none of ours
    expect(page.locator("chatadmin-widget .bubble")).to_have_text("您好！")
    assert box(page, ".teaser .x")["x"] == 32 + 1  # where its page ends
    expect(page.locator("chatadmin-widget .teaser .x")).to_have_attribute("aria-label", "关闭")
    assert box(page, ".launcher") == {"x": 32, "y": 800 - 96 - 60, "width": 60, "height": 60}
    assert page.locator("chatadmin-widget").evaluate("(host) => getComputedStyle(host).zIndex") == "7"
    expect(launcher(page)).to_have_css("background-color", "rgb(10, 125, 85)")
    opened(page)
    assert box(page, ".panel")["x"] == 32
    expect(page.locator("chatadmin-widget iframe")).to_have_attribute("src", f"{sites.chat}/widget?lang=zh&theme=dark")

    sites.pages.put("/chinese", sites.page().replace('lang="en"', 'lang="zh-Hans"'))
    page = sites.visit("/chinese", browse(sites))
    expect(launcher(page)).to_have_attribute("aria-label", "在线咨询")
    assert box(page, ".launcher")["x"] == 1280 - 20 - 60
    assert sites.complaints == []
