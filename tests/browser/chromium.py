"""Chromium for tests: its headless shell where there is one, which draws pages and no window around them."""

import json
import os
import shutil
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Playwright

PROGRAMS = ("chromium-headless-shell", "chromium")


# What Chromium's preferences say where its owner has blocked cookies; with them goes all that a page could keep.
NO_COOKIES_BLOCKED = {"profile": {"cookie_controls_mode": 0}}
THIRD_PARTY_COOKIES = {"profile": {"cookie_controls_mode": 1}}
ALL_COOKIES = {"profile": {"default_content_setting_values": {"cookies": 2}}}
_FLAGS = ["--no-sandbox", "--disable-quic"]


def launch(playwright: Playwright, *flags: str) -> Browser:
    """A browser: what CHATADMIN_BROWSER names (`./build.sh oldest`), else this machine's.

    The shell takes a third less of the processor than the whole program.
    """
    found = os.environ.get("CHATADMIN_BROWSER") or next(filter(None, map(shutil.which, PROGRAMS)), None)
    assert found, "Chromium is missing: ./build.sh test installs it"
    return playwright.chromium.launch(executable_path=found, args=[*_FLAGS, *flags])


def launch_profile(
    browser: Browser, folder: Path, preferences: dict[str, Any], *flags: str, **options: Any
) -> BrowserContext:
    """One more browser, in which preferences count: the shell knows none. Its profile is `folder`, still empty.

    `options`: Playwright's, of a context.
    """
    found = shutil.which("chromium")
    assert found, "the whole of Chromium is missing, whose shell has no preferences: ./build.sh test installs it"
    file = folder / "Default" / "Preferences"
    file.parent.mkdir()
    file.write_text(json.dumps(preferences))
    return browser.browser_type.launch_persistent_context(
        folder, executable_path=found, headless=False, args=[*_FLAGS, "--headless=new", *flags], **options
    )
