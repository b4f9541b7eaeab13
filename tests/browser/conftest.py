"""Real Chromium in front of the running product. One browser and one shop for each module of stories."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, expect, sync_playwright

from tests.browser.chromium import launch
from tests.browser.console import PATIENCE_MS
from tests.browser.desk import Desk
from tests.browser.sites import Sites, two_sites
from tests.clients import api
from tests.clients.api import PASSWORD
from tests.prepared import Prepared
from tests.running import Chatadmin

expect.set_options(timeout=PATIENCE_MS)


# Refusals and cuts that the stories bring about: Chromium notes them by itself.
_EXPECTED = (
    "status of 4",
    "status of 503",
    "status of 507",
    "ERR_CONNECTION",
    "ERR_INTERNET",
    "ERR_EMPTY",
    "ERR_INCOMPLETE",
    "ERR_CONTENT_LENGTH",
    "ERR_SOCKET",
    "ERR_NETWORK",
    "ERR_TIMED_OUT",
    "WebSocket connection",
)


class Shop:
    """The running product with two agents, Anna (administrator) and Ben; and browsers in front of it."""

    def __init__(self, running: Chatadmin, browser: Browser) -> None:
        self.running, self.browser = running, browser
        self.url = running.url
        self.contexts: list[BrowserContext] = []
        self.complaints: list[str] = []

    def open(self, path: str = "/", **options: Any) -> Page:
        """A page in a browser of its own."""
        page = self.watch(self.browse(**options).new_page())
        page.goto(self.url + path)
        return page

    def browse(self, **options: Any) -> BrowserContext:
        """A browser of its own."""
        options = {"viewport": {"width": 1280, "height": 800}, "locale": "en-US", **options}
        context = self.browser.new_context(**options)
        context.set_default_timeout(PATIENCE_MS)
        self.contexts.append(context)
        context.on("request", self._request)
        context.on("response", self._response)
        return context

    def watch(self, page: Page) -> Page:
        """Note whatever the page complains of: script errors, refused policies, broken requests."""
        page.on("pageerror", lambda error: self.complaints.append(f"error: {error}"))
        page.on("console", self._console)
        return page

    def _console(self, message: Any) -> None:
        if message.type in ("error", "warning") and not any(text in message.text for text in _EXPECTED):
            self.complaints.append(f"console: {message.text}")

    def _request(self, request: Any) -> None:
        if not request.url.startswith((self.url, self.url.replace("http", "ws"), "data:")):
            self.complaints.append(f"another origin: {request.url}")

    def _response(self, response: Any) -> None:
        if "token" in response.headers:  # our pages have their cookie
            self.complaints.append(f"a token that scripts can read: {response.url}")

    def visitor(self, nickname: str, **options: Any) -> Page:
        """A visitor of this name in the chat, who has not written yet."""
        page = self.watch(self.browse(**options).new_page())
        return come_in(page, self.url, nickname)

    def agent(self, name: str = "Anna", **options: Any) -> Page:
        """An agent at the console, who had logged in before."""
        context = self.browse(**options)
        token = api.log_in(self.url, name, PASSWORD)
        context.add_cookies([{"name": "chatadmin_agent", "value": token, "url": self.url}])
        page = self.watch(context.new_page())
        page.goto(self.url + "/admin")
        page.wait_for_selector(".workspace")
        return page

    def close(self) -> None:
        """Close the browsers of one story; the pages must have had nothing to complain of."""
        for context in self.contexts:
            context.close()
        self.contexts.clear()
        complaints, self.complaints = self.complaints, []
        assert not complaints, complaints


def open_shop(data_dir: Path, **config: Any) -> Chatadmin:
    """The product as these stories have it."""
    return Chatadmin(
        data_dir=data_dir, config={"shop_name": "Tea & Kettle", "limits": {"logins_per_minute": 0}, **config}
    )


# For a module, not for the session: Playwright's synchronous side keeps an event loop running, in which no
# asynchronous test could be.
@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="module")
def browser(playwright: Playwright) -> Iterator[Browser]:
    with launch(playwright) as started:
        yield started


@pytest.fixture(scope="module")
def _sites(playwright: Playwright, prepared: Prepared, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sites]:
    with two_sites(playwright, prepared("Anna", "Ben"), tmp_path_factory.mktemp("sites")) as both:
        yield both


@pytest.fixture
def sites(_sites: Sites) -> Iterator[Sites]:
    """A shop and a chat on two sites (tests/browser/sites.py); the browsers of a story are closed at its end."""
    yield _sites
    _sites.close()


@pytest.fixture
def desk(sites: Sites) -> Iterator[Desk]:
    """An agent behind the chat of `sites`."""
    opened = Desk(sites.running.url)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def _shop(browser: Browser, prepared: Prepared) -> Iterator[Shop]:
    with open_shop(prepared("Anna", "Ben")) as running:
        yield Shop(running, browser)


@pytest.fixture
def shop(_shop: Shop) -> Iterator[Shop]:
    yield _shop
    _shop.close()


OwnShop = Callable[..., Shop]


@pytest.fixture
def own_shop(start_chatadmin: Callable[..., Chatadmin], browser: Browser, prepared: Prepared) -> Iterator[OwnShop]:
    """Opens a shop of one's own, in which nobody is yet: `own_shop(*team, **config)`."""
    with ExitStack() as opened:

        def begin(*team: str, **config: Any) -> Shop:
            shop = Shop(start_chatadmin(data_dir=prepared(*team), config=config or None), browser)
            opened.callback(shop.close)
            return shop

        yield begin


def come_in(page: Page, url: str, name: str) -> Page:
    """Open the chat in this page as a visitor who gave a name elsewhere, and is one before they write."""
    answer = page.context.request.post(f"{url}/login", data={"name": name, "cookie": True})
    assert answer.ok, answer.text()
    page.goto(url)
    page.wait_for_selector(".head-act")
    return page


def asks(url: str, **changes: Any) -> None:
    """The shop offers and asks this of who writes for the first time, as `PUT /v1/widget` takes it."""
    anna = api.log_in(url, "Anna", PASSWORD)
    version = api.call(url, "/v1/widget", anna)["version"]
    api.call(url, "/v1/widget", anna, {"version": version, **changes}, method="PUT")


def say(page: Page, text: str) -> None:
    """Write and press Enter."""
    page.fill(".composer textarea", text)
    page.press(".composer textarea", "Enter")


def ask_to_leave(page: Page) -> None:
    """A visitor presses what leaves the chat, and is asked whether they mean it."""
    page.click(".head-act")
    page.locator(".head .menu-item").last.click()
    page.wait_for_selector(".leave")


def writes(shop: Shop, name: str, text: str = "Hello?") -> Page:
    """A visitor comes in and writes; the message is stored."""
    visitor = shop.visitor(name)
    say(visitor, text)
    expect(visitor.locator(".tick[data-tick=stored]")).to_have_count(1, timeout=PATIENCE_MS)
    return visitor


def uid_of(page: Page) -> str:
    """Of the visitor whose page it is."""
    found: str = page.evaluate("fetch('/v1/me?as=visitor').then((answer) => answer.json()).then((me) => me.value.uid)")
    return found


def bubbles(page: Page) -> list[str]:
    """The texts of the thread, in order, our own that are still on their way included."""
    return page.locator(".bubble > p").all_text_contents()


def row(page: Page, nickname: str) -> Any:
    """A visitor's row in the console's list."""
    return page.locator(".visitor-row").filter(has_text=nickname).first


def take(page: Page, nickname: str) -> None:
    """Open a visitor's conversation and take it, by clicks."""
    row(page, nickname).locator("button").first.click()
    page.locator(".claim-bar .button-main").click()
    page.wait_for_selector(".composer textarea")


def hand_over(page: Page, colleague: str) -> None:
    """In the window for it, choose a colleague, then press the button."""
    page.locator(".colleague", has_text=colleague).click()
    page.locator(".dialog-transfer .button-main").click()
