"""Every screen there is, and how to get to it: a function each, listed by its name.

To add one, write a function with `@screen` that returns the page once it shows what is meant. What stands on the
console's rail (`static/js/console/screens.js`) is visited without being listed here.
"""

import itertools
import json
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, FilePayload, Page, expect

from app.store.store import Store
from tests.browser.conftest import Shop, ask_to_leave, asks, open_shop, say, uid_of
from tests.browser.films import wav
from tests.clients import api
from tests.clients.api import PASSWORD
from tests.clients.customers import Key
from tests.clients.sockets import open_chat
from tests.outgoing import BY_MAIL, put_off, taken, with_store
from tests.pictures import JPEG, png
from tests.prepared import Prepared

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
NARROW = {"viewport": {"width": 1000, "height": 800}}  # pixels: the context is a drawer
VISITORS = ("Maria", "Otto", "Zoe", "Rosa")
QUICK = {"en": ["Where is my order?", "I want to return something"], "zh": ["我的订单在哪里？", "我想退货"]}
FORM = {
    "name": "optional",
    "email": "required",
    "choice": {
        "required": False,
        "label": {"en": "It is about", "zh": "咨询内容"},
        "options": {"en": ["An order", "A return"], "zh": ["订单", "退货"]},
    },
    "consent": {
        "en": "You may keep what I write: https://shop.example/privacy",
        "zh": "我同意贵店保存我的消息：https://shop.example/privacy",
    },
}
_RESTORE = """(items) => {
  localStorage.clear();
  for (const { name, value } of items) localStorage.setItem(name, value);
}"""
_names = (f"Customer {n}" for n in itertools.count(1))


@dataclass
class Stage:
    """A shop in which every state of a conversation is to be seen, and the look in which its screens are shown."""

    shop: Shop
    state: dict[str, Any]
    """The cookies and the local storage of a browser in which Anna is logged in."""
    look: dict[str, Any]
    browsers: dict[str, BrowserContext]
    """Anna's browsers, one for each look and size: one that has the scripts already opens faster."""
    guest: list[str]
    """The uid of who came for one screen alone, if anybody did."""

    @contextmanager
    def looking(self, **look: Any) -> Iterator["Stage"]:
        """The same shop in another look; what was opened is closed at the end, and Anna's browsers are as new."""
        before = len(self.shop.contexts)
        try:
            yield replace(self, look=look)
        finally:
            for browser in self.browsers.values():
                for page in browser.pages:
                    page.evaluate(_RESTORE, self.state["origins"][0]["localStorage"])
                    page.close()
            for context in self.shop.contexts[before:]:
                context.close()
            del self.shop.contexts[before:]

    def open(self, path: str, **options: Any) -> Page:
        return self.shop.open(path, **{"reduced_motion": "reduce", **self.look, **options})

    def anna(self, path: str = "/admin", **options: Any) -> Page:
        """A page in a browser of Anna's."""
        options = {"reduced_motion": "reduce", **self.look, **options}
        key = json.dumps(options, sort_keys=True)
        if key not in self.browsers:
            self.browsers[key] = self.shop.browse(storage_state=self.state, **options)
            self.shop.contexts.remove(self.browsers[key])
        page = self.shop.watch(self.browsers[key].new_page())
        page.goto(self.shop.url + path)
        return page

    def visitor(self, **options: Any) -> Page:
        """The chat of somebody who has a name, and has not written."""
        return self.shop.visitor(next(_names), **{"reduced_motion": "reduce", **self.look, **options})

    def console(self, **options: Any) -> Page:
        """Anna's console, with the list loaded."""
        page = self.anna(**options)
        for name in VISITORS:
            expect(page.locator(".visitor-row-name", has_text=name)).to_have_count(1)
        return page

    def case(self, name: str, **options: Any) -> Page:
        """Anna's console with the conversation of `name` up."""
        page = self.console(**options)
        page.locator(".visitor-row", has_text=name).locator("button").click()
        expect(page.locator(".bubble").first).to_be_visible()
        return page


def furnish(shop: Shop) -> Stage:
    """Four visitors come: Maria is with Anna, Otto waits, Zoe is with Ben, Rosa's matter is settled."""
    asks(shop.url, quick=QUICK, form=FORM)
    tokens = {name: api.login(shop.url, name, PASSWORD)[0] for name in ("Anna", "Ben")}
    for name in VISITORS:
        page = shop.visitor(name)
        say(page, "Do you ship to Norway?")
        expect(page.locator(".tick[data-tick=stored]")).to_have_count(1)
    uids = {item["nickname"]: item["uid"] for item in api.call(shop.url, "/v1/users", tokens["Anna"])}
    deeds = "Anna claim Maria, Ben claim Zoe, Anna claim Rosa, Anna resolve Rosa"
    for agent, verb, name in map(str.split, deeds.split(",")):
        api.call(shop.url, f"/v1/conversations/{uids[name]}/{verb}", tokens[agent], {})
    for name, label in (("Maria", "delivery"), ("Otto", "退货")):
        api.call(shop.url, f"/v1/conversations/{uids[name]}/tags", tokens["Anna"], {"tag": label})
    anna, ben = shop.agent(), shop.agent("Ben")
    anna.locator(".visitor-row", has_text="Maria").locator("button").click()
    say(anna, "Yes, it takes four days.\nAnything else?")
    ben.locator(".visitor-row", has_text="Zoe").locator("button").click()
    anna.click(".answer-mode[data-mode=note]")
    say(anna, "She has asked by telephone, too.")
    expect(anna.locator(".bubble-row[data-note] time")).to_have_count(1)
    _vouched(shop, tokens["Anna"])
    return Stage(shop, dict(anna.context.storage_state()), {}, {}, [])


def _vouched(shop: Shop, anna: str) -> None:
    """Lena has come, of whom the shop and her browser tell a lot, and has gone; Anna has written it down."""
    said = {"plan": "Gold", "paid": True, "order": "https://admin.shop.example/118"}
    lena = {
        "identity": Key.made(shop.url, anna).sign("lena", name="Lena", email="lena@example.com", attributes=said),
        "attributes": {"cart": "2 cups"},
        "page": "https://shop.example/kettles?utm_source=mail",
        "title": "Kettles",
        "referrer": "https://search.example/",
        "tz": "Asia/Kathmandu",
        "languages": ["de-AT", "en"],
        "email": "typed@example.com",
        "consent": True,
    }
    answer = api.ask(
        shop.url,
        "/login/widget",
        {"id": "lena".ljust(16, "-"), "fields": {"choice": "An order", "consent": True}, **lena},
    )
    uid, token = answer.value["uid"], answer.value["token"]
    file = api.ask(shop.url, "/v1/files?name=bill.pdf", b"%PDF-1.4", method="POST", Authorization=token)
    with closing(open_chat(shop.url, token)) as chat:
        chat.tell(type="send", id="tab.1", content="My bill", file=file.json["value"]["id"])
        chat.hear(type="ack")
    with closing(open_chat(shop.url, anna)) as desk:
        desk.tell(type="join", conversation=uid)
        desk.hear(type="joined")
        desk.tell(type="send", id="desk.1", content="Asked by telephone", note=True, conversation=uid)
        desk.hear(type="ack")


@pytest.fixture(scope="module")
def stage(browser: Browser, prepared: Prepared) -> Iterator[Stage]:
    """A furnished shop, for a module of looks."""
    with open_shop(prepared("Anna", "Ben"), **BY_MAIL) as running:
        shop = Shop(running, browser)
        yield furnish(shop)
        shop.close()


SCREENS: dict[str, Callable[[Stage], Page]] = {}


def screen(show: Callable[[Stage], Page]) -> Callable[[Stage], Page]:
    """List a screen."""
    SCREENS[show.__name__] = show
    return show


# -- the visitor's ------------------------------------------------------------------------------------------------


@screen
def visitor_nobody(stage: Stage) -> Page:
    page = stage.open("/")
    expect(page.locator("#entered-name")).to_be_visible()
    return page


@screen
def visitor_refused(stage: Stage) -> Page:
    page = visitor_nobody(stage)
    page.fill("#entered-name", "\u202ex")
    say(page, "Hello?")
    expect(page.locator("#entered-trouble")).not_to_be_empty()
    return page


@screen
def visitor_empty(stage: Stage) -> Page:
    return stage.visitor()


@screen
def visitor_talk(stage: Stage) -> Page:
    page = stage.visitor()
    say(page, "Hello?")
    say(page, "https://example.com/a/very/long/address " * 9)
    expect(page.locator(".tick[data-tick=stored]")).to_have_count(2)
    page.fill(".composer textarea", "x" * 8_003)
    expect(page.locator(".composer-note")).not_to_be_empty()
    return page


def written(stage: Stage) -> Page:
    """The page of a visitor who has said something."""
    page = stage.visitor()
    say(page, "Hello?")
    expect(page.locator(".tick[data-tick=stored]")).to_have_count(1)
    return page


@screen
def visitor_asked_how_it_was(stage: Stage) -> Page:
    page = written(stage)
    anna = api.log_in(stage.shop.url, "Anna", PASSWORD)
    api.call(stage.shop.url, f"/v1/conversations/{uid_of(page)}/resolve", anna, {})
    page.locator(".rating-faces button").first.click()
    expect(page.locator(".rating-comment")).to_be_visible()
    return page


@screen
def visitor_sending_files(stage: Stage) -> Page:
    """One that a proxy refused, one on its way, and two above the field."""
    page = stage.visitor()
    page.route(
        "**/v1/files?*",
        lambda route: "bill" in route.request.url and route.fulfill(status=413, content_type="text/html", body="413"),
    )
    bill: FilePayload = {"name": "bill.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4"}
    kettle: FilePayload = {"name": "kettle.png", "mimeType": "image/png", "buffer": png(40, 20)}
    page.set_input_files("input[type=file][multiple]", [bill, kettle])
    page.locator(".tray li").nth(1).wait_for()
    page.click(".composer-send")
    expect(page.locator(".upload [role=alert]")).to_be_visible()
    page.set_input_files("input[type=file][multiple]", [bill, kettle])
    page.locator(".tray canvas").wait_for()
    return page


@screen
def visitor_emoji(stage: Stage) -> Page:
    """Names of emoji, and one by itself that quotes another message."""
    page = written(stage)
    page.focus(".thread")
    page.locator(".bubble-quote").press("Enter")
    expect(page.locator(".quote-tray")).to_be_visible()
    say(page, "👍")
    expect(page.locator(".bubble[data-big] button.quote span")).to_be_visible()
    page.fill(".composer textarea", ":tea")
    expect(page.locator(".emoji-menu [role=option]").first).to_be_visible()
    return page


@screen
def visitor_folded(stage: Stage) -> Page:
    """A long text folded, and one with links unfolded."""
    page = stage.visitor()
    say(page, "word " * 400)
    say(page, "see https://shop.example/a or call +49 30 1234567, " * 40)
    expect(page.locator(".tick[data-tick=stored]")).to_have_count(2)
    page.locator(".bubble-more").last.click()
    return page


@screen
def visitor_leaving(stage: Stage) -> Page:
    page = stage.visitor()
    ask_to_leave(page)
    return page


@screen
def visitor_menu(stage: Stage) -> Page:
    page = written(stage)
    page.click(".head-act")
    expect(page.locator(".menu-item")).to_have_count(5)
    return page


@screen
def visitor_going_on(stage: Stage) -> Page:
    page = visitor_menu(stage)
    page.locator(".menu-item").nth(3).click()
    expect(page.locator(".code")).to_be_visible()
    return page


@screen
def visitor_phone(stage: Stage) -> Page:
    page = stage.visitor(**PHONE)
    say(page, "Hello?")
    expect(page.locator(".tick[data-tick=stored]")).to_have_count(1)
    return page


@screen
def visitor_files(stage: Stage) -> Page:
    """A picture, a sound and a document, as their sender sees them."""
    return _sends_files(stage.visitor())


@screen
def visitor_looking(stage: Stage) -> Page:
    """A picture alone."""
    page = visitor_files(stage)
    page.locator(".file-picture").click()
    expect(page.locator(".viewer-stage img")).to_be_visible()
    return page


def _sends_files(page: Page) -> Page:
    for name, kind, content in (
        ("kettle.png", "image/png", png(40, 30)),
        ("noise.wav", "audio/wav", wav()),
        ("a bill of a rather long name, as they come from shops.pdf", "application/pdf", b"%PDF-1.7"),
    ):
        page.set_input_files("input[type=file] >> nth=0", {"name": name, "mimeType": kind, "buffer": content})
        expect(page.locator(".tray-name")).to_have_count(1)
        page.press(".composer textarea", "Enter")
        expect(page.locator(".file-wait, .tray-name")).to_have_count(0)
    expect(page.locator(".tick[data-tick=stored]")).to_have_count(3)
    expect(page.locator(".file-picture img")).to_be_visible()
    return page


# -- set-up and log-in --------------------------------------------------------------------------------------------


@screen
def set_up(stage: Stage) -> Page:
    page = stage.open("/setup#secret")
    page.fill("#password", "long enough thing")
    page.click("button.button-main")
    expect(page.locator("#trouble")).not_to_be_empty()
    return page


@screen
def console_login(stage: Stage) -> Page:
    page = stage.open("/admin")
    page.click(".login .button-main")
    expect(page.locator("#login-trouble")).not_to_be_empty()
    return page


# -- the console --------------------------------------------------------------------------------------------------


@screen
def console_nothing_selected(stage: Stage) -> Page:
    return stage.console()


@screen
def console_waiting(stage: Stage) -> Page:
    return stage.case("Otto")


@screen
def console_mine(stage: Stage) -> Page:
    page = stage.case("Maria")
    page.fill(".composer textarea", "Half a thought")
    return page


@screen
def console_picker(stage: Stage) -> Page:
    """All emoji, and what is about to be quoted."""
    page = stage.case("Maria", viewport={"width": 1000, "height": 800})  # of a width at which there is the button
    page.focus(".thread")
    page.locator(".bubble-quote").last.press("Enter")
    expect(page.locator(".quote-tray")).to_be_visible()
    page.click(".emoji-button")
    expect(page.locator(".picker [role=option]").first).to_be_visible()
    return page


@screen
def console_another_s(stage: Stage) -> Page:
    return stage.case("Zoe")


@screen
def console_taking_over(stage: Stage) -> Page:
    page = stage.case("Zoe")
    page.click(".claim-bar .button")
    expect(page.locator(".claim-sure")).to_be_visible()
    return page


@screen
def console_resolved(stage: Stage) -> Page:
    return stage.case("Rosa")


@screen
def console_vouched(stage: Stage) -> Page:
    """Whom the shop vouches for, with a block of the pane folded."""
    page = stage.case("Lena", viewport={"width": 1280, "height": 1600})
    expect(page.locator("#context-files")).to_be_visible()
    page.click("#context-status")
    expect(page.locator(".context")).to_contain_text("Kettles")
    return page


@screen
def console_more(stage: Stage) -> Page:
    page = stage.case("Maria")
    page.click(".case-more")
    expect(page.locator(".case-menu")).to_be_visible()
    return page


@screen
def console_transfer(stage: Stage) -> Page:
    page = console_more(stage)
    page.click(".case-transfer")
    expect(page.locator("dialog .colleague")).to_have_count(1)
    return page


def _writes(stage: Stage, holder: str, then: str = "", **body: str) -> str:
    """Somebody new writes and goes, is taken by `holder`, and what else happens to them; their name. Who came before
    them is done with."""
    url, name = stage.shop.url, next(_names)
    for uid in stage.guest:
        api.call(url, f"/v1/conversations/{uid}/resolve", api.log_in(url, "Anna", PASSWORD), {})
    token, uid = api.login(url, name)
    stage.guest[:] = [uid]
    chat = open_chat(url, token)
    chat.tell(type="send", id="tab.1", content="Do you ship to Svalbard?")
    chat.hear(type="ack")
    chat.close()
    agent = api.log_in(url, holder, PASSWORD)
    api.call(url, f"/v1/conversations/{uid}/claim", agent, {})
    if then:
        api.call(url, f"/v1/conversations/{uid}/{then}", agent, body)
    return name


@screen
def console_handed(stage: Stage) -> Page:
    """What Ben has handed to Anna, before she has looked at it."""
    name = _writes(stage, "Ben", "transfer", to="Anna", note="You know Svalbard.")
    page = stage.console()
    expect(page.locator(".notice[data-kind=given]", has_text=name)).to_be_visible()
    return page


@screen
def console_handed_over(stage: Stage) -> Page:
    """The same, once she has opened it."""
    page = console_handed(stage)
    page.locator(".notice-open").first.click()
    expect(page.locator(".case-given")).to_be_visible()
    return page


@screen
def console_next(stage: Stage) -> Page:
    page = stage.case(_writes(stage, "Anna"))
    page.click(".case-resolve")
    expect(page.locator(".claim-next")).to_be_visible()
    return page


@screen
def console_note(stage: Stage) -> Page:
    page = stage.case("Otto")
    page.click(".answer-mode[data-mode=note]")
    page.fill(".composer textarea", "Half a thought")
    return page


@screen
def console_snooze(stage: Stage) -> Page:
    page = console_more(stage)
    page.click(".case-snooze")
    page.fill("#snooze-until", "2020-01-01T09:00")
    expect(page.locator("#snooze-trouble")).not_to_be_empty()
    return page


@screen
def console_block(stage: Stage) -> Page:
    page = console_more(stage)
    page.click(".case-block")
    expect(page.locator(".dialog-block")).to_be_visible()
    return page


@screen
def console_palette(stage: Stage) -> Page:
    page = stage.case("Otto")
    page.keyboard.press("Control+k")
    expect(page.locator(".palette [aria-selected=true]")).to_have_count(1)
    return page


@screen
def console_palette_without_a_choice(stage: Stage) -> Page:
    page = console_palette(stage)
    page.keyboard.type("no such thing")
    expect(page.locator(".palette > *")).to_have_count(0)
    return page


@screen
def console_view(stage: Stage) -> Page:
    page = stage.console()
    page.locator("select.view").select_option("delivery")
    expect(page.locator(".visitor-row")).to_have_count(1)
    return page


@screen
def console_found(stage: Stage) -> Page:
    page = stage.anna("/admin#/find")
    page.fill("input[type=search]", "Norway")
    expect(page.locator(".hit mark").first).to_be_visible()
    return page


@screen
def console_found_people(stage: Stage) -> Page:
    page = stage.anna("/admin#/find")
    page.fill("input[type=search]", "ari")
    expect(page.locator(".everybody-row mark").first).to_have_text("ari")
    return page


@screen
def console_cropping(stage: Stage) -> Page:
    page = stage.anna("/admin#/settings")
    page.locator(".settings-face input").first.set_input_files(
        {"name": "face.jpg", "mimeType": "image/jpeg", "buffer": JPEG}
    )
    expect(page.locator(".crop canvas")).to_be_focused()
    return page


@screen
def console_alerts(stage: Stage) -> Page:
    page = stage.console()
    page.click(".rail-button:has([data-icon^=bell])")
    page.locator("dialog .setting .button").first.click()
    expect(page.locator("dialog .setting-note").first).not_to_be_empty()
    return page


@screen
def console_keys(stage: Stage) -> Page:
    page = stage.console()
    page.keyboard.press("Shift+Slash")
    expect(page.locator("dialog")).to_be_visible()
    return page


@screen
def console_account(stage: Stage) -> Page:
    page = stage.console()
    page.click(".rail-account")
    expect(page.locator(".account-menu")).to_be_visible()
    return page


@screen
def console_notice(stage: Stage) -> Page:
    page = stage.case("Otto")
    page.locator(".case").focus()
    page.keyboard.press("e")
    expect(page.locator(".notice")).to_be_visible()
    return page


@screen
def console_drawer(stage: Stage) -> Page:
    page = stage.case("Maria", **NARROW)
    page.click(".case-details")
    expect(page.locator(".context[data-open]")).to_be_visible()
    return page


@screen
def console_phone_list(stage: Stage) -> Page:
    return stage.console(**PHONE)


@screen
def console_phone_case(stage: Stage) -> Page:
    return stage.case("Maria", **PHONE)


@screen
def console_phone_account(stage: Stage) -> Page:
    page = stage.console(**PHONE)
    page.click(".rail-account")
    expect(page.locator(".account-menu")).to_be_visible()
    return page


@screen
def console_settings(stage: Stage) -> Page:
    """Every form open, with what was not accepted."""
    page = stage.console()
    page.goto(f"{stage.shop.url}/admin#/settings")
    page.locator(".settings-colour .field").fill("#ffcc0")
    page.locator("#settings-team ~ .button").click()
    page.locator(".settings-group > .button").last.click()
    page.locator("input[name=how][value=password]").check()  # where mail is sent, they could be invited, too
    page.locator(".settings-editor .settings-password .button").click()
    for form in page.locator("form.settings-editor").all():
        form.locator(".button-main").click()
    expect(page.locator(".settings-colour ~ .trouble:not(:empty)")).to_have_count(1)
    expect(page.locator(".settings-editor .trouble:not(:empty)")).to_have_count(2)
    return page


@screen
def console_mail(stage: Stage) -> Page:
    """A trial that came to its end, of a server and a domain of which there is something to say."""
    page = stage.anna("/admin#/mail")
    found: list[dict[str, str]] = [
        {"step": "resolve", "verdict": "ok", "outcome": "ok", "said": "2001:db8::25, 192.0.2.25", "needed": ""},
        {"step": "connect", "verdict": "ok", "outcome": "ok", "said": "mail.example.com ESMTP", "needed": ""},
        {"step": "encrypt", "verdict": "ok", "outcome": "ok", "said": "TLSv1.3", "needed": ""},
        {"step": "login", "verdict": "fail", "outcome": "app_password", "said": "534 5.7.9 " + "x" * 190, "needed": ""},
        {
            "step": "spf",
            "verdict": "warn",
            "outcome": "lacks",
            "said": "v=spf1 -all",
            "needed": "include:_spf.google.com",
        },
        {"step": "dmarc", "verdict": "ok", "outcome": "ok", "said": "v=DMARC1; p=none", "needed": ""},
    ]
    page.route("**/v1/mail/trial?*", lambda route: route.fulfill(json={"msg": "ok", "value": found}))
    page.click("#settings-mail-server ~ form .button")
    expect(page.locator("#settings-mail-server ~ form .trouble")).not_to_be_empty()
    page.fill("#settings-mail-server ~ form .field", "owner@example.com")
    page.locator("#settings-mail-server ~ .settings-field .field[type=email]").fill("chat@example.com")
    page.click("#settings-mail-server ~ form .button")
    expect(page.locator(".mail-step[data-verdict=fail]")).to_be_visible()
    return page


@screen
def console_settings_asked(stage: Stage) -> Page:
    page = stage.console()
    page.goto(f"{stage.shop.url}/admin#/settings")
    page.locator(".settings-row", has_text="Ben").locator(".button").last.click()
    expect(page.locator(".dialog")).to_be_visible()
    return page


@screen
def console_hours(stage: Stage) -> Page:
    """Opening hours, with a night, times that overlap, and a date that is not chosen yet."""
    page = stage.anna("/admin#/hours")
    page.locator(".hours-choice input").last.check()
    for added in ("tue", "sat"):
        page.locator(f".hours-day[data-day={added}] .hours-add").click()
    page.locator("[data-day=sat] input").first.fill("20:00")
    page.locator("[data-day=sat] input").last.fill("02:00")
    page.locator("[data-day=tue] input").nth(2).fill("12:00")
    page.locator("#settings-hours-dates ~ div > .button").click()
    page.locator(".hours-foot .button-main").click()
    expect(page.locator(".hours .trouble:not(:empty)")).to_have_count(3)
    return page


@screen
def console_desk(stage: Stage) -> Page:
    """Outside the hours, with who of the team is there."""
    anna = api.log_in(stage.shop.url, "Anna", PASSWORD)
    version = api.call(stage.shop.url, "/v1/shop", anna)["version"]
    never = {"version": version, "hours": {"zone": "UTC"}}
    api.call(stage.shop.url, "/v1/shop", anna, never, method="PATCH")
    page = stage.console()
    page.click(".desk-line")
    expect(page.locator(".desk-menu li")).not_to_have_count(0)
    api.call(stage.shop.url, "/v1/shop", anna, {"version": version + 1, "hours": None}, method="PATCH")
    return page


@screen
def console_site(stage: Stage) -> Page:
    """Put it on your site, with a site, one that was refused, a question to choose an answer from, and what is said by
    itself."""
    page = stage.anna("/admin#/site")
    for site in ("https://www.example.org", "https://shop.example.com"):
        told = {"id": "a" * 16, "page": f"{site}/"}
        api.ask(stage.shop.url, "/v1/widget/seen", told, Origin=site, Content_Type="text/plain")
    sites = page.locator(".settings-section", has=page.locator("#settings-sites"))
    if not sites.locator(".settings-rows").first.locator(".button").count():
        sites.locator(".field").fill("https://shop.example.com")
        sites.locator(".site-add .button").click()
    expect(sites.locator(".settings-group .settings-row")).to_have_count(1)
    page.locator("#settings-entries ~ form .site-check input").first.check()
    page.locator("#settings-triggers ~ form > .button").click()
    expect(page.frame_locator(".site-preview iframe").locator(".shop-shelf li")).to_have_count(6)
    return page


def _mailed(stage: Stage) -> None:
    """Ida and Jo have left: what Anna answered waits to be mailed again, or was given up."""
    url, anna = stage.shop.url, api.log_in(stage.shop.url, "Anna", PASSWORD)
    if api.call(url, "/v1/delivery", anna)["dead"]:
        return
    lanes = []
    for name in ("Ida", "Jo"):
        entered = {"name": name, "email": f"{name}@example.com", "mail": True, "fields": {"consent": True}}
        guest = api.ask(url, "/login/widget", {"id": name.ljust(16, "-"), **entered}).value
        with closing(open_chat(url, guest["token"])) as chat:
            chat.tell(type="send", id="t.1", content="Do you ship to Norway?")
            chat.hear(type="ack")
        api.call(url, f"/v1/conversations/{guest['uid']}/claim", anna, {})
        with closing(open_chat(url, anna)) as desk:
            desk.tell(type="join", conversation=guest["uid"])
            desk.hear(type="joined")
            desk.tell(type="send", id="desk.1", content="Yes, it takes four days.", conversation=guest["uid"])
            desk.hear(type="ack")
        lanes.append(f"mail:{guest['uid']}")

    async def fail(store: Store) -> None:
        for lane in lanes:
            await put_off(store, await taken(store, lane, 1), "451 4.7.1 Try again later")
        assert await store.outbox.give_up(lanes[1])

    with_store(stage.shop.running, fail)


@screen
def console_delivery(stage: Stage) -> Page:
    """What waits to be mailed, and what was given up."""
    _mailed(stage)
    page = stage.anna("/admin#/delivery")
    expect(page.locator(".settings-row")).to_have_count(2)
    return page


@screen
def console_mailed(stage: Stage) -> Page:
    """An answer that was not delivered yet, where the next one goes, and putting that right."""
    _mailed(stage)
    page = stage.case("Ida")
    expect(page.locator(".delivered")).to_be_visible()
    expect(page.locator(".reach")).to_be_visible()
    details = page.locator(".case-details")
    if details.is_visible():  # a drawer, where there is little room
        details.click()
    page.locator("[data-block=address] .icon-button").click()
    expect(page.locator(".address-form")).to_be_visible()
    return page


@screen
def console_identity(stage: Stage) -> Page:
    """Who your customer is, with a key that was made just now."""
    anna = api.log_in(stage.shop.url, "Anna", PASSWORD)
    for key in api.call(stage.shop.url, "/v1/widget", anna)["keys"]:
        api.call(stage.shop.url, f"/v1/widget/keys/{key['kid']}", anna, method="DELETE")
    page = stage.anna("/admin#/identity")
    page.locator("#settings-identity-keys ~ div > .button").click()
    expect(page.locator(".settings-row")).to_have_count(1)
    expect(page.locator(".copy-line")).to_have_count(3)
    return page


def _browsed(stage: Stage, **look: Any) -> Page:
    """Somebody who looks at a page of the shop's, before Anna's eyes."""
    site = "https://shop.example.com"
    asks(stage.shop.url, sites=[site])
    told = {"id": "browsing-screen", "page": f"{site}/kettles", "title": "Kettles " * 20, "tz": "Asia/Tokyo"}
    api.ask(stage.shop.url, "/v1/widget/seen", told, Origin=site, Content_Type="text/plain")
    page = stage.console(**look)
    page.locator(".visitor-row-button", has_text="Kettles").click()
    page.fill("#greeting", "May I help you to find the right one?")
    expect(page.locator(".greeting-card")).to_be_visible()
    return page


@screen
def console_browsing(stage: Stage) -> Page:
    return _browsed(stage)


@screen
def console_phone_browsing(stage: Stage) -> Page:
    return _browsed(stage, **PHONE)
