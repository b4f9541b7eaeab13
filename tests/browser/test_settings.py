"""Settings in real Chromium: what an administrator changes is seen by everybody who has a page open."""

import itertools
import re
from collections.abc import Iterator
from typing import Any, cast

import pytest
from playwright.sync_api import Browser, Locator, Page, Route, expect

from tests.browser.barriers import barriers
from tests.browser.conftest import Shop, open_shop, say
from tests.browser.test_screens import LOCALES, pictures
from tests.clients.api import PASSWORD
from tests.prepared import Prepared

GREEN = "rgb(10, 125, 79)"  # #0a7d4f

# Scrolls on; whether there was more.
FURTHER = "box => { const before = box.scrollTop; box.scrollBy(0, 640); return box.scrollTop > before; }"


@pytest.fixture(scope="module")
def _team(browser: Browser, prepared: Prepared) -> Iterator[Shop]:
    with open_shop(prepared("Anna", "Ben", admins=("Cleo",))) as running:
        yield Shop(running, browser)


@pytest.fixture
def shop(_team: Shop) -> Iterator[Shop]:
    yield _team
    _team.close()


def settings(shop: Shop, name: str = "Anna", **options: str) -> Page:
    """The settings, before an agent's eyes."""
    page = shop.agent(name, **options)
    page.get_by_role("button", name="Settings").click()
    expect(page.locator(".settings-section").first).to_be_visible()
    return page


def section(page: Page, title: str) -> Locator:
    return page.get_by_role("region", name=title, exact=True)


def save(part: Locator) -> None:
    part.get_by_role("button", name="Save").click()


def test_name_greeting_and_colour_reach_pages_that_are_open(shop: Shop) -> None:
    lily = shop.visitor("Lily")
    ben = shop.agent("Ben")
    beside = ben.context.new_page()  # which hears the stream from the other page
    beside.goto(shop.url + "/admin")
    expect(beside.locator(".visitor-row").first).to_be_visible()
    visitor = shop.open("/")
    anna = settings(shop)
    part = section(anna, "The shop")
    part.get_by_label("Name").fill("Lantern <b>&</b> Loom")
    part.get_by_label("Greeting, English").fill("Good evening!\nWhat can we do for you?")
    part.get_by_role("button", name="Add a language").click()
    part.get_by_role("button", name="简体中文").click()
    expect(part.get_by_label("Greeting, 简体中文")).to_be_focused()
    part.get_by_label("Greeting, 简体中文").fill("晚上好！")
    part.get_by_label("Greeting, English").clear()
    part.get_by_label("Greeting, English").fill("Good evening!\nWhat can we do for you?")
    expect(part.get_by_role("status")).to_have_text("Not saved yet.")
    save(part)
    expect(part.get_by_role("status")).to_have_text("Saved.")
    expect(lily.locator(".head h1")).to_have_text("Lantern <b>&</b> Loom")
    expect(lily.locator(".greeting")).to_contain_text("What can we do for you?")
    expect(shop.visitor("Lin", locale="zh-CN").locator(".greeting-words")).to_have_text("晚上好！")
    expect(lily).to_have_title("Lantern <b>&</b> Loom")
    for page in (ben, beside):
        expect(page).to_have_title(re.compile("Lantern <b>&</b> Loom"))
    colours = section(anna, "Colour")
    colours.get_by_role("button", name="Colour #0a7d4f").click()
    expect(colours.locator(".settings-preview")).to_have_count(2)
    save(colours)
    expect(colours.get_by_role("status")).to_have_text("Saved.")
    expect(lily.locator(".mark")).to_have_css("background-color", GREEN)
    expect(ben.locator("html")).to_have_css("--accent", "#0a7d4f")
    visitor.reload()
    expect(visitor.locator("h1")).to_have_text("Lantern <b>&</b> Loom")
    expect(visitor.locator(".mark")).to_have_css("background-color", GREEN)
    dark = shop.open("/", color_scheme="dark")
    light = visitor.evaluate("getComputedStyle(document.documentElement).getPropertyValue('--accent-ink')")
    expect(dark.locator("html")).not_to_have_css("--accent-ink", light)
    dark.emulate_media(color_scheme="light")
    expect(dark.locator("html")).to_have_css("--accent-ink", light)


def test_who_has_not_come_in_yet_sees_it_within_a_moment(shop: Shop) -> None:
    """Before there is a visitor there is no socket: the page asks from time to time."""
    visitor = shop.open("/healthz")
    visitor.clock.install()
    visitor.goto(shop.url)
    name = visitor.locator("h1")
    expect(name).to_be_visible()
    anna = shop.agent()
    changed = anna.evaluate(
        """async () => {
             const { value } = await (await fetch("/v1/shop?as=agent")).json();
             const body = JSON.stringify({ version: value.version, name: "Pots & Pans" });
             const headers = { "Content-Type": "application/json" };
             return (await fetch("/v1/shop?as=agent", { method: "PATCH", headers, body })).status;
           }"""
    )
    assert changed == 200
    expect(name).not_to_have_text("Pots & Pans")
    visitor.clock.fast_forward(21_000)
    expect(name).to_have_text("Pots & Pans")


@pytest.mark.parametrize(("first", "answered"), [("#ffcc0", 400), ("#7a3ec8", 200)])
def test_an_answer_that_comes_late_leaves_alone_what_was_written_meanwhile(
    shop: Shop, first: str, answered: int
) -> None:
    page = settings(shop)
    part = section(page, "Colour")
    colour = part.get_by_label("Colour of the shop")
    on_the_way: list[Route] = []
    page.route("**/v1/shop?*", lambda route: on_the_way.append(route))
    colour.fill(first)
    with page.expect_request("**/v1/shop?*"):
        save(part)
    colour.fill("#b3261e")
    with page.expect_response("**/v1/shop?*") as response:
        on_the_way[0].continue_()
    assert response.value.status == answered
    expect(part.get_by_role("button", name="Save")).to_be_enabled()
    expect(colour).to_have_value("#b3261e")
    expect(part.get_by_role("alert")).to_have_count(0)
    expect(part.get_by_role("status")).to_have_text("Not saved yet.")
    page.unroute("**/v1/shop?*")
    save(part)
    expect(part.get_by_role("status")).to_have_text("Saved.")


def test_a_light_colour_takes_dark_words_wherever_it_is_drawn(shop: Shop) -> None:
    page = settings(shop)
    part = section(page, "Colour")
    part.get_by_label("Colour of the shop").fill("#ffcc00")
    save(part)
    expect(part.get_by_role("status")).to_have_text("Saved.")
    for scheme in ("light", "dark"):
        visitor = shop.visitor(f"Yellow {scheme}", color_scheme=scheme)
        say(visitor, "Hello?")
        expect(visitor.locator(".tick[data-tick=stored]")).to_have_count(1)
        bubble = visitor.locator(".bubble").first  # the page may have come before the node knew, and then takes it over
        expect(bubble).to_have_css("background-color", "rgb(255, 204, 0)")
        expect(bubble).to_have_css("color", "rgb(0, 0, 0)")
        assert barriers(visitor) == []
        page.emulate_media(color_scheme=cast(Any, scheme))
        assert barriers(page) == []
        pictures(page, f"console-settings-yellow-{scheme}")
        pictures(visitor, f"visitor-yellow-{scheme}")
    part.get_by_label("Colour of the shop").fill("teal")
    expect(part.get_by_role("alert")).to_contain_text("written like")
    part.get_by_label("Colour of the shop").fill("")
    save(part)
    expect(part.get_by_role("status")).to_have_text("Saved.")


def test_of_two_administrators_the_later_keeps_what_was_written(shop: Shop) -> None:
    anna, cleo = section(settings(shop), "The shop"), section(settings(shop, "Cleo"), "The shop")
    anna.get_by_label("Greeting, English").fill("From Anna")
    cleo.get_by_label("Name").fill("Named by Cleo")
    save(cleo)
    expect(anna.get_by_role("alert")).to_contain_text("Cleo changed this meanwhile")
    expect(anna.get_by_role("alert").locator("blockquote")).to_have_text("Named by Cleo")
    expect(anna.get_by_label("Greeting, English")).to_have_value("From Anna")
    expect(anna.get_by_role("button", name="Save")).to_be_disabled()  # until it is decided whose words hold
    anna.get_by_role("button", name="Keep mine").click()
    save(anna)
    expect(anna.get_by_role("status")).to_have_text("Saved.")
    expect(cleo.get_by_label("Greeting, English")).to_have_value("From Anna")
    cleo.get_by_label("Greeting, English").fill("From Cleo")
    anna.get_by_label("Greeting, English").fill("From Anna, again")
    save(anna)
    cleo.get_by_role("button", name="Use theirs").click()
    expect(cleo.get_by_label("Greeting, English")).to_have_value("From Anna, again")


def test_what_is_written_is_still_there_after_a_look_at_the_list(shop: Shop) -> None:
    page = settings(shop)
    section(page, "The shop").get_by_label("Greeting, English").fill("Half a sentence")
    page.get_by_role("button", name=re.compile("^Visitors")).click()
    expect(page.locator(".visitors")).to_be_visible()
    page.go_back()
    expect(section(page, "The shop").get_by_label("Greeting, English")).to_have_value("Half a sentence")


def test_somebody_joins_is_locked_out_and_comes_back(shop: Shop) -> None:
    anna = settings(shop)
    team = section(anna, "Team")
    team.get_by_role("button", name="Add somebody").click()
    team.get_by_role("button", name="Add to the team").click()
    expect(team.get_by_role("alert").first).to_contain_text("at least 2")
    team.get_by_label("Name").fill("Dora")
    team.get_by_role("button", name="Suggest one").click()
    password = team.get_by_label("Password", exact=True).input_value()
    assert re.fullmatch(r"[a-z2-9]{5}(-[a-z2-9]{5}){3}", password)
    team.get_by_role("button", name="Add to the team").click()
    expect(team.get_by_role("status").first).to_contain_text("Dora can log in now")
    expect(team.get_by_label("Password", exact=True)).to_have_count(0)
    line = f"{shop.url}/admin · Name: Dora · Password: {password}"
    expect(team.get_by_label("What they need to log in")).to_have_value(line)
    expect(team.get_by_role("button", name="Copy the line")).to_be_focused()
    anna.context.grant_permissions(["clipboard-read", "clipboard-write"])
    team.get_by_role("button", name="Copy the line").click()
    expect(team.get_by_text("Copied.")).to_be_visible()
    assert anna.evaluate("navigator.clipboard.readText()") == line
    pictures(anna, "console-settings-line")
    dora = shop.open("/admin")
    dora.fill("#login-name", "Dora")
    dora.fill("#login-password", password)
    dora.click(".login .button-main")
    dora.wait_for_selector(".workspace")
    team.get_by_role("button", name="Lock out: Dora").click()
    anna.get_by_role("dialog").get_by_role("button", name="Lock out").click()
    expect(team.get_by_role("status").first).to_contain_text("Dora is locked out")
    expect(dora.locator(".login")).to_be_visible()
    team.get_by_role("button", name="Let in again: Dora").click()
    expect(team.get_by_role("status")).to_contain_text("Dora can log in again")
    dora.fill("#login-name", "Dora")
    dora.fill("#login-password", password)
    dora.click(".login .button-main")
    dora.wait_for_selector(".workspace")
    team.get_by_role("button", name="Make administrator: Dora").click()
    expect(team.get_by_role("status")).to_contain_text("administrator now")
    team.get_by_role("button", name="New password: Dora").click()
    asked = anna.get_by_role("dialog")
    asked.get_by_label("Password").fill("short")
    asked.get_by_role("button", name="Save").click()
    expect(asked.get_by_role("alert").first).to_contain_text("at least 10")
    asked.get_by_label("Password").fill(PASSWORD)
    asked.get_by_role("button", name="Save").click()
    expect(team.get_by_role("status").first).to_contain_text("Dora has a new password")
    expect(team.get_by_label("What they need to log in")).to_have_value(re.compile(f"Dora.*{PASSWORD}$"))
    anna.evaluate("() => { navigator.clipboard.writeText = () => Promise.reject(new Error()); }")  # as without TLS
    team.get_by_role("button", name="Copy the line").click()
    expect(team.get_by_text("It is selected")).to_be_visible()
    assert anna.evaluate("getSelection().toString()").endswith(PASSWORD)
    expect(team.get_by_role("button", name=re.compile("Lock out: Anna"))).to_have_count(0)


def test_canned_replies_are_written_changed_and_used(shop: Shop) -> None:
    lily = shop.visitor("Lily Two")
    lily.fill(".composer textarea", "Hello?")
    lily.press(".composer textarea", "Enter")
    ben = settings(shop, "Ben")
    expect(ben.locator(".settings-section")).to_have_count(2)  # themselves and their own replies, and nothing else
    anna = settings(shop)
    part = section(anna, "Canned replies")
    part.get_by_role("button", name="Add a reply").first.click()
    part.get_by_label("Shortcut").fill("two words")
    part.get_by_label("Text", exact=True).fill("Hello {name}, this is {agent} of {shop}.")
    save(part)
    expect(part.get_by_role("alert").first).to_contain_text("one word")
    part.get_by_label("Shortcut").fill("welcome")
    save(part)
    expect(part.get_by_role("status").first).to_have_text("Saved.")
    expect(part.get_by_role("button", name="Add a reply").first).to_be_focused()
    theirs = section(ben, "Canned replies")
    expect(theirs).to_contain_text("/welcome")
    expect(theirs.get_by_role("button", name="Edit: /welcome")).to_have_count(0)
    cleo = section(settings(shop, "Cleo"), "Canned replies")
    cleo.get_by_role("button", name="Edit: /welcome").click()
    cleo.get_by_label("Text", exact=True).fill("Cleo's words")
    part.get_by_role("button", name="Edit: /welcome").click()
    part.get_by_label("Text", exact=True).fill("Hello {name}!")
    save(part)
    expect(cleo.get_by_role("alert")).to_contain_text("Anna changed this meanwhile")
    expect(cleo.get_by_label("Text", exact=True)).to_have_value("Cleo's words")
    cleo.get_by_role("button", name="Use theirs").click()
    expect(cleo.get_by_label("Text", exact=True)).to_have_value("Hello {name}!")
    cleo.get_by_role("button", name="Cancel").click()
    expect(cleo.get_by_role("button", name="Edit: /welcome")).to_be_focused()
    ben.get_by_role("button", name=re.compile("^Visitors")).click()
    ben.locator(".visitor-row").filter(has_text="Lily Two").locator("button").first.click()
    ben.get_by_role("button", name="Take this conversation").click()
    button, field = ben.get_by_role("button", name="Canned replies"), ben.locator(".composer textarea")
    field.fill("Well,")
    button.click()
    expect(field).to_be_focused()
    expect(button).to_have_attribute("aria-expanded", "true")
    button.click()
    expect(ben.locator(".replies")).to_have_count(0)
    button.click()
    pictures(ben, "console-replies-button")
    ben.get_by_role("option", name="/welcome").click()
    expect(field).to_have_value("Well, Hello Lily Two!")
    field.fill("")
    field.press_sequentially("/wel")
    ben.keyboard.press("Enter")
    expect(ben.locator(".composer textarea")).to_have_value("Hello Lily Two!")
    part.get_by_role("button", name="Delete: /welcome").click()
    anna.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(part.get_by_role("status").first).to_have_text("Deleted.")
    expect(cleo).not_to_contain_text("/welcome")
    field.fill("")
    button.click()
    expect(ben.locator(".notice").last).to_contain_text("no canned replies yet")
    expect(field).to_have_value("")


def test_forgetting_is_asked_about(shop: Shop) -> None:
    page = settings(shop)
    part = section(page, "Keeping conversations")
    part.get_by_label("Keep what was said").select_option("90")
    save(part)
    asked = page.get_by_role("dialog")
    expect(asked).to_contain_text("90 days")
    asked.get_by_role("button", name="Cancel").click()
    expect(part.get_by_role("status")).to_have_text("Not saved yet.")
    save(part)
    asked.get_by_role("button", name="Delete and save").click()
    expect(part.get_by_role("status")).to_have_text("Saved.")
    part.get_by_label("Keep what was said").select_option("0")
    save(part)
    expect(part.get_by_role("status")).to_have_text("Saved.")


@pytest.mark.parametrize("locale", LOCALES)
def test_the_settings_at_every_size(shop: Shop, locale: str) -> None:
    page = shop.agent("Anna", locale=locale)
    page.goto(shop.url + "/admin#/settings")
    page.reload()
    expect(page.locator(".settings-preview")).to_have_count(2)
    page.locator("#settings-team ~ .button").click()
    page.locator(".settings-group .button").last.click()
    page.locator(".settings-colour .field").fill("#ffcc00")
    for number in itertools.count():
        pictures(page, f"console-settings{number}-{locale[:2]}")
        if not page.locator(".screen").evaluate(FURTHER):
            break
