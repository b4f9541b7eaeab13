"""A word at the right moment: it is shown on the shop's page, answered, and stands before the answer on both sides."""

from playwright.sync_api import expect

from tests.browser.conftest import OwnShop
from tests.browser.console import Console
from tests.browser.test_browsing import SITE, Looker
from tests.clients import api
from tests.clients.api import PASSWORD
from tests.clients.sockets import open_chat

WORD = "May <b>I</b> help?"
TRIGGER = {"id": "word", "text": {"en": WORD}, "seconds": 0, "attended": False}


def test_what_was_answered_stands_before_the_answer(own_shop: OwnShop) -> None:
    shop = own_shop("Anna", sites=[SITE], shop_name="Tea & Kettle")
    token = api.log_in(shop.url, "Anna", PASSWORD)
    version = api.call(shop.url, "/v1/widget", token)["version"]
    api.call(shop.url, "/v1/widget", token, {"version": version, "triggers": [TRIGGER]}, method="PUT")
    page = Looker(shop, "Lamps")
    said = page.look()["invite"]
    entered = {"name": "Maria", "id": "a" * 16, "seen": page.id, "invite": said["id"]}
    visitor = api.call(shop.url, "/login/widget", "", entered)["token"]
    chat = open_chat(shop.url, visitor)
    chat.tell(type="send", id="tab.1", content="Yes, please")
    chat.hear(type="ack")
    secret = api.call(shop.url, "/v1/me/link", visitor, {})["secret"]
    theirs = shop.open(f"/#link={secret}")
    expect(theirs.locator(".bubble")).to_have_count(2)
    rows = theirs.locator(".thread .bubble-row:not(.greeting)")
    expect(rows.locator(".bubble-who, .bubble > p")).to_have_text(["Tea & Kettle", WORD, "Yes, please"])
    anna = Console(shop.agent())
    anna.row("Maria").locator("button").click()
    expect(anna.page.locator(".thread .bubble > p")).to_have_text([WORD, "Yes, please"])
    expect(anna.page.locator(".thread-event", has_text="Said by itself, on the shop’s page:")).to_have_count(1)
    assert anna.page.locator(".thread .bubble-row").first.get_attribute("data-mine") == "true"
    chat.close()
