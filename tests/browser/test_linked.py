"""What a customer wrote before they logged in stands where their conversation tells of it, for them and for agents."""

from typing import Any

from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import OwnShop, Shop, row, take
from tests.clients import api, customers
from tests.clients.api import PASSWORD
from tests.clients.customers import Key
from tests.clients.sockets import RawSocket, open_chat
from tests.pictures import png

FIELD, LINKED, BUBBLES = ".composer textarea", ".linked", ".linked .bubble"
MANY = 60  # messages, more than one page of history has


class Shopper:
    """A customer whom the shop knows by their phone, and who wrote in a tab before they logged in there."""

    def __init__(self, shop: Shop, name: str) -> None:
        self.anna = api.log_in(shop.url, "Anna", PASSWORD)
        self.key, self.sub = Key.made(shop.url, self.anna), name
        self.phone, self.tab = customers.Page(shop.url), customers.Page(shop.url)
        self.phone.begin(identity=self.key.sign(name, name=name))
        self.tab.begin()
        self.anonymous = self.tab.uid
        self.chat: RawSocket = open_chat(shop.url, self.tab.token)
        self.chat.hear(type="joined")
        self.said = 0

    def say(self, content: str, **more: Any) -> None:
        self.said += 1
        self.chat.tell(type="send", id=f"t.{self.said}", content=content, **more)
        self.chat.hear(type="ack")

    def log_in(self) -> None:
        """In the tab."""
        self.tab.login(identity=self.key.sign(self.sub))
        assert self.tab.uid == self.phone.uid

    def upload(self, name: str, content: bytes) -> str:
        """A file for a message; its id."""
        found = self.tab.ask(f"/v1/files?name={name}", content, method="POST", Content_Type="image/png")
        return str(found.json["value"]["id"])

    def open(self, shop: Shop, token: str) -> Page:
        """The chat of that session."""
        context: BrowserContext = shop.browse()
        context.add_cookies([{"name": "chatadmin_visitor", "value": token, "url": shop.url}])
        page = shop.watch(context.new_page())
        page.goto(shop.url)
        return page

    def close(self, shop: Shop) -> None:
        """The key is over: a shop has two at most."""
        self.key.end(shop.url, self.anna)


def test_who_holds_what_was_linked_is_led_to_where_it_goes_on(shop: Shop) -> None:
    maria = Shopper(shop, "Maria")
    maria.say("Where is my parcel?")
    anna, phone = shop.agent(), maria.open(shop, maria.phone.token)
    expect(phone.locator(".head-line")).to_be_visible()
    nameless = api.call(shop.url, f"/v1/visitors/{maria.anonymous}", maria.anna)["nickname"]
    take(anna, nameless)
    anna.fill(FIELD, "It left our")
    maria.log_in()
    here = anna.locator(".thread-event", has_text="goes on in another conversation")
    expect(here.get_by_role("button", name="Open that conversation")).to_be_visible()
    expect(anna.locator(FIELD)).to_have_count(0)
    anna.locator(".case-head").get_by_role("button", name="More actions").click()
    expect(anna.locator(".menu-item")).to_have_text(["Save as a page (HTML)", "Save as data (JSON)"])
    anna.keyboard.press("Escape")
    expect(row(anna, "Maria")).to_contain_text("Wrote before logging in")
    anna.locator(".claim-bar").get_by_role("button", name="Open that conversation").click()
    expect(anna.locator(".case-head")).to_contain_text("Maria")
    expect(anna.locator(FIELD)).to_have_value("It left our")
    expect(anna.locator(FIELD)).to_be_focused()
    expect(anna.locator(f"{BUBBLES} > p")).to_have_text(["Where is my parcel?"])
    expect(anna.locator(f"{LINKED} .bubble-face")).to_have_text(["M"])  # a face as the name beside it
    anna.keyboard.type(" house this morning.")
    anna.keyboard.press("Enter")
    for page in (phone, maria.open(shop, maria.tab.token)):
        expect(page.locator(f"{BUBBLES} > p")).to_have_text(["Where is my parcel?"])
        expect(page.locator(".thread > [data-seq] .bubble > p")).to_have_text(["It left our house this morning."])
    maria.close(shop)


def test_all_of_it_is_read_there_and_the_reader_s_place_is_kept(own_shop: OwnShop) -> None:
    shop = own_shop("Anna", limits={"messages_per_second": 0})
    omar = Shopper(shop, "Omar")
    omar.say("Is this one broken?", file=omar.upload("kettle.png", png(width=40, height=30)))
    for n in range(2, MANY):
        omar.say(f"Line {n} of what I saw")
    omar.say("This one I mean", reply_to=2)
    omar.log_in()
    phone = open_chat(shop.url, omar.phone.token)
    phone.hear(type="joined")
    phone.tell(type="send", id="p.1", content="Hello from my phone")
    phone.hear(type="ack")
    page = omar.open(shop, omar.tab.token)
    expect(page.locator(LINKED)).to_have_attribute("aria-busy", "false")
    expect(page.locator(".thread > [data-seq]")).to_be_in_viewport(ratio=1)  # what is new is before their eyes
    page.locator(LINKED).get_by_role("button", name="Earlier messages").click()
    expect(page.locator(BUBBLES)).to_have_count(MANY)
    expect(page.locator(f"{LINKED} img")).to_have_count(1)
    page.locator(BUBBLES).last.scroll_into_view_if_needed()
    page.locator(f"{BUBBLES} button.quote").click()
    expect(page.locator(BUBBLES).first).to_be_in_viewport()
    expect(page.locator(f"{LINKED} .bubble-row[data-mine=true]")).to_have_count(MANY)
    omar.close(shop)
