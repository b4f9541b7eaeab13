"""A shop burns down while a page is open, and comes back from its backup: the page is told, and nothing is lost."""

import signal
from pathlib import Path

from playwright.sync_api import expect

from tests.browser.conftest import Shop, bubbles, row, say, take
from tests.cli.program import run
from tests.running import Chatadmin


def test_a_page_that_was_open_offers_again_what_the_backup_has_not(shop: Shop, tmp_path: Path) -> None:
    running = shop.running
    rosa = shop.visitor("Rosa")
    say(rosa, "before the backup")
    expect(rosa.locator(".tick[data-tick=stored]")).to_have_count(1)
    made = run("backup", str(tmp_path / "shop.tar.gz"), "--data-dir", str(running.data_dir), home=tmp_path)
    assert made.status == 0, made.err
    for n in (1, 2):
        say(rosa, f"after it, {n}")
    expect(rosa.locator(".tick[data-tick=stored]")).to_have_count(3)
    rosa.evaluate("window.samePage = true")

    server = f"127.0.0.1:{running.port}"
    running.process.signal(signal.SIGTERM)
    assert running.process.wait() == 0
    data = tmp_path / "elsewhere"
    done = run("restore", str(tmp_path / "shop.tar.gz"), "--data-dir", str(data), home=tmp_path)
    assert (done.status, done.err) == (0, "")
    again = Chatadmin(config={"shop_name": "Tea & Kettle"}, data_dir=data, server=server)
    running.process, running.data_dir = again.process, data

    anna = shop.agent()  # logs in anew
    expect(row(anna, "Rosa")).to_be_visible()
    take(anna, "Rosa")
    expect(anna.locator(".bubble").get_by_text("after it, 2")).to_be_visible()
    say(anna, "All there.")
    expect(rosa.locator(".bubble").get_by_text("All there.")).to_be_visible()
    assert bubbles(anna) == bubbles(rosa) == ["before the backup", "after it, 1", "after it, 2", "All there."]
    assert rosa.evaluate("window.samePage")
