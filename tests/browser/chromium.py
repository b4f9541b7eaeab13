"""Chromium for tests: its headless shell where there is one, which draws pages and no window around them."""

import os
import shutil
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Playwright

PROGRAMS = ("chromium-headless-shell", "chromium")


def launch(playwright: Playwright) -> Browser:
    """A browser: what CHATADMIN_BROWSER names (`./build.sh oldest`), else this machine's.

    The shell takes a third less of the processor than the whole program.
    """
    found = os.environ.get("CHATADMIN_BROWSER") or next(filter(None, map(shutil.which, PROGRAMS)), None)
    assert found, "Chromium is missing: ./build.sh test installs it"
    return playwright.chromium.launch(executable_path=found, args=["--no-sandbox", "--disable-quic"])


def launch_profile(browser: Browser, folder: Path) -> BrowserContext:
    """One more browser, with a profile of its own, whose preferences count: the shell knows none."""
    found = shutil.which("chromium")
    if not found:
        pytest.skip("the whole of Chromium is not here, and its shell has no preferences")
    flags = ["--no-sandbox", "--disable-quic", "--headless=new"]
    return browser.browser_type.launch_persistent_context(folder, executable_path=found, headless=False, args=flags)
