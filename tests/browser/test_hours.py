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
from tests.ports import free_port
from tests.replicated import Server
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
    port = free_port()
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
    reads(lena, "Geschlossen bis Dienstag 09:00: Schreiben Sie, wir sehen es als Erstes")
    hana.context.set_offline(False)
    hana.clock.fast_forward(11_000)  # and asks, as from time to time
    reads(hana, "Closed until 5:00 PM: write, we will see it first thing")

    shop.agent("Ben")
    reads(lena, "Eigentlich geschlossen, aber jemand von uns ist da")
    shop.keeps(None)
    reads(lena, "Wir sind da")


def test_an_owner_says_when_the_shop_is_open(shop: Clocked) -> None:
    shop.keeps(None)
    anna = shop.agent(timezone_id="Europe/Berlin")
    anna.goto(f"{shop.url}/admin#/settings")
    anna.get_by_role("button", name="Set hours").click()
    anna.get_by_label("At these times").check()
    expect(anna.locator(".hours-bar i")).to_have_count(5)  # from Monday to Friday, nine to five
    anna.get_by_label("Monday, closes").fill("18:00")
    anna.get_by_role("button", name="Copy: Monday").click()
    anna.get_by_role("button", name="To Monday to Friday").click()
    anna.get_by_role("button", name="Remove: Friday").press("Enter")
    expect(anna.get_by_role("button", name="Add: Friday")).to_be_focused()
    # a night belongs to its day, and is seen on both
    anna.get_by_role("button", name="Add: Saturday").press("Enter")
    expect(anna.get_by_label("Saturday, opens")).to_be_focused()
    anna.get_by_label("Saturday, opens").fill("20:00")
    anna.get_by_label("Saturday, closes").fill("02:00")
    expect(anna.locator(".hours-day[data-day=sat]")).to_contain_text("ends on Sunday")
    expect(anna.locator(".hours-bar[data-day=sun] i[data-night]")).to_have_count(1)
    # what overlaps or lacks something is not saved, and what lacks it has the focus
    anna.get_by_role("button", name="Add: Thursday").click()
    anna.get_by_label("Thursday 2, opens").fill("17:00")
    anna.get_by_label("Thursday 2, closes").fill("19:00")
    expect(anna.locator(".hours-day[data-day=thu]")).to_contain_text("These times overlap.")
    anna.get_by_role("button", name="Remove: Thursday 2").click()
    anna.get_by_role("button", name="Add a date").click()
    save = anna.get_by_role("button", name="Save")
    save.click()
    expect(anna.locator(".hours-date")).to_contain_text("Choose the date.")
    expect(anna.get_by_label("Date", exact=True)).to_be_focused()
    anna.get_by_label("Date", exact=True).fill("2026-12-24")
    anna.get_by_label("Every year").check()
    save.click()
    expect(anna.locator(".settings-state")).to_have_text("Saved.")
    expect(anna.locator(".hours-side")).to_contain_text("Open until 6:00 PM")
    day, token = [["09:00", "18:00"]], api.log_in(shop.url, "Anna", PASSWORD)
    written: dict[str, Any] = {
        "zone": "Europe/Berlin",
        "week": {"mon": day, "tue": day, "wed": day, "thu": day, "sat": [["20:00", "02:00"]]},
        "dates": [{"ranges": [], "on": "2026-12-24", "yearly": True}],
    }
    assert api.call(shop.url, "/v1/shop", token)["hours"] == written

    # whoever was faster is shown as a week, and neither is lost
    anna.get_by_role("button", name="Remove: Saturday").click()
    shop.keeps(BERLIN)
    expect(anna.locator(".settings-rival .hours-bar[data-day=tue] i")).to_have_count(1)
    anna.get_by_role("button", name="Keep mine").click()
    save.click()
    expect(anna.locator(".settings-state")).to_have_text("Saved.")
    del written["week"]["sat"]
    assert api.call(shop.url, "/v1/shop", token)["hours"] == written


def test_the_team_sees_what_customers_find(shop: Clocked) -> None:
    shop.keeps(BERLIN)
    anna, ben = shop.agent(timezone_id="Europe/Berlin"), shop.agent("Ben")
    line = anna.locator(".desk-line")
    expect(line).to_have_text("Open until 6:00 PM · 2 take conversations")
    shop.at(CLOSED)
    expect(line).to_have_text("Outside your hours until Tuesday 9:00 AM · 2 take conversations")
    for token in (api.log_in(shop.url, "Ben", PASSWORD), api.log_in(shop.url, "Anna", PASSWORD)):
        api.call(shop.url, "/v1/me/status", token, {"accepting": False})
    expect(line).to_contain_text("nobody takes conversations")
    line.click()
    expect(anna.locator(".desk-menu li").first).to_contain_text("here, takes none")
    ben.goto(f"{shop.url}/admin#/hours")
    expect(ben.locator(".screen-body")).to_have_text("Administrators decide when the shop is open.")
    # without hours the line is there only where customers find nobody
    shop.keeps(None)
    expect(line).to_have_text("nobody takes conversations")
    api.call(shop.url, "/v1/me/status", api.log_in(shop.url, "Ben", PASSWORD), {"accepting": True})
    expect(line).to_have_count(0)
