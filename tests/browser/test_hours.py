"""A shop's hours in real Chromium: what visitors read of them, in their own time and at the minute.

The clock of the product is one that stands where a story puts it; its store is a server of its own, with a true one.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Shop, come_in, say
from tests.clients import api
from tests.clients.api import PASSWORD
from tests.replicated import Server, free_ports
from tests.running import Chatadmin

BERLIN = {"zone": "Europe/Berlin", "week": {"mon": [["09:00", "18:00"]], "tue": [["09:00", "18:00"]]}}
# Ten seconds before a Monday's closing, in UTC; and after it.
OPEN, CLOSED = "2026-11-30 16:59:50", "2026-11-30 17:00:01"


class Clocked(Shop):
    """A shop whose clock stands at `file`'s word."""

    def __init__(self, running: Chatadmin, browser: Browser, file: Path) -> None:
        super().__init__(running, browser)
        self._file = file

    def at(self, moment: str) -> None:
        self._file.write_text(moment)

    def keeps(self, hours: dict[str, Any] | None) -> None:
        """An administrator has set these."""
        anna = api.log_in(self.url, "Anna", PASSWORD)
        version = api.call(self.url, "/v1/shop", anna)["version"]
        api.call(self.url, "/v1/shop", anna, {"version": version, "hours": hours}, method="PATCH")


@pytest.fixture(scope="module")
def _clocked(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Clocked]:
    (library,) = Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1")
    file = tmp_path_factory.mktemp("clock") / "now"
    file.write_text(OPEN)
    env = {
        "LD_PRELOAD": str(library),
        "TZ": "UTC",
        "FAKETIME_TIMESTAMP_FILE": str(file),
        "FAKETIME_NO_CACHE": "1",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
    }
    (port,) = free_ports(1)
    store = Server("valkey", port)
    try:
        config = {"redis": f"redis://127.0.0.1:{port}", "limits": {"logins_per_minute": 0}, "workers": 1}
        with Chatadmin(config=config, env=env) as running:
            token = api.set_up(running.url, running.setup_secret, "Anna")
            api.call(running.url, "/v1/agents", token, {"nickname": "Ben", "password": PASSWORD, "role": "agent"})
            yield Clocked(running, browser, file)
    finally:
        store.close()


@pytest.fixture
def shop(_clocked: Clocked) -> Iterator[Clocked]:
    _clocked.at(OPEN)
    yield _clocked
    _clocked.close()


def reads(page: Page, words: str) -> None:
    expect(page.locator(".head-line")).to_have_text(re.compile(f"^{words}$"))


def test_a_shop_closes_before_everybody_s_eyes_at_the_minute(shop: Clocked) -> None:
    shop.keeps(BERLIN)
    lena = come_in(shop.watch(shop.browse(locale="de-DE", timezone_id="Europe/Berlin").new_page()), shop.url, "Lena")
    say(lena, "Guten Abend")
    reads(lena, r"Gerade ist niemand da \(geöffnet bis 18:00\): Schreiben Sie, wir sehen es als Erstes")
    # who has not written has no socket: their page turns by itself, also where the server is out of reach
    hana = shop.open("/healthz", timezone_id="Asia/Tokyo")
    hana.clock.install()
    hana.goto(shop.url)
    reads(hana, r"Nobody is here right now \(open until 2:00 AM\): write, we will see it first thing")
    hana.context.set_offline(True)
    hana.clock.fast_forward(11_000)
    reads(hana, "We are closed right now: write, we will see it first thing")

    shop.at(CLOSED)
    reads(lena, "Geschlossen bis Dienstag, 09:00: Schreiben Sie, wir sehen es als Erstes")
    hana.context.set_offline(False)
    hana.clock.fast_forward(11_000)  # and then asks until when
    reads(hana, "Closed until 5:00 PM: write, we will see it first thing")

    shop.agent("Ben")
    reads(lena, "Eigentlich geschlossen, aber jemand von uns ist da")
    shop.keeps(None)
    reads(lena, "Wir sind da")
