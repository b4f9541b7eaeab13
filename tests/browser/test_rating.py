"""How was it? A visitor is asked once their conversation is closed, and one press is enough."""

import re

from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import Shop, say, uid_of, writes
from tests.browser.desk import Desk
from tests.browser.screens import PHONE
from tests.browser.sites import Sites
from tests.browser.test_reports import FIGURES_PATIENCE_MS, figure, open_reports
from tests.browser.test_sites_flows import write
from tests.clients import api
from tests.clients.api import PASSWORD
from tests.running import wait_until

EPISODES = "performance.getEntriesByType('resource').filter(({ name }) => name.includes('/episodes')).length"
CARD, FACES, STORED = ".rating", ".rating-faces button", ".tick[data-tick=stored]"


def resolve(shop: Shop, uid: str) -> None:
    api.call(shop.url, f"/v1/conversations/{uid}/resolve", api.log_in(shop.url, "Anna", PASSWORD), {})


def losing(page: Page) -> list[str]:
    """The next rating arrives, and its answer does not; what was sent."""
    sent: list[str] = []

    def lose(route: Route) -> None:
        if route.request.method == "GET" or sent:
            return route.fallback()
        sent.append(route.request.post_data or "")
        route.fetch()
        return route.abort("connectionreset")

    page.route("**/v1/rating*", lose)
    return sent


def test_it_is_said_once_whatever_is_lost_and_read_by_the_team(shop: Shop) -> None:
    page = shop.visitor("Maria", viewport={"width": 1280, "height": 440})  # where not all of it has room
    say(page, "Do you ship to Norway?")
    expect(page.locator(STORED)).to_have_count(1)
    uid = uid_of(page)
    other, anna = page.context.new_page(), shop.agent()
    other.goto(shop.url)
    anna.locator(".visitor-row", has_text="Maria").locator("button").click()
    resolve(shop, uid)
    for tab in (page, other):
        expect(tab.get_by_role("group", name="How was this conversation?").get_by_role("button")).to_have_text(
            ["Good", "Not good"]
        )
    expect(page.locator(CARD)).to_be_in_viewport(ratio=1)

    # As the pane was opened, at once when the conversation was closed, and once that can be read.
    wait_until(lambda: anna.evaluate(EPISODES) >= 3, "what the agent's pane asks for by itself")

    sent = losing(page)
    page.locator(FACES).nth(1).focus()
    page.keyboard.press("Space")
    expect(page.locator(f"{CARD} [role=status]")).to_have_text("Thank you for telling us.")
    assert sent == ['{"good":false}']
    expect(page.locator(FACES).nth(1)).to_be_focused()
    expect(page.locator(FACES).nth(0)).to_be_disabled()
    expect(page.get_by_label("Anything to add?")).to_be_in_viewport(ratio=1)
    expect(other.locator(FACES)).to_have_count(0)  # it was said in a tab beside it
    expect(other.locator(CARD)).to_have_text("Thank you for telling us.")

    page.get_by_label("Anything to add?").fill("Slow, <b>but</b> kind")
    sent = losing(page)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator(f"{CARD} [role=alert]")).to_have_text(re.compile("cannot be reached"))
    page.keyboard.press("Enter")  # the same again, which had arrived
    expect(page.locator(CARD)).to_have_text("Thank you for telling us.")
    expect(page.locator(CARD)).to_be_focused()
    expect(anna.locator(".context .past")).to_contain_text("Rated: not goodSlow, <b>but</b> kind")
    lines = anna.locator(".thread-event", has_text=re.compile("rat(ed|ing)"))
    expect(lines).to_have_text(
        ["Maria rated the conversation: not good", re.compile("^Maria added to the ratingSlow, <b>but</b> kind$")]
    )

    open_reports(anna)
    expect(figure(anna, "ratings")).to_have_text("0%", timeout=FIGURES_PATIENCE_MS)
    expect(anna.locator("[data-panel=ratings] .panel-gist")).to_have_text("0% good, of 1 rating.")
    expect(anna.locator("[data-panel=agents] .rows-value", has_text="0% good")).to_have_count(1)

    page.reload()
    expect(page.locator(CARD)).to_have_text("Thank you for telling us.")
    say(page, "One more thing")
    expect(page.locator(CARD)).to_have_count(0)
    expect(page.locator(STORED)).to_have_count(2)
    resolve(shop, uid)
    expect(page.locator(FACES)).to_have_count(2)  # and the next one is another


def test_who_cannot_be_heard_is_told_and_may_press_again(shop: Shop) -> None:
    page = writes(shop, "Omar", "Is it dishwasher safe?")
    resolve(shop, uid_of(page))
    page.locator(FACES).first.wait_for()
    page.route("**/v1/rating*", lambda route: route.abort("connectionreset"))
    page.locator(FACES).first.click()
    expect(page.locator(f"{CARD} [role=alert]")).to_have_text(re.compile("cannot be reached"))
    expect(page.locator(f"{FACES}[aria-pressed=true], {FACES}:disabled")).to_have_count(0)
    page.unroute("**/v1/rating*")
    page.locator(FACES).first.click()
    expect(page.locator(f"{CARD} [role=status]")).to_have_text("Thank you for telling us.")
    expect(page.locator(f"{CARD} [role=alert]")).to_be_empty()


def test_it_is_asked_in_the_shop_s_page_too(sites: Sites, desk: Desk) -> None:
    page = sites.visit("/", sites.browse(**PHONE))
    sites.launcher(page).click()
    chat = sites.frame(page)
    write(chat, "Is the kettle back?")
    desk.take("Is the kettle back?")
    desk.say("Since this morning.")
    desk.resolve()
    chat.locator(FACES).first.tap()
    expect(chat.locator(f"{CARD} [role=status]")).to_have_text("Thank you for telling us.")
    page.reload()
    expect(chat.locator(CARD)).to_have_text("Thank you for telling us.")
    assert sites.complaints == []
