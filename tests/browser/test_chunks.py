"""A chunk of a page that is loaded when it is needed, and does not come: a sentence, and what helps."""

import re

from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import Shop
from tests.browser.console import PATIENCE_MS, Console

REPORTS = re.compile(r"/static/.*screen.*\.js")


def without(page: Page, scripts: re.Pattern[str], *, server: bool) -> None:
    """These scripts do not come: not found, as after an upgrade, or with no server there at all."""

    def answer(route: Route) -> None:
        if server:
            route.fulfill(status=404, body="")
        else:
            route.abort("connectionrefused")

    page.route(scripts, answer)
    if not server:
        page.route(
            lambda url: True,
            lambda route: route.abort("connectionrefused") if route.request.method == "HEAD" else route.fallback(),
        )


def test_a_screen_of_another_build_asks_for_the_page_to_be_loaded_anew(shop: Shop) -> None:
    anna = Console(shop.agent("Anna"))
    without(anna.page, REPORTS, server=True)
    anna.press("Reports")
    again = anna.page.get_by_role("button", name="Load the page anew")
    expect(again).to_be_visible(timeout=PATIENCE_MS)
    anna.page.unroute_all()
    again.click()
    expect(anna.page.get_by_role("heading", name="Reports")).to_be_visible(timeout=PATIENCE_MS)


def test_a_screen_is_asked_for_again_where_there_was_no_server(shop: Shop) -> None:
    anna = Console(shop.agent("Anna"))
    without(anna.page, REPORTS, server=False)
    anna.press("Reports")
    expect(anna.page.get_by_role("alert")).to_contain_text("cannot be reached", timeout=PATIENCE_MS)
    anna.page.unroute_all()
    anna.page.get_by_role("button", name="Try again").click()
    # Chromium asks anew; where a browser does not, the page has to be loaded anew
    expect(anna.page.get_by_role("heading", name="Reports")).to_be_visible(timeout=PATIENCE_MS)
