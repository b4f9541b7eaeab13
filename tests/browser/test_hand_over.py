"""A conversation is handed over by a button, and arrives where its new holder cannot miss it."""

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.conftest import OwnShop, Shop, hand_over, say, writes
from tests.browser.console import NOTES, PATIENCE_MS, Console
from tests.browser.screens import PHONE
from tests.clients import api
from tests.running import wait_until

POPUPS = """() => {
  window.popups = [];
  window.Notification = class {
    static permission = "granted";
    constructor(title, { body }) { window.popups.push(`${title}: ${body}`); }
    close() {}
  };
  document.hasFocus = () => false;
  dispatchEvent(new Event("blur"));
}"""


@pytest.fixture
def shop(own_shop: OwnShop) -> Shop:
    return own_shop("Anna", "Ben")


@pytest.fixture
def anna(shop: Shop) -> Console:
    """Who has answered Maria."""
    writes(shop, "Maria", "Do you ship to Svalbard?")
    anna = Console(shop.agent())
    anna.take("Maria")
    say(anna.page, "One moment, please.")
    expect(anna.page.locator(".rail-count")).to_have_count(0, timeout=PATIENCE_MS)
    return anna


def given(console: Console) -> Locator:
    """What is told at the foot of the page."""
    return console.page.locator(".notice[data-kind=given]")


def note(console: Console) -> Locator:
    """What stands above the thread."""
    return console.page.locator(".case-given")


def hand_to_ben(anna: Console, text: str = "You know Svalbard.") -> None:
    anna.press("More actions")
    anna.press("Hand over")
    anna.page.get_by_label("A note for them").fill(text)
    hand_over(anna.page, "Ben")
    expect(anna.bar).to_have_text("Ben is talking to Maria.", timeout=PATIENCE_MS)


def test_it_arrives_while_ben_is_busy(shop: Shop, anna: Console) -> None:
    ben = Console(shop.agent("Ben"))
    second = ben.another_page()
    zoe = writes(shop, "Zoe")
    for page in (ben, second):
        page.page.mouse.click(900, 60)  # a page may sound only after a gesture
        page.page.clock.install()
    ben.page.bring_to_front()
    ben.take("Zoe")
    say(ben.page, "Yes?")
    expect(zoe.locator(".bubble > p").last).to_have_text("Yes?", timeout=PATIENCE_MS)
    expect(ben.page).to_have_title("Console", timeout=PATIENCE_MS)
    for page in (ben, second):
        page.page.evaluate(NOTES)
        page.page.evaluate(POPUPS)
    hand_to_ben(anna)
    for page in (ben, second):
        expect(given(page)).to_contain_text("Anna handed Maria over to you.You know Svalbard.", timeout=PATIENCE_MS)
        expect(page.page.locator(".rail-count")).to_have_text("1")
        expect(page.page).to_have_title("(1) Console")
        expect(page.row("Maria")).to_contain_text("from Anna")

    def sounds() -> int:
        return int(ben.page.evaluate("window.notes") + second.page.evaluate("window.notes"))

    wait_until(lambda: sounds() == 2, "two notes on one of the pages")
    told = "Maria was handed to you: You know Svalbard."
    assert ben.page.evaluate("window.popups") + second.page.evaluate("window.popups") == [told]
    for page in (ben, second):
        page.page.clock.fast_forward(21_000)
    wait_until(lambda: sounds() == 4, "the same again, until Ben looks")

    ben.page.evaluate("() => { delete document.hasFocus; dispatchEvent(new Event('focus')); }")
    given(ben).get_by_role("button", name="Open").click()
    expect(ben.name).to_have_text("Maria")
    expect(note(ben)).to_contain_text("You know Svalbard.")
    for page in (ben, second):
        expect(given(page)).to_have_count(0, timeout=PATIENCE_MS)
        expect(page.page.locator(".rail-count")).to_have_count(0)
        expect(page.row("Maria")).not_to_contain_text("from Anna")
    say(ben.page, "By ship, in two weeks.")
    expect(note(ben)).to_have_count(0, timeout=PATIENCE_MS)


def test_it_waits_for_who_was_away_and_on_a_phone(shop: Shop, anna: Console) -> None:
    token = api.log_in(shop.url, "Anna", api.PASSWORD)
    uid = anna.row("Maria").get_attribute("data-uid")
    api.call(shop.url, f"/v1/conversations/{uid}/transfer", token, {"to": "Ben", "note": "W" * 400})
    ben = Console(shop.agent("Ben", **PHONE))
    expect(given(ben)).to_contain_text("Anna handed Maria over to you.", timeout=PATIENCE_MS)
    expect(ben.page.locator(".rail-count")).to_have_text("1")
    given(ben).get_by_role("button", name="Open").click()
    expect(note(ben)).to_contain_text("W" * 400, timeout=PATIENCE_MS)  # the whole of it
    assert ben.page.evaluate("document.documentElement.scrollWidth") == PHONE["viewport"]["width"]  # type: ignore[index]
    expect(given(ben)).to_have_count(0)
    ben.page.reload()
    expect(note(ben)).to_be_visible(timeout=PATIENCE_MS)
    expect(given(ben)).to_have_count(0)
    ben.press("Got it")
    expect(note(ben)).to_have_count(0)
    ben.page.reload()
    expect(ben.bubbles.last).to_be_visible(timeout=PATIENCE_MS)
    expect(note(ben)).to_have_count(0)


def test_who_looks_on_is_told_as_well(shop: Shop, anna: Console) -> None:
    ben = Console(shop.agent("Ben"))
    ben.open("Maria")
    ben.page.bring_to_front()
    hand_to_ben(anna, "")
    expect(ben.notice).to_contain_text("Anna handed Maria over to you.", timeout=PATIENCE_MS)
    expect(note(ben)).to_contain_text("Anna handed this conversation to you")
    expect(ben.composer).to_be_visible()


def test_the_list_says_who_wrote_whoever_holds_it_by_now(shop: Shop, anna: Console) -> None:
    ben = Console(shop.agent("Ben"))
    hand_to_ben(anna)
    expect(ben.line("Maria")).to_have_text("Anna: One moment, please.", timeout=PATIENCE_MS)
    expect(anna.line("Maria")).to_have_text("You: One moment, please.")
    anna.press("Take over from Ben")
    anna.press("Yes, take over")
    anna.press("Resolve")
    expect(ben.row("Maria")).not_to_contain_text("with", timeout=PATIENCE_MS)
    expect(ben.line("Maria")).to_have_text("Anna: One moment, please.")


def test_nothing_is_handed_over_before_the_button_is_pressed(shop: Shop, anna: Console) -> None:
    Console(shop.agent("Ben"))
    anna.press("More actions")
    anna.press("Hand over")
    window = anna.page.locator(".dialog-transfer")
    window.locator(".button-main").click()
    expect(window.locator(".trouble")).to_have_text("Please choose a colleague first.")
    anna.page.get_by_label("A note for them").fill("You know Svalbard.")
    window.locator(".colleague").click()
    expect(window.get_by_role("radio")).to_be_checked()
    expect(window.locator(".trouble")).to_have_text("")
    anna.press("Cancel")
    expect(anna.names("mine")).to_have_text(["Maria"])

    anna.page.route("**/transfer?*", lambda route: route.fulfill(status=503, json={"code": "x", "msg": "Not now."}))
    anna.press("More actions")
    anna.press("Hand over")
    expect(anna.page.get_by_label("A note for them")).to_have_value("You know Svalbard.")
    hand_over(anna.page, "Ben")
    expect(anna.notice).to_contain_text("Not now.", timeout=PATIENCE_MS)
    anna.page.unroute("**/transfer?*")
    anna.press("More actions")
    anna.press("Hand over")
    expect(anna.page.get_by_label("A note for them")).to_have_value("You know Svalbard.")
    hand_over(anna.page, "Ben")
    expect(anna.bar).to_have_text("Ben is talking to Maria.", timeout=PATIENCE_MS)


def test_after_one_is_done_with_the_next_is_offered_and_not_taken(shop: Shop, anna: Console) -> None:
    for name in ("Zoe", "Otto"):
        writes(shop, name)
    anna.take("Zoe")
    anna.open("Maria")
    anna.press("Resolve")
    following = anna.page.locator(".claim-next")
    expect(following).to_contain_text("Next: Zoe", timeout=PATIENCE_MS)  # ours first: she has no answer yet
    expect(following).to_be_focused()
    following.click()
    expect(anna.composer).to_be_focused()
    say(anna.page, "Yes?")
    expect(anna.page.locator(".bubble[data-pending]")).to_have_count(0, timeout=PATIENCE_MS)
    anna.press("Resolve")
    following.click()
    expect(anna.name).to_have_text("Otto")
    expect(anna.names("waiting")).to_have_text(["Otto"])
    anna.press("Take this conversation")
    anna.press("Resolve")
    expect(anna.bar).to_contain_text("resolved", timeout=PATIENCE_MS)
    expect(following).to_have_count(0)


def test_a_notice_that_is_put_away_hides_no_other(shop: Shop) -> None:
    """Of conversations that came as far, too: each counts its own."""
    ben, token = Console(shop.agent("Ben")), api.log_in(shop.url, "Anna", api.PASSWORD)
    for name in ("Otto", "Zoe"):
        writes(shop, name)
    for visitor in api.call(shop.url, "/v1/users", token):
        for verb, body in (("claim", {}), ("transfer", {"to": "Ben"})):
            api.call(shop.url, f"/v1/conversations/{visitor['uid']}/{verb}", token, body)
    expect(given(ben)).to_have_count(2)
    given(ben).first.get_by_role("button", name="Dismiss").click()
    expect(given(ben)).to_have_count(1)
