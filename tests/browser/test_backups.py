"""An administrator sees how the shop's backups stand, how to have some, and makes one at a press."""

import re
from pathlib import Path

from playwright.sync_api import Locator, expect

from tests.browser.conftest import OwnShop
from tests.browser.console import Console
from tests.clients.api import PASSWORD, ask, log_in


def section(console: Console, url: str) -> Locator:
    console.page.goto(f"{url}/admin#/settings")
    return console.page.get_by_role("region", name="Backups")


def test_where_none_are_set_up_it_says_how(own_shop: OwnShop) -> None:
    shop = own_shop("Anna")
    backups = section(Console(shop.agent()), shop.url)
    expect(backups).to_contain_text("There is no backup yet. If this server's disk breaks, all of it is lost.")
    expect(backups.get_by_role("textbox", name="Lines for chatadmin.yaml")).to_have_value(re.compile(r'at: "03:30"'))
    expect(backups.get_by_role("button", name="Back up now")).to_have_count(0)


def test_one_is_made_at_a_press_and_one_that_fails_says_why(own_shop: OwnShop, tmp_path: Path) -> None:
    place = tmp_path / "disk" / "backups"
    shop = own_shop("Anna", backup={"to": str(place), "keep": 3})
    backups = section(Console(shop.agent()), shop.url)
    expect(backups).to_contain_text("None is made by itself, as no time is set; the newest 3 are kept.")
    backups.get_by_role("button", name="Back up now").click()
    expect(backups.get_by_role("status")).to_have_text("A backup is being made …")
    expect(backups).to_contain_text("disk/backups is not there: make the directory, or mount it")
    place.parent.mkdir()
    backups.get_by_role("button", name="Back up now").click()
    expect(backups).to_contain_text(re.compile(r"Last backup: .*, checked and complete"))
    expect(backups).not_to_contain_text("is not there")
    expect(backups).not_to_contain_text("A backup is being made")


def test_one_that_is_made_elsewhere_is_seen_also_after_an_outage(own_shop: OwnShop, tmp_path: Path) -> None:
    shop = own_shop("Anna", backup={"to": str(tmp_path / "backups"), "keep": 3})
    anna = Console(shop.agent())
    backups = section(anna, shop.url)
    expect(backups).to_contain_text("There is no backup yet")
    anna.page.route("**/v1/backups*", lambda route: route.abort("connectionrefused"))
    expect(backups.locator(".trouble")).not_to_be_empty()
    anna.page.unroute("**/v1/backups*")
    ask(shop.url, "/v1/backups", {}, Authorization=log_in(shop.url, "Anna", PASSWORD))
    expect(backups).to_contain_text(re.compile(r"Last backup: .*, checked and complete"))
    expect(backups.locator(".trouble")).to_be_empty()
