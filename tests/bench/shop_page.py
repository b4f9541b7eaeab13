"""A shop's page as Lighthouse judges it."""

import json
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from playwright.sync_api import sync_playwright

from tests.bench.peers import LIGHTHOUSE
from tests.bench.sides import Refused
from tests.browser.sites import Sites, two_sites

_FLAGS = ("--headless=new", "--no-sandbox", "--ignore-certificate-errors")
# Of its audits, by the names that the table has for them.
_AUDITS = {
    "fcp_ms": "first-contentful-paint",
    "lcp_ms": "largest-contentful-paint",
    "tbt_ms": "total-blocking-time",
    "speed_index_ms": "speed-index",
    "cls": "cumulative-layout-shift",
    "bytes": "total-byte-weight",
}


@contextmanager
def opened(**config: Any) -> Iterator[Sites]:
    """A shop and its chat on two sites, with nobody in either."""
    with (
        TemporaryDirectory(prefix="ca-bench-") as folder,
        sync_playwright() as playwright,
        two_sites(playwright, Path(folder) / "data", Path(folder), **config) as sites,
    ):
        yield sites


@contextmanager
def plain_shop() -> Iterator[Callable[[str], dict[str, Any]]]:
    """A shop with the chat; what it gives judges its page `/`, or `/without`, which lacks the tag."""
    with opened() as sites:
        sites.pages.put("/without", sites.page().replace(sites.tag, ""))
        yield lambda path: _judge(sites.shop + path, sites.flags)


def _judge(url: str, flags: list[str]) -> dict[str, Any]:
    """Scores of 0 to 100, its phone's times, bytes. Raises Refused where it has no result."""
    quoted = (flag.replace("=", "='", 1) + "'" for flag in flags)  # as it takes one line apart again
    line = [*LIGHTHOUSE.line, url, "--output=json", "--quiet", f"--chrome-flags={' '.join((*_FLAGS, *quoted))}"]
    chromium = shutil.which("chromium") or shutil.which("chromium-headless-shell") or ""
    found = subprocess.run(line, env={**os.environ, "CHROME_PATH": chromium}, capture_output=True, text=True)
    if found.returncode:
        raise Refused(found.stderr.strip()[-300:])
    told = json.loads(found.stdout)
    scores = {name: 100 * part["score"] for name, part in told["categories"].items()}
    return scores | {name: told["audits"][audit]["numericValue"] for name, audit in _AUDITS.items()}
