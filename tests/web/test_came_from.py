"""With which browser and from which page a visitor came, as agents see it."""

from typing import Any
from urllib.parse import quote

import pytest

from tests.clients.api import PASSWORD, ask, log_in
from tests.clients.sockets import open_chat
from tests.running import wait_until

pytestmark = pytest.mark.usefixtures("beside")

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:127.0) Gecko/20100101 Firefox/127.0"


def _row(url: str, agent: str, nickname: str) -> Any:
    rows = ask(url, "/v1/users", Authorization=agent).value
    return next((row for row in rows if row["nickname"] == nickname), None)


@pytest.mark.parametrize(
    ("page", "shown"),
    [
        ("https://shop.example/kettles?id=7", "https://shop.example/kettles?id=7"),
        ("javascript:alert(1)", ""),
        ("https://shop.example/\r\nSet-Cookie: x", ""),
        ("https://shop.example/" + "x" * 1000, "https://shop.example/" + "x" * 279),
    ],
)
def test_agents_see_browser_and_page(url: str, page: str, shown: str) -> None:
    olga = log_in(url, "Olga", PASSWORD)
    name = f"Guest {len(page)}"
    answer = ask(url, "/login", {"nickname": name, "page": page}, User_Agent=FIREFOX)
    chat = open_chat(url, answer.headers["token"])
    chat.hear(type="joined")
    row = wait_until(lambda: _row(url, olga, name), "the visitor")
    assert (row["browser"], row["page"]) == ("Firefox, Linux", shown)
    chat.close()


def test_of_a_page_on_the_shop_s_own_site_only_its_place_is_kept(url: str, olga: str) -> None:
    """Whatever its loader left: the rest may hold an order, or a search."""
    page, shown = "https://u:p@shop.example/tea?order=7&utm_source=mail#pay", "https://shop.example/tea?utm_source=mail"
    visitor = ask(url, "/login/widget", {"page": page}).value
    there = f"/v1/visitors/{visitor['uid']}"
    assert ask(url, there, Authorization=olga).value["page"] == shown
    other = page.replace("tea", "kettles")
    assert ask(url, f"/v1/me?page={quote(other)}", Authorization=visitor["token"]).status == 200
    assert ask(url, there, Authorization=olga).value["page"] == shown.replace("tea", "kettles")
