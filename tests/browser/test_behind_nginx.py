"""Behind nginx as README sets it up, on a port that is not the usual one: log-in, socket, event stream."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from app.chat.sites import LONGEST, MOST
from tests.browser.conftest import Shop, bubbles, row, say, take
from tests.browser.nginx import nginx, readme_block
from tests.clients.api import PASSWORD
from tests.prepared import Prepared
from tests.running import Chatadmin

NAME = "chat.localhost"  # browsers take what ends so for this machine
AS_MANY_AS_FIT = [f"https://{number:019d}.example.com" for number in range(MOST)]
assert LONGEST - MOST < len(" ".join(AS_MANY_AS_FIT)) <= LONGEST


@pytest.fixture(params=["http", "https"])
def behind(request: pytest.FixtureRequest, browser: Browser, prepared: Prepared, tmp_path: Path) -> Iterator[Shop]:
    config = {"hosts": [NAME], "trusted_proxies": ["127.0.0.1"], "sites": AS_MANY_AS_FIT}
    with Chatadmin(data_dir=prepared("Anna"), config=config) as running:
        process, url = nginx(tmp_path, NAME, readme_block(running.port), tls=request.param == "https")
        shop = Shop(running, browser)
        shop.url = url
        yield shop
        shop.close()
        process.close()
        assert "refused by its Host or Origin" not in running.output


def test_both_sides_talk_through_the_proxy_of_the_readme(behind: Shop) -> None:
    visitor = behind.open("/", ignore_https_errors=True)
    say(visitor, "Is the kettle back?")
    console = behind.open("/admin", ignore_https_errors=True)
    console.fill("#login-name", "Anna")
    console.fill("#login-password", PASSWORD)
    console.click(".login .button-main")
    expect(row(console, "Visitor")).to_be_visible()
    take(console, "Visitor")
    say(console, "Since this morning.")
    expect(visitor.locator(".bubble").filter(has_text="Since this morning.")).to_be_visible()
    assert "Is the kettle back?" in bubbles(console)
    assert visitor.evaluate("fetch('/widget').then(({ status }) => status)") == 200
