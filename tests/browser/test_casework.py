"""What Anna and Ben work with while Maria, Otto and 王小明 write: notes, tags, snoozing, blocking, views, palette."""

import re

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.conftest import OwnShop, Shop, bubbles, hand_over, say, writes
from tests.browser.console import PATIENCE_MS, Console
from tests.clients import api
from tests.clients.customers import Key

MARIA, OTTO, WANG = "Maria", "Otto", "王小明"


@pytest.fixture
def shop(own_shop: OwnShop) -> Shop:
    return own_shop("Anna", "Ben")


@pytest.fixture
def anna(shop: Shop) -> Console:
    return Console(shop.agent())


@pytest.fixture
def ben(shop: Shop) -> Console:
    return Console(shop.agent("Ben"))


def menu(console: Console, name: str) -> None:
    """An entry of the conversation's menu."""
    console.press("More actions")
    console.page.locator(".case-menu").get_by_role("button", name=name).click()


def view(console: Console, name: str) -> None:
    """A view of the list."""
    console.page.locator(".views").get_by_role("button", name=name).click()


def palette(console: Console) -> Locator:
    return console.page.get_by_role("combobox", name="Type an action")


def noted(console: Console) -> Locator:
    return console.page.locator(".bubble-row[data-note] .bubble > p")


def tag(console: Console, label: str) -> None:
    console.page.get_by_label("Add a tag").fill(label)
    console.page.get_by_label("Add a tag").press("Enter")
    expect(console.page.locator(".tags-list").get_by_text(label, exact=True)).to_be_visible(timeout=PATIENCE_MS)


def test_a_note_is_for_the_team_alone_and_needs_no_claim(shop: Shop, anna: Console, ben: Console) -> None:
    maria = writes(shop, MARIA, "My parcel is broken!")
    anna.take(MARIA)
    ben.open(MARIA)
    ben.note()
    say(ben.page, "She called this morning as well.")
    expect(noted(anna)).to_have_text("She called this morning as well.", timeout=PATIENCE_MS)
    expect(noted(ben)).to_have_text("She called this morning as well.")
    expect(ben.page.locator(".bubble-row[data-note] .bubble-who")).to_have_text("Private note · Ben")
    say(anna.page, "I am sorry. We send a new one.")
    expect(maria.locator(".bubble").get_by_text("We send a new one.")).to_be_visible(timeout=PATIENCE_MS)
    assert bubbles(maria) == ["My parcel is broken!", "I am sorry. We send a new one."]
    assert "morning" not in maria.content()
    for page in (maria, anna.page):
        page.reload()
    expect(noted(anna)).to_have_text("She called this morning as well.", timeout=PATIENCE_MS)
    expect(maria.locator(".bubble > p")).to_have_count(2)


def test_a_note_written_without_a_connection_arrives_once(shop: Shop, anna: Console) -> None:
    writes(shop, OTTO)
    anna.take(OTTO)
    anna.note()
    anna.page.context.set_offline(True)
    anna.page.evaluate("dispatchEvent(new Event('online'))")
    say(anna.page, "written in the cellar")
    expect(anna.page.locator(".bubble[data-pending]")).to_have_count(1)
    anna.page.context.set_offline(False)
    expect(anna.page.locator(".bubble[data-pending]")).to_have_count(0)
    anna.page.reload()
    expect(noted(anna)).to_have_text(["written in the cellar"], timeout=PATIENCE_MS)


def canned(console: Console, shortcut: str, text: str) -> None:
    """A reply of the agent's own."""
    answer = console.page.evaluate(
        """(reply) => fetch("/v1/replies?as=agent", {
             method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(reply),
           }).then((answer) => answer.status)""",
        {"shortcut": shortcut, "text": text, "shared": False},
    )
    assert answer == 200


def test_a_slash_puts_in_a_canned_reply(shop: Shop, anna: Console, ben: Console) -> None:
    maria = writes(shop, MARIA)
    canned(anna, "hi", "Hello {name}, this is {agent}. What can I do for you?")
    canned(anna, "ship", "We ship within two days.")
    anna.take(MARIA)
    options = anna.page.get_by_role("option")
    anna.composer.press_sequentially("/")
    expect(options).to_have_count(2, timeout=PATIENCE_MS)
    anna.composer.press_sequentially("sh")
    expect(options).to_have_text([re.compile("/ship")])
    anna.page.keyboard.press("Escape")
    expect(options).to_have_count(0)
    expect(anna.composer).to_have_value("/sh")  # which closed the menu and nothing else
    anna.composer.fill("")
    anna.composer.press_sequentially("/h")
    expect(options.first).to_have_text(re.compile("^/hi"))  # what begins so stands before what has it inside
    anna.page.keyboard.press("Enter")
    expect(anna.composer).to_have_value("Hello Maria, this is Anna. What can I do for you?")
    assert bubbles(maria) == ["Hello?"]
    anna.composer.press_sequentially(" /sh")
    options.first.click()
    expect(anna.composer).to_have_value("Hello Maria, this is Anna. What can I do for you? We ship within two days.")
    anna.page.keyboard.press("Enter")
    expect(maria.locator(".bubble").get_by_text("two days")).to_be_visible(timeout=PATIENCE_MS)
    ben.open(MARIA)
    ben.note()
    ben.composer.press_sequentially("/")
    expect(ben.page.get_by_role("option")).to_have_count(0)  # Anna's are Anna's, and a note is no answer


def test_tags_are_seen_by_all_and_make_views(shop: Shop, anna: Console, ben: Console) -> None:
    writes(shop, MARIA)
    writes(shop, WANG)
    anna.open(WANG)
    tag(anna, "退货")
    expect(ben.row(WANG).locator(".tag")).to_have_text("退货", timeout=PATIENCE_MS)
    ben.page.locator("select.view").select_option("退货")
    expect(ben.row(MARIA)).to_have_count(0)
    expect(ben.names("waiting")).to_have_text([WANG])
    anna.press("Remove the tag 退货")
    expect(ben.page.locator(".visitors-empty")).to_contain_text("Nobody in this view", timeout=PATIENCE_MS)
    ben.press("Show everybody")
    expect(ben.row(MARIA)).to_be_visible()
    anna.take(MARIA)
    view(anna, "Mine")
    expect(anna.page.locator(".visitor-row-name")).to_have_text([MARIA])
    view(anna, "Waiting")
    expect(anna.row(MARIA)).to_have_count(0)
    expect(anna.row(WANG)).to_be_visible()
    view(anna, "All")


def test_snoozed_comes_back_when_the_visitor_writes(shop: Shop, anna: Console, ben: Console) -> None:
    otto = writes(shop, OTTO, "I will think about it")
    anna.take(OTTO)
    menu(anna, "Snooze")
    anna.page.get_by_role("button", name=re.compile("Tomorrow morning")).click()
    expect(ben.names("snoozed")).to_have_text([OTTO], timeout=PATIENCE_MS)
    expect(anna.bar).to_contain_text("Snoozed until")
    expect(otto.locator(".head-line")).not_to_contain_text("Anna", timeout=PATIENCE_MS)
    say(otto, "I take two of them")
    expect(ben.names("waiting")).to_contain_text([OTTO], timeout=PATIENCE_MS)
    expect(ben.names("snoozed")).to_have_count(0)


def test_a_time_that_is_over_is_no_time_to_snooze_until(shop: Shop, anna: Console) -> None:
    writes(shop, OTTO)
    anna.take(OTTO)
    anna.page.keyboard.press("Escape")
    expect(anna.composer).not_to_be_focused()
    anna.page.keyboard.press("s")
    anna.page.get_by_label("Another time").fill("2020-01-01T09:00")
    expect(anna.page.locator("#snooze-trouble")).to_have_text("Please choose a time in the next 90 days.")
    expect(anna.page.locator(".snooze-own .button-main")).to_have_attribute("aria-disabled", "true")
    anna.press("Cancel")
    expect(anna.row(OTTO).locator("xpath=ancestor::section")).to_have_attribute("data-group", "mine")


def test_resolved_is_reopened_by_either_side(shop: Shop, anna: Console) -> None:
    maria = writes(shop, MARIA)
    anna.take(MARIA)
    anna.press("Resolve")
    expect(anna.bar).to_contain_text("resolved", timeout=PATIENCE_MS)
    anna.press("Reopen and take it")
    say(anna.page, "One more thing.")
    expect(maria.locator(".bubble").get_by_text("One more thing.")).to_be_visible(timeout=PATIENCE_MS)
    anna.press("Resolve")
    expect(anna.bar).to_contain_text("resolved", timeout=PATIENCE_MS)
    say(maria, "Yes?")
    expect(anna.names("waiting")).to_contain_text([MARIA], timeout=PATIENCE_MS)


def test_a_conversation_is_handed_over_with_a_note(shop: Shop, anna: Console, ben: Console) -> None:
    wang = writes(shop, WANG, "有货吗？")
    anna.take(WANG)
    menu(anna, "Hand over")
    anna.page.get_by_label("A note for them").fill("He reads English, too.")
    hand_over(anna.page, "Ben")
    expect(ben.row(WANG)).to_contain_text("from Anna", timeout=PATIENCE_MS)
    ben.open(WANG)
    expect(ben.page.locator(".thread-aside")).to_have_text("He reads English, too.", timeout=PATIENCE_MS)
    expect(wang.locator(".head-line")).to_contain_text("Ben is here", timeout=PATIENCE_MS)
    assert "He reads" not in wang.content()


def test_a_blocked_visitor_is_heard_no_more_until_unblocked(shop: Shop, anna: Console, ben: Console) -> None:
    otto = writes(shop, OTTO, "BUY MY STUFF")
    anna.open(OTTO)
    menu(anna, "Block visitor")
    anna.page.locator(".dialog-block").get_by_role("button", name="Block visitor").click()
    expect(anna.bar).to_contain_text("is blocked", timeout=PATIENCE_MS)
    expect(ben.row(OTTO)).to_have_count(0, timeout=PATIENCE_MS)
    say(otto, "and another thing")
    expect(otto.locator(".bubble[data-pending=failed]")).to_contain_text("cannot write here", timeout=PATIENCE_MS)
    anna.press("Unblock visitor")
    expect(anna.bar).to_contain_text("resolved", timeout=PATIENCE_MS)
    otto.get_by_role("button", name="Retry").click()
    expect(ben.names("waiting")).to_contain_text([OTTO], timeout=PATIENCE_MS)


def test_away_is_told_to_colleagues_and_visitors(shop: Shop, anna: Console, ben: Console) -> None:
    for console in (anna, ben):
        console.page.locator(".rail-account").click()
        console.page.get_by_role("switch", name="Taking conversations").click()
        expect(console.page.locator(".rail-account")).to_have_attribute("data-away", "", timeout=PATIENCE_MS)
        console.page.keyboard.press("Escape")
    maria = shop.visitor(MARIA)
    expect(maria.locator(".head-line")).to_contain_text("Nobody is here right now", timeout=PATIENCE_MS)
    say(maria, "I can wait")
    anna.take(MARIA)  # away is no lock
    menu(anna, "Hand over")
    expect(anna.page.locator(".colleague")).to_contain_text("away")
    anna.page.keyboard.press("Escape")
    expect(anna.page.locator(".dialog")).to_have_count(0)  # a window that is still there has the keyboard to itself
    for console in (anna, ben):
        console.page.keyboard.press("Control+k")
        palette(console).fill("take conversations again")
        console.page.keyboard.press("Enter")
        expect(console.page.locator(".rail-account")).not_to_have_attribute("data-away", "", timeout=PATIENCE_MS)


def test_the_palette_does_what_it_says_and_finds_people(shop: Shop, anna: Console) -> None:
    writes(shop, MARIA)
    writes(shop, OTTO)
    anna.open(OTTO)
    anna.page.keyboard.press("Control+k")
    expect(palette(anna)).to_be_focused()
    anna.page.keyboard.type("mari")
    anna.page.keyboard.press("Enter")
    expect(anna.name).to_have_text(MARIA, timeout=PATIENCE_MS)
    anna.page.keyboard.press("Control+k")
    expect(palette(anna)).to_be_focused()
    anna.page.keyboard.type("no such thing")
    expect(anna.page.locator(".dialog-palette")).to_contain_text("Nothing fits")
    anna.page.keyboard.press("Escape")
    expect(anna.page.locator(".dialog")).to_have_count(0)
    anna.page.keyboard.press("Control+k")
    expect(palette(anna)).to_be_focused()
    anna.page.keyboard.press("ArrowDown")
    chosen = anna.page.locator(".palette [aria-selected=true]")
    expect(chosen).to_have_count(1)
    expect(palette(anna)).to_have_attribute("aria-activedescendant", "palette-1")
    anna.page.keyboard.press("Escape")


def test_who_is_long_gone_is_found_and_read(shop: Shop, anna: Console) -> None:
    vera = writes(shop, "Vera", "Until next year!")
    anna.take("Vera")
    tag(anna, "wholesale")
    anna.press("Resolve")
    vera.context.close()
    shop.contexts.remove(vera.context)
    anna.page.locator(".rail-button[data-icon=search]").click()
    expect(anna.page).to_have_url(re.compile("#/find$"))
    anna.page.locator(".find-tag select").select_option("wholesale")
    expect(anna.page.locator(".everybody-row")).to_have_count(1, timeout=PATIENCE_MS)
    anna.page.locator(".everybody-row").click()
    expect(anna.name).to_have_text("Vera", timeout=PATIENCE_MS)
    expect(anna.bubbles).to_have_text(["Until next year!"])
    anna.page.reload()  # the address alone leads there
    expect(anna.name).to_have_text("Vera", timeout=PATIENCE_MS)


def test_who_lost_the_cookie_is_let_back_in_once(shop: Shop, anna: Console) -> None:
    maria = writes(shop, MARIA, "My order is 1182")
    anna.take(MARIA)
    maria.context.clear_cookies()
    maria.close()
    menu(anna, "Let back in")
    anna.press("Make a link")
    link = anna.page.get_by_label("Link for the visitor").input_value()
    again = shop.open("/")
    expect(again.locator("#entered-name")).to_be_visible(timeout=PATIENCE_MS)
    again.goto(link)
    expect(again.locator(".bubble > p")).to_have_text(["My order is 1182"], timeout=PATIENCE_MS)
    assert "link" not in again.url
    stranger = shop.open(link.removeprefix(shop.url))
    expect(stranger.locator(".before-note")).to_contain_text("no longer leads here", timeout=PATIENCE_MS)
    again.context.close()
    shop.contexts.remove(again.context)
    expect(anna.row(MARIA).locator("[data-online]")).to_have_count(0, timeout=PATIENCE_MS)
    anna.press("Free the name")
    expect(anna.notice).to_contain_text("is free", timeout=PATIENCE_MS)
    stranger.fill("#entered-name", MARIA)
    say(stranger, "I am new here")
    expect(anna.page.locator(".visitor-row-name", has_text=re.compile(f"^{MARIA}$"))).to_have_count(2)
    expect(stranger.locator(".bubble > p")).to_have_text(["I am new here"])
    # Of whom the shop says who they are it is for the shop to say so again.
    token = api.log_in(shop.url, "Anna", api.PASSWORD)
    said = Key.made(shop.url, token).sign("lin", name="Lin")
    word = {"identity": said, "id": "lin-writes-for-the-first-time"}
    lin = api.call(shop.url, "/login/widget", body=word)
    anna.page.evaluate("uid => { location.hash = uid }", lin["uid"])
    expect(anna.name).to_have_text("Lin", timeout=PATIENCE_MS)
    menu(anna, "Let back in")
    expect(anna.page.get_by_role("dialog")).to_contain_text("by logging in there")
    expect(anna.page.get_by_role("dialog").get_by_role("button")).to_have_count(1)


def test_a_busy_saturday(shop: Shop, anna: Console, ben: Console) -> None:
    """Three visitors at once, one of them on a phone; everything the two agents do, the other sees as it happens."""
    phone = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}
    maria, otto = writes(shop, MARIA, "Do you ship to Norway?"), writes(shop, OTTO, "Where is order 1182?")
    wang = shop.visitor(WANG, locale="zh-CN", **phone)
    say(wang, "请问有货吗？")
    expect(anna.names("waiting")).to_have_text([MARIA, OTTO, WANG], timeout=PATIENCE_MS)

    anna.page.locator(".visitors h2").click()
    anna.page.keyboard.press("c")  # whoever has waited longest
    expect(anna.composer).to_be_focused(timeout=PATIENCE_MS)
    say(anna.page, "Yes, in four days.")
    ben.take(OTTO)
    anna.take(WANG)
    say(anna.page, "有的，还有三个。")
    say(ben.page, "It left our house this morning.")
    for page, text in ((maria, "in four days"), (otto, "this morning"), (wang, "还有三个")):
        expect(page.locator(".bubble").get_by_text(text)).to_be_visible(timeout=PATIENCE_MS)

    # written in one conversation while the other one answers: the draft stays where it was begun
    anna.composer.fill("half a sentence")
    say(maria, "And to Svalbard?")
    expect(anna.unread(MARIA)).to_contain_text("1", timeout=PATIENCE_MS)
    anna.open(MARIA)
    expect(anna.composer).to_have_value("")
    expect(anna.line(WANG)).to_contain_text("half a sentence")
    anna.note()
    say(anna.page, "Ask Ben about Svalbard.")
    menu(anna, "Hand over")
    anna.page.get_by_label("A note for them").fill("You know Svalbard.")
    hand_over(anna.page, "Ben")
    expect(ben.row(MARIA)).to_contain_text("from Anna", timeout=PATIENCE_MS)
    ben.open(MARIA)
    expect(noted(ben)).to_have_text("Ask Ben about Svalbard.", timeout=PATIENCE_MS)
    say(ben.page, "By ship, in two weeks.")
    ben.press("Resolve")
    ben.open(OTTO)
    ben.press("Resolve")
    anna.open(WANG)
    expect(anna.composer).to_have_value("half a sentence")
    anna.page.keyboard.press("Control+a")
    say(anna.page, "欢迎下次光临！")
    anna.press("Resolve")
    for console in (anna, ben):
        expect(console.names("waiting")).to_have_count(0, timeout=PATIENCE_MS)
        for group in ("mine", "held"):
            expect(console.names(group)).to_have_count(0, timeout=PATIENCE_MS)
    assert bubbles(maria) == [
        "Do you ship to Norway?",
        "Yes, in four days.",
        "And to Svalbard?",
        "By ship, in two weeks.",
    ]
    assert bubbles(otto) == ["Where is order 1182?", "It left our house this morning."]
    assert bubbles(wang) == ["请问有货吗？", "有的，还有三个。", "欢迎下次光临！"]
