"""What people write, as both sides see it: links lead where they say, and a long text is folded and can be unfolded."""

import json
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Shop, say, writes
from tests.browser.console import PATIENCE_MS, Console
from tests.clients import api
from tests.running import ROOT

REL = "noopener noreferrer"
LONG = "A rather long-winded question about the delivery of a teapot, with all its details. " * 30 + "THE END."


@pytest.fixture
def anna(shop: Shop) -> Console:
    return Console(shop.agent())


def last(page: Page) -> Locator:
    return page.locator(".bubble").last


def test_every_link_of_the_table_on_both_sides(shop: Shop, anna: Console) -> None:
    """What a page shows is what the rule says, and its text is what was written."""
    table = [
        (text, links)
        for _, text, *links in json.loads((ROOT / "tests/links.json").read_text())["table"]
        if "\n" not in text
    ]
    table = table[:45]  # as many as a page shows at first
    visitor = shop.visitor("Linda")
    for text, _ in table:
        say(visitor, text)
    expect(visitor.locator(".tick[data-tick=stored]")).to_have_count(len(table), timeout=PATIENCE_MS)
    anna.open("Linda")
    for page in (visitor, anna.page):
        bubbles = page.locator(".bubble > p")
        expect(bubbles).to_have_count(len(table), timeout=PATIENCE_MS)
        found = bubbles.evaluate_all(
            """(all) => all.map((one) => [one.textContent, [...one.querySelectorAll("a")].map((link) =>
                 [link.textContent, link.getAttribute("href"), link.rel, link.target])])"""
        )
        assert found == [
            [text, [[shown, href, REL, "_blank" if href.lower().startswith("http") else ""] for shown, href in links]]
            for text, links in table
        ]


def test_a_link_opens_beside_and_tells_nothing(shop: Shop) -> None:
    visitor = shop.visitor("Walker")
    shop.browser.contexts[-1].route("https://elsewhere.example/**", lambda route: route.fulfill(body="there"))
    say(visitor, "look: https://elsewhere.example/a_(b).")
    link = last(visitor).get_by_role("link")
    expect(link).to_have_text("https://elsewhere.example/a_(b)")
    seen: list[Any] = []
    visitor.context.remove_listener("request", shop._request)
    visitor.context.on("request", lambda request: seen.append((request.url, request.headers.get("referer"))))
    with visitor.context.expect_page() as opened:
        link.click()
    expect(opened.value.locator("body")).to_have_text("there")
    assert opened.value.evaluate("window.opener") is None
    assert ("https://elsewhere.example/a_(b)", None) in seen
    opened.value.close()


def test_links_in_notes_and_hits_keep_the_marks(shop: Shop, anna: Console) -> None:
    writes(shop, "Marko", "The manual is at https://shop.example/samovar/manual.pdf, isn't it?")
    anna.open("Marko")
    anna.note()
    say(anna.page, "Call +49 30 1234567 first")
    expect(anna.page.locator("[data-note] .bubble a")).to_have_attribute("href", "tel:+49301234567")
    anna.page.locator(".rail-button[data-icon=search]").click()
    anna.page.get_by_role("searchbox").fill("samovar")
    hit = anna.page.locator(".hit")
    expect(hit.locator("a mark")).to_have_text("samovar")
    expect(hit.get_by_role("link")).to_have_attribute("href", "https://shop.example/samovar/manual.pdf")
    hit.get_by_role("button").focus()
    anna.page.keyboard.press("Enter")
    expect(anna.name).to_have_text("Marko", timeout=PATIENCE_MS)


def test_hostile_words_stay_words(shop: Shop, anna: Console) -> None:
    said = "javascript:alert(1) <a href=x>y</a> https://bank.example@evil.example https://аpple.com \u202ehttps://a.example"
    visitor = writes(shop, "Mallory", said)
    anna.open("Mallory")
    for page in (visitor, anna.page):
        expect(last(page).locator("p")).to_have_text(said.strip())
        assert [one.get_attribute("href") for one in last(page).locator("a").all()] == ["https://a.example"]


# -- long texts -----------------------------------------------------------------------------------------------------


def no_inner_scroll(page: Page) -> None:
    over = page.evaluate(
        """[...document.querySelectorAll(".bubble, .bubble *")].filter((one) =>
             one.scrollHeight > one.clientHeight + 1 && /auto|scroll/.test(getComputedStyle(one).overflowY)).length"""
    )
    assert over == 0


def test_a_long_message_is_folded_on_both_sides(shop: Shop, anna: Console) -> None:
    visitor = writes(shop, "Prolix", LONG)
    anna.open("Prolix")
    for page in (visitor, anna.page):
        text, more = last(page).locator("p"), last(page).locator(".bubble-more")
        expect(more).to_have_text("Show all")
        expect(more).to_have_attribute("aria-expanded", "false")
        expect(text).not_to_contain_text("THE END.")
        short = last(page).bounding_box()
        more.focus()
        page.keyboard.press("Enter")
        expect(text).to_contain_text("THE END.")
        expect(more).to_be_focused()
        expect(more).to_have_attribute("aria-expanded", "true")
        no_inner_scroll(page)
        page.keyboard.press("Enter")
        expect(text).not_to_contain_text("THE END.")
        expect(more).to_be_in_viewport()
        assert short
        assert last(page).bounding_box() == short


def test_a_jump_from_the_search_unfolds(shop: Shop, anna: Console) -> None:
    writes(shop, "Needle", LONG.replace("THE END.", "and a periwinkle."))
    anna.page.locator(".rail-button[data-icon=search]").click()
    anna.page.get_by_role("searchbox").fill("periwinkle")
    anna.page.locator(".hit").click()
    expect(last(anna.page).locator("p")).to_contain_text("periwinkle", timeout=PATIENCE_MS)
    expect(last(anna.page).locator(".bubble-more")).to_have_text("Show less")


@pytest.mark.parametrize("size", [(390, 844), (1280, 800)], ids=["phone", "laptop"])
def test_one_very_long_word_stays_in_its_bubble(shop: Shop, size: tuple[int, int]) -> None:
    visitor = shop.visitor(f"Word {size[0]}", viewport={"width": size[0], "height": size[1]})
    for text in ("x" * 7_000, "茶" * 3_000, "https://shop.example/" + "y" * 1_900, "\n" * 60 + "below"):
        say(visitor, "a" + text)
    expect(visitor.locator(".tick[data-tick=stored]")).to_have_count(4, timeout=PATIENCE_MS)
    expect(visitor.locator(".bubble-more")).to_have_count(4)
    for more in visitor.locator(".bubble-more").all():
        more.click()
    no_inner_scroll(visitor)
    assert visitor.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0
    thread = visitor.locator(".thread")
    assert thread.evaluate("(box) => box.scrollWidth - box.clientWidth") == 0


def test_a_link_in_the_greeting_is_in_a_colour_of_the_theme(shop: Shop) -> None:
    token = api.log_in(shop.url, "Anna", api.PASSWORD)
    change = {"version": api.call(shop.url, "/v1/shop", token)["version"], "greetings": {"en": "See www.shop.example"}}
    assert api.ask(shop.url, "/v1/shop", change, method="PATCH", Authorization=token).status == 200
    page = shop.visitor("Ida", color_scheme="dark")
    link = page.locator(".greeting a")
    expect(link).to_have_text("www.shop.example")
    theme = """(link) => {
      document.body.style.color = "var(--accent-ink)";
      return getComputedStyle(document.body).color;
    }"""
    expect(link).to_have_css("color", link.evaluate(theme))
