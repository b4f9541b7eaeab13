"""Two sites as the tests have them: what is blocked there is blocked, and what browsers refuse is told."""

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, Playwright

from tests.browser.chromium import ALL_COOKIES, NO_COOKIES_BLOCKED, THIRD_PARTY_COOKIES
from tests.browser.sites import CHAT, SHOP, Sites, two_sites
from tests.prepared import Prepared
from tests.running import wait_until

# Of a third site, whose answer sets a cookie: whether that came back, and whether its scripts can keep anything.
OTHER = "https://other.test"
KEEPS = """() => {
  const works = (keep) => { try { keep(); return true; } catch { return false; } };
  return [document.cookie, works(() => localStorage.setItem("a", "b")), works(() => sessionStorage.setItem("a", "b"))];
}"""


@pytest.mark.parametrize(
    ("blocked", "shop", "frame"),
    [
        (NO_COOKIES_BLOCKED, ["own=1", True, True], ["third=1", True, True]),
        (THIRD_PARTY_COOKIES, ["own=1", True, True], ["", False, False]),
        (ALL_COOKIES, ["", False, False], ["", False, False]),
    ],
    ids=["nothing", "third-party cookies", "all storage"],
)
def test_what_is_blocked_is_refused(
    sites: Sites, tmp_path: Path, blocked: dict[str, Any], shop: list[Any], frame: list[Any]
) -> None:
    sites.pages.put("/frame", "other", Set_Cookie="third=1; Secure; SameSite=None")
    sites.pages.put("/framing", f"<iframe src={OTHER}/frame></iframe>", Set_Cookie="own=1; Secure")
    page = sites.visit("/framing", sites.blocking(tmp_path, blocked))
    assert page.evaluate(KEEPS) == shop
    assert page.frames[1].evaluate(KEEPS) == frame


def _complaint(sites: Sites, page: Page, text: str) -> None:
    """Somebody complained of this, and nobody of anything else."""
    wait_until(lambda: page.title() and any(text in line for line in sites.complaints), f"{text}: {sites.complaints}")


def test_what_policies_refuse_is_told_by_the_page_and_reported_to_the_shop(sites: Sites) -> None:
    sites.pages.put("/strict", "<title>t</title><script>1</script>", Content_Security_Policy="default-src 'none'")
    page = sites.visit("/strict")
    _complaint(sites, page, "https://www.shop.test: script-src-elem: inline")
    wait_until(lambda: sites.pages.reports, "a report")
    assert sites.pages.reports[0]["csp-report"]["document-uri"] == f"https://{SHOP}/strict"

    needed = "require-trusted-types-for 'script'; trusted-types 'none'"
    sites.pages.put("/typed", "<title>t</title>", Content_Security_Policy=needed)
    page = sites.visit("/typed")
    page.evaluate("() => { try { document.body.innerHTML = '<p>'; } catch {} }")
    _complaint(sites, page, "require-trusted-types-for: trusted-types-sink")


def test_what_may_not_be_embedded_is_told(sites: Sites) -> None:
    sites.pages.put("/frame", "other")
    embedding = f"<title>t</title><iframe src={OTHER}/frame></iframe>"
    sites.pages.put("/apart", embedding, Cross_Origin_Embedder_Policy="require-corp")
    _complaint(sites, sites.visit("/apart"), "https://www.shop.test: coep:")


@pytest.mark.parametrize("tls", [True, False], ids=["https", "http"])
def test_agents_are_at_the_chat_s_own_site(
    playwright: Playwright, prepared: Prepared, tmp_path: Path, tls: bool
) -> None:
    with two_sites(playwright, prepared("Anna"), tmp_path, tls=tls) as sites:
        page = sites.agent()
        assert page.url == f"{'https' if tls else 'http'}://{CHAT}/admin"
        assert {urlsplit(line.split()[1]).hostname for line in sites.asked} == {CHAT}
        assert sites.complaints == []
