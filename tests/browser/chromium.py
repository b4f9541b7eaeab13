"""Chromium for tests: its headless shell where there is one, which draws pages and no window around them."""

import shutil

from playwright.sync_api import Browser, Playwright

PROGRAMS = ("chromium-headless-shell", "chromium")


def launch(playwright: Playwright) -> Browser:
    """A browser. The shell takes a third less of the processor than the whole program."""
    found = next(filter(None, map(shutil.which, PROGRAMS)), None)
    assert found, "Chromium is missing: ./build.sh test installs it"
    return playwright.chromium.launch(executable_path=found, args=["--no-sandbox", "--disable-quic"])
