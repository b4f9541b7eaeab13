"""Put it on your site: an administrator copies the tag, says which sites may show it, and sees what it looks like."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, Route, expect

from tests.browser.conftest import Shop, open_shop
from tests.browser.test_settings import save, section, settings
from tests.clients import api
from tests.clients.api import PASSWORD
from tests.prepared import Prepared

# Lets the tests look into what the loader keeps to itself.
OPEN_ROOTS = """const attach = Element.prototype.attachShadow;
Element.prototype.attachShadow = function (options) { return attach.call(this, { ...options, mode: "open" }); };"""
SHOP, OTHER = "https://shop.example.com", "https://www.example.org"


@pytest.fixture(scope="module")
def _team(browser: Browser, prepared: Prepared) -> Iterator[Shop]:
    with open_shop(prepared("Anna", "Ben", admins=("Cleo",)), sites=["https://fixed.example.com"]) as running:
        yield Shop(running, browser)


@pytest.fixture
def shop(_team: Shop) -> Iterator[Shop]:
    yield _team
    _team.close()


def opened(shop: Shop, name: str = "Anna", **options: str) -> Page:
    """The page about the shop's own site, before an administrator's eyes."""
    page = settings(shop, name, **options)
    section(page, "Put it on your site").get_by_role("button").click()
    expect(page.locator(".site-preview iframe")).to_be_visible()
    return page


def shown_by(shop: Shop, site: str) -> int:
    """A page of that site is opened, and says so; the answer's status."""
    told = {"id": "a" * 16, "page": f"{site}/lamps"}
    return api.ask(shop.url, "/v1/widget/seen", told, Origin=site, Content_Type="text/plain").status


def row(part: Locator, site: str) -> Locator:
    return part.locator(".settings-row", has=part.page.get_by_text(site, exact=True))


def test_the_tag_is_copied_and_sites_are_let_in_and_out(shop: Shop) -> None:
    page = opened(shop)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    tag = section(page, "1. Copy this line")
    expect(tag.locator(".site-seen")).to_contain_text("Not seen on any site yet")
    tag.get_by_role("button", name="Copy").click()
    expect(tag.get_by_text("Copied")).to_be_visible()
    expect(tag.get_by_text("A shop on https needs the chat on https")).to_be_visible()
    line = f'<script async src="{shop.url}/widget.js"></script>'
    assert page.evaluate("navigator.clipboard.readText()") == line

    sites = section(page, "2. Say where it may be")
    expect(row(sites, "https://fixed.example.com")).to_contain_text("from the configuration")
    expect(row(sites, "https://fixed.example.com").get_by_role("button")).to_have_count(0)
    field = sites.get_by_label("Address of a site")
    field.fill("https://shop.example.com/cart?x=1")
    field.press("Enter")
    expect(sites.get_by_role("alert")).not_to_be_empty()
    field.fill("shop.example.com")
    field.press("Enter")
    expect(row(sites, SHOP)).to_contain_text("not seen yet")
    expect(field).to_have_value("")
    expect(sites.get_by_role("alert")).to_have_count(0)

    assert shown_by(shop, OTHER) == 403
    expect(row(sites, OTHER)).to_be_visible()
    assert shown_by(shop, SHOP) == 200
    expect(tag.locator(".site-seen")).to_have_text(f"Seen on {SHOP}, just now")
    expect(row(sites, SHOP)).to_contain_text("seen just now")
    row(sites, OTHER).get_by_role("button", name="Allow").click()
    expect(row(sites, OTHER).get_by_role("button", name="Remove")).to_be_visible()
    expect(sites.get_by_text("Refused lately")).to_have_count(0)
    assert shown_by(shop, OTHER) == 200
    row(sites, OTHER).get_by_role("button", name="Remove").click()
    expect(sites.locator(".settings-state")).to_have_text(f"{OTHER} can no longer show the chat.")
    expect(field).to_be_focused()  # the button that had it is gone
    assert shown_by(shop, OTHER) == 403


def test_what_is_edited_is_worn_by_the_shop_in_the_preview_before_it_is_saved(shop: Shop) -> None:
    page = opened(shop, color_scheme="light")
    framed = page.locator(".site-preview iframe")
    tag = page.frame_locator(".site-preview iframe").locator("script[src='/widget.js']")
    look = section(page, "3. Make it yours")
    look.get_by_role("button", name="Colour #0a7d4f").click()
    look.get_by_label("Left").check()
    look.get_by_label("From the bottom").fill("64")
    look.get_by_label("Beside the button, English").fill("Questions? <b>Ask</b> us.")
    for name, value in {
        "accent": "#0a7d4f",
        "on-accent": "#ffffff",
        "side": "left",
        "x": "20",
        "y": "64",
        "lang": "en",
        "theme": "light",
        "teaser": "Questions? <b>Ask</b> us.",
    }.items():
        expect(tag).to_have_attribute(f"data-{name}", value)
    for name, width in (("Phone", 390), ("Desktop", 900)):
        page.get_by_role("button", name=name).click()
        expect(framed).to_have_css("width", f"{width}px")
    page.get_by_role("button", name="Dark").click()
    expect(tag).to_have_attribute("data-theme", "dark")
    page.get_by_label("Language").select_option("zh")
    expect(tag).to_have_attribute("data-lang", "zh")
    expect(page.frame_locator(".site-preview iframe").locator("html")).to_have_attribute("lang", "zh-CN")
    expect(look.get_by_role("status")).to_have_text("Not saved yet.")
    save(look)
    expect(look.get_by_role("status")).to_have_text("Saved.")
    kept = api.call(shop.url, "/v1/widget", api.log_in(shop.url, "Anna", PASSWORD))["look"]
    assert (kept["colour"], kept["side"], kept["offset_y"]) == ("#0a7d4f", "left", 64)
    assert kept["words"] == {"en": {"launcher": "", "teaser": "Questions? <b>Ask</b> us."}}


def test_what_the_shop_says_by_itself_is_written_tried_and_kept(shop: Shop) -> None:
    page = opened(shop)
    part = section(page, "A word at the right moment")
    tag = page.frame_locator(".site-preview iframe").locator("script[src='/widget.js']")
    expect(part.get_by_role("listitem")).to_have_count(0)
    for text in ("May I help?", "Second", "Third", "Fourth", "Fifth"):
        part.get_by_role("button", name="Add one").click()
        field = part.get_by_label("What it says, English")
        expect(field).to_be_focused()
        field.fill(text)
    expect(part.get_by_role("button", name="Add one")).to_have_attribute("aria-disabled", "true")
    for name in ("Second", "Fourth", "Fifth"):
        part.get_by_role("button", name=f"Remove: {name}").click()
    expect(part.get_by_role("button", name="Add one")).to_be_focused()
    part.get_by_role("button", name="Edit: May I help?").click()
    part.get_by_role("button", name="Show it in the preview").click()
    expect(tag).to_have_attribute("data-teaser", "May I help?")
    part.get_by_label("What it says, English").fill("May <i>I</i> help?")
    expect(tag).to_have_attribute("data-teaser", "May <i>I</i> help?")
    part.get_by_label("After so many seconds").fill("45")
    part.get_by_label("Only where the address has").fill("/Checkout?step=2")
    part.get_by_label("Only while one of us is there").uncheck()
    save(part)
    expect(part.get_by_role("status")).to_have_text("Saved.")
    expect(part.get_by_role("listitem").first).to_contain_text("after 45 s · where the address has /Checkout")
    part.get_by_label("What it says, English").fill("")
    save(part)
    expect(part.get_by_role("alert").first).to_have_text("Please write what each of them says.")
    for title, name in (("How was it?", "Ask how it was"), ("Who is looking", "Also which pages")):
        section(page, title).get_by_label(name).click()
        save(section(page, title))
        expect(section(page, title).get_by_role("status")).to_have_text("Saved.")
    kept = api.call(shop.url, "/v1/widget", api.log_in(shop.url, "Anna", PASSWORD))
    first, second = kept["triggers"]
    assert {**first, "id": ""} == {
        "id": "",
        "text": {"en": "May <i>I</i> help?"},
        "seconds": 45,
        "part": "/Checkout",
        "once": True,
        "attended": False,
        "on": True,
    }
    assert (second["text"], second["seconds"], kept["rating"], kept["trail"]) == ({"en": "Third"}, 20, False, True)


def test_the_chat_in_the_preview_is_the_shop_s_own(shop: Shop) -> None:
    anna = opened(shop)
    anna.context.add_init_script(OPEN_ROOTS)
    asked: list[str] = []
    anna.on("request", lambda request: asked.append(request.url.removeprefix(shop.url)))
    anna.reload()
    made_up = anna.frame_locator(".site-preview iframe")
    made_up.locator("chatadmin-widget .launcher").click()
    chat = made_up.frame_locator("chatadmin-widget iframe")
    chat.locator(".composer textarea").fill("Is it on?")
    chat.locator(".composer textarea").press("Enter")
    expect(chat.locator(".tick[data-tick=stored]")).to_have_count(1)
    alone = shop.open("/widget/preview")  # by itself, too
    expect(alone.locator("chatadmin-widget")).to_be_attached()
    anna.locator(".rail-button[data-icon=visitors]").click()
    expect(anna.locator(".visitor-row-line", has_text="Is it on?")).to_be_visible()
    assert "/widget.js" in asked
    assert "/v1/widget/seen" not in asked  # nobody looks at a page of the shop's


def test_what_a_visitor_is_asked_is_kept_and_who_was_faster_is_named(shop: Shop) -> None:
    page, cleo = opened(shop), opened(shop, "Cleo")
    quick = section(page, "Quick answers")
    quick.get_by_label("English, question 1").fill("Where is my parcel?")
    quick.get_by_label("English, question 3").fill("Do you ship to Norway?")
    save(quick)
    expect(quick.get_by_role("status")).to_have_text("Saved.")
    expect(quick.get_by_label("English, question 2")).to_have_value("Do you ship to Norway?")

    asked = section(page, "What visitors are asked")
    asked.get_by_label("E-mail").select_option("required")
    asked.get_by_label("Ask one question").check()
    english = asked.locator("fieldset", has_text="English")
    english.get_by_label("Question").fill("What is it about?")
    save(asked)
    expect(asked.get_by_text("one to twelve answers")).to_be_visible()
    english.get_by_label("Answers").fill("An order\nSomething else\n")
    asked.get_by_label("What they agree to, English").fill("I agree to https://shop.example.com/privacy")
    save(asked)
    expect(asked.get_by_role("status")).to_have_text("Saved.")

    theirs = section(cleo, "What visitors are asked")
    expect(theirs.get_by_label("E-mail")).to_have_value("required")  # heard of from time to time
    theirs.get_by_label("Name").select_option("no")
    on_the_way: list[Route] = []
    cleo.route("**/v1/widget?*", lambda route: on_the_way.append(route))  # what Anna decides is not heard of yet
    asked.get_by_label("Name").select_option("required")
    save(asked)
    expect(asked.get_by_role("status")).to_have_text("Saved.")
    cleo.unroute("**/v1/widget?*")
    for route in on_the_way:
        route.continue_()
    save(theirs)
    expect(theirs.locator(".settings-rival")).to_contain_text("Anna")
    theirs.get_by_role("button", name="Keep").click()
    save(theirs)
    expect(theirs.get_by_role("status")).to_have_text("Saved.")
    expect(asked.get_by_label("Name")).to_have_value("no")
    page.reload()
    form = api.call(shop.url, "/v1/widget", api.log_in(shop.url, "Anna", PASSWORD))["form"]
    assert (form["name"], form["email"]) == ("no", "required")
    assert form["choice"]["options"] == {"en": ["An order", "Something else"]}
    expect(asked.get_by_label("What they agree to, English")).to_have_value(
        "I agree to https://shop.example.com/privacy"
    )


def test_who_is_no_administrator_is_led_nowhere_and_told_so(shop: Shop) -> None:
    page = settings(shop, "Ben")
    expect(section(page, "Put it on your site")).to_have_count(0)
    page.keyboard.press("Control+k")
    page.keyboard.type("on your site")
    expect(page.locator(".palette [role=option]")).to_have_count(0)
    page.goto(f"{shop.url}/admin#/site")
    page.reload()
    expect(page.locator(".site")).to_contain_text("Administrators decide")


def test_a_shop_without_a_site_is_led_there_until_it_has_one(shop: Shop, browser: Browser, prepared: Prepared) -> None:
    with open_shop(prepared("Anna")) as running:
        fresh = Shop(running, browser)
        page = fresh.agent()
        page.locator(".welcome").get_by_role("button", name="Show me how").click()
        field = page.get_by_label("Address of a site")
        field.fill("http://localhost:8000")
        field.press("Enter")
        expect(page.get_by_role("button", name="Remove: http://localhost:8000")).to_be_visible()
        page.get_by_role("button", name="Visitors", exact=True).click()
        expect(page.locator(".visitors-empty")).to_be_visible()
        expect(page.get_by_role("button", name="Show me how")).to_have_count(0)
        page.reload()
        expect(page.locator(".visitors-empty")).to_be_visible()
        expect(page.get_by_role("button", name="Show me how")).to_have_count(0)
        fresh.close()
