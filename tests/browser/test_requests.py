"""What a browser asks of the server until a page can be used, everything counted: the document, script, sheet, words,
whatever the scripts fetch, the event stream and the socket. Only the built pages are held to it; from source each
module is a request.
"""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Shop, say
from tests.browser.console import PATIENCE_MS
from tests.running import frozen

pytestmark = pytest.mark.skipif(not frozen(), reason="the file's pages are built: CHATADMIN_UNDER_TEST")


def asked(shop: Shop, page: Page, path: str, usable: Callable[[], None]) -> list[str]:
    """The addresses that are asked for from `path` on until the page is usable and says nothing more."""
    found: list[str] = []
    page.on("request", lambda request: found.append(request.url.removeprefix(shop.url)))
    page.on("websocket", lambda socket: found.append(f"socket {socket.url}"))
    page.goto(shop.url + path)
    usable()
    page.wait_for_timeout(1_000)  # what nobody waited for is counted too
    print(path, *found, sep="\n  ")
    return [address for address in found if not address.startswith("data:")]


def test_a_new_visitor_costs_four_requests(shop: Shop) -> None:
    page = shop.watch(shop.browse().new_page())
    found = asked(shop, page, "/", lambda: expect(page.locator(".head-line span")).not_to_be_empty(timeout=PATIENCE_MS))
    assert len(found) == 4, found


def test_one_who_comes_back_sees_the_history_after_five(shop: Shop) -> None:
    first = shop.visitor("Mara")
    say(first, "Hello?")
    expect(first.locator(".tick[data-tick=stored]")).to_have_count(1, timeout=PATIENCE_MS)
    again = shop.watch(shop.browse(storage_state=first.context.storage_state()).new_page())
    found = asked(shop, again, "/", lambda: expect(again.locator(".bubble")).to_have_count(1, timeout=PATIENCE_MS))
    assert len(found) == 5, found
    assert found[-1].startswith("socket"), found
    say(again, "still here")
    expect(again.locator(".tick[data-tick=stored]")).to_have_count(2, timeout=PATIENCE_MS)


def test_the_log_in_costs_four(shop: Shop) -> None:
    page = shop.watch(shop.browse().new_page())
    found = asked(shop, page, "/admin", lambda: expect(page.locator("#login-name")).to_be_focused(timeout=PATIENCE_MS))
    assert len(found) == 4, found


def test_the_console_costs_six(shop: Shop) -> None:
    state = shop.agent("Anna").context.storage_state()
    shop.visitor("Nils")
    page = shop.watch(shop.browse(storage_state=state).new_page())
    found = asked(
        shop, page, "/admin", lambda: expect(page.locator(".visitor-row").first).to_be_visible(timeout=PATIENCE_MS)
    )
    assert len(found) == 6, found
    assert sum(address.startswith("socket") for address in found) == 1
    assert sum(address.startswith("/v1/stream") for address in found) == 1
