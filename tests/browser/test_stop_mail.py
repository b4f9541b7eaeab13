"""Whoever wants no mail follows the link at its end: one press, no log-in, no script."""

from collections.abc import Iterator
from hashlib import sha256
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from app.store.keys import MailKeys
from tests.browser.barriers import barriers, moving, small
from tests.browser.console import PATIENCE_MS
from tests.clients.api import ask
from tests.running import Chatadmin, Valkey

CODE, LENA = "a234567b" * 2 + "cdef", "lena@customer.test"
PATH = f"/mail/stop/{CODE}"


@pytest.fixture
def shop(store: Valkey) -> Iterator[Chatadmin]:
    with Chatadmin(config={"redis": store.url, "shop_name": "Lakeside <b>Teas"}) as running:
        store.command("SET", MailKeys.stop_link(CODE), f"v{'x' * 25} {LENA}")
        yield running


def stopped(store: Valkey) -> bool:
    return store.command("SISMEMBER", MailKeys.stopped(), sha256(LENA.encode()).hexdigest()) == ":1"


@pytest.mark.parametrize(
    ("locale", "scheme", "ask", "done"),
    [
        ("en-GB", "light", "Stop these mails", "Done. We will not write to l…@customer.test any more."),
        ("ar-EG", "dark", "إيقاف الرسائل", "تم. لن نرسل بعد الآن إلى l…@customer.test."),
    ],
)
def test_one_press_stops_all_mail_to_an_address(
    browser: Browser, shop: Chatadmin, store: Valkey, locale: str, scheme: str, ask: str, done: str
) -> None:
    look: dict[str, Any] = {"locale": locale, "color_scheme": scheme, "reduced_motion": "reduce"}
    with browser.new_context(**look, viewport={"width": 390, "height": 844}) as context:
        page = context.new_page()
        page.set_default_timeout(PATIENCE_MS)
        page.goto(shop.url + PATH)
        expect(page.get_by_text("Lakeside <b>Teas")).to_be_visible()
        assert (barriers(page), moving(page), small(page)) == ([], [], [])
        assert not stopped(store)  # to look at it stops nothing
        page.get_by_role("button", name=ask).click()
        heading = page.get_by_role("heading")
        expect(heading).to_have_text(done.replace("l…@customer.test", "\u2066l…\u2060@customer.test\u2069"))
        assert (barriers(page), moving(page)) == ([], [])
        assert LENA not in page.content()
        assert stopped(store)


def test_a_mailbox_stops_it_by_itself_and_no_other_site_does(shop: Chatadmin, store: Valkey) -> None:
    one_click = b"List-Unsubscribe=One-Click"
    form = {"Content_Type": "application/x-www-form-urlencoded"}
    other = ask(shop.url, PATH, one_click, **form, Origin="https://evil.example")
    assert (other.status, stopped(store)) == (403, False)
    for method in ("GET", "HEAD"):
        assert ask(shop.url, PATH, method=method).status == 200
    assert not stopped(store)
    found = [ask(shop.url, PATH, one_click, **form) for _ in range(2)]
    assert [answer.status for answer in found] == [200, 200]
    assert stopped(store)
    assert "l…\u2060@customer.test" in found[0].body.decode()
    for path in ("/mail/stop/" + "b" * 20, "/mail/stop/link:x", "/mail/stop/" + "%00" * 20, "/mail/stop/" + "a" * 5000):
        assert [ask(shop.url, path).status, ask(shop.url, path, one_click, **form).status] == [404, 404]
    assert "latest mail" in ask(shop.url, "/mail/stop/x").body.decode()
