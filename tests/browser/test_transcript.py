"""A chat taken along: saved from the page, opened from the disk, read on screen and on paper."""

import json
import re
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Download, Page, expect

from tests.browser.barriers import barriers
from tests.browser.conftest import Shop, ask_to_leave, row, say, take, uid_of
from tests.browser.console import PATIENCE_MS
from tests.browser.test_screens import LOCALES, PICTURES, SCHEMES, picture

MENU, SAVE = ("Menu", "Save this chat")
LONG = "A rather long-winded question about the delivery of a teapot, with all its details. " * 6
HOSTILE = "<script>document.title = 'broken'</script><b>bold</b> \u202ereversed " + "x" * 300


def _save(page: Page) -> Download:
    page.get_by_role("button", name=MENU).click()
    with page.expect_download() as begun:
        page.get_by_role("button", name=SAVE).click()
    return begun.value


def _read(browser: Browser, file: Path, complaints: list[str], **options: Any) -> Page:
    """The file, opened from the disk in a browser of its own."""
    page = browser.new_context(**options).new_page()
    page.set_default_timeout(PATIENCE_MS)
    page.on("pageerror", lambda error: complaints.append(f"error: {error}"))
    page.on("console", lambda message: complaints.append(f"console: {message.text}"))
    page.on("request", lambda request: complaints.append(request.url) if request.url != file.as_uri() else None)
    page.goto(file.as_uri())
    return page


def test_a_visitor_takes_the_chat_along(shop: Shop, tmp_path: Path) -> None:
    page = shop.visitor("Noor", timezone_id="Asia/Tokyo")
    say(page, "Do you ship to Norway?")
    expect(page.locator("[data-tick=stored]")).to_have_count(1)
    clock = page.locator(".bubble time").inner_text()
    download = _save(page)
    assert re.fullmatch(r"chat-Noor-\d{4}-\d\d-\d\d\.html", download.suggested_filename)
    expect(page.get_by_role("button", name=MENU)).to_be_focused()
    file = tmp_path / "chat.html"
    download.save_as(file)
    complaints: list[str] = []
    kept = _read(shop.browser, file, complaints)
    expect(kept).to_have_title("Chat with \u2068Tea & Kettle\u2069")
    expect(kept.locator("h1")).to_have_text("Chat with Tea & Kettle")
    expect(kept.locator(".text")).to_have_text(["Do you ship to Norway?"])
    expect(kept.locator("header")).to_contain_text("Time zone: Asia/Tokyo")
    hour, minute = re.findall(r"\d+", clock)[:2]
    assert int(kept.locator(".who time").inner_text()[:2]) % 12 == int(hour) % 12
    assert kept.locator(".who time").inner_text()[3:] == minute
    assert not complaints
    kept.context.close()
    data = json.loads(_fetch(page, "/v1/transcript?as=visitor&format=json"))  # for programs: no customer is asked
    assert [entry["content"] for entry in data["entries"] if entry["type"] == "message"] == ["Do you ship to Norway?"]
    assert data["complete"] is True


def test_it_is_offered_once_there_is_something_to_save_and_says_when_it_fails(shop: Shop) -> None:
    page = shop.visitor("Zadie")
    menu, save = page.get_by_role("button", name=MENU), page.get_by_role("button", name=SAVE)
    menu.click()
    expect(page.get_by_role("button", name="Leave the chat")).to_be_visible()
    expect(save).to_have_count(0)
    page.keyboard.press("Escape")
    say(page, "Hello?")
    expect(page.locator("[data-tick=stored]")).to_have_count(1)
    page.context.set_offline(True)
    menu.click()
    save.click()
    failed = page.get_by_text("The chat could not be saved. Check your connection and try again.")
    expect(failed).to_be_visible()
    page.get_by_role("button", name="Close").click()
    expect(menu).to_be_focused()
    ask_to_leave(page)
    save.click()
    expect(failed).to_be_visible()
    page.context.set_offline(False)
    with page.expect_download() as begun:
        save.click()
    assert begun.value.suggested_filename.endswith(".html")


def test_an_agent_takes_a_conversation_along(shop: Shop) -> None:
    anna, visitor = shop.agent(), shop.visitor("Otto")
    say(visitor, "Do you ship to Norway?")
    row(anna, "Otto").locator("button").click()
    for verb, kind in (("Save as a page (HTML)", "html"), ("Save as data (JSON)", "json")):
        anna.get_by_role("button", name="More actions").click()
        with anna.expect_download() as begun:
            anna.get_by_role("button", name=verb).click()
        assert re.fullmatch(rf"chat-Otto-\d{{4}}-\d\d-\d\d\.{kind}", begun.value.suggested_filename)
        assert b"Do you ship to Norway?" in Path(begun.value.path()).read_bytes()
    anna.context.set_offline(True)
    anna.get_by_role("button", name="More actions").click()
    anna.get_by_role("button", name="Save as a page (HTML)").click()
    expect(anna.locator(".notice").last).to_contain_text("The chat could not be saved.")
    anna.context.set_offline(False)


def test_an_agent_takes_it_with_what_is_private(shop: Shop, tmp_path: Path) -> None:
    """The pictures of both sides' files are in tests/screenshots/, in both themes, both languages and on paper."""
    anna, visitor = shop.agent(), shop.visitor("Maria")
    say(visitor, "Do you ship to Norway?")
    say(visitor, HOSTILE)
    take(anna, "Maria")
    say(anna, "Yes, it takes four days.\nAnything else?")
    say(visitor, LONG)
    say(visitor, "مرحبا، هل الشاي متوفر؟")
    expect(visitor.locator("[data-tick=sending]")).to_have_count(0)
    uid = uid_of(visitor)
    post = """([uid, path, body]) => fetch(`/v1/conversations/${uid}/${path}`,
        { method: "POST", body: JSON.stringify(body) }).then((answer) => answer.status)"""
    assert anna.evaluate(post, [uid, "tags", {"tag": "delivery"}]) == 200
    assert anna.evaluate(post, [uid, "transfer", {"to": "Ben", "note": "Knows Norway better than I do"}]) == 200
    private = f"/v1/transcript?as=agent&client={uid}&tz=Europe/Oslo"
    for page, query, name in ((anna, private, "agent"), (visitor, "/v1/transcript?as=visitor", "visitor")):
        for locale in LOCALES:
            file = tmp_path / f"{name}-{locale}.html"
            file.write_bytes(_fetch(page, f"{query}&lang={locale}"))
            _look(shop.browser, file, f"transcript-{name}-{locale[:2]}")
    assert "Knows Norway" in (tmp_path / "agent-en-US.html").read_text("utf-8")
    assert "Norway better" not in (tmp_path / "visitor-en-US.html").read_text("utf-8")


def _fetch(page: Page, path: str) -> bytes:
    return bytes(page.evaluate("path => fetch(path).then((a) => a.bytes()).then((bytes) => [...bytes])", path))


def _look(browser: Browser, file: Path, name: str) -> None:
    """In both themes at three sizes, and on paper: nothing runs off the side, nothing is in the way of anybody."""
    complaints: list[str] = []
    page = _read(browser, file, complaints)
    assert not page.locator("script, img, link, iframe").count()
    assert "broken" not in page.title()
    for scheme in SCHEMES:
        page.emulate_media(media="screen", color_scheme=scheme)
        picture(page, f"{name}-{scheme}", full_page=True)
        assert barriers(page) == []
        page.emulate_media(media="print")
        page.screenshot(path=PICTURES / f"{name}-{scheme}-print.png", full_page=True)
        assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert not complaints
    page.context.close()
