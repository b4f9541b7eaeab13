"""Somebody is erased while they and an agent look at their conversation: both pages say so, and show nothing of it."""

from pathlib import Path

from playwright.sync_api import expect

from tests.browser.conftest import Shop, row, say, take
from tests.cli.program import run

SAID = "my order is at 12 Acorn Lane"


def test_both_pages_hear_of_it_and_keep_nothing(shop: Shop, tmp_path: Path) -> None:
    rosa, anna = shop.visitor("Rosa"), shop.agent()
    say(rosa, SAID)
    expect(row(anna, "Rosa")).to_be_visible()
    take(anna, "Rosa")
    expect(anna.locator(".bubble").get_by_text(SAID)).to_be_visible()
    done = run("erase", "rosa", "--yes", "--data-dir", str(shop.running.data_dir), home=tmp_path)
    assert (done.status, done.err) == (0, "")
    expect(anna.get_by_text("This conversation was erased for good")).to_be_visible()
    expect(row(anna, "Rosa")).to_have_count(0)
    expect(anna.get_by_text(SAID)).to_have_count(0)
    expect(rosa.get_by_text(SAID)).to_have_count(0)
    expect(rosa.get_by_text("Your chat has ended here")).to_be_visible()
    rosa.reload()
    expect(rosa.get_by_text(SAID)).to_have_count(0)
