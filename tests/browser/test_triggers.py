"""A word at the right moment: it is shown on the shop's page, answered, and stands before the answer on both sides."""

from datetime import UTC, datetime, timedelta

from playwright.sync_api import expect

from tests.browser.conftest import OwnShop, asks
from tests.browser.console import Console
from tests.browser.desk import Desk
from tests.browser.sites import Sites
from tests.browser.test_browsing import SITE, Looker
from tests.browser.test_sites_flows import said, write
from tests.clients import api
from tests.clients.api import PASSWORD
from tests.clients.sockets import open_chat
from tests.running import wait_until

WORD = "May <b>I</b> help?"
TRIGGER = {"id": "word", "text": {"en": WORD}, "seconds": 0, "attended": False}


def test_what_was_answered_stands_before_the_answer(own_shop: OwnShop) -> None:
    shop = own_shop("Anna", sites=[SITE], shop_name="Tea & Kettle")
    asks(shop.url, triggers=[TRIGGER])
    page = Looker(shop, "Lamps")
    invite = page.look()["invite"]
    entered = {"name": "Maria", "id": "a" * 16, "seen": page.id, "invite": invite["id"]}
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


def test_a_word_leads_from_the_shop_s_page_into_the_report(sites: Sites, desk: Desk) -> None:
    asks(sites.running.url, triggers=[{**TRIGGER, "part": "/lamps"}])
    sites.pages.put("/lamps", sites.page("<h1>Lamps</h1>"))
    page = sites.visit("/lamps")
    teaser = page.locator("chatadmin-widget .teaser .bubble")
    expect(teaser).to_have_text(WORD)
    assert page.evaluate("localStorage.length + sessionStorage.length") == 0
    teaser.click()
    chat = sites.frame(page)
    expect(chat.locator(".thread")).to_contain_text(WORD)
    write(chat, "Yes, please")
    desk.take("Yes, please")
    expect(said(chat)).to_have_text([WORD, "Yes, please"])
    page.reload()
    expect(said(chat)).to_have_text([WORD, "Yes, please"])
    token, day = api.log_in(sites.running.url, "Anna", PASSWORD), datetime.now(UTC).date()
    after = day + timedelta(days=1)  # which it may be before all is counted

    def counted() -> list[dict[str, object]]:
        found: list[dict[str, object]] = api.call(sites.running.url, f"/v1/reports?from={day}&to={after}", token)[
            "triggers"
        ]
        return found

    wait_until(lambda: counted() == [{"id": "word", "shown": 1, "answered": 1}], "both counted")
    assert sites.complaints == []
