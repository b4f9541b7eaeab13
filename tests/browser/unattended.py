"""As tests/unattended.py, with a page open."""

from collections.abc import Callable

from playwright.sync_api import Browser

from tests.running import Chatadmin, Valkey
from tests.unattended import wait_for_ever


def test_what_never_ends(chatadmin: Chatadmin, start_store: Callable[..., Valkey], browser: Browser) -> None:
    browser.new_page().goto(chatadmin.url)
    wait_for_ever(chatadmin, start_store("redis"))
