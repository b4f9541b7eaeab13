"""A shop and a chat on two different sites, both by their names, as the browsers of customers meet them.

    def test_something(sites: Sites) -> None:
        sites.pages.put("/", sites.page("<h1>Tea</h1>"), Content_Security_Policy="...")
        page = sites.visit("/")         # https://www.shop.test/, in a browser of its own
        sites.chat_frame(page)          # the chat in it, https://chat.example.com/widget

`complaints` gathers what browsers find fault with: policies, embedding, script errors. `asked` is every request.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, FrameLocator, Locator, Page, Playwright

from tests.browser.chromium import launch, launch_profile
from tests.browser.console import PATIENCE_MS
from tests.browser.nginx import nginx, readme_block
from tests.browser.shop_pages import ShopPages
from tests.clients import api
from tests.running import Chatadmin

SHOP, CHAT = "www.shop.test", "chat.example.com"  # the latter as in the examples of docs/widget
NEIGHBOUR = (
    "www.example.com"  # a shop as most will be: another origin, on the chat's own site, so that cookies go along
)

# In every frame: what its policies or those of the frame around it refuse is told as it happens; and the loader's
# closed shadow root is open to the tests alone.
_OBSERVE = """
addEventListener("securitypolicyviolation", ({ effectiveDirective, blockedURI, sample }) =>
  complain(`${location.origin}: ${effectiveDirective}: ${blockedURI} ${sample}`));
new ReportingObserver((reports) => {
  for (const { type, body } of reports) complain(`${location.origin}: ${type}: ${JSON.stringify(body)}`);
}, { buffered: true }).observe();
const attach = Element.prototype.attachShadow;
Element.prototype.attachShadow = function (options) { return attach.call(this, { ...options, mode: "open" }); };
"""


@dataclass
class Sites:
    """Both sites, and the browsers before them."""

    running: Chatadmin
    pages: ShopPages
    scheme: str
    flags: list[str]
    """By which Chromium finds both."""
    browser: Browser
    asked: list[str] = field(default_factory=list)
    """Every request, as "GET https://...", in order."""
    complaints: list[str] = field(default_factory=list)
    _contexts: list[BrowserContext] = field(default_factory=list)

    @property
    def shop(self) -> str:
        return f"{self.scheme}://{SHOP}"

    @property
    def chat(self) -> str:
        return f"{self.scheme}://{CHAT}"

    @property
    def tag(self) -> str:
        """What a shop puts into its pages."""
        return f'<script async src="{self.chat}/widget.js"></script>'

    def page(self, body: str = "<h1>Tea &amp; Kettle</h1>", head: str = "") -> str:
        """A plain page of the shop's, with the tag."""
        opening = f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Tea</title>{head}'
        meta = '<meta name="viewport" content="width=device-width, initial-scale=1">'
        return f"{opening}{meta}{self.tag}</head><body>{body}</body></html>"

    def visit(self, path: str = "/", context: BrowserContext | None = None, **options: Any) -> Page:
        """A page of the shop's, in a browser of its own or in the one given."""
        page = (context or self.browse(**options)).new_page()
        page.goto(self.shop + path)
        return page

    def browse(self, **options: Any) -> BrowserContext:
        """A browser of its own."""
        options = {"viewport": {"width": 1280, "height": 800}, "locale": "en-US", **options}
        return self.watch(self.browser.new_context(ignore_https_errors=True, **options))

    def blocking(self, folder: Path, blocked: dict[str, Any]) -> BrowserContext:
        """A browser whose owner has blocked something; `folder`, which is empty, becomes its profile."""
        return self.watch(launch_profile(self.browser, folder, blocked, *self.flags, ignore_https_errors=True))

    def watch(self, context: BrowserContext) -> BrowserContext:
        """Note what it asks for and what it complains of, and close it with the others."""
        self._contexts.append(context)
        context.set_default_timeout(PATIENCE_MS)
        context.on("request", lambda request: self.asked.append(f"{request.method} {request.url}"))
        context.on("weberror", lambda error: self.complaints.append(f"error: {error.error}"))
        context.on("console", self._console)
        context.expose_binding("complain", lambda _, text: self.complaints.append(text))
        context.add_init_script(_OBSERVE)
        return context

    def _console(self, message: Any) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(f"console: {message.text} ({message.location['url']})")

    def launcher(self, page: Page) -> Locator:
        """The button that opens the chat."""
        return page.locator("chatadmin-widget .launcher")

    def frame(self, page: Page) -> FrameLocator:
        """The chat in a page of the shop's."""
        return page.frame_locator("chatadmin-widget iframe")

    def agent(self, name: str = "Anna", **options: Any) -> Page:
        """An agent at the console of the chat, who had logged in before."""
        context = self.browse(**options)
        token = api.log_in(self.running.url, name, api.PASSWORD)
        context.add_cookies([{"name": "chatadmin_agent", "value": token, "url": self.chat}])
        page = context.new_page()
        page.goto(f"{self.chat}/admin")
        page.wait_for_selector(".workspace")
        return page

    def close(self) -> None:
        """Close the browsers of one story."""
        for context in self._contexts:
            context.close()
        for noted in (self._contexts, self.asked, self.complaints, self.pages.reports):
            noted.clear()


@contextmanager
def two_sites(
    playwright: Playwright, data_dir: Path, folder: Path, *, tls: bool = True, **config: Any
) -> Iterator[Sites]:
    """Open both: the chat on a data directory behind nginx as README sets it up, the shop with one plain page.

    `folder` is for what the proxy needs. Without `tls` both are plain http.
    """
    scheme = "https" if tls else "http"
    ours = {
        "hosts": [CHAT],
        "sites": [f"{scheme}://{name}" for name in (SHOP, NEIGHBOUR)],
        "trusted_proxies": ["127.0.0.1"],
    }
    config = {**ours, "shop_name": "Tea & Kettle", "limits": {"logins_per_minute": 0}, **config}
    with Chatadmin(data_dir=data_dir, config=config) as running:
        proxy, address = nginx(folder, CHAT, readme_block(running.port), tls=tls)
        pages = ShopPages(folder if tls else None)
        port = {"https": 443, "http": 80}[scheme]
        places = {"*.test": pages.port, NEIGHBOUR: pages.port, CHAT: urlsplit(address).port}
        rules = [f"MAP {name}:{port} 127.0.0.1:{place}" for name, place in places.items()]
        flags = [f"--host-resolver-rules={', '.join(rules)}"]
        with launch(playwright, *flags) as browser:
            sites = Sites(running, pages, scheme, flags, browser)
            pages.put("/", sites.page())
            pages.put("/favicon.ico", b"")  # for which the whole of Chromium asks by itself
            yield sites
            sites.close()
        pages.close()
        proxy.close()
