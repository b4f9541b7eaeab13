"""`chatadmin(...)` on a shop's page, and what that page keeps. In the frame is a stand-in (stand_in.py)."""

import json
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, Request, expect

from tests.browser.sites import Sites
from tests.browser.stand_in import browse, heard, launcher, opened, panel, say

STUB = "<script>window.chatadmin ||= (...call) => (chatadmin.q ||= []).push(call); window.before = chatadmin;</script>"
WEEK_MS = 7 * 24 * 3600 * 1000
# What a page of the shop's consists of, whoever listens on it, what runs in it, and what it may call.
TRACES = """() => [document.documentElement.outerHTML, document.adoptedStyleSheets.length, document.body.inert,
  history.pushState === window.firstPush, typeof window.chatadmin, listening(), ticking.size]"""
# Counts what our scripts listen for (window, document, media, history, viewport), until they or their signal go.
COUNT = """{
  const kept = new Set();
  const { addEventListener: add, removeEventListener: remove } = EventTarget.prototype;
  const counted = (target) => target === window || target instanceof Document || target instanceof MediaQueryList
    || target === window.visualViewport || target === window.navigation;
  EventTarget.prototype.addEventListener = function (type, act, options) {
    const entry = { target: this ?? window, type, act };
    if (counted(entry.target) && new Error().stack.includes("/widget")) {
      kept.add(entry);
      options?.signal?.addEventListener("abort", () => kept.delete(entry));
    }
    return add.call(this ?? window, type, act, options);
  };
  EventTarget.prototype.removeEventListener = function (type, act, options) {
    for (const entry of kept) if (entry.type === type && entry.act === act) kept.delete(entry);
    return remove.call(this ?? window, type, act, options);
  };
  window.listening = () => [...kept].map(({ type }) => type).filter((type) => type !== "DOMContentLoaded").sort();
  window.firstPush = history.pushState;
  window.ticking = new Set();
  const { setInterval: set, clearInterval: clear } = window;
  window.setInterval = (...given) => { const id = set(...given); ticking.add(id); return id; };
  window.clearInterval = (id) => { ticking.delete(id); clear(id); };
}"""


def seen(request: Request) -> bool:
    return request.url.endswith("/v1/widget/seen")


def told(request: Request) -> dict[str, Any]:
    """What a beacon says, without whose it is."""
    body = json.loads(request.post_data or "")
    assert len(body.pop("id")) >= 8
    return dict(body)


def visit(sites: Sites, body: str = "<h1>Tea</h1>", head: str = "", context: BrowserContext | None = None) -> Page:
    sites.pages.put("/", sites.page(body, head))
    page = sites.visit("/", context or browse(sites))
    expect(launcher(page)).to_be_attached()
    return page


def test_what_is_called_before_it_has_loaded_is_done_then_and_it_is_one_function(sites: Sites) -> None:
    calls = """<script>
      window.events = [];
      for (const event of ["ready", "open", "close", "message", "unread", "error"])
        chatadmin("on", event, (detail) => events.push([event, detail ?? null]));
      chatadmin("on", "ready", () => { throw "of the shop's own"; });
      chatadmin("on", "open", () => console.info("keeps", sessionStorage.length));
      chatadmin("nonsense");
      chatadmin("set", { name: "Maria", email: "maria@example.com" });
      chatadmin("locale", "zh");
      chatadmin("open", { text: "Is it green?" });
      document.addEventListener("chatadmin:ready", () => { window.isReady = true; });
    </script>"""
    sites.pages.put("/", sites.page(head=STUB + calls))
    page = browse(sites).new_page()
    # Whatever Playwright asks a page counts as a press: so the page itself says what it keeps.
    with page.expect_console_message(lambda message: "keeps" in message.text) as kept:
        page.goto(sites.shop)
    assert kept.value.text == "keeps 0", "nobody pressed"
    heard(page, type="begin", open=True, known={"name": "Maria", "email": "maria@example.com"})
    heard(page, type="open", text="Is it green?")
    expect(launcher(page)).to_have_attribute("aria-label", "在线咨询")
    assert page.evaluate("isReady")
    assert page.evaluate("before('close'), before !== chatadmin")
    expect(panel(page)).to_be_hidden()
    for message in (
        {"type": "unread", "count": 2},
        {"type": "message", "by": "agent"},
        {"type": "error", "code": "blocked"},
    ):
        say(sites, page, **message)
    page.evaluate("chatadmin('set', { name: 'Mia', attributes: () => 1 })")
    heard(page, type="known", name="Mia", email="maria@example.com")
    page.wait_for_function("events.length >= 6")
    assert page.evaluate("events") == [
        ["ready", None],
        ["open", None],
        ["close", None],
        ["unread", {"count": 2}],
        ["message", {"by": "agent"}],
        ["error", {"code": "blocked"}],
    ]
    page.evaluate("""() => {
      const off = chatadmin("on", "open", () => events.push("no"));
      off();
      chatadmin("on", "open", () => events.push("yes"));
      chatadmin("toggle");
    }""")
    expect(panel(page)).to_be_visible()
    assert page.evaluate("events.slice(6)") == [["open", None], "yes"]
    # Another language is another document in the frame, and nothing to go back to.
    before = page.evaluate("history.length")
    page.evaluate("chatadmin('locale', 'en')")
    heard(page, type="begin", open=True, token="")
    expect(page.locator("chatadmin-widget iframe")).to_have_attribute(
        "src", f"{sites.chat}/widget?lang=en&theme=system"
    )
    assert page.evaluate("history.length") == before
    page.evaluate("chatadmin('hide')")
    expect(launcher(page)).to_be_hidden()
    expect(panel(page)).to_be_visible()
    page.evaluate("chatadmin('show')")
    expect(launcher(page)).to_be_visible()
    assert sites.complaints == ["error: of the shop's own"]


@pytest.mark.parametrize("way", ["twice", "module", "import", "tag manager", "other name"])
def test_it_is_there_once_whatever_brings_it(sites: Sites, way: str) -> None:
    address = f"{sites.chat}/widget.js"
    tags = {
        "twice": sites.tag * 2,
        "module": f'<script type="module" src="{address}" data-side="left"></script>',
        "import": f'<script type="module">import "{address}"</script>',
        "tag manager": "<script>for (let n = 0; n < 2; n++) document.head.append("
        f"Object.assign(document.createElement('script'), {{ src: '{address}', async: true }}))</script>",
        "other name": f'<script src="{address}?v=7" defer></script>',
    }
    sites.pages.put("/", sites.page().replace(sites.tag, tags[way]))
    page = sites.visit("/", browse(sites))
    opened(page)
    page.wait_for_load_state("networkidle")
    expect(page.locator("chatadmin-widget")).to_have_count(1)
    expect(launcher(page)).to_have_css("left" if way == "module" else "right", "20px")  # by its tag
    assert sites.complaints == []


def test_a_shop_of_one_page_is_followed_and_left_as_it_was(sites: Sites) -> None:
    context = browse(sites, viewport={"width": 400, "height": 700})
    context.add_init_script(COUNT)
    sites.pages.put("/", sites.page().replace(sites.tag, ""))
    page = sites.visit("/", context)
    before = page.evaluate(TRACES)
    with page.expect_request(seen):
        page.evaluate(f"import('{sites.chat}/widget.js')")
    opened(page)
    assert page.evaluate(TRACES) != before
    with page.expect_request(seen) as beacon:
        page.evaluate("history.pushState({}, '', '/cup?size=2&utm_medium=mail#inside'); document.title = 'A cup'")
    assert told(beacon.value)["page"] == f"{sites.shop}/cup?utm_medium=mail"
    heard(page, type="page", url=f"{sites.shop}/cup?utm_medium=mail", title="A cup")
    with page.expect_request(seen):
        page.evaluate("chatadmin('page', { url: 'https://www.shop.test/pot?secret=1', title: 'A pot' })")
    heard(page, type="page", url=f"{sites.shop}/pot", title="A pot")
    with page.expect_request(seen):
        page.evaluate("chatadmin('page', { url: 'nowhere', title: 'A tin' })")
    heard(page, type="page", url=f"{sites.shop}/cup?utm_medium=mail", title="A tin")
    asked = len([one for one in sites.asked if "/seen" in one])
    with page.expect_request(seen):
        page.evaluate("for (let step = 0; step < 50; step++) history.replaceState({}, '', `/cup/${step}`)")
    heard(page, type="page", url=f"{sites.shop}/cup/49", title="A cup")
    assert len([one for one in sites.asked if "/seen" in one]) == asked + 1
    page.evaluate("history.back()")
    heard(page, type="page", url=f"{sites.shop}/", title="A cup")
    page.evaluate("""() => {
      window.kept = chatadmin;
      kept("destroy");
      kept("open");
      document.title = "Tea";
    }""")
    page.wait_for_function("ticking.size === 0")
    assert page.evaluate(TRACES) == before
    # And what is loaded again begins anew.
    page.evaluate(
        f"document.head.append(Object.assign(document.createElement('script'), {{ src: '{sites.chat}/widget.js' }}))"
    )
    heard(page, type="begin", open=True)  # as it was left in this tab
    page.evaluate("kept('destroy')")
    assert page.evaluate("typeof chatadmin") == "function", "what is over took away another's"
    assert sites.complaints == []


def test_nothing_is_kept_before_the_first_message_and_a_press_is_remembered_in_the_tab(sites: Sites) -> None:
    context = browse(sites)
    page = visit(sites, context=context)
    opened(page)
    assert page.evaluate("[{ ...localStorage }, { ...sessionStorage }]") == [{}, {"chatadmin.open": "1"}]
    sites.pages.put("/next", sites.page('<input id="search" autofocus>'))
    page.goto(sites.shop + "/next")
    heard(page, type="begin", open=True)
    expect(panel(page)).to_be_visible()
    expect(page.locator("#search")).to_be_focused()
    say(sites, page, type="token", token="abc")
    say(sites, page, type="wrote")
    page.wait_for_function("JSON.parse(localStorage.chatadmin ?? '{}').wrote")
    kept = page.evaluate("JSON.parse(localStorage.chatadmin)")
    assert kept["token"] == "abc"
    assert abs(kept["wrote"] - page.evaluate("Date.now()")) < 60_000

    # Another tab, in which nobody pressed, has the chat too, unseen; what one forgets the other does.
    other = sites.visit("/next", context)
    heard(other, type="begin", open=False, token="abc")
    expect(panel(other)).to_be_hidden()
    other.evaluate("localStorage.foreign = 1")
    say(sites, other, type="token", token="")
    heard(page, type="token", token="")
    assert page.evaluate("localStorage.chatadmin") is None
    say(sites, page, type="close")
    expect(panel(page)).to_be_hidden()
    page.reload()
    expect(launcher(page)).to_be_visible()
    page.wait_for_load_state("networkidle")
    assert page.locator("iframe").count() == 0
    assert sites.complaints == []


@pytest.mark.parametrize(("age_ms", "frames"), [(WEEK_MS - 60_000, 1), (WEEK_MS + 60_000, 0)])
def test_who_wrote_in_the_last_week_has_the_chat_unseen(sites: Sites, age_ms: int, frames: int) -> None:
    context = browse(sites)
    context.add_init_script(f"localStorage.chatadmin = JSON.stringify({{ token: 't', wrote: Date.now() - {age_ms} }})")
    page = visit(sites, context=context)
    page.wait_for_load_state("networkidle")
    expect(page.locator("iframe")).to_have_count(frames)
    opened(page)
    heard(page, type="begin", token="t")


def test_where_storage_is_refused_it_lasts_as_long_as_the_page(sites: Sites) -> None:
    context = browse(sites)
    context.add_init_script(
        """for (const name of ["localStorage", "sessionStorage"])
          Object.defineProperty(window, name, { get() { throw new DOMException("refused", "SecurityError"); } })"""
    )
    page = visit(sites, context=context)
    opened(page)
    say(sites, page, type="token", token="abc")
    say(sites, page, type="wrote")
    page.evaluate("chatadmin('locale', 'zh')")  # another frame, which is given it
    heard(page, type="begin", token="abc")
    assert [text for text in sites.complaints if "127.0.0.1" not in text and sites.chat not in text] == []


def test_that_somebody_is_here_is_told_without_secrets_until_they_leave(sites: Sites) -> None:
    context = browse(sites, timezone_id="Europe/Berlin")
    context.add_cookies(  # of an agent who looks at the shop, and as lax as a cookie can be
        [{"name": "chatadmin_agent", "value": "x", "url": sites.chat, "sameSite": "None", "secure": True}]
    )
    sites.pages.put("/", sites.page())
    page = context.new_page()
    with page.expect_request(seen) as beacon:
        page.goto(f"{sites.shop}/?token=secret&utm_source=letter#secret", referer=f"{sites.shop}/from?secret=1")
    first = beacon.value
    here = {
        "page": f"{sites.shop}/?utm_source=letter",
        "title": "Tea",
        "referrer": f"{sites.shop}/from",
        "tz": "Europe/Berlin",
        "lang": "en",
        "languages": ["en-US"],
        "quiet": False,
        "visible": True,
    }
    assert told(first) == here
    assert first.headers["content-type"].startswith("text/plain")
    assert "cookie" not in first.all_headers()
    with page.expect_request(seen) as last:  # of one that is sent as the page goes Playwright does not tell
        page.evaluate("dispatchEvent(new PageTransitionEvent('pagehide'))")
    assert told(last.value) == {**here, "gone": True}
    assert sites.complaints == []


@pytest.mark.parametrize("way", ["gpc", "dnt", "denied", "no"])
def test_who_objects_is_not_told_of(sites: Sites, way: str) -> None:
    context = browse(sites)
    signals = {"gpc": "globalPrivacyControl', { value: true })", "dnt": "doNotTrack', { value: '1' })"}
    if way in signals:
        context.add_init_script(f"Object.defineProperty(navigator, '{signals[way]}")
    head = STUB + "<script>chatadmin('consent', 'denied')</script>" if way == "denied" else ""
    tag = sites.tag.replace("async", 'async data-beacons=""') if way == "no" else sites.tag
    sites.pages.put("/", sites.page(head=head).replace(sites.tag, tag))
    page = sites.visit("/", context)
    expect(launcher(page)).to_be_visible()
    page.evaluate("new Promise((idle) => requestIdleCallback(() => requestIdleCallback(idle)))")
    page.evaluate("chatadmin('page', { title: 'Another' })")
    page.goto("about:blank")
    assert not [one for one in sites.asked if "/seen" in one]
    if way == "denied":
        page.goto(sites.shop)
        with page.expect_request(seen):
            page.evaluate("chatadmin('consent', 'granted')")
