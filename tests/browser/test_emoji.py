"""Emoji by name, and from all there are; and an input method, which is never disturbed."""

import re

from playwright.sync_api import Page, expect

from tests.browser.conftest import Shop, bubbles, say, take, writes

FIELD = ".composer textarea"
# What is asked for of emoji, as it lies there and as it is built.
LIST = re.compile(r"/emoji/(?!lists)([\w-]+)\.mjs$|/static/emoji-([\w-]+)-\w{8}\.js$")


def offers(page: Page, *emoji: str) -> None:
    """These are offered for the name behind the colon, in this order, before any others."""
    for n, one in enumerate(emoji):
        expect(page.locator(".emoji-menu b").nth(n)).to_have_text(one)


def test_an_emoji_is_found_by_name_and_loaded_when_one_is_asked_for(shop: Shop) -> None:
    page = shop.open()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    field = page.locator(FIELD)
    field.click()
    page.keyboard.type("10:30 :) at: 地址：北京")
    assert not [url for url in asked if "emoji" in url], "nobody asked for one"
    page.keyboard.type(" :tea")
    offers(page, "🍵", "🧋")
    expect(field).to_have_attribute("aria-activedescendant", re.compile(".0$"))
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(field).to_have_value("10:30 :) at: 地址：北京 🧋")
    expect(field).not_to_have_attribute("aria-activedescendant", re.compile("."))

    page.fill(FIELD, "")
    page.keyboard.type(":heart and")
    for _ in " and":
        page.keyboard.press("ArrowLeft")
    page.keyboard.type("s")
    offers(page, "♥️")
    page.keyboard.press("Escape")
    expect(page.locator(".emoji-menu")).to_have_count(0)
    page.keyboard.press("Backspace")
    offers(page, "❤️")
    page.keyboard.press("Tab")
    expect(field).to_have_value("❤️ and")
    assert field.evaluate("field => field.selectionStart") == len("❤️")

    page.fill(FIELD, "")
    page.keyboard.type(":thumbs_up")
    offers(page, "👍️")
    page.keyboard.press("Shift+Enter")
    expect(field).to_have_value(":thumbs_up\n")
    page.fill(FIELD, "：茶")
    offers(page, "☕️", "🫖")  # other letters than one's own are looked for in the languages that have them
    lists = {found[1] or found[2] for url in asked if (found := LIST.search(url))}
    assert lists == {"signs", "en", "ja", "zh-CN"}
    page.locator(".emoji-menu [role=option]", has_text="🫖").click()
    page.keyboard.press("Enter")
    assert bubbles(page) == ["🫖"]
    say(page, "🫖!")
    for n, size in enumerate(("40px", "15px")):
        expect(page.locator(".bubble > p").nth(n)).to_have_css("font-size", size)  # alone, an emoji is large


def test_an_emoji_is_chosen_from_all_there_are(shop: Shop) -> None:
    writes(shop, "Tilda")
    anna = shop.agent()
    take(anna, "Tilda")
    field, button = anna.locator(FIELD), anna.get_by_role("button", name="Emoji")
    field.fill("Good  tea")
    field.evaluate("field => field.setSelectionRange(5, 5)")
    button.click()
    search = anna.get_by_role("combobox", name="Find an emoji")
    expect(search).to_be_focused()
    option = anna.locator(".picker [role=option]")
    expect(option.first).to_have_text("😀")
    anna.get_by_role("button", name="Food and drink").click()
    expect(option.first).to_have_text("🍇")
    anna.keyboard.press("ArrowRight")
    expect(anna.locator(".picker-name")).to_contain_text("melon")
    anna.keyboard.press("ArrowDown")
    anna.keyboard.press("ArrowUp")
    anna.keyboard.type("green hea")
    expect(option).to_have_text(["💚"])
    anna.keyboard.press("Enter")
    expect(field).to_have_value("Good 💚 tea")
    expect(field).to_be_focused()
    expect(anna.locator(".picker")).to_have_count(0)
    assert bubbles(anna) == ["Hello?"], "nothing was sent"

    button.click()
    expect(option).to_have_text(["💚"])  # used last
    anna.keyboard.type("no such thing")
    expect(anna.locator(".picker-name")).to_have_text("No emoji is called that.")
    anna.keyboard.press("Enter")
    anna.keyboard.press("Escape")
    expect(field).to_be_focused()
    button.click()
    field.click()
    expect(anna.locator(".picker")).to_have_count(0)


def test_an_input_method_s_enter_picks_nothing(shop: Shop) -> None:
    page = shop.open(locale="zh-CN")
    field = page.locator(FIELD)
    field.click()
    page.keyboard.type(":")
    method = page.context.new_cdp_session(page)
    enter = {"type": "rawKeyDown", "windowsVirtualKeyCode": 229, "key": "Process", "code": "Enter"}
    method.send("Input.imeSetComposition", {"text": "cha", "selectionStart": 3, "selectionEnd": 3})
    offers(page, "🍾")
    method.send("Input.dispatchKeyEvent", enter)
    method.send("Input.insertText", {"text": "茶"})
    expect(field).to_have_value(":茶")
    offers(page, "☕️")
    # Safari's Enter comes when the composition has just ended
    field.evaluate(
        """field => {
        field.dispatchEvent(new CompositionEvent("compositionend", { bubbles: true }));
        field.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true, cancelable: true }));
        }"""
    )
    expect(field).to_have_value(":茶")
    assert bubbles(page) == []

    page.get_by_role("button", name="表情").click()
    search = page.locator(".picker-search")
    expect(search).to_be_focused()
    method.send("Input.imeSetComposition", {"text": "cha", "selectionStart": 3, "selectionEnd": 3})
    method.send("Input.dispatchKeyEvent", enter)
    method.send("Input.insertText", {"text": "茶壶"})
    expect(search).to_have_value("茶壶")
    expect(page.locator(".picker [role=option]")).to_have_text(["🫖"])
    expect(field).to_have_value(":茶")
