"""The visitor's page in the hands of people: reloads, reading back, long texts, leaving, phones."""

import os
import re
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Shop, ask_to_leave, bubbles, row, say, take

FIELD = ".composer textarea"


@contextmanager
def store_asleep(shop: Shop) -> Iterator[None]:
    """The store answers nothing meanwhile, as a machine out of breath."""
    (pid,) = (pid for pid in shop.running.pids() if b"valkey" in Path(f"/proc/{pid}/cmdline").read_bytes())
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


def test_what_is_on_its_way_survives_a_reload_once(shop: Shop) -> None:
    page = shop.visitor("Noor")
    say(page, "first")
    expect(page.locator("[data-tick=stored]")).to_have_count(1)
    with store_asleep(shop):
        say(page, "written")
        say(page, "and one more")
        page.fill(FIELD, "a thought not finished")
        expect(page.locator("[data-tick=sending]")).to_have_count(2)
        page.reload(wait_until="commit")
    expect(page.locator("[data-tick=stored]")).to_have_count(3)
    assert bubbles(page) == ["first", "written", "and one more"]
    expect(page.locator(FIELD)).to_have_value("a thought not finished")


def test_a_press_beside_the_menu_closes_it_where_buttons_take_no_focus(shop: Shop) -> None:
    page = shop.visitor("Sven")
    page.locator(".head-act").evaluate("button => button.click()")  # all that is left of a press in Safari
    menu = page.locator(".menu-items")
    expect(menu).to_be_visible()
    expect(page.locator(FIELD)).to_be_focused()
    page.locator(".menu-item").first.dispatch_event("pointerdown")
    expect(menu).to_be_visible()
    page.mouse.click(640, 500)
    expect(menu).to_have_count(0)


def _fill_the_screen(page: Page, count: int) -> None:
    for n in range(count):
        say(page, f"old line {n}")
    expect(page.locator("[data-tick=sending]")).to_have_count(0)


def test_news_wait_below_for_who_reads_above(shop: Shop) -> None:
    anna, page = shop.agent(), shop.visitor("Reza")
    _fill_the_screen(page, 25)
    take(anna, "Reza")
    expect(page.locator(".head-line")).to_contain_text("Anna is here")
    thread = page.locator(".thread")
    thread.evaluate("box => (box.scrollTop = 0)")
    expect(page.get_by_role("button", name="Latest messages")).to_be_visible()
    say(anna, "are you there?")
    pill = page.get_by_role("button", name="New messages")
    expect(pill).to_be_visible()
    assert thread.evaluate("box => box.scrollTop") == 0
    expect(page).to_have_title(re.compile(r"^\(1\) "))
    expect(anna.locator("[data-tick=read]")).to_have_count(0)
    pill.click()
    expect(page.locator(".thread-new")).to_be_visible()
    expect(anna.locator("[data-tick=read]")).to_have_count(1)
    expect(page).to_have_title("Tea & Kettle")
    say(page, "yes")
    expect(page.locator(".thread-new")).to_have_count(0)


def test_older_history_comes_above_and_the_place_is_kept(shop: Shop) -> None:
    page = shop.visitor("Ada")
    _fill_the_screen(page, 70)
    page.reload()
    expect(page.locator(".bubble").last).to_have_text(re.compile("old line 69"))
    first = page.locator(".bubble").first
    text = first.locator("p").inner_text()
    assert text != "old line 0"
    page.locator(".thread").evaluate("box => (box.scrollTop = 150)")  # pixels: near enough to the top to ask for more
    expect(page.locator(".bubble > p").first).to_have_text("old line 0")
    mark = page.locator(".bubble > p", has_text=re.compile(f"^{text}$"))
    place = mark.evaluate("p => p.getBoundingClientRect().top - p.closest('.thread').getBoundingClientRect().top")
    assert -150 <= place <= 150, f"{text} jumped to {place:.0f} px"
    assert bubbles(page) == [f"old line {n}" for n in range(70)]


def test_a_text_that_is_too_long_stays_in_the_field_and_says_so(shop: Shop) -> None:
    page = shop.visitor("Tolstoy")
    page.fill(FIELD, "x" * 8_003)
    expect(page.locator(".composer-note")).to_have_text("3 characters too many. Please shorten the text.")
    expect(page.get_by_role("button", name="Send")).to_be_disabled()
    page.press(FIELD, "Enter")
    expect(page.locator(".bubble")).to_have_count(0)
    page.fill(FIELD, "x" * 8_000)
    page.press(FIELD, "Enter")
    expect(page.locator("[data-tick=stored]")).to_have_count(1)


def test_leaving_is_asked_twice_and_leaves_nothing_behind(shop: Shop) -> None:
    page = shop.visitor("Lea")
    other = shop.watch(page.context.new_page())
    other.goto(shop.url)
    other.wait_for_selector(FIELD)
    page.bring_to_front()
    ask_to_leave(page)
    expect(page.get_by_role("button", name="Stay")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator(".leave")).to_have_count(0)
    expect(page.locator(".head-act")).to_be_focused()
    ask_to_leave(page)
    page.get_by_role("button", name="Stay").click()
    expect(page.locator(".head-act")).to_be_focused()
    ask_to_leave(page)
    page.locator(".leave .button-alarm").click()
    for tab in (page, other):
        expect(tab.locator(".before-note")).to_contain_text("You have left the chat")
    expect(page.locator(FIELD)).to_be_focused()
    assert page.evaluate("localStorage.length + sessionStorage.length") == 0


@pytest.mark.parametrize("locale", ["en-US", "zh-CN"])
def test_everything_on_a_phone_can_be_hit_and_nothing_zooms(shop: Shop, locale: str) -> None:
    phone = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True, "locale": locale}
    page = shop.open("/", **phone)
    _targets_are_large(page)
    page.fill("#entered-name", f"Pia {locale[:2]}")
    say(page, "hello")
    expect(page.locator("[data-tick=stored]")).to_have_count(1)
    _targets_are_large(page)
    page.tap(".head-act")
    expect(page.locator(".menu-item")).to_have_count(4)
    _targets_are_large(page)
    page.locator(".head .menu-item").last.tap()
    _targets_are_large(page)
    page.locator(".leave .button").first.tap()
    page.fill(FIELD, "\n".join("123456789"))
    height = page.locator(FIELD).evaluate("box => box.clientHeight")
    assert 6 * 24 <= height < 8 * 24, "six lines, not all nine"
    inside = page.locator(".composer").bounding_box()
    assert inside is not None
    assert inside["y"] + inside["height"] <= 844


def _targets_are_large(page: Page) -> None:
    for target in page.locator("button:visible, input:visible, textarea:visible").all():
        box = target.bounding_box()
        assert box is not None
        assert min(box["width"], box["height"]) >= 44, f"{target.inner_text()}: {box}"
        if target.evaluate("e => e.matches('input, textarea')"):
            assert target.evaluate("e => parseFloat(getComputedStyle(e).fontSize)") >= 16


def test_a_chinese_page_speaks_chinese_when_it_refuses(shop: Shop) -> None:
    page = shop.open("/", locale="zh-CN")
    page.fill("#entered-name", "\u202ex")
    say(page, "您好")
    trouble = page.locator("#entered-trouble")
    expect(trouble).to_have_text(re.compile("[\u4e00-\u9fff]"))
    assert not re.search("[A-Za-z]{3}", trouble.inner_text())
    expect(page.locator(FIELD)).to_have_value("您好")


def test_a_message_that_is_refused_keeps_its_text_until_it_is_sent_again_or_thrown_away(shop: Shop) -> None:
    anna, ben, page = shop.agent(), shop.agent("Ben"), shop.visitor("Uma")
    say(page, "hello")
    take(ben, "Uma")
    ben.context.set_offline(True)
    ben.evaluate("dispatchEvent(new Event('online'))")  # looks at its socket, as after sleep
    say(ben, "said too late")
    say(ben, "thrown away")
    uid = row(anna, "Uma").get_attribute("data-uid")
    claim = "uid => fetch(`/v1/conversations/${uid}/claim?as=agent`, { method: 'POST', body: '{\"take_over\": true}' })"
    assert anna.evaluate(f"uid => ({claim})(uid).then((answer) => answer.status)", uid) == 200
    ben.context.set_offline(False)
    refused = ben.locator("[data-pending=failed]")
    expect(refused).to_have_count(2)
    expect(refused.first).to_contain_text("said too late")
    assert (
        anna.evaluate(f"uid => ({claim.replace('claim', 'release')})(uid).then((answer) => answer.status)", uid) == 200
    )
    ben.locator(".claim-bar .button-main").click()
    ben.wait_for_selector(FIELD)
    refused.last.get_by_role("button", name="Discard").click()
    refused.first.get_by_role("button", name="Retry").click()
    expect(refused).to_have_count(0)
    expect(page.locator(".bubble").last).to_contain_text("said too late")
    assert bubbles(page) == ["hello", "said too late"]
