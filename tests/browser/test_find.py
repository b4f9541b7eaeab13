"""Anna looks for what was said, in English and in Chinese, and goes to the message."""

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Shop, say
from tests.browser.console import PATIENCE_MS, Console


@pytest.fixture
def anna(shop: Shop) -> Console:
    return Console(shop.agent())


NOTHING = "No visitor has this name, and no message holds all these words."


def field(console: Console) -> Locator:
    return console.page.get_by_role("searchbox", name="Search visitors and messages")


def hits(console: Console) -> Locator:
    return console.page.locator(".hit")


def find(console: Console) -> None:
    """To the screen, by its key."""
    console.page.locator(".visitors h2").click()
    console.page.keyboard.press("/")
    expect(field(console)).to_be_focused(timeout=PATIENCE_MS)


def stored(page: Page, number: int) -> None:
    expect(page.locator(".tick[data-tick=stored]")).to_have_count(number)


def test_found_as_one_types_and_gone_to(shop: Shop, anna: Console) -> None:
    nora = shop.visitor("Nora")
    say(nora, "The copper kettle leaks at the spout.")
    for n in range(70):
        say(nora, f"and that is remark number {n}")
    stored(nora, 71)
    find(anna)
    field(anna).press_sequentially("KETT")
    expect(hits(anna)).to_have_count(1)  # the index follows within a moment
    expect(hits(anna).locator("mark")).to_have_text("kett")
    field(anna).press_sequentially("le spout")
    expect(hits(anna)).to_have_count(1, timeout=PATIENCE_MS)
    field(anna).press_sequentially(" bicycle")
    expect(anna.page.locator(".find-said")).to_have_text(NOTHING, timeout=PATIENCE_MS)
    field(anna).fill("copper")
    hits(anna).first.click()
    expect(anna.name).to_have_text("Nora", timeout=PATIENCE_MS)
    expect(anna.page.locator(".bubble").get_by_text("The copper kettle")).to_be_in_viewport(timeout=PATIENCE_MS)
    anna.page.go_back()  # the words and what they found are still there
    expect(field(anna)).to_have_value("copper")
    expect(hits(anna)).to_have_count(1, timeout=PATIENCE_MS)


def test_people_are_found_by_their_names_above_what_was_said(shop: Shop, anna: Console) -> None:
    for name in ("Zoë O’Brien", "Zoë O’Brien", "Zoran", "Zoltan", "Zola", "Zora", "Zosia"):
        shop.visitor(name)
    paul = shop.visitor("Paul")
    say(paul, "Zoe recommended you")
    stored(paul, 1)
    find(anna)
    rows = anna.page.locator(".everybody-row")
    field(anna).press_sequentially("zo")
    expect(rows).to_have_count(5)
    anna.press("Show more")
    expect(rows).to_have_count(7, timeout=PATIENCE_MS)
    field(anna).fill("zoe")
    expect(rows).to_have_count(2, timeout=PATIENCE_MS)
    expect(rows.first.locator("mark")).to_have_text("Zoë")
    expect(hits(anna)).to_have_count(1)
    field(anna).fill("zoe o'brien")
    expect(rows).to_have_count(2, timeout=PATIENCE_MS)
    expect(hits(anna)).to_have_count(0, timeout=PATIENCE_MS)
    rows.last.click()
    expect(anna.name).to_contain_text("Zoë O’Brien", timeout=PATIENCE_MS)


def test_chinese_is_found_by_any_two_characters(shop: Shop, anna: Console) -> None:
    li = shop.visitor("李雷")
    say(li, "请问这个铜壶什么时候有货？")
    stored(li, 1)
    find(anna)
    field(anna).fill("铜壶")
    expect(hits(anna).locator("mark")).to_have_text("铜壶")
    field(anna).fill("时候有")
    expect(hits(anna)).to_have_count(1, timeout=PATIENCE_MS)
    field(anna).fill("茶壶")
    expect(hits(anna)).to_have_count(0, timeout=PATIENCE_MS)


def test_a_note_is_found_by_agents(shop: Shop, anna: Console) -> None:
    olaf = shop.visitor("Olaf")
    say(olaf, "hello")
    anna.open("Olaf")
    anna.note()
    say(anna.page, "pays by cheque only")
    expect(anna.page.locator(".bubble[data-pending]")).to_have_count(0, timeout=PATIENCE_MS)
    find(anna)
    field(anna).fill("cheque")
    expect(hits(anna)).to_have_count(1)
    expect(hits(anna)).to_contain_text("Private note")


def test_too_short_is_said_in_a_sentence(shop: Shop, anna: Console) -> None:
    find(anna)
    field(anna).fill("a")
    expect(anna.page.locator(".find .trouble")).to_contain_text("at least two characters", timeout=PATIENCE_MS)
    field(anna).fill("")
    expect(anna.page.locator(".find .trouble")).to_have_count(0, timeout=PATIENCE_MS)


def test_what_is_said_meanwhile_joins_what_was_found(shop: Shop, anna: Console) -> None:
    find(anna)
    field(anna).fill("samovar")
    expect(anna.page.locator(".find-said")).to_have_text(NOTHING, timeout=PATIENCE_MS)
    ivan = shop.visitor("Ivan")
    say(ivan, "Do you have a samovar?")
    expect(hits(anna)).to_have_count(1)
