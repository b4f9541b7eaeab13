"""Whoever is owed an answer stays in sight until it is given: a claim answers nobody."""

import time
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Locator, expect

from app.store.keys import Keys
from tests.browser.conftest import OwnShop, Shop, say, writes
from tests.browser.console import NOTES, PATIENCE_MS, Console
from tests.clients import api
from tests.clients.sockets import RawSocket, open_chat
from tests.running import Chatadmin, Valkey

AMBER, RED = 61, 181  # seconds without an answer
OURS, WAITING = 30, 12
BEN = {"nickname": "Ben", "password": api.PASSWORD, "role": "agent"}


@pytest.fixture
def shop(own_shop: OwnShop) -> Shop:
    return own_shop("Anna", "Ben", shop_name="Lantern & Loom", limits={"logins_per_minute": 0})


@pytest.fixture
def crowd(shop: Shop) -> Iterator[Callable[[str], str]]:
    """Somebody who writes by a socket: `crowd(name)` gives their uid."""
    sockets: list[RawSocket] = []

    def come(name: str) -> str:
        token, uid = api.login(shop.url, name)
        sockets.append(open_chat(shop.url, token))
        sockets[-1].tell(type="send", id="tab.1", content="Is it there?")
        sockets[-1].hear(type="ack")
        return uid

    yield come
    for socket in sockets:
        socket.close()


def console(shop: Shop, name: str = "Anna") -> Console:
    return Console(shop.agent(name))


def count(page: Console) -> Locator:
    """The number of people who need the agent, on the rail."""
    return page.page.locator(".rail-count")


def test_a_claim_answers_nobody(
    start_store: Callable[..., Valkey], start_chatadmin: Callable[..., Chatadmin], browser: Browser
) -> None:
    store = start_store()
    running = start_chatadmin("--redis", store.url, config={"shop_name": "Lantern & Loom"})
    api.call(running.url, "/v1/agents", api.set_up(running.url, running.setup_secret), BEN)
    shop = Shop(running, browser)
    anna, ben = console(shop), console(shop, "Ben")
    anna.page.mouse.click(900, 60)  # a page may sound only after a gesture
    maria = writes(shop, "Maria")
    anna.take("Maria")
    expect(anna.names("mine")).to_have_text(["Maria"])
    anna.page.evaluate(NOTES)

    def writes_again(text: str, waited: int) -> None:
        """As if the first message had been sent so many seconds ago."""
        uid, since = str(anna.row("Maria").get_attribute("data-uid")), int((time.time() - waited) * 1000)
        holder = api.call(running.url, f"/v1/visitors/{uid}", token)["holder"]["uid"]
        store.command("HSET", Keys().conversation(uid).meta, "state", f"held|{since}|{holder}|1|1")
        say(maria, text)
        expect(anna.line("Maria")).to_have_text(text, timeout=PATIENCE_MS)

    token = api.log_in(running.url, "Anna", api.PASSWORD)
    writes_again("Hello?", AMBER)
    for page in (anna, ben):
        expect(page.row("Maria")).to_have_attribute("data-urgency", "amber")
    anna.page.wait_for_function("() => window.notes > 0")
    expect(anna.page.locator(".case-owed")).to_have_text("Unanswered for 1 min")
    anna.note()
    say(anna.page, "I have to ask.")
    expect(anna.page.locator(".bubble-row[data-note] time")).to_have_count(1, timeout=PATIENCE_MS)
    anna.press("Reply")
    writes_again("Are you there?", RED)
    for page in (anna, ben):
        expect(page.row("Maria")).to_have_attribute("data-urgency", "red")
    expect(count(anna)).to_have_text("1")
    expect(anna.page).to_have_title("(1) Lantern & Loom · Console")
    expect(count(ben)).to_have_count(0)

    anna.page.reload()
    expect(count(anna)).to_have_text("1", timeout=PATIENCE_MS)
    say(anna.page, "It is here.")
    expect(count(anna)).to_have_count(0, timeout=PATIENCE_MS)
    for page in (anna, ben):
        expect(page.row("Maria")).to_have_attribute("data-urgency", "", timeout=PATIENCE_MS)
    expect(anna.page).to_have_title("Lantern & Loom · Console")
    shop.close()


def test_of_ours_who_is_owed_an_answer_longest_is_first(shop: Shop) -> None:
    anna = console(shop)
    for name in ("Maria", "Otto", "Zoe"):
        writes(shop, name)
        anna.take(name)
    expect(anna.names("mine")).to_have_text(["Maria", "Otto", "Zoe"])
    anna.open("Maria")
    say(anna.page, "It is here.")
    anna.page.mouse.move(900, 400)  # nothing moves beneath a pointer
    expect(anna.names("mine")).to_have_text(["Otto", "Zoe", "Maria"], timeout=PATIENCE_MS)


def test_who_was_answered_and_taken_again_is_owed_nothing(shop: Shop) -> None:
    anna, ben = console(shop), console(shop, "Ben")
    writes(shop, "Maria")
    anna.take("Maria")
    say(anna.page, "It is here.")
    anna.press("More actions")
    anna.press("Put back in the queue")
    ben.take("Maria")
    expect(ben.names("mine")).to_have_text(["Maria"])
    expect(count(ben)).to_have_count(0)


def test_thirty_of_ours_leave_room_for_who_waits(shop: Shop, crowd: Callable[[str], str]) -> None:
    token = api.log_in(shop.url, "Anna", api.PASSWORD)
    for n in range(OURS):
        api.call(shop.url, f"/v1/conversations/{crowd(f'Ours {n}')}/claim", token, {})
    for n in range(WAITING):
        crowd(f"Waiting {n}")
    anna = console(shop)
    expect(anna.names("waiting")).to_have_count(WAITING, timeout=PATIENCE_MS)
    for name in ("Ours 0", "Ours 4", "Waiting 0", "Waiting 1", "Waiting 2"):
        expect(anna.row(name)).to_be_in_viewport(ratio=1)
    more = anna.page.locator(".visitors-more")
    expect(more).to_have_text("25 more of yours25 unanswered")
    for n in range(6):  # whoever is up is painted
        anna.page.keyboard.press("j")
        expect(anna.name).to_have_text(f"Ours {n}")
    expect(anna.row("Ours 5")).to_have_count(1)
    anna.page.keyboard.press("k")
    expect(anna.name).to_have_text("Ours 4")
    anna.press("Resolve")  # their row goes to the end of the list, and takes nobody's eyes along
    expect(anna.page.locator(".claim-next")).to_be_focused(timeout=PATIENCE_MS)
    expect(anna.row("Ours 0")).to_be_in_viewport(ratio=1)
    expect(anna.names("mine")).to_have_count(5)
    more.click()
    expect(anna.names("mine")).to_have_count(OURS - 1)
    expect(more).to_have_text("Show fewer of yours")
