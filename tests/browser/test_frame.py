"""The chat in a frame on the shop's own site: a token and no cookie, a panel that may be closed, a page around it."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, FrameLocator, Page, expect

from tests.browser.chromium import ALL_COOKIES, NO_COOKIES_BLOCKED, THIRD_PARTY_COOKIES
from tests.browser.conftest import row, say, take
from tests.browser.sites import Sites
from tests.clients import api

LAUNCHER, FIELD, STORED = "chatadmin-widget .launcher", ".composer textarea", ".tick[data-tick=stored]"


def opened(sites: Sites, page: Page) -> FrameLocator:
    """The chat, once the launcher was pressed."""
    page.click(LAUNCHER)
    frame = sites.frame(page)
    expect(frame.locator(FIELD)).to_be_visible()
    return frame


def writes(frame: FrameLocator, text: str) -> None:
    """In the frame; the message is stored."""
    before = frame.locator(STORED).count()
    frame.locator(FIELD).fill(text)
    frame.locator(FIELD).press("Enter")
    expect(frame.locator(STORED)).to_have_count(before + 1)


def token(page: Page) -> str:
    """What the shop's page keeps for the chat, "" for nothing."""
    kept = page.evaluate("localStorage.getItem('chatadmin')")
    return str(json.loads(kept)["token"]) if kept else ""


@pytest.mark.parametrize(
    "blocked", [NO_COOKIES_BLOCKED, THIRD_PARTY_COOKIES, ALL_COOKIES], ids=["nothing", "third-party cookies", "storage"]
)
def test_a_customer_is_talked_to_whatever_the_browser_keeps(
    sites: Sites, tmp_path: Path, blocked: dict[str, Any]
) -> None:
    anna = sites.agent()
    sites.pages.put("/favicon.ico", "")
    context = sites.blocking(tmp_path, blocked)
    page = sites.visit("/", context)
    frame = opened(sites, page)
    text = f"Do you ship to Norway? {len(tmp_path.name)}"
    frame.get_by_label("Your name").fill("Greta")
    if blocked != ALL_COOKIES:
        assert token(page) == ""
    writes(frame, text)
    assert context.cookies() == []
    written = anna.locator(".visitor-row", has_text=text)
    written.locator("button").first.click()
    anna.locator(".claim-bar .button-main").click()
    expect(frame.locator(".head-line")).to_have_text("Anna is here")
    say(anna, "Yes, it takes four days.")
    expect(frame.locator(".bubble").get_by_text("four days")).to_be_visible()
    expect(anna.locator(".tick[data-tick=read]")).to_have_count(1)
    frame.get_by_role("button", name="Menu").click()
    with page.expect_download() as saving:
        frame.get_by_role("button", name="Save this chat").click()
    assert saving.value.suggested_filename.endswith(".html")
    assert "four days" in Path(saving.value.path()).read_text("utf-8")
    if blocked != ALL_COOKIES:
        page.reload()
        expect(sites.frame(page).locator(".bubble > p")).to_have_text([text, "Yes, it takes four days."])
    assert context.cookies() == []
    anna.click(".case-resolve")
    assert sites.complaints == []


def test_a_closed_panel_reads_nothing_and_tells_of_what_is_new(sites: Sites) -> None:
    anna, page = sites.agent(), sites.visit("/")
    frame = opened(sites, page)
    frame.get_by_label("Your name").fill("Carlos")
    writes(frame, "Is the blue kettle in?")
    take(anna, "Carlos")
    frame.get_by_role("button", name="Close the chat").click()
    panel = page.get_by_role("dialog")
    expect(panel).to_be_hidden()
    expect(row(anna, "Carlos").locator("[data-online]")).to_have_count(1)
    say(anna, "It is.")
    expect(page.locator("chatadmin-widget .teaser")).to_contain_text("It is.")
    expect(page.locator(LAUNCHER)).to_have_attribute("aria-label", re.compile("^Chat with us, 1"))
    expect(anna.locator(STORED)).to_have_count(1)
    page.reload()
    expect(page.locator(LAUNCHER)).to_have_attribute("aria-label", re.compile("^Chat with us, 1"))
    expect(anna.locator(STORED)).to_have_count(1)
    frame = opened(sites, page)
    expect(anna.locator(".tick[data-tick=read]")).to_have_count(1)
    expect(page.locator(LAUNCHER)).to_have_attribute("aria-label", "Chat with us")
    anna.click(".case-resolve")
    assert sites.complaints == []


def test_escape_closes_what_is_in_front(sites: Sites) -> None:
    page = sites.visit("/")
    frame = opened(sites, page)
    writes(frame, "Hello?")
    panel, field = page.get_by_role("dialog", name="Tea & Kettle"), frame.locator(FIELD)
    frame.get_by_role("button", name="Menu").click()
    page.keyboard.press("Escape")
    expect(frame.locator(".menu-items")).to_have_count(0)
    frame.get_by_role("button", name="Menu").click()
    frame.get_by_role("button", name="Leave the chat").click()
    expect(frame.get_by_role("button", name="Stay")).to_be_focused()
    page.keyboard.press("Escape")
    expect(frame.locator("dialog")).to_have_count(0)
    field.focus()
    composing = {"key": "Escape", "isComposing": True, "bubbles": True}
    field.evaluate("(field, how) => field.dispatchEvent(new KeyboardEvent('keydown', how))", composing)
    expect(panel).to_be_visible()
    page.keyboard.press("Escape")
    expect(panel).to_be_hidden()
    expect(page.locator(LAUNCHER)).to_be_focused()


def test_the_shop_s_other_pages_become_the_visitor_who_writes_and_nobody_with_them(sites: Sites) -> None:
    context = sites.browse()
    first, second = sites.visit("/", context), sites.visit("/", context)
    one, other = opened(sites, first), opened(sites, second)
    other.locator(FIELD).fill("half a thought")
    writes(one, "from the first page")
    expect(other.locator(".bubble > p")).to_have_text(["from the first page"])
    expect(other.locator(FIELD)).to_have_value("half a thought")
    one.get_by_role("button", name="Menu").click()
    one.get_by_role("button", name="Leave the chat").click()
    one.get_by_role("button", name="Leave", exact=True).click()
    for page, frame in ((first, one), (second, other)):
        expect(frame.locator(".before-note")).to_contain_text("You have left the chat")
        expect(frame.locator(".bubble")).to_have_count(0)
        expect(frame.locator(FIELD)).to_have_value("")
        assert token(page) == ""


def test_a_session_that_is_over_is_forgotten_and_the_text_is_kept(sites: Sites) -> None:
    page = sites.visit("/")
    frame = opened(sites, page)
    writes(frame, "Hello?")
    former = token(page)
    frame.locator(FIELD).fill("half a thought")
    api.call(sites.running.url, "/logout", former, {})
    expect(frame.locator(".before-note")).to_contain_text("Your chat has ended here")
    expect(frame.locator(FIELD)).to_have_value("half a thought")
    assert token(page) == ""
    frame.locator(FIELD).press("Enter")
    expect(frame.locator(STORED)).to_have_count(1)
    assert token(page) not in ("", former)
    api.call(sites.running.url, "/logout", token(page), {})
    stale = sites.visit("/", _with(sites, former))
    frame = opened(sites, stale)
    expect(frame.locator(".before-note")).to_contain_text("Your chat has ended here")
    assert token(stale) == ""


def _with(sites: Sites, token: str) -> BrowserContext:
    """A browser in which the shop's page keeps this."""
    context = sites.browse()
    page = sites.visit("/", context)
    page.evaluate("text => localStorage.setItem('chatadmin', text)", json.dumps({"token": token, "wrote": 0}))
    page.close()
    return context


_FRAMES = '<iframe id="chat" src="{chat}/widget"></iframe><iframe id="other" srcdoc="<p>An advertisement"></iframe>'
_OFFERS = """(origin) => new Promise((done) => {
  const { port1, port2 } = new MessageChannel();
  const begin = { token: "", page: { url: "", title: "", referrer: "" }, tz: "", known: {}, open: true };
  port1.onmessage = ({ data }) => done(data.type);
  port1.postMessage({ type: "begin", ...begin });
  const chat = window === parent ? document.getElementById("chat").contentWindow : parent.frames[0];
  chat.postMessage("chatadmin:port", origin, [port2]);
  if (window !== parent) setTimeout(() => done("nothing"), 500);
  else port1.postMessage({ type: "open", text: "from the shop" });
})"""


def test_the_chat_takes_a_port_from_the_page_around_it_alone(sites: Sites) -> None:
    sites.pages.put("/framing", _FRAMES.format(chat=sites.chat))
    page = sites.visit("/framing")
    field = page.frame_locator("#chat").locator(FIELD)
    expect(field).to_be_visible()
    other = page.frame_locator("#other").locator(":root")
    assert other.evaluate(f"(_, origin) => ({_OFFERS})(origin)", sites.chat) == "nothing"
    expect(field).to_have_value("")
    page.evaluate(f"origin => void ({_OFFERS})(origin)", sites.chat)
    expect(field).to_have_value("from the shop")


def test_what_the_shop_s_page_knows_is_entered_for_them_and_told_once(sites: Sites) -> None:
    anna, context = sites.agent(), sites.browse()
    page = sites.visit("/", context)
    page.wait_for_function("window.chatadmin !== undefined")
    page.evaluate("chatadmin('set', { name: 'Ivo', email: 'ivo@shop.example' })")
    page.evaluate("chatadmin('set', { email: 'no address' })")
    frame = opened(sites, page)
    expect(frame.locator("#entered-name")).to_have_value("Ivo")
    assert not [one for one in sites.asked if "POST" in one and "/login" in one]
    writes(frame, "Hello?")  # an address that is none keeps nobody from it
    expect(row(anna, "Ivo")).to_be_visible()
    page.evaluate("chatadmin('set', { name: 'Ivo Blum', email: 'ivo@shop.example' })")
    expect(row(anna, "Ivo Blum")).to_be_visible()
    page.reload()
    page.wait_for_function("window.chatadmin !== undefined")
    page.evaluate("chatadmin('set', { name: 'Ivo Blum', email: 'ivo@shop.example' })")
    expect(sites.frame(page).locator(STORED)).to_have_count(1)
    writes(sites.frame(page), "Still there?")
    told = [one for one in sites.asked if "POST" in one and "/login/widget" in one]
    assert len(told) == 3, told  # with the address, without it, and the other name
    assert [one for one in sites.complaints if "status of 400" not in one] == []
