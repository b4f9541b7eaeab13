"""Who may leave is asked where an answer reaches them: beside the first message, or after two minutes without one; and
the link in an answer leads back."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Playwright, expect

from app.store.mail_tokens import stop_code
from tests.browser.barriers import barriers, small
from tests.browser.conftest import OwnShop, Shop, asks, open_shop, say, uid_of
from tests.browser.desk import Desk
from tests.browser.screens import PHONE
from tests.browser.sites import two_sites
from tests.browser.test_clocks import DAY_MS, LOOKED_AT, Server, enter
from tests.browser.test_sites_flows import write
from tests.clients import api
from tests.clients.api import PASSWORD, ask
from tests.prepared import Prepared
from tests.web.test_contact import MAIL
from tests.web.test_mail_link import letter_of

FIELD, PROMISE, CARD, LINE = "#entered-email", "#entered-mail", ".away", ".away-line"
STORED = ".tick[data-tick=stored]"


@pytest.fixture(scope="module")
def _shop(browser: Browser, prepared: Prepared) -> Iterator[Shop]:
    with open_shop(prepared("Anna", "Ben"), **MAIL) as running:
        yield Shop(running, browser)


@pytest.fixture
def desk(shop: Shop) -> Iterator[Desk]:
    opened = Desk(shop.url)
    yield opened
    opened.close()


def row(shop: Shop, uid: str) -> dict[str, Any]:
    found: dict[str, Any] = ask(
        shop.url, f"/v1/visitors/{uid}", Authorization=api.log_in(shop.url, "Anna", PASSWORD)
    ).value
    return found


def test_an_address_goes_with_the_first_message_is_changed_and_taken_back(shop: Shop) -> None:
    page = shop.open("/", **PHONE, color_scheme="dark", reduced_motion="reduce")
    expect(page.locator(PROMISE)).to_have_text("If you leave, our answer comes to this address.")
    expect(page.locator(FIELD)).to_have_attribute("aria-describedby", "entered-mail")
    page.fill(FIELD, "lin")
    page.fill(".composer textarea", "Is the red one back?")
    page.click(".composer-send")  # our words, not the browser's in its language
    expect(page.locator(".entered-trouble")).to_contain_text("e-mail address")
    expect(page.locator(FIELD)).to_be_focused()
    assert barriers(page) + small(page) == []
    page.fill(FIELD, "lin@mail.example")
    page.press(".composer textarea", "Enter")
    expect(page.locator(STORED)).to_have_count(1)
    uid = uid_of(page)
    expect(page.locator(LINE)).to_contain_text("our answer comes to l…@mail.example.")
    assert page.locator(f"{LINE} bdi").evaluate("(address) => address.offsetHeight") < 30, "broken at its dots"
    assert (row(shop, uid)["email"], row(shop, uid)["mail"]["agreed"]) == ("lin@mail.example", True)
    assert barriers(page) + small(page) == []

    page.locator(LINE).get_by_role("button", name="Change").click()
    field = page.get_by_role("textbox", name="Your e-mail")
    expect(field).to_be_focused()
    page.set_viewport_size({"width": 390, "height": 420})
    field.fill("lin@")
    page.keyboard.press("Enter")
    expect(page.locator(".away .trouble")).to_contain_text("name@example.com")
    expect(page.get_by_role("button", name="Remove the address")).to_be_in_viewport(ratio=1)
    assert barriers(page) + small(page) == []
    field.fill("lin@other.example")
    page.get_by_role("button", name="Send answers there").click()
    expect(page.locator(LINE)).to_contain_text("l…@other.example")
    page.reload()
    expect(page.locator(LINE)).to_contain_text("l…@other.example")
    anna = api.log_in(shop.url, "Anna", PASSWORD)
    api.call(shop.url, f"/v1/visitors/{uid}/contact", anna, {"email": "right@other.example"}, method="PUT")
    page.evaluate(LOOKED_AT)
    expect(page.locator(LINE)).to_contain_text("r…@other.example")

    page.click(".head-act")
    page.get_by_role("button", name="Answers by e-mail").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("r…@other.example")
    assert barriers(page) + small(page) == []
    dialog.get_by_role("button", name="Remove the address").click()
    expect(dialog).to_have_count(0)
    expect(page.locator(LINE)).to_have_count(0)
    assert (row(shop, uid)["email"], row(shop, uid)["mail"]) == ("", {"agreed": False})


def test_who_has_waited_is_asked_once_and_never_while_somebody_types(shop: Shop, desk: Desk) -> None:
    """The server says that a day has passed; an answer takes the question away, unless they are at it."""
    server = Server()
    page = enter(shop, "/", server=server, viewport=PHONE["viewport"])
    expect(page.locator(".head-line")).to_have_attribute("data-here", "true")
    expect(page.locator(FIELD)).to_have_count(0)
    say(page, "Do you ship to Norway?")
    expect(page.locator(STORED)).to_have_count(1)
    page.fill(".composer textarea", "and")
    server.ahead = DAY_MS
    page.evaluate(LOOKED_AT)
    expect(page.locator(".thread-day")).to_have_text("Yesterday")
    expect(page.locator(CARD)).to_have_count(0)
    page.fill(".composer textarea", "")
    expect(page.locator(CARD)).to_contain_text("Nobody has answered yet.")
    expect(page.locator(CARD)).to_be_in_viewport(ratio=1)
    assert barriers(page) == []
    expect(page.locator(".composer textarea")).to_be_focused()
    desk.take("Do you ship to Norway?")
    page.locator(".away input").fill("nora")
    desk.say("We do")
    expect(page.locator(".bubble")).to_have_count(2)
    expect(page.locator(CARD)).to_be_visible()
    page.locator(".away input").fill("")
    expect(page.locator(CARD)).to_have_count(0)
    say(page, "And to Iceland?")
    page.reload()
    expect(page.locator(STORED)).to_have_count(2)
    expect(page.locator(".thread-day")).to_have_text("Yesterday")
    expect(page.locator(CARD)).to_have_count(0)


def test_who_stopped_our_mails_is_asked_for_no_other_address(shop: Shop) -> None:
    server = Server()
    page = enter(shop, "/", server=server, viewport=PHONE["viewport"])
    say(page, "Do you ship to Malta?")
    expect(page.locator(STORED)).to_have_count(1)
    uid, anna = uid_of(page), api.log_in(shop.url, "Anna", PASSWORD)
    api.call(shop.url, f"/v1/visitors/{uid}/contact", anna, {"email": "max@mail.example"}, method="PUT")
    token = letter_of(shop.running, uid, "max@mail.example", 1)
    assert ask(shop.url, f"/mail/stop/{stop_code(token)}", b"", method="POST").status == 200
    page.reload()
    page.click(".head-act")
    page.get_by_role("button", name="Answers by e-mail").click()
    page.get_by_role("dialog").get_by_role("button", name="Not now").click()  # what would ask is there
    server.ahead = DAY_MS
    page.evaluate(LOOKED_AT)
    expect(page.locator(".thread-day")).to_have_text("Yesterday")
    expect(page.locator(CARD)).to_have_count(0)


def test_a_form_that_asks_for_it_says_what_it_is_for(shop: Shop, desk: Desk) -> None:
    """Whoever is here; and what is entered there counts."""
    form: dict[str, Any] = {"name": "no", "email": "optional", "choice": None, "consent": {}}
    asks(shop.url, form=form)
    page = shop.open()
    expect(page.locator(PROMISE)).to_be_visible()
    expect(page.locator(".entered input")).to_have_count(1)
    page.fill(FIELD, "mia@mail.example")
    say(page, "Hello, it is Mia")
    assert row(shop, desk.take("Hello, it is Mia")["uid"])["mail"]["agreed"] is True
    expect(page.locator(".head-line")).to_contain_text("Anna")
    expect(page.locator(LINE)).to_have_count(0)  # somebody is here
    asks(shop.url, form={**form, "name": "optional", "email": "no"})


def test_in_a_frame_on_the_shop_s_site(playwright: Playwright, prepared: Prepared, tmp_path: Path) -> None:
    with two_sites(playwright, prepared("Anna"), tmp_path, **MAIL) as sites:
        chat = sites.frame(page := sites.visit())
        sites.launcher(page).click()
        chat.locator(FIELD).fill("lin@mail.example")
        write(chat, "Is the red one back?")
        expect(chat.locator(LINE)).to_contain_text("l…@mail.example")
        page.reload()
        sites.launcher(page).click()
        expect(chat.locator(LINE)).to_contain_text("l…@mail.example")
        assert sites.complaints == []


def test_the_link_in_an_answer_leads_back_and_shows_what_it_may(shop: Shop, desk: Desk) -> None:
    page = shop.open()
    say(page, "A secret of mine")
    expect(page.locator(STORED)).to_have_count(1)
    desk.take("A secret of mine")
    desk.say("An early answer")
    desk.say("The mailed answer")
    uid = uid_of(page)
    anna = api.log_in(shop.url, "Anna", PASSWORD)
    api.call(shop.url, f"/v1/visitors/{uid}/contact", anna, {"email": "lin@mail.example"}, method="PUT")
    seq = api.history(shop.url, anna, uid)[-2]["seq"]  # what was noted is told behind it
    token = letter_of(shop.running, uid, "lin@mail.example", seq)
    there = shop.open(f"/#mail={token}")
    expect(there.locator(".bubble > p")).to_have_text(["The mailed answer"])
    expect(there).to_have_url(re.compile("/$"))
    say(there, "I am back")
    expect(page.locator(".bubble").last).to_contain_text("I am back")
    there.reload()
    expect(there.locator(".bubble > p")).to_have_text(["The mailed answer", "I am back"])
    page.goto(f"{shop.url}/#mail={token}")
    expect(page).to_have_url(re.compile("/$"))
    expect(page.locator(".bubble > p").first).to_have_text("A secret of mine")  # who began it sees no less
    nowhere = shop.open("/#mail=" + "a" * 20)
    expect(nowhere.locator(".before-note")).to_contain_text("no longer leads here")
    expect(nowhere.locator(".composer textarea")).to_be_visible()


def test_a_shop_that_sends_no_mail_asks_for_no_address(own_shop: OwnShop) -> None:
    shop = own_shop("Anna")
    page = shop.open()
    expect(page.locator("#entered-name")).to_be_visible()
    say(page, "Hello?")
    expect(page.locator(STORED)).to_have_count(1)
    page.click(".head-act")
    expect(page.locator(".head .menu-item").first).to_be_visible()
    assert page.get_by_text(re.compile("e-?mail", re.IGNORECASE)).count() == 0
    assert page.locator(f"{FIELD}, {PROMISE}, {CARD}, {LINE}").count() == 0
