"""What agents see of an answer to who has left: where it goes, how it got there; and what administrators can do."""

import re
from contextlib import ExitStack

from playwright.sync_api import Locator, Page, expect

from app.chat import deliveries
from app.store.mail_tokens import stop_code
from app.store.store import Store
from tests.browser.conftest import OwnShop, Shop, say
from tests.browser.console import Console
from tests.clients import api
from tests.clients.api import PASSWORD
from tests.clients.customers import Page as Customer
from tests.clients.sockets import RawSocket, open_chat
from tests.outgoing import BY_MAIL, put_off, taken, with_store

LATER, UNKNOWN = "451 4.7.1 Greylisted", "550 5.1.1 <b>User</b> unknown"


def come(shop: Shop, opened: ExitStack, name: str, **entered: object) -> tuple[Customer, RawSocket]:
    """Somebody writes from a page that is open."""
    customer = Customer(shop.url)
    customer.login(id=customer.id, name=name, **entered)
    chat = open_chat(shop.url, customer.token)
    opened.callback(chat.close)
    chat.tell(type="send", id="t.1", content="Do you ship to Norway?")
    chat.hear(type="ack")
    return customer, chat


def below(page: Page, said: str) -> Locator:
    """What stands under one of our messages."""
    return page.locator(".bubble-row", has_text=said).locator(".delivered")


def test_each_answer_says_how_it_was_delivered_and_an_administrator_may_try_again(own_shop: OwnShop) -> None:
    shop = own_shop("Anna", shop_name="Tea & Kettle", **BY_MAIL)
    with ExitStack() as opened:
        mara, chat = come(shop, opened, "Mara", email="mara@example.com", mail=True)
        anna = Console(shop.agent())
        page, reach = anna.page, anna.page.locator(".reach")
        anna.take("Mara")
        expect(reach).to_have_count(0)  # she is here
        chat.close()
        expect(reach).to_have_text("Mara has left. Your answer goes to mara@example.com by mail.")
        for text in ("Yes, we do.", "Two to four days.", "Anything else?"):
            say(page, text)
        lane = f"mail:{mara.uid}"

        async def one_went_out_and_others_wait(store: Store) -> None:
            first = await taken(store, lane, 3)
            assert await store.outbox.done(first, [first.jobs[0].id], deliveries.sent([first.jobs[0].seq]))
            await put_off(store, await taken(store, lane, 2), LATER)

        with_store(shop.running, one_went_out_and_others_wait)
        expect(below(page, "Yes, we do.")).to_have_text(re.compile(r"^by mail, \d+:\d\d"))
        for text in ("Two to four days.", "Anything else?"):
            expect(below(page, text)).to_have_text(re.compile(r"^not delivered yet, by mail since \d+:\d\d"))

        page.goto(f"{shop.url}/admin#/delivery")
        waiting, failed = (page.get_by_role("region", name=name) for name in ("Waiting", "Not delivered"))
        expect(waiting.locator("li")).to_contain_text("Mara")
        expect(waiting.locator("li")).to_contain_text("2 messages")
        expect(waiting.locator("li")).to_contain_text("tried once")
        expect(waiting.locator("li")).to_contain_text(LATER)
        page.get_by_role("button", name="Give up: Mara").click()
        page.get_by_role("dialog").get_by_role("button", name="Give up").click()
        expect(failed.locator("li")).to_contain_text(LATER)
        expect(waiting).to_have_count(0)
        page.get_by_role("button", name="Mara not verified").click()
        expect(below(page, "Anything else?")).to_have_text("not delivered by mail: given up")
        expect(page.locator(".thread-event", has_text="could not be delivered")).to_contain_text(LATER)

        page.goto(f"{shop.url}/admin#/delivery")
        page.get_by_role("button", name="Try again: Mara").click()
        expect(waiting.locator("li")).to_contain_text("2 messages")
        expect(failed).to_have_count(0)

        async def comes_back(store: Store) -> None:
            rest = await taken(store, lane, 2)
            ids, entry = [job.id for job in rest.jobs], deliveries.failed([rest.jobs[0].seq], "bounced", UNKNOWN)
            await store.contacts.bounced(mara.uid, "mara@example.com", UNKNOWN)
            assert await store.outbox.failed(rest, ids[:1], reason=UNKNOWN, dead=True, entry=entry)

        with_store(shop.running, comes_back)
        page.goto(f"{shop.url}/admin#{mara.uid}")
        expect(below(page, "Two to four days.")).to_have_text("cannot be reached by mail: bounced")
        expect(reach).to_contain_text("Mara has left, and cannot be reached by mail.")
        pane = page.get_by_role("region", name="E-mail")
        expect(pane).to_contain_text(UNKNOWN)

        page.get_by_role("button", name="Look at the address").click()
        field = pane.get_by_role("textbox", name="E-mail address of Mara")
        expect(field).to_be_focused()
        field.fill("mara@")
        field.press("Enter")
        expect(pane.get_by_role("alert")).to_contain_text("Please enter an e-mail address")
        field.fill("mara.sol@example.com")
        field.press("Enter")
        expect(reach).to_have_text("Mara has left. Your answer goes to mara.sol@example.com by mail.")
        expect(pane.get_by_role("button", name="Change the address")).to_be_focused()
        expect(pane).to_contain_text("Noted by Anna")
        told = "Anna entered where Mara wants answers by mail: mara.sol@example.com"
        expect(page.locator(".thread-event", has_text="mara.sol")).to_have_text(told)

        token = with_store(shop.running, lambda store: store.mail.token(mara.uid, "mara.sol@example.com"))
        assert api.ask(shop.url, f"/mail/stop/{stop_code(token)}", b"", method="POST").status == 200
        expect(reach).to_have_text("Mara has left, and wants no more mail.")
        expect(page.locator(".thread-event").last).to_have_text("Mara wants no more answers by mail")
        pane.get_by_role("button", name="Change the address").click()
        field.fill("mara@example.com")
        field.press("Enter")  # which she had before, and is tried again
        expect(reach).to_have_text("Mara has left. Your answer goes to mara@example.com by mail.")
        pane.get_by_role("button", name="Change the address").click()
        field.fill("mara.sol@example.com")
        field.press("Enter")
        expect(reach).to_have_text("Mara has left, and wants no more mail.")
        told = "Mara wants no more mail at mara.sol@example.com"
        expect(page.locator(".thread-event").last).to_have_text(told)
        anna_token = api.log_in(shop.url, "Anna", PASSWORD)
        saved = api.ask(shop.url, f"/v1/transcript?client={mara.uid}&lang=en", Authorization=anna_token)
        assert "<bdi>Mara</bdi> wants no more mail at" in saved.body.decode()

        back = open_chat(shop.url, mara.token)
        opened.callback(back.close)
        expect(reach).to_have_count(0)
        seqs = [m["seq"] for m in api.call(shop.url, "/v1/msgs?frames=1", mara.token) if m["type"] == "message"]
        back.tell(type="read", seq=seqs[-1])
        expect(below(page, "Anything else?")).to_have_text("read here")


def test_who_left_no_address_is_given_one_by_an_agent_alone_where_mail_is_sent(own_shop: OwnShop) -> None:
    shop = own_shop("Anna", "Ben", **BY_MAIL)
    ben = api.log_in(shop.url, "Ben", PASSWORD)
    with ExitStack() as opened:
        come(shop, opened, "Otto")[1].close()
        asked = come(shop, opened, "Zoe", email="zoe@example.com")[1]
        asked.close()
        console = Console(shop.agent("Ben"))
        page, reach = console.page, console.page.locator(".reach")
        console.take("Otto")
        expect(reach).to_contain_text("Otto has left, and left no address.")
        page.set_viewport_size({"width": 390, "height": 844})  # where it is in a drawer
        page.get_by_role("button", name="Add an address").first.click()
        expect(page.get_by_role("textbox", name="E-mail address of Otto")).to_be_focused()
        page.keyboard.type("otto@example.com")
        page.keyboard.press("Enter")
        expect(reach).to_have_text("Otto has left. Your answer goes to otto@example.com by mail.")
        page.keyboard.press("Escape")
        page.set_viewport_size({"width": 1280, "height": 800})
        console.take("Zoe")
        expect(reach).to_contain_text("Whether mail may go to zoe@example.com was not asked.")
        page.get_by_role("button", name="Look at the address").click()
        expect(page.get_by_role("textbox", name="E-mail address of Zoe")).to_be_focused()
        page.keyboard.press("Enter")  # it is right, and she was asked
        expect(reach).to_have_text("Zoe has left. Your answer goes to zoe@example.com by mail.")
    assert api.status(shop.url, "/v1/delivery", ben) == 403
    anna = api.log_in(shop.url, "Anna", PASSWORD)
    for verb in ("retry", "give_up"):
        for lane in ("", "mail", "mail:{s}*", "letter:v1", "account:mail:v1"):
            answer = api.ask(shop.url, f"/v1/delivery/{verb}", {"lane": lane}, Authorization=anna)
            assert (answer.status, answer.code) == (404, "not_found"), lane
        assert api.call(shop.url, f"/v1/delivery/{verb}", anna, {"lane": "mail:v1"}) == {"found": False}
    page.goto(f"{shop.url}/admin#/delivery")
    expect(page.locator(".delivery")).to_have_text("Only administrators look after delivery.")
