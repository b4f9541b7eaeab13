"""A message quotes another: asked for by mouse, keys and touch, shown from the log, and the way to what it quotes."""

import itertools

from playwright.sync_api import Page, expect

from tests.browser.conftest import OwnShop, Shop, say, take, writes
from tests.browser.screens import PHONE
from tests.clients import api
from tests.clients.sockets import open_chat

FIELD = ".composer textarea"


def quotes(page: Page, n: int) -> list[str]:
    """Whose words the n-th message quotes, and which."""
    bubble = page.locator(".bubble").nth(n)
    expect(bubble.locator("button.quote span")).to_be_visible()
    return bubble.locator("button.quote > *").all_text_contents()


def test_an_answer_quotes_what_it_answers_at_both_ends_and_after_a_reload(shop: Shop) -> None:
    otto = writes(shop, "Otto", "Do you ship to Norway?")
    say(otto, "And to Sweden?")
    anna = shop.agent()
    take(anna, "Otto")
    first = anna.locator(".bubble-row").first
    first.hover()
    first.get_by_role("button", name="Quote").click()
    expect(anna.locator(".quote-tray .quote > *")).to_have_text(["Otto", "Do you ship to Norway?"])
    expect(anna.locator(FIELD)).to_be_focused()
    anna.keyboard.press("Escape")
    expect(anna.locator(".quote-tray")).to_have_count(0)
    first.get_by_role("button", name="Quote").click()
    anna.keyboard.type("Yes, we do.")
    anna.keyboard.press("Enter")
    expect(anna.locator(".quote-tray")).to_have_count(0)
    assert quotes(anna, 2) == ["Otto", "Do you ship to Norway?"]
    assert quotes(otto, 2) == ["You", "Do you ship to Norway?"]
    say(anna, "In four days.")
    expect(otto.locator(".bubble")).to_have_count(4)
    expect(otto.locator(".bubble").nth(3).locator(".quote")).to_have_count(0)  # it goes with one message
    otto.reload()
    assert quotes(otto, 2) == ["You", "Do you ship to Norway?"]

    # by keyboard alone: behind the quote itself one stop for Tab, and the arrows from there
    otto.focus(".thread")
    for _ in range(2):
        otto.keyboard.press("Tab")
    for _ in range(2):
        otto.keyboard.press("ArrowUp")
    otto.keyboard.press("Enter")
    expect(otto.locator(".quote-tray .quote > *")).to_have_text(["You", "And to Sweden?"])
    expect(otto.locator(FIELD)).to_have_accessible_description("You And to Sweden?")
    otto.get_by_role("button", name="Do not quote it").click()
    expect(otto.locator(".quote-tray")).to_have_count(0)
    expect(otto.locator(FIELD)).to_be_focused()


def test_a_touch_shows_what_quotes_a_message(shop: Shop) -> None:
    page = writes(shop, "Tove", "Hello?")
    state = page.context.storage_state()
    phone = shop.open("/", storage_state=state, **PHONE)
    button = phone.get_by_role("button", name="Quote")
    expect(button).to_have_count(0)
    phone.tap(".bubble > p")
    expect(button).to_have_css("opacity", "1")
    button.tap()
    expect(phone.locator(".quote-tray .quote > *")).to_have_text(["You", "Hello?"])
    say(phone, "Anybody?")
    assert quotes(phone, 1) == ["You", "Hello?"]


def test_a_quote_is_read_from_the_log_leads_there_and_shows_nothing_that_is_private(own_shop: OwnShop) -> None:
    """A page of history is 50 entries; what is quoted above it is asked for alone."""
    shop = own_shop("Anna", limits={"burst": 100})
    token, _ = api.login(shop.url, "Rosa")
    rosa = open_chat(shop.url, token)
    count = itertools.count(1)

    def writes(content: str, **more: int) -> int:
        """The seq of what Rosa has written."""
        name = f"t.{next(count)}"
        rosa.tell(type="send", id=name, content=content, **more)
        return int(rosa.hear(type="ack", id=name)["seq"])

    monday = writes("The kettle of Monday is broken.")
    for n in range(59):
        writes(f"Line {n}")
    writes("That one.", reply_to=monday)
    anna = shop.agent()
    take(anna, "Rosa")
    assert quotes(anna, -1) == ["Rosa", "The kettle of Monday is broken."]
    above = anna.locator(f".bubble-row[data-seq='{monday}']")
    expect(above).to_have_count(0)
    anna.locator("button.quote").click()
    expect(above).to_be_in_viewport()

    anna.get_by_role("button", name="Private note", exact=True).click()
    say(anna, "Hers is a good customer.")
    note = anna.locator(".bubble-row[data-note]", has=anna.locator("time"))
    expect(note).to_have_count(1)
    anna.get_by_role("button", name="Reply", exact=True).click()
    note.hover()
    note.get_by_role("button", name="Quote").click()
    expect(anna.locator(".composer")).to_have_attribute("data-tone", "note")  # a note is answered among agents alone
    writes("What was that?", reply_to=int(note.get_attribute("data-seq") or 0))
    assert quotes(anna, -1) == ["You", "Hers is a good customer."]
    page = shop.browse()
    page.add_cookies([{"name": "chatadmin_visitor", "value": token, "url": shop.url}])
    hers = shop.watch(page.new_page())
    hers.goto(shop.url)
    assert quotes(hers, -2) == ["You", "The kettle of Monday is broken."]
    expect(hers.locator(".bubble").last.locator(".quote")).to_have_count(0)
    rosa.close()
