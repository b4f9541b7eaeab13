"""With which browser and from which page a visitor came, as agents see it."""

from typing import Any

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
