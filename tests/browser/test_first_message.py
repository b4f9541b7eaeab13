"""A visitor is made with their first message, which arrives once whatever happens; before it, nothing is kept."""

import json
import re
from typing import Any

from playwright.sync_api import Route, expect

from tests.browser.conftest import Shop, asks, bubbles, row, say
from tests.browser.console import PATIENCE_MS
from tests.browser.test_visitor import store_asleep
from tests.clients import api
from tests.clients.api import PASSWORD

FIELD, STORED = ".composer textarea", ".tick[data-tick=stored]"
_TOP = "bubble => bubble.getBoundingClientRect().top"
KEPT = "localStorage.length + sessionStorage.length"


def visitors(shop: Shop) -> list[dict[str, Any]]:
    """All that the shop knows of."""
    return list(api.call(shop.url, "/v1/visitors", api.log_in(shop.url, "Anna", PASSWORD)))


def test_nothing_is_kept_before_it_and_nothing_moves_with_it(shop: Shop) -> None:
    anna, page = shop.agent(), shop.open("/")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.method))
    expect(page.locator(FIELD)).to_be_focused()
    page.fill("#entered-name", "Nora")
    page.fill(FIELD, "half a thought")
    assert page.evaluate(KEPT) == 0
    assert page.context.cookies() == []
    page.reload()
    expect(page.locator(FIELD)).to_have_value("")
    page.fill("#entered-name", "Nora")
    assert "POST" not in asked
    held: list[Route] = []
    page.route("**/login/widget", lambda route: held.append(route))
    say(page, "Do you ship to Norway?")
    expect(page.locator(".tick[data-tick=sending]")).to_have_count(1)
    expect(page.locator("#entered-name")).to_have_count(0)
    top = page.locator(".bubble").evaluate(_TOP)
    page.keyboard.type("and ")
    held[0].continue_()
    expect(page.locator(".head-act")).to_be_visible()
    page.keyboard.type("when?")
    expect(page.locator(STORED)).to_have_count(1)
    expect(page.locator(FIELD)).to_have_value("and when?")
    assert bubbles(page) == ["Do you ship to Norway?"]
    assert page.locator(".bubble").evaluate(_TOP) == top
    expect(row(anna, "Nora")).to_contain_text("Do you ship to Norway?")
    page.reload()
    expect(page.locator(".bubble > p")).to_have_text(["Do you ship to Norway?"])
    expect(page.locator(FIELD)).to_have_value("and when?")


def test_who_gives_no_name_has_one_for_the_team(shop: Shop) -> None:
    anna, page = shop.agent(), shop.open("/")
    say(page, "It is me.")
    expect(anna.locator(".visitor-row", has_text="It is me.").locator(".visitor-row-name")).to_have_text(
        re.compile(r"^Visitor \d{5}$")
    )
    assert "Visitor" not in page.locator(".chat").inner_text()


def _answer_is_lost(route: Route) -> None:
    """The server hears it, and neither its answer nor its cookie comes."""
    api.ask(route.request.url, "/login/widget", route.request.post_data_json)
    route.abort("connectionreset")


def test_it_arrives_once_though_the_answer_to_the_log_in_is_lost(shop: Shop) -> None:
    page = shop.open("/")
    page.fill("#entered-name", "Lotta")
    page.route("**/login/widget", _answer_is_lost, times=1)
    say(page, "lost and found")
    expect(page.locator(STORED)).to_have_count(1, timeout=PATIENCE_MS)
    page.reload()
    expect(page.locator(".bubble > p")).to_have_text(["lost and found"])
    assert _told(shop, "lost and found") == 1
    assert [one["name"] for one in visitors(shop)].count("Lotta") == 1


def test_it_arrives_once_though_the_page_is_loaded_anew_meanwhile(shop: Shop) -> None:
    page = shop.open("/")
    page.fill("#entered-name", "Rita")
    page.route("**/login/widget", lambda route: None)
    say(page, "before the reload")
    say(page, "and one more")
    expect(page.locator(".tick[data-tick=sending]")).to_have_count(2)
    page.unroute_all()
    page.reload()
    expect(page.locator(STORED)).to_have_count(2, timeout=PATIENCE_MS)
    assert bubbles(page) == ["before the reload", "and one more"]
    assert (_told(shop, "before the reload"), _told(shop, "and one more")) == (1, 1)
    assert [one["name"] for one in visitors(shop)].count("Rita") == 1


def test_it_arrives_once_though_the_store_is_away(shop: Shop) -> None:
    page = shop.open("/")
    with store_asleep(shop):
        say(page, "is anybody awake?")
        expect(page.locator(".banner")).to_contain_text("No connection", timeout=PATIENCE_MS)
        page.fill(FIELD, "hello?")
    expect(page.locator(STORED)).to_have_count(1, timeout=2 * PATIENCE_MS)
    expect(page.locator(".banner p")).to_have_count(0)
    expect(page.locator(FIELD)).to_have_value("hello?")
    assert _told(shop, "is anybody awake?") == 1


def _told(shop: Shop, text: str) -> int:
    """How often the text is in what visitors have said."""
    anna = api.log_in(shop.url, "Anna", PASSWORD)
    logs = [api.history(shop.url, anna, one["uid"]) for one in visitors(shop)]
    return sum(entry.get("content") == text for log in logs for entry in log)


def test_pages_of_one_browser_are_one_visitor_s_whoever_writes_first(shop: Shop) -> None:
    first = shop.open("/")
    second = shop.watch(first.context.new_page())
    second.goto(shop.url)
    second.fill(FIELD, "half a thought")
    say(first, "from the first page")
    expect(second.locator(".bubble > p")).to_have_text(["from the first page"])
    expect(second.locator(FIELD)).to_have_value("half a thought")
    both = shop.browse()
    pages = [shop.watch(both.new_page()) for _ in range(2)]
    for page in pages:
        page.goto(shop.url)
        expect(page.locator("#entered-name")).to_be_visible()
    for n, page in enumerate(pages):
        page.evaluate(_SENDS, f"at once {n}")
    for page in pages:
        expect(page.locator(".bubble")).to_have_count(2)
    assert sorted(bubbles(pages[0])) == ["at once 0", "at once 1"]


_SENDS = """(text) => {
  const field = document.querySelector(".composer textarea");
  field.value = text;
  field.dispatchEvent(new Event("input", { bubbles: true }));
  field.form.requestSubmit();
}"""


def test_a_form_is_sent_with_it_and_says_what_is_missing_at_the_field(shop: Shop) -> None:
    asks(
        shop.url,
        quick={"en": ["Where is my order?", "I want to return something"]},
        form={
            "name": "required",
            "email": "required",
            "choice": {"required": True, "label": {"en": "It is about"}, "options": {"en": ["An order", "A return"]}},
            "consent": {"en": "I agree to https://shop.example/privacy"},
        },
    )
    page = shop.open("/")
    page.get_by_role("button", name="Where is my order?").click()
    expect(page.locator(FIELD)).to_have_value("Where is my order?")
    trouble = page.locator("#entered-trouble")
    for field, words, fill in (
        ("name", "enter a name", lambda: page.get_by_label("Your name").fill("Ida")),
        ("email", "e-mail address", lambda: page.get_by_label("Your e-mail").fill("ida at shop")),
        ("email", "e-mail address", lambda: page.get_by_label("Your e-mail").fill("ida@shop.example")),
        ("choice", "choose", lambda: page.get_by_label("It is about").select_option("A return")),
        ("consent", "agree", lambda: page.get_by_label("I agree").check()),
    ):
        page.press(FIELD, "Enter")
        expect(trouble).to_contain_text(words)
        expect(page.locator(f"#entered-{field}")).to_be_focused()
        expect(page.locator(f"#entered-{field}")).to_have_attribute("aria-invalid", "true")
        fill()
    assert page.evaluate(KEPT) == 0
    asked: list[Any] = []
    page.on("request", lambda request: asked.append(request.post_data) if "/login" in request.url else None)
    page.route(
        "**/login/widget",
        lambda route: route.fulfill(
            status=400, json={"code": "bad_form", "msg": "No.", "inner": None, "field": "email"}
        ),
        times=1,
    )
    page.press(FIELD, "Enter")
    expect(trouble).to_contain_text("e-mail address")
    expect(page.locator("#entered-email")).to_be_focused()
    expect(page.locator(FIELD)).to_have_value("Where is my order?")
    assert page.evaluate(KEPT) == 0
    page.press(FIELD, "Enter")
    expect(page.locator(STORED)).to_have_count(1)
    sent = json.loads(asked[-1])
    assert (sent["name"], sent["email"]) == ("Ida", "ida@shop.example")
    assert sent["fields"] == {"choice": "A return", "consent": True}


def test_a_quick_answer_is_sent_by_a_press(shop: Shop) -> None:
    asks(shop.url, quick={"en": ["Where is my order?"], "zh": ["我的订单在哪里？"]}, form={"name": "no"})
    for locale, text in (("en-US", "Where is my order?"), ("zh-CN", "我的订单在哪里？")):
        page = shop.open("/", locale=locale)
        page.get_by_role("button", name=text).click()
        expect(page.locator(STORED)).to_have_count(1)
        assert bubbles(page) == [text]
        expect(page.locator(".quick")).to_have_count(0)
        expect(page.locator(FIELD)).to_be_focused()


def test_what_was_entered_goes_with_it_though_the_server_is_out_of_reach(shop: Shop) -> None:
    asks(shop.url, quick={}, form={"name": "no", "email": "required", "consent": {"en": "I agree"}})
    page = shop.open("/")
    email, consent = page.get_by_label("Your e-mail"), page.get_by_label("I agree")
    email.fill("mona@shop.example")
    consent.check()
    page.context.set_offline(True)
    with page.expect_event("requestfailed", lambda request: "/v1/desk" in request.url):
        page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(page.locator(".head-line")).to_have_text("")  # it is known to be gone
    expect(email).to_have_value("mona@shop.example")
    expect(consent).to_be_focused()
    say(page, "from a tunnel")
    expect(page.locator(".tick[data-tick=sending]")).to_have_count(1)
    page.context.set_offline(False)
    expect(page.locator(STORED)).to_have_count(1, timeout=PATIENCE_MS)
    # nor is the form known to a page that is loaded anew with the message on its way
    page = shop.open("/")
    page.get_by_label("Your e-mail").fill("nina@shop.example")
    page.get_by_label("I agree").check()
    page.route("**/login/widget", lambda route: None)
    say(page, "from a lift")
    expect(page.locator(".tick[data-tick=sending]")).to_have_count(1)
    page.route("**/v1/desk*", lambda route: None)
    page.unroute("**/login/widget")
    page.reload()
    expect(page.locator(STORED)).to_have_count(1, timeout=PATIENCE_MS)
    emails = {one["email"]: one["fields"]["consent"]["text"] for one in visitors(shop) if one["email"]}
    assert (emails["mona@shop.example"], emails["nina@shop.example"]) == ("I agree", "I agree")
