"""The note that a customer hears for an answer: once they have written, while they look elsewhere, if they like."""

from playwright.sync_api import Page, expect

from tests.browser.conftest import Shop, say, take
from tests.browser.console import NOTES

ELSEWHERE = "document.hasFocus = () => false"  # as when another window is in front, which this browser has not


def _heard(anna: Page, page: Page, text: str) -> int:
    """The notes that were heard by the time this answer of Anna's is there."""
    say(anna, text)
    expect(page.locator(".bubble").get_by_text(text)).to_be_visible()
    return int(page.evaluate("window.notes"))


def test_an_answer_is_heard_by_who_wrote_and_looks_elsewhere(shop: Shop) -> None:
    anna, page = shop.agent(), shop.visitor("Mina")
    page.evaluate(NOTES)
    page.click(".head-line")  # a page may sound only after a gesture
    take(anna, "Mina")
    page.evaluate(ELSEWHERE)
    assert _heard(anna, page, "Hello, can I help?") == 0, "who has not written expects nothing"
    say(page, "Yes, please.")
    expect(page.locator(".tick:not([data-tick=sending])")).to_have_count(1)
    assert _heard(anna, page, "What is it?") == 1
    page.click(".head-act")
    sound = page.get_by_role("button", name="Sound for answers")
    sound.click()
    assert _heard(anna, page, "Are you there?") == 1, "turned off"
    sound.click()
    page.wait_for_function("window.notes === 2")  # turning it on is heard
    page.evaluate("delete document.hasFocus")
    assert _heard(anna, page, "There you are!") == 2, "who looks at it needs no sound"
