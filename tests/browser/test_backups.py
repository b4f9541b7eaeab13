"""An administrator sees how the shop's backups stand, how to have some, and makes one at a press."""

import re
from pathlib import Path

from playwright.sync_api import Locator, expect

from tests.browser.conftest import OwnShop
from tests.browser.console import Console


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
