"""Pages that somebody else wrote for the plain contract (`theirs/`): on our own origin by a proxy, and on another."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.console import PATIENCE_MS
from tests.browser.nginx import nginx, readme_block
from tests.clients.api import PASSWORD
from tests.prepared import Prepared
from tests.running import ROOT, Chatadmin

NAME = "chat.localhost"  # browsers take what ends so for this machine
THEIR_PAGES = f"location /theirs/ {{ alias {ROOT}/tests/browser/theirs/; index index.html; }}"

Open = Callable[[str], Page]


class Browsing:
    """One browser, in which all of them are tabs; `complaints`: script errors, which their authors would have seen."""

    def __init__(self, context: BrowserContext, address: str) -> None:
        self.context, self.address = context, address
        self.complaints: list[str] = []

    def tab(self, name: str, password: str = "", address: str = "") -> Page:
        """Open their page and log in."""
        page = self.context.new_page()
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.goto(address or self.address)
        page.fill("#nickname", name)
        page.fill("#password", password)
        page.click("#login button")
        return page


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    made = browser.new_context(locale="en-US")
    made.set_default_timeout(PATIENCE_MS)
    yield made
    made.close()


@pytest.fixture
def beside(context: BrowserContext, prepared: Prepared, tmp_path: Path) -> Iterator[Browsing]:
    """Their page on our own origin: a proxy in front serves it beside the product."""
    with Chatadmin(data_dir=prepared("Anna", "Ben"), config={"hosts": [NAME], "shop_name": "Kettle"}) as running:
        process, url = nginx(tmp_path, NAME, THEIR_PAGES + readme_block(running.port))
        yield Browsing(context, f"{url}/theirs/")
        process.close()


@pytest.fixture
def across(context: BrowserContext, prepared: Prepared, tmp_path: Path) -> Iterator[Browsing]:
    """Their page on a site that `origins:` lists: another port of this machine, so that cookies would go along."""
    process, site = nginx(tmp_path, "127.0.0.1", THEIR_PAGES)
    with Chatadmin(data_dir=prepared("Anna", "Ben"), config={"origins": [site]}) as running:
        yield Browsing(context, f"{site}/theirs/?api={running.url}")
    process.close()


def says(page: Page, text: str) -> None:
    page.fill("#content", text)
    page.click("#say button")


def chats(page: Page, client: str) -> None:
    """An agent clicks a visitor on the dashboard."""
    page.click(f"li[data-client={client}] button")


def hears(page: Page, text: str, kind: int = 0) -> None:
    expect(page.locator(f"#live li[data-type='{kind}']").filter(has_text=text)).to_have_count(1)


def recalls(page: Page, *lines: str) -> None:
    """The history, asked for anew: each line with the role and name of whoever said it."""
    page.click("#again")
    expect(page.locator("#history li")).to_have_count(len(lines))
    for shown, line in zip(page.locator("#history li").all_text_contents(), lines, strict=True):
        assert re.fullmatch(re.escape(line) + r" \(\d\d:\d\d:\d\d, \d\d:\d\d:\d\d\)", shown), shown


def tell_the_story(browsing: Browsing) -> None:
    """Log in, a live dashboard, a click, both ways, history on both sides, a second agent refused, leaving."""
    anna = browsing.tab("Anna", PASSWORD)
    maria = browsing.tab("Maria")
    hears(maria, "system", 1)
    online = anna.locator("#users li")
    expect(online).to_contain_text(["Maria"])
    nils = browsing.tab("Nils")  # in the same browser, and still each is who they are
    hears(nils, "system", 1)
    expect(online).to_have_count(2)
    expect(anna.locator("li[data-client=Maria]")).to_contain_text("nobody")

    says(maria, "Is the kettle back?")
    recalls(maria, "user Maria: Is the kettle back?")
    chats(anna, "Maria")
    hears(maria, "admin Anna", 2)
    expect(anna.locator("#history li")).to_contain_text(["user Maria: Is the kettle back?"])
    expect(anna.locator("li[data-client=Maria]")).to_contain_text(": Anna")
    says(anna, "Since this morning.")
    hears(maria, "admin Anna: Since this morning.")
    says(maria, "I take two.")
    hears(anna, "user Maria: I take two.")
    said = ("user Maria: Is the kettle back?", "admin Anna: Since this morning.", "user Maria: I take two.")
    recalls(anna, *said)
    recalls(maria, *said)
    recalls(nils)

    ben = browsing.tab("Ben", PASSWORD)
    expect(ben.locator("li[data-client=Maria]")).to_contain_text(": Anna")
    chats(ben, "Maria")
    expect(ben.locator("#trouble")).to_have_text("refused")
    anna.click("#leave")
    hears(maria, "admin Anna", 3)
    expect(ben.locator("li[data-client=Maria]")).to_contain_text("nobody")
    chats(ben, "Maria")
    hears(maria, "admin Ben", 2)
    maria.click("#leave")
    hears(ben, "user Maria", 3)
    expect(online).to_have_count(1)
    expect(online).to_contain_text(["Nils"])
    assert browsing.complaints == []


def test_a_page_of_theirs_on_our_origin_works(beside: Browsing) -> None:
    tell_the_story(beside)


def test_a_page_of_a_listed_site_works_without_a_cookie(across: Browsing) -> None:
    refused = across.tab("Anna", "a wrong password")
    expect(refused.locator("#trouble")).to_have_text("The name or the password is wrong. Please try again.")
    tell_the_story(across)
    assert across.context.cookies() == []


def test_cookies_of_ours_are_worth_nothing_there(across: Browsing) -> None:
    """The browser sends them along to another port of the same machine, as to a neighbouring name."""
    api = across.address.partition("?api=")[2]
    own = across.context.new_page()
    own.goto(api)
    login = "fetch('/login', {method: 'POST', body: JSON.stringify({nickname: 'Lily', cookie: true})})"
    assert own.evaluate(f"{login}.then(answer => answer.status)") == 200
    assert [cookie["name"] for cookie in across.context.cookies()] == ["chatadmin_visitor"]
    page = across.tab("Oskar")
    hears(page, "system", 1)
    asked = "(url, credentials) => fetch(url + '/v1/me', {credentials}).then(a => a.status, () => 'unreadable')"
    assert page.evaluate(f"url => ({asked})(url, 'omit')", api) == 401
    assert page.evaluate(f"url => ({asked})(url, 'include')", api) == "unreadable"
    socket = """url => new Promise((done) => {
      const socket = new WebSocket(url.replace("http", "ws") + "/v1/chat");
      socket.onopen = () => done("open");
      socket.onclose = () => done("refused");
    })"""
    assert page.evaluate(socket, api) == "refused"
    assert own.evaluate(socket, api) == "open"
    assert own.evaluate("fetch('/v1/me').then(a => a.json()).then(a => a.value.nickname)") == "Lily"


def test_a_site_that_is_not_listed_gets_nothing(across: Browsing) -> None:
    page = across.tab("Mallory", address=across.address.replace("127.0.0.1", "localhost", 1))
    expect(page.locator("#trouble")).to_have_text("unreachable")
    api = across.address.partition("?api=")[2]
    assert page.evaluate("url => fetch(url + '/v1/desk').then(a => a.status, () => 'unreadable')", api) == "unreadable"
