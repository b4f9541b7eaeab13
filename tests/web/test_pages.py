"""Pages and what they load: for every language, safe by policy, kept by browsers as long as they are true."""

from html.parser import HTMLParser
from typing import Any

import pytest

from tests.clients.api import ask, raw

pytestmark = pytest.mark.usefixtures("beside")

PAGES = ("/", "/admin", "/setup")
NAME = "<img src=x onerror=alert(1)>{{ 7*7 }}"


@pytest.fixture(scope="module")
def settings() -> dict[str, Any]:
    return {"shop_name": NAME}


class Page(HTMLParser):
    """What a page says and loads."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.language = ""
        self.loads: list[str] = []
        self.tags: set[str] = set()
        self.inline: list[str] = []
        self._within = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        self.tags.add(tag)
        self._within = "data" if found.get("type") == "application/json" else tag
        self.language = found.get("lang") or self.language
        self.inline += [name for name in found if name.startswith("on") or name == "style"]
        if tag in ("script", "link"):
            self.loads += [address for address in (found.get("src"), found.get("href")) if address]

    def handle_endtag(self, tag: str) -> None:
        self._within = ""

    def handle_data(self, data: str) -> None:
        if self._within in ("script", "style") and data.strip():
            self.inline.append(data)


@pytest.mark.parametrize("path", PAGES)
def test_a_page_speaks_the_readers_language(url: str, path: str) -> None:
    for asked, language in [("en", "en"), ("zh-CN,zh", "zh-CN"), ("zh-TW", "zh-CN"), ("nl", "en"), ("*", "en")]:
        answer = ask(url, path, Accept_Language=asked)
        assert Page(answer.body.decode()).language == language, asked
        assert answer.headers["vary"] == "Accept-Language"
    assert Page(ask(url, f"{path}?lang=zh", Accept_Language="en").body.decode()).language == "zh-CN"
    assert Page(ask(url, f"{path}?lang=%22%3E%3Cscript%3E").body.decode()).language == "en"


@pytest.mark.parametrize("path", PAGES)
def test_a_page_needs_nothing_inline_and_nothing_from_elsewhere(url: str, path: str) -> None:
    answer = ask(url, path)
    policy = answer.headers["content-security-policy"]
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "same-origin"
    assert answer.headers["cache-control"] == "no-store"
    page = Page(answer.body.decode())
    assert not page.inline
    assert "img" not in page.tags
    for address in page.loads:
        assert address.startswith(("data:", "/static/")), address


def test_a_shops_name_is_text(url: str) -> None:
    body = ask(url, "/").body.decode()
    assert "<img" not in body
    assert ask(url, "/v1/desk").value["shop_name"] == NAME


@pytest.mark.parametrize("path", PAGES)
def test_what_a_page_loads_is_there(url: str, path: str) -> None:
    for address in Page(ask(url, path).body.decode()).loads:
        if address.startswith("/static/"):
            answer = ask(url, address, Accept_Encoding="identity")
            assert answer.status == 200, address
            assert answer.headers["content-type"] in ("text/javascript; charset=utf-8", "text/css; charset=utf-8")


def script(url: str) -> str:
    """The address of the visitor's script."""
    return next(address for address in Page(ask(url, "/").body.decode()).loads if "visitor" in address)


def test_what_a_browser_has_is_not_sent_again(url: str) -> None:
    first = ask(url, script(url))
    again = ask(url, script(url), If_None_Match=first.headers["etag"])
    assert (again.status, again.body) == (304, b"")
    assert again.headers["cache-control"] == first.headers["cache-control"]
    assert ask(url, script(url), If_None_Match='"other"').status == 200


@pytest.mark.parametrize(
    "path",
    [
        "/static/../app/cli.py",
        "/static/..%2f..%2fapp%2fcli.py",
        "/static/%2e%2e/%2e%2e/etc/passwd",
        "/static/js/..%2f..%2fdefault_config.yaml",
        "/static/%00",
        "/static/%c0%ae%c0%ae/",
        "/static//etc/passwd",
        "/static/",
        "/static",
        "/static/vendor",
        "/static/vendor/preact.mjs%00.css",
        "/static/vendor/preact.mjs.gz",
        "/static/..\\app",
        "/static/" + "a/" * 2000,
        "/templates/page.html",
        "/static/pages.json",
        "/.git/config",
        "/%0d%0aSet-Cookie:%20x=1",
        "/nowhere",
    ],
)
def test_nothing_else_can_be_read(url: str, path: str) -> None:
    answer = raw(url, f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
    assert answer.split()[1] == b"404"
    assert b"set-cookie" not in answer.lower()


def test_head_is_get_without_a_body(url: str) -> None:
    for path in (*PAGES, script(url), "/healthz"):
        answer = ask(url, path, method="HEAD")
        assert (answer.status, answer.body) == (200, b"")
