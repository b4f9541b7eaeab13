"""Customers of whom the shop's own pages say who they are: on two sites."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, FrameLocator, Locator, Page, Request, expect

from tests.browser.chromium import THIRD_PARTY_COOKIES
from tests.browser.desk import Desk
from tests.browser.sites import Sites
from tests.browser.test_sites_flows import said, write
from tests.clients import api, tokens
from tests.clients.customers import Key
from tests.running import wait_until

# What the shop's page hears is written down; `identify` is called as it would be, before the chat has loaded.
HEARS = """<script>
  window.chatadmin ||= (...call) => (chatadmin.q ||= []).push(call);
  window.told = [];
  addEventListener("load", () => { window.loaded = Date.now(); });
  for (const event of ["identified", "error"]) chatadmin("on", event, (detail) => told.push(detail?.code ?? event));
</script>"""


@pytest.fixture
def key(sites: Sites) -> Iterator[Key]:
    """One of the shop's."""
    admin = api.log_in(sites.running.url, "Anna", api.PASSWORD)
    made = Key.made(sites.running.url, admin)
    yield made
    end(sites, made)


def end(sites: Sites, key: Key) -> None:
    admin = api.log_in(sites.running.url, "Anna", api.PASSWORD)
    key.end(sites.running.url, admin)


def identify(token: str) -> str:
    return f"<script>chatadmin('identify', {json.dumps(token)})</script>"


def visit(sites: Sites, context: BrowserContext, script: str = "", path: str = "/") -> Page:
    """A page of the shop's whose script says so."""
    sites.pages.put(path, sites.page(head=HEARS + script))
    page = sites.visit(path, context)
    expect(sites.launcher(page)).to_be_visible()
    return page


def opened(sites: Sites, page: Page) -> FrameLocator:
    sites.launcher(page).click()
    chat = sites.frame(page)
    expect(composer(chat)).to_be_visible()
    return chat


def composer(chat: FrameLocator) -> Locator:
    return chat.locator(".composer textarea")


def note(chat: FrameLocator) -> Locator:
    return chat.locator(".before-note")


def told(page: Page, *events: str) -> None:
    """Wait until the shop's page was told so, in this order, and no more."""
    page.wait_for_function("(count) => told.length >= count", arg=len(events))
    assert page.evaluate("told.splice(0)") == [*events]


def kept(page: Page) -> dict[str, Any]:
    """What the shop's storage has of the chat: in all tabs, and in this."""
    found: dict[str, Any] = page.evaluate(
        "({ all: localStorage.chatadmin ?? '', tab: JSON.parse(sessionStorage['chatadmin.identity'] ?? '{}') })"
    )
    return found


def is_good(sites: Sites, token: str) -> bool:
    return api.ask(sites.running.url, "/v1/me?as=visitor", Authorization=token).status == 200


def visitors(sites: Sites) -> int:
    admin = api.log_in(sites.running.url, "Anna", api.PASSWORD)
    return len(api.call(sites.running.url, "/v1/visitors?limit=100", admin))


def test_one_customer_has_one_history_on_two_devices(sites: Sites, desk: Desk, key: Key, tmp_path: Path) -> None:
    script = identify(key.sign("two-devices", name="Maria Lind"))
    page = visit(sites, sites.blocking(tmp_path, THIRD_PARTY_COOKIES), script)
    before = visitors(sites)
    chat = opened(sites, page)
    assert visitors(sites) == before, "somebody was made who has said nothing"
    assert kept(page) == {"all": "", "tab": {}}
    expect(chat.locator(".entered input")).to_have_value("Maria Lind")  # what they need not be asked
    write(chat, "Is the kettle back?")
    told(page, "identified")
    row = desk.take("Is the kettle back?")
    assert (row["name"], row["verified"]) == ("Maria Lind", True)
    token = kept(page)["tab"]["token"]
    assert kept(page)["all"] == ""

    other = visit(sites, sites.browse(), script)
    there = opened(sites, other)
    expect(said(there)).to_have_text(["Is the kettle back?"])
    desk.say("Since this morning.")
    write(there, "I take two.")
    there.locator(".head-act").first.click()  # a reload would bring back what was left here
    expect(there.locator(".head .menu-item")).to_have_text(
        ["Save this chat", "Sound for answers", "Continue on your phone"]
    )
    there.locator(".head-act").first.click()
    for device in (chat, there):
        expect(said(device)).to_have_text(["Is the kettle back?", "Since this morning.", "I take two."])
    page.reload()
    expect(said(sites.frame(page))).to_have_count(3)
    assert kept(page)["tab"]["token"] == token

    # Where nobody has pressed, the page is all that has it. (What Playwright asks a page counts as a press.)
    says = "chatadmin('on', 'identified', () => console.info('keeps', localStorage.length + sessionStorage.length))"
    sites.pages.put("/opens", sites.page(head=f"{HEARS}{script}<script>{says}; chatadmin('open')</script>"))
    third = sites.browse().new_page()
    with third.expect_console_message(lambda message: "keeps" in message.text) as keeps:
        third.goto(f"{sites.shop}/opens")
    assert keeps.value.text == "keeps 0"
    sites.frame(third).locator(".bubble").first.click()
    write(sites.frame(third), "And three.")
    assert is_good(sites, kept(third)["tab"]["token"])
    assert sites.complaints == []


def test_who_is_identified_in_the_midst_of_it_goes_on_as_that(
    sites: Sites, desk: Desk, key: Key, tmp_path: Path
) -> None:
    """Whom the shop did not know becomes them; of whom it did, what they wrote is linked to what is theirs."""
    page = visit(sites, sites.blocking(tmp_path, THIRD_PARTY_COOKIES))
    chat = opened(sites, page)
    write(chat, "Where is my parcel?")
    uid = desk.take("Where is my parcel?")["uid"]
    token = json.loads(kept(page)["all"])["token"]
    composer(chat).fill("half a se")
    page.evaluate("(jwt) => chatadmin('identify', jwt)", key.sign("midst", name="Maria Lind"))
    told(page, "identified")
    expect(composer(chat)).to_have_value("half a se")
    expect(said(chat)).to_have_text(["Where is my parcel?"])
    assert kept(page)["all"] == ""
    assert not is_good(sites, token)
    assert is_good(sites, kept(page)["tab"]["token"])
    write(chat, "Number 4711.")
    desk.say("On its way.")
    expect(said(chat).last).to_have_text("On its way.")
    assert next(row for row in desk.rows() if row["uid"] == uid)["verified"]

    other = visit(sites, sites.browse())
    there = opened(sites, other)
    write(there, "It is me again")
    composer(there).fill("and a hal")
    former = desk.take("It is me again")["uid"]
    other.evaluate("(jwt) => chatadmin('identify', jwt)", key.sign("midst", name="Maria Lind"))
    told(other, "identified")
    for text in ("Where is my parcel?", "Number 4711.", "On its way.", "It is me again"):
        expect(there.locator(".thread .bubble > p", has_text=text)).to_be_visible()
    expect(composer(there)).to_have_value("and a hal")
    assert kept(other)["all"] == ""
    write(there, "Thank you.")
    expect(said(chat).last).to_have_text("Thank you.")
    assert next(row for row in desk.rows() if row["uid"] == uid)["linked"] == [former]
    assert sites.complaints == []


def test_one_leaves_and_another_comes_without_a_page_load(sites: Sites, desk: Desk, key: Key) -> None:
    """Here the frame may keep what it likes, so that something of the first could be left."""
    context = sites.browse()
    page = visit(sites, context, identify(key.sign("a", name="Alma", email="alma@example.com")))
    chat = opened(sites, page)
    write(chat, "Alma's secret")
    composer(chat).fill("Alma's draft")
    alma = kept(page)["tab"]["token"]
    page.evaluate("chatadmin('set', { name: 'Alma', attributes: { plan: 'gold' } })")
    page.evaluate("chatadmin('logout')")
    expect(said(chat)).to_have_count(0)
    expect(note(chat)).to_have_text("You have left the chat. You can come back any time.")
    wait_until(lambda: not is_good(sites, alma), "the end of her session")
    nothing_of(sites, page, "Alma")

    composer(chat).fill("nobody's draft")
    page.evaluate("(jwt) => chatadmin('identify', jwt)", in_plain_letters(key, "b", "Bruno Müller"))
    expect(chat.locator("#entered-name")).to_have_value("Bruno Müller")
    expect(note(chat)).to_be_empty()  # it was not he who left
    write(chat, "Bruno here")
    bruno = kept(page)["tab"]["token"]
    assert desk.take("Bruno here")["name"] == "Bruno Müller"
    composer(chat).fill("Bruno's draft")
    page.evaluate("told.splice(0)")
    # A page that says nothing of leaving presents the next one: hers is what is there, and nothing of his.
    page.evaluate("(jwt) => chatadmin('identify', jwt)", key.sign("a", name="Alma"))
    expect(said(chat)).to_have_text(["Alma's secret"])
    expect(composer(chat)).to_have_value("")
    told(page, "identified")
    assert not is_good(sites, bruno)
    nothing_of(sites, page, "Bruno")
    assert sites.complaints == []


def test_what_somebody_wrote_who_has_left_is_not_sent_as_the_next_one_s(sites: Sites, desk: Desk, key: Key) -> None:
    context = sites.browse()
    context.clock.install()
    page = visit(sites, context, identify(key.sign("cut off", name="Alma")))
    with context.expect_event("requestfinished", lambda request: request.url.endswith("/login/widget")):
        chat = opened(sites, page)  # who she is has been told by then
    context.set_offline(True)
    composer(chat).fill("Alma's first words")
    with context.expect_event("request", lambda request: bool(ids_in(request))) as first:
        composer(chat).press("Enter")
    expect(chat.locator(".tick[data-tick=sending]")).to_be_visible()
    (hers,) = ids_in(first.value)
    page.evaluate("chatadmin('logout')")
    page.evaluate("(jwt) => chatadmin('identify', jwt)", key.sign("came after", name="Bruno"))
    nothing_of(sites, page, "Alma")
    ids: list[str] = []  # of log-ins that make somebody
    context.on("request", lambda request: ids.extend(ids_in(request)))
    context.set_offline(False)
    write(chat, "Bruno wrote this")
    assert desk.take("Bruno wrote this")["name"] == "Bruno"
    context.clock.run_for(5_000)  # by when hers would have been tried again
    write(chat, "And still here")
    assert hers not in ids
    expect(said(chat)).to_have_text(["Bruno wrote this", "And still here"])


def ids_in(request: Request) -> list[str]:
    """Of a log-in that makes somebody, if it is one."""
    made = json.loads(request.post_data or "{}") if request.url.endswith("/login/widget") else {}
    return [made["id"]] if "id" in made else []


def in_plain_letters(key: Key, sub: str, name: str) -> str:
    """A token of who signs as JavaScript and Ruby write JSON: letters as they are."""
    said = json.dumps(tokens.claims(sub, name=name), ensure_ascii=False).encode()
    return tokens.signed(key.secret, said, kid=key.kid)


def nothing_of(sites: Sites, page: Page, name: str) -> None:
    """Neither on the screen, nor in what the two origins keep."""
    chat = sites.frame(page).locator(":root")
    assert name not in page.locator("chatadmin-widget").evaluate("(host) => host.shadowRoot.textContent")
    assert name not in chat.evaluate(
        "(root) => root.innerText + [...root.querySelectorAll('input, textarea')].map((field) => field.value)"
    )
    for where in (page.locator(":root"), chat):
        assert name not in where.evaluate("() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }])")


def test_a_page_that_says_nobody_is_here_ends_what_the_one_before_began(sites: Sites, key: Key, tmp_path: Path) -> None:
    """Who has no say in it is given ten seconds; who opens the chat has not to wait for them."""
    context = sites.blocking(tmp_path, THIRD_PARTY_COOKIES)
    page = visit(sites, context, identify(key.sign("before", name="Alma")))
    chat = opened(sites, page)
    write(chat, "Alma's secret")
    first = kept(page)["tab"]["token"]
    sites.launcher(page).click()
    sites.pages.put("/out", sites.page(head=HEARS))
    page.clock.install()
    page.goto(f"{sites.shop}/out")
    expect(sites.launcher(page)).to_be_visible()
    page.clock.pause_at(page.evaluate("Date.now() / 1000 + 1"))
    sites.launcher(page).click()
    wait_until(lambda: not is_good(sites, first), "the end of her session")
    page.clock.resume()
    expect(said(chat)).to_have_count(0)
    write(chat, "somebody else")
    assert kept(page)["tab"].keys() == {"adopt"}

    # Left open, it opens by itself: nobody pressed, so the page has its time.
    other = visit(sites, sites.browse(), identify(key.sign("before", name="Alma")))
    expect(said(opened(sites, other))).to_have_text(["Alma's secret"])
    second = kept(other)["tab"]["token"]
    other.clock.install()
    other.goto(f"{sites.shop}/out")
    expect(sites.frame(other).locator(".skeleton")).to_be_visible()
    other.clock.pause_at(other.evaluate("Date.now() / 1000 + 1"))
    other.clock.run_for(9_900 - other.evaluate("Date.now() - loaded"))
    expect(sites.frame(other).locator(".skeleton")).to_be_visible()
    assert is_good(sites, second)
    other.clock.resume()
    other.clock.run_for(5_000)  # the panel begins to wait somewhat later than the page is there
    expect(sites.frame(other).locator(".greeting")).to_be_visible()
    wait_until(lambda: not is_good(sites, second), "the end of that one")
    assert kept(other) == {"all": "", "tab": {}}

    # And who is still presented goes on, be it a second late.
    third = visit(sites, sites.browse(), identify(key.sign("before", name="Alma")))
    expect(said(opened(sites, third))).to_have_text(["Alma's secret"])
    token = kept(third)["tab"]["token"]
    sites.pages.put("/late", sites.page(head=HEARS))
    third.goto(f"{sites.shop}/late")
    third.evaluate("(jwt) => chatadmin('identify', async () => jwt)", key.sign("before", name="Alma"))
    expect(said(sites.frame(third))).to_have_text(["Alma's secret"])
    assert kept(third)["tab"]["token"] == token
    assert sites.complaints == []


@pytest.mark.parametrize(
    ("given", "events"),
    [("'garbage'", ["bad_identity"]), ("() => Promise.reject('out of order')", ["no_identity"]), ("null", [])],
)
def test_who_is_not_shown_to_be_somebody_writes_as_a_guest(sites: Sites, given: str, events: list[str]) -> None:
    page = visit(sites, sites.browse(), f"<script>chatadmin('identify', {given})</script>")
    chat = opened(sites, page)
    write(chat, "Is anybody there?")
    assert json.loads(kept(page)["all"])["token"]
    told(page, *events)
    for bad in ("{}", "'x'.repeat(100000)", "Symbol()", "async () => 'a.b.c'"):  # in the midst of it, too
        page.evaluate(f"chatadmin('identify', {bad})")
        told(page, "bad_identity")
    page.evaluate("chatadmin('identify', () => { throw 1 })")
    told(page, "no_identity")
    page.evaluate("chatadmin('identify')")
    write(chat, "Hello?")
    expect(said(chat)).to_have_text(["Is anybody there?", "Hello?"])
    assert page.evaluate("told") == []
    # Refusals Chromium notes by itself; and that a socket was put to rest before it was open.
    assert not [text for text in sites.complaints if "status of 401" not in text and "WebSocket is closed" not in text]


def test_a_function_is_asked_again_where_its_token_has_expired(sites: Sites, desk: Desk, key: Key) -> None:
    tokens = [key.sign("again", life=life, name="Maria") for life in (300, -90, 300, -90, 300)]
    script = f"<script>window.asked = 0; chatadmin('identify', async () => {json.dumps(tokens)}[asked++])</script>"
    page = visit(sites, sites.browse(), script)
    page.wait_for_load_state("networkidle")
    assert page.evaluate("asked") == 0, "nobody wants to chat yet"
    chat = opened(sites, page)
    write(chat, "Hello")
    assert page.evaluate("asked") == 1
    page.evaluate("(jwts) => chatadmin('identify', async () => (asked++, jwts.shift()))", tokens[1:3])
    wait_until(lambda: page.evaluate("asked") == 3, "another token")
    write(chat, "And again")
    told(page, "identified")

    # With an expired one they begin on another page, and one of them is all that page has.
    sites.pages.put("/old", sites.page(head=HEARS + identify(tokens[1])))
    page.goto(f"{sites.shop}/old")
    told(page, "bad_identity")
    expect(note(sites.frame(page))).to_contain_text("no longer confirms who you are")
    expect(said(sites.frame(page))).to_have_count(0)


def test_where_a_key_ends_in_mid_chat_they_are_told_or_identified_anew(sites: Sites, desk: Desk, key: Key) -> None:
    """By the shop's other key, if it has one; who is not can write on as a guest."""
    admin = api.log_in(sites.running.url, "Anna", api.PASSWORD)
    other = Key.made(sites.running.url, admin)
    tokens = [key.sign("ending", name="Maria"), other.sign("ending", name="Maria")]
    script = f"<script>window.asked = 0; chatadmin('identify', () => {json.dumps(tokens)}[asked++])</script>"
    page = visit(sites, sites.browse(), script)
    chat = opened(sites, page)
    write(chat, "Hello")
    told(page, "identified")
    composer(chat).fill("and then")
    end(sites, key)
    told(page, "identified")
    expect(said(chat)).to_have_text(["Hello"])
    expect(composer(chat)).to_have_value("and then")
    write(chat, "Still here")
    assert desk.take("Still here")["verified"]

    end(sites, other)
    expect(note(chat)).to_contain_text("no longer confirms who you are")
    expect(said(chat)).to_have_count(0)
    told(page, "bad_identity")
    write(chat, "As a guest, then")
    assert not desk.take("As a guest, then")["verified"]
    assert kept(page)["tab"].keys() == {"adopt"}
