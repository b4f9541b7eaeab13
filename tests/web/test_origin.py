"""What a browser can be tricked into sending: names that are not ours, pages that are not ours."""

from typing import Any

import pytest

from tests.clients.api import ask, handshake, log_in, raw
from tests.running import Chatadmin

pytestmark = pytest.mark.usefixtures("beside")

OURS = "chat.example.com"


@pytest.fixture(scope="module")
def settings() -> dict[str, Any]:
    return {
        "limits": {"logins_per_minute": 0},
        "hosts": [OURS, "Shop.Example.com", "Port.example.com:8443", "https://url.example.com/", "[2001:db8::1]"],
        "url": "https://answers.example.com:8443",
        "origins": ["https://listed.example.org"],
    }


def test_we_answer_to_our_own_names_only(shop: Chatadmin) -> None:
    port = shop.port
    for host in (
        "localhost",
        "127.0.0.1",
        f"localhost:{port}",
        "[::1]:80",
        "127.3.2.1",
        OURS,
        f"{OURS}:443",
        "LOCALHOST",
    ):
        assert ask(shop.url, "/", Host=host).status == 200, host
    listed = ("shop.example.com", "port.example.com", "port.example.com:1", "url.example.com", "[2001:db8::1]:80")
    for host in (*listed, "answers.example.com"):
        assert ask(shop.url, "/", Host=host).status == 200, host
    for host in (
        "evil.example",
        f"{OURS}.evil.example",
        f"evil{OURS}",
        "8.8.8.8",
        "[",
        "a b",
        "localhost@evil.example",
    ):
        assert ask(shop.url, "/", Host=host).status in (400, 403), host
        assert b"evil" not in ask(shop.url, "/", Host=host).body, host
    assert ask(shop.url, "/v1/me", Host="evil.example").refusal == (403, "bad_host")


def test_no_host_or_two_hosts_are_no_request(shop: Chatadmin) -> None:
    for head in (b"GET / HTTP/1.1\r\n\r\n", b"GET / HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\n\r\n"):
        assert raw(shop.url, head).split()[1] in (b"400", b"403")


def bad_origins(url: str) -> list[str]:
    port = url.rpartition(":")[2]
    return [
        "null",
        "",
        "https://evil.example",
        f"{url}.evil.example",
        f"http://evil.example:{port}",
        "http://127.0.0.1:1",
        "http://127.0.0.1",
        f"http://localhost:{port}",  # this request came to 127.0.0.1
        f"http://user@127.0.0.1:{port}",
        f"{url}/",
        f"ftp://127.0.0.1:{port}",
        "file://",
        "https://listed.example.org.evil.example",
        "http://listed.example.org",
    ]


def test_another_sites_page_may_change_nothing(url: str, name: str, visitor: str) -> None:
    for origin in bad_origins(url):
        refusal = (403, "bad_origin")
        assert ask(url, "/login", {"nickname": f"{name} x"}, Origin=origin).refusal == refusal, origin
        assert ask(url, "/logout", b"", Origin=origin, Authorization=visitor).refusal == refusal, origin
        assert ask(url, "/logout", b"", Origin=origin, Cookie=f"chatadmin_visitor={visitor}").refusal == refusal
        assert ask(url, "/setup", {"secret": "", "name": "x", "password": ""}, Origin=origin).refusal == refusal
    assert ask(url, "/v1/me", Authorization=visitor).value["nickname"] == name


def test_a_cookie_without_an_origin_changes_nothing(url: str, visitor: str) -> None:
    assert ask(url, "/logout", b"", Cookie=f"chatadmin_visitor={visitor}").refusal == (403, "bad_origin")
    assert ask(url, "/v1/me", Cookie=f"chatadmin_visitor={visitor}").status == 200
    assert ask(url, "/logout", b"", Authorization=visitor).status == 200


def test_our_own_page_and_listed_ones_may(url: str, name: str, visitor: str) -> None:
    assert ask(url, "/login", {"nickname": f"{name} y"}, Origin=url).status == 200
    assert ask(url, "/login", {"nickname": f"{name} z"}, Origin="https://listed.example.org").status == 200
    over_tls = ask(url, "/login", {"nickname": f"{name} w"}, Host=OURS, Origin=f"https://{OURS}")
    assert over_tls.status == 200
    assert ask(url, "/logout", b"", Origin=url, Cookie=f"chatadmin_visitor={visitor}").status == 200


def test_a_socket_is_refused_before_the_upgrade(url: str, visitor: str) -> None:
    cookie = f"chatadmin_visitor={visitor}"
    for origin in bad_origins(url):
        assert handshake(url, "/v1/chat", Origin=origin, Cookie=cookie) == 403, origin
        assert handshake(url, "/v1/chat", Origin=origin, Authorization=visitor) == 403, origin
        assert handshake(url, f"/v1/chat?token={visitor}", Origin=origin) == 403, origin
    assert handshake(url, "/v1/chat", Cookie=cookie) == 403
    assert handshake(url, "/v1/chat", Host="evil.example", Authorization=visitor) == 403
    assert handshake(url, "/v1/chat") == 401
    assert handshake(url, "/v1/chat", Authorization=visitor[:-1]) == 401


def test_a_socket_is_opened_for_our_page_and_for_programs(url: str, visitor: str) -> None:
    assert handshake(url, "/v1/chat", Origin=url, Cookie=f"chatadmin_visitor={visitor}") == 101
    assert handshake(url, "/v1/chat", Authorization=visitor) == 101
    assert handshake(url, f"/v1/chat?token={visitor}", Origin=url) == 101
    assert handshake(url, f"/v1/chat?token={visitor}") == 101


def test_an_agents_socket_says_why_not(url: str, name: str, visitor: str, olga: str) -> None:
    assert visitor
    assert handshake(url, "/v1/chat?client=Nobody", Authorization=olga) == 404
    assert handshake(url, f"/v1/chat?client={name.replace(' ', '%20')}", Authorization=olga) == 101
    assert handshake(url, "/v1/chat", Authorization=log_in(url, f"{name} b")) == 101
