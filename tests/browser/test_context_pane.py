"""The pane beside a conversation: who somebody is and by whose word, in blocks that stay as they were left."""

import re
import secrets
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from tests.browser.conftest import Shop, say
from tests.browser.console import Console
from tests.clients import api
from tests.clients.api import PASSWORD
from tests.clients.customers import Key
from tests.clients.sockets import RawSocket, open_chat
from tests.pictures import png

HOSTILE = "<img src=x onerror=alert(1)> javascript:alert(1) data:text/html,x"
ADMIN = "https://admin.shop.example.com/orders/118"
LENA = {
    "name": "Lena Berg",
    "email": "lena.berg@example.com",
    "attributes": {"plan": "Gold", "paid": True, "order": ADMIN, "<b>note</b>": HOSTILE},
}


class Customer:
    """Somebody who writes from the shop's page."""

    def __init__(self, url: str, opened: ExitStack, session: str = "", **entered: Any) -> None:
        headers = {"Authorization": session} if session else {}
        answer = api.ask(url, "/login/widget", {"id": secrets.token_urlsafe(16), **entered}, **headers)
        assert answer.status == 200, answer.body
        self.url, self.uid, self.token = url, answer.value["uid"], answer.value["token"]
        self.adopt = answer.value.get("adopt", "")
        self.socket: RawSocket = open_chat(url, self.token)
        opened.callback(self.socket.close)
        self.count = 0

    def say(self, text: str, file: str = "") -> None:
        self.count += 1
        more = {"file": file} if file else {}
        self.socket.tell(type="send", id=f"t.{self.count}", content=text, **more)
        self.socket.hear(type="ack")

    def send(self, name: str, content: bytes) -> None:
        answer = api.ask(self.url, f"/v1/files?name={name}", content, method="POST", Authorization=self.token)
        self.say("", answer.json["value"]["id"])


def mark(place: Locator, word: str) -> Locator:
    """What says there how a name stands."""
    return place.get_by_role("img", name=word, exact=True)


Come = Callable[..., Customer]


@pytest.fixture
def come(shop: Shop) -> Iterator[Come]:
    """Somebody comes: `come(vouched, **entered)`, with what the shop says of them, {} for nothing."""
    anna = api.log_in(shop.url, "Anna", PASSWORD)
    key = Key.made(shop.url, anna)
    with ExitStack() as opened:

        def begin(vouched: dict[str, Any], **entered: Any) -> Customer:
            token = key.sign(**{"sub": secrets.token_hex(8), **vouched}) if vouched else ""
            return Customer(shop.url, opened, identity=token, **entered)

        yield begin
    key.end(shop.url, anna)


def test_whose_word_it_is_stands_beside_each_name(shop: Shop, come: Come) -> None:
    come(LENA, attributes={"cart": HOSTILE}).say("Is it on its way?")
    come({}, name="Mara", email="mara@example.com", attributes={"cart": "2 cups"}).say("Hello?")
    come({"email": "nameless@example.com"}).say("It is me.")
    anna = Console(shop.agent())
    for called, word in (("Lena Berg", "verified"), ("Mara", "not verified")):
        expect(mark(anna.row(called), word)).to_have_count(1)
        anna.open(called)
        expect(mark(anna.page.locator(".case-head"), word)).to_have_count(1)
    pane = anna.page.locator(".context")
    expect(pane.locator(".mark")).to_have_text("Name as entered, not verified")
    expect(pane.get_by_role("region", name="From your page, not verified")).to_contain_text("2 cups")
    expect(pane.get_by_role("region", name="E-mail")).to_have_text("E-mailmara@example.comAs entered, not verified")

    anna.open("Lena Berg")
    expect(pane.locator(".context-who .mark")).to_have_text("Verified by your shop")
    expect(pane.get_by_role("region", name="E-mail").get_by_role("link")).to_have_attribute(
        "href", "mailto:lena.berg@example.com"
    )
    expect(pane.get_by_role("region", name="E-mail")).to_contain_text("Verified by your shop")
    facts = pane.get_by_role("region", name="From your shop, verified")
    expect(facts.locator("dt")).to_have_text(["plan", "paid", "order", "<b>note</b>"])
    expect(facts.locator("dd")).to_have_text(["Gold", "yes", ADMIN, HOSTILE])
    expect(pane.get_by_role("region", name="From your page, not verified").locator("dd")).to_have_text(HOSTILE)
    links = pane.locator("a:not([href^='mailto:'])").evaluate_all("all => all.map((a) => [a.href, a.rel])")
    assert links == [[ADMIN, "noopener noreferrer"]]
    expect(pane.get_by_role("region", name="Entered by the visitor")).to_have_count(0)

    anna.page.keyboard.press("Control+k")
    anna.page.keyboard.type("berg@exam")
    expect(anna.page.get_by_role("option", name="Open Lena Berg verified", exact=True)).to_be_visible()
    anna.page.keyboard.press("Escape")
    anna.page.locator(".visitors h2").click()
    anna.page.keyboard.press("/")
    for sought, marks in (("lena.berg", ["verified"]), ("nameless", ["verified"]), ("mara@", ["not verified"])):
        anna.page.get_by_role("searchbox").fill(sought)
        expect(anna.page.locator(".everybody-row mark")).to_have_text(sought)
        found = (
            anna.page.locator(".everybody-row").get_by_role("img").evaluate_all("all => all.map((a) => a.ariaLabel)")
        )
        assert found == marks, sought
    anna.page.get_by_role("searchbox").fill("on its way")
    expect(mark(anna.page.locator(".hit"), "verified")).to_have_count(1)


def test_linked_chats_lead_to_each_other(shop: Shop, come: Come) -> None:
    known = {"sub": "eva", "name": "Eva Sol"}
    come(known).say("Good morning")
    before = come({}, name="Somebody")
    before.say("Before I logged in")
    come(known, session=before.token, adopt=before.adopt)
    anna = Console(shop.agent())
    anna.open("Eva Sol")
    pane = anna.page.locator(".context")
    pane.get_by_role("region", name="Before they logged in").get_by_role("button", name="Somebody not verified").click()
    expect(anna.name).to_have_text("Somebody")
    pane.get_by_role("region", name="Goes on as").get_by_role("button", name="Eva Sol verified").click()
    expect(anna.name).to_have_text("Eva Sol")


def test_files_and_notes_lead_to_their_places_and_blocks_stay_folded(shop: Shop, come: Come) -> None:
    customer = come({}, name="Otto")
    customer.send("kettle.png", png(64, 48))
    customer.send("invoice.pdf", b"%PDF-1.4")
    agent = api.log_in(shop.url, "Anna", PASSWORD)
    for n in range(50):  # as many entries as a thread begins with
        api.call(shop.url, f"/v1/conversations/{customer.uid}/tags", agent, {"tag": "kettles", "on": n % 2 == 0})
    anna = Console(shop.agent())
    anna.open("Otto")
    pane = anna.page.locator(".context")
    files, notes = pane.get_by_role("region", name="Files"), pane.get_by_role("region", name="Private notes")
    expect(files.locator("li")).to_have_text(
        [re.compile("^PDFinvoice.pdf1 kB · "), re.compile("^PNGkettle.png1 kB · ")]
    )
    files.get_by_role("button", name="kettle.png").click()
    expect(anna.page.locator("dialog.viewer img")).to_be_visible()
    anna.page.keyboard.press("Escape")
    expect(files.get_by_role("button", name="kettle.png")).to_be_focused()
    expect(anna.page.locator(".file-card")).to_have_count(0)
    files.get_by_role("button", name="invoice.pdf").click()
    expect(anna.page.locator(".file-card")).to_be_in_viewport()

    notes.get_by_role("button", name="Write a private note").click()
    expect(anna.page.locator(".composer textarea")).to_be_focused()
    say(anna.page, "She <b>has</b> asked by telephone, too.")
    expect(notes.locator("li")).to_contain_text(["She <b>has</b> asked by telephone, too.Anna · "])
    anna.page.reload()
    expect(notes.locator("li")).to_have_count(1)
    heading = notes.get_by_role("button", name="Private notes", exact=True)
    heading.press("Enter")
    expect(heading).to_have_attribute("aria-expanded", "false")
    expect(notes.locator("li")).to_be_hidden()
    another = anna.another_page()
    another.open("Otto")
    expect(another.page.locator("#context-notes")).to_have_attribute("aria-expanded", "false")
    expect(another.page.locator("#context-files")).to_have_attribute("aria-expanded", "true")
    heading.press("Enter")
    notes.locator("li button").click()
    expect(anna.page.locator(".bubble-row[data-note]")).to_be_in_viewport()


HOUR_LATER = """() => {
  const mark = performance.now.bind(performance);
  performance.now = () => mark() + 3_600_000;
  document.dispatchEvent(new Event("visibilitychange"));
}"""
CLOCK_THERE = """(later) => new Intl.DateTimeFormat("en-US",
  { weekday: "short", hour: "numeric", minute: "2-digit", timeZone: "Asia/Kathmandu" }).format(Date.now() + later)"""


def there(page: Page, later: int) -> re.Pattern[str]:
    """The time in Nepal, so many ms later: to the minute, and one on each side."""
    times = [page.evaluate(CLOCK_THERE, later + by) for by in (-60_000, 0, 60_000)]
    return re.compile(f"^({'|'.join(times)})Asia/Kathmandu$")


def beguiled(route: Route) -> None:
    """As a server would answer that does not look at what it is told."""
    answer = route.fetch()
    told = answer.json()
    told["value"]["context"]["pages"].append({"page": "javascript:alert(1)", "title": "", "at": "2026-01-01T00:00:00Z"})
    route.fulfill(response=answer, json=told)


def test_where_they_are_follows_them(shop: Shop, come: Come) -> None:
    page = "https://shop.example.com/kettles?size=9&utm_source=mail&utm_campaign=%3Cb%3Eautumn"
    browser = {"referrer": "https://search.example/?q=tea", "tz": "Asia/Kathmandu", "languages": ["ne", "de-AT"]}
    customer = come({}, name="Nima", page=page, title="<b>Kettles</b>", consent=True, **browser)
    customer.say("Which one whistles?")
    anna = Console(shop.agent())
    anna.page.route(f"**/v1/visitors/{customer.uid}?*", beguiled)
    anna.open("Nima")
    pane = anna.page.locator(".context")
    here = pane.get_by_role("region", name="Where they are now")
    expect(here.locator("dt")).to_have_text(
        ["Page", "Local time", "Country", "Languages", "Came from", "Campaign"], use_inner_text=True
    )
    facts = here.locator("dd")
    address = "shop.example.com/kettles?utm_source=mail&utm_campaign=%3Cb%3Eautumn"
    expect(facts.nth(0)).to_have_text(f"<b>Kettles</b>{address}")
    expect(facts.nth(2)).to_have_text("Nepal")
    expect(facts.nth(3)).to_have_text("Nepali · Austrian German")
    expect(facts.nth(4)).to_have_text("search.example")
    expect(facts.nth(5)).to_have_text("mail · <b>autumn")
    expect(facts.nth(1)).to_have_text(there(anna.page, 0))
    expect(here.locator("a")).to_have_count(2)
    assert {link.get_attribute("rel") for link in here.locator("a").all()} == {"noopener noreferrer"}

    customer.socket.tell(type="context", page="https://shop.example.com/cart", title="Your cart")
    expect(facts.nth(0)).to_have_text("Your cartshop.example.com/cart")
    trail = pane.get_by_role("region", name="Pages they looked at")
    expect(trail.locator(".page-link")).to_have_text(["javascript:alert(1)", "Your cart", "<b>Kettles</b>"])
    expect(trail.get_by_role("link")).to_have_text(["Your cart", "<b>Kettles</b>"])
    expect(trail.get_by_role("link").first).to_have_attribute("href", "https://shop.example.com/cart")

    anna.page.context.set_offline(True)  # nobody tells what time it really is
    anna.page.evaluate(HOUR_LATER)
    expect(facts.nth(1)).to_have_text(there(anna.page, 3_600_000))
