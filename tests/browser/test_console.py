"""Anna, Ben and Clara, who is an administrator, answer visitors from the console."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Route, expect

from tests.browser.conftest import OwnShop, Shop, hand_over, say, writes
from tests.browser.console import NOTES, PATIENCE_MS, Console
from tests.running import Chatadmin

Start = Callable[..., Chatadmin]


@pytest.fixture
def shop(own_shop: OwnShop) -> Shop:
    return own_shop("Clara", "Anna", "Ben", shop_name="Lantern & Loom")


def console(shop: Shop, name: str) -> Console:
    return Console(shop.agent(name))


def test_a_visitor_comes_writes_is_taken_and_answered(shop: Shop) -> None:
    anna = console(shop, "Anna")
    expect(anna.page.locator(".visitors-empty")).to_be_visible()
    mara = shop.visitor("Mara")
    expect(anna.names("here")).to_have_text(["Mara"], timeout=PATIENCE_MS)
    say(mara, "Is the lamp in stock?")
    expect(anna.names("waiting")).to_have_text(["Mara"], timeout=PATIENCE_MS)
    expect(anna.line("Mara")).to_have_text("Is the lamp in stock?")
    expect(anna.unread("Mara")).to_contain_text("1")
    expect(anna.page).to_have_title("(1) Lantern & Loom · Console")

    anna.take("Mara")
    expect(anna.unread("Mara")).to_have_count(0)
    say(anna.page, "Yes, two left.")
    expect(mara.locator(".bubble > p").last).to_have_text("Yes, two left.", timeout=PATIENCE_MS)
    expect(anna.page.locator(".tick[data-tick=read]")).to_have_count(1, timeout=PATIENCE_MS)
    expect(anna.line("Mara")).to_have_text("You: Yes, two left.")
    mara.locator(".composer textarea").press_sequentially("Thank you very much indeed", delay=130)
    expect(anna.page.locator(".thread-typing")).to_be_visible(timeout=PATIENCE_MS)


def test_a_row_says_who_is_writing_to_eyes_alone_and_until_it_has_come(shop: Shop) -> None:
    anna, ben = console(shop, "Anna"), console(shop, "Ben")
    mara = writes(shop, "Mara", "Is the lamp in stock?")
    anna.take("Mara")
    row, writing = ben.row("Mara"), ben.row("Mara").locator(".visitor-row-writing")
    anna.composer.press_sequentially("Both")
    expect(writing).to_have_text("Anna is writing…")
    expect(anna.row("Mara").locator(".visitor-row-writing")).to_have_count(0)
    expect(writing).to_have_count(0)  # nothing is sent, and nothing comes to say so
    mara.locator(".composer textarea").press_sequentially("Or ")
    expect(writing).to_have_text("is writing…")
    heard = row.aria_snapshot()  # at once: in a moment nobody writes
    assert "Is the lamp in stock?" in heard
    assert "writing" not in heard
    say(mara, "Or the shade?")
    expect(ben.line("Mara")).to_have_text("Or the shade?")


def test_the_loser_of_a_race_reads_who_won(shop: Shop) -> None:
    anna, ben = console(shop, "Anna"), console(shop, "Ben")
    writes(shop, "Deniz")
    ben.open("Deniz")
    late: list[Route] = []
    ben.page.route("**/claim?*", lambda route: late.append(route))
    ben.press("Take this conversation")
    anna.take("Deniz")
    late.pop().continue_()
    expect(ben.notice).to_contain_text("Anna is already talking", timeout=PATIENCE_MS)
    expect(ben.bar).to_have_text("Anna is talking to Deniz.")
    expect(ben.composer).to_have_count(0)


def test_handing_over_and_taking_over(shop: Shop) -> None:
    anna, ben, clara = console(shop, "Anna"), console(shop, "Ben"), console(shop, "Clara")
    writes(shop, "Mara")
    anna.take("Mara")
    anna.press("More actions")
    anna.press("Hand over")
    hand_over(anna.page, "Ben")
    expect(anna.bar).to_have_text("Ben is talking to Mara.", timeout=PATIENCE_MS)
    expect(anna.page.get_by_role("button", name="Take over from Ben")).to_have_count(0)

    ben.open("Mara")
    ben.composer.fill("half a thought")
    clara.open("Mara")
    clara.press("Take over from Ben")
    clara.press("Yes, take over")
    expect(clara.composer).to_be_focused(timeout=PATIENCE_MS)
    expect(ben.notice).to_contain_text("Clara has the conversation with Mara now", timeout=PATIENCE_MS)
    expect(ben.row("Mara").locator(".visitor-row-holder")).to_have_text("Clara")
    clara.press("More actions")
    clara.press("Put back in the queue")
    ben.press("Take this conversation")
    expect(ben.composer).to_have_value("half a thought", timeout=PATIENCE_MS)


def test_several_conversations_each_with_its_draft(shop: Shop) -> None:
    anna = console(shop, "Anna")
    mara = writes(shop, "Mara", "one")
    writes(shop, "Deniz", "two")
    anna.take("Mara")
    anna.composer.fill("for Mara")
    anna.take("Deniz")
    expect(anna.composer).to_have_value("")
    expect(anna.line("Mara")).to_have_text("Draft: for Mara")
    say(mara, "are you there?")
    expect(anna.unread("Mara")).to_contain_text("1", timeout=PATIENCE_MS)
    anna.open("Mara")
    expect(anna.composer).to_have_value("for Mara")
    expect(anna.bubbles.last).to_have_text("are you there?")
    expect(anna.unread("Mara")).to_have_count(0)


def test_keys_do_the_work_and_rest_inside_a_field(shop: Shop) -> None:
    anna = console(shop, "Anna")
    writes(shop, "Mara", "I came first")
    writes(shop, "Deniz", "I came second")
    expect(anna.names("waiting")).to_have_text(["Mara", "Deniz"], timeout=PATIENCE_MS)
    keyboard = anna.page.keyboard
    keyboard.press("c")
    expect(anna.composer).to_be_focused(timeout=PATIENCE_MS)
    expect(anna.name).to_have_text("Mara")
    keyboard.type("cejkr?")
    expect(anna.composer).to_have_value("cejkr?")
    expect(anna.names("mine")).to_have_text(["Mara"])
    keyboard.press("Alt+j")
    expect(anna.name).to_have_text("Deniz")
    keyboard.press("Escape")
    keyboard.press("k")
    expect(anna.name).to_have_text("Mara")
    keyboard.press("Shift+Slash")
    expect(anna.page.locator("dialog")).to_be_visible()
    keyboard.press("Escape")
    expect(anna.page.locator("dialog")).to_have_count(0)
    keyboard.press("e")
    expect(anna.bar).to_contain_text("resolved", timeout=PATIENCE_MS)


def test_nothing_moves_beneath_the_pointer(shop: Shop) -> None:
    anna = console(shop, "Anna")
    deniz = shop.visitor("Deniz")
    shop.visitor("Mara")
    expect(anna.names("here")).to_have_text(["Mara", "Deniz"], timeout=PATIENCE_MS)
    before = anna.row("Mara").bounding_box()
    anna.point_at("Mara")
    say(deniz, "Hello?")
    shop.visitor("Aiko")
    expect(anna.names("fresh")).to_have_text(["Aiko"], timeout=PATIENCE_MS)
    expect(anna.line("Deniz")).to_have_text("Hello?")
    assert anna.row("Mara").bounding_box() == before
    anna.point_away()
    expect(anna.names("waiting")).to_have_text(["Deniz"])
    expect(anna.names("here")).to_have_text(["Aiko", "Mara"])


def test_two_pages_of_a_browser_share_one_stream_and_agree(shop: Shop) -> None:
    first = console(shop, "Anna")
    mara = writes(shop, "Mara")
    first.take("Mara")
    asked: list[str] = []
    first.page.context.on("request", lambda request: asked.append(request.url))
    second = first.another_page()
    expect(second.row("Mara").locator(".visitor-row-holder")).to_have_text("You", timeout=PATIENCE_MS)
    assert not any("/v1/stream" in url for url in asked)
    second.open("Mara")
    say(second.page, "from the second page")
    expect(first.bubbles.last).to_have_text("from the second page", timeout=PATIENCE_MS)

    first.page.close()
    say(mara, "and now?")
    expect(second.line("Mara")).to_have_text("and now?", timeout=PATIENCE_MS)
    assert any("/v1/stream" in url for url in asked)


def test_logging_out_leaves_on_every_page(shop: Shop) -> None:
    first = console(shop, "Anna")
    second = first.another_page()
    second.press("Anna, your account")
    second.press("Log out")
    for page in (first.page, second.page):
        expect(page.locator("#login-name")).to_be_focused(timeout=PATIENCE_MS)


def test_a_restart_loses_nothing_and_needs_no_reload(shop: Shop, start_chatadmin: Start) -> None:
    anna = console(shop, "Anna")
    mara = writes(shop, "Mara")
    anna.take("Mara")
    shop.running.stop()
    expect(anna.page.locator(".banner p")).to_be_visible()
    expect(anna.page.locator(".case-resolve")).to_have_attribute("aria-disabled", "true")
    say(anna.page, "written while away")
    expect(anna.page.locator(".bubble[data-pending]")).to_have_count(1)

    start_chatadmin(data_dir=shop.running.data_dir, server=f"127.0.0.1:{shop.running.port}")
    expect(anna.page.locator(".banner p")).to_have_count(0)
    expect(anna.page.locator(".bubble[data-pending]")).to_have_count(0, timeout=PATIENCE_MS)
    expect(mara.locator(".bubble > p")).to_have_text(["Hello?", "written while away"])
    say(mara, "I saw it")
    expect(anna.bubbles).to_have_text(["Hello?", "written while away", "I saw it"], timeout=PATIENCE_MS)
    expect(anna.line("Mara")).to_have_text("I saw it", timeout=PATIENCE_MS)


def test_what_people_write_stays_text(shop: Shop) -> None:
    anna = console(shop, "Anna")
    alarms: list[str] = []
    anna.page.on("dialog", lambda dialog: alarms.append(dialog.message))
    nasty = "<img src=x onerror=alert(1)><script>alert(2)</script>"
    writes(shop, "<b>Mallory</b>", nasty)
    anna.take("<b>Mallory</b>")
    expect(anna.bubbles.last).to_have_text(nasty)
    expect(anna.line("<b>Mallory</b>")).to_have_text(nasty)
    expect(anna.page.locator("#app :is(b, img, script)")).to_have_count(0)
    assert alarms == []


def test_one_page_makes_the_noise(shop: Shop) -> None:
    first = console(shop, "Anna")
    second = first.another_page()
    for page in (first.page, second.page):
        page.mouse.click(900, 60)  # a page may sound only after a gesture
        page.evaluate(NOTES)
    writes(shop, "Mara")
    for agent in (first, second):
        expect(agent.names("waiting")).to_have_text(["Mara"], timeout=PATIENCE_MS)
    first.page.wait_for_function("() => window.notes > 0")
    assert first.page.evaluate("window.notes") == 2  # two notes, once
    assert second.page.evaluate("window.notes") == 0


def test_a_phone_shows_one_pane_at_a_time_in_chinese(shop: Shop) -> None:
    writes(shop, "Mara", "W" * 4000)
    anna = Console(shop.agent("Anna", viewport={"width": 390, "height": 844}, locale="zh-CN"))
    expect(anna.page.locator(".case")).to_be_hidden()
    anna.open("Mara")
    expect(anna.page.locator(".visitors")).to_be_hidden()
    expect(anna.page.get_by_role("button", name="接待此对话")).to_be_visible()
    assert anna.page.evaluate("document.documentElement.scrollWidth") == 390
    thread = anna.page.locator(".thread").element_handle()
    assert thread is not None
    anna.page.go_back()
    expect(anna.page.locator(".visitors")).to_be_visible()
    expect(anna.page.locator(".case")).to_be_hidden()
    thread.dispatch_event("scroll")  # as a browser may, a frame after it has gone
