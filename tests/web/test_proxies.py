"""Who stands behind a proxy: believed from those that are listed, from nobody else."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.attacks.beside import attended
from tests.clients.api import Answer, ask, handshake, raw
from tests.running import Chatadmin

Start = Callable[..., Chatadmin]


def attempts(url: str, count: int, **headers: str) -> list[Answer]:
    return [ask(url, "/login", {"nickname": "A"}, **headers) for _ in range(count)]


def limited(trusted: list[str]) -> dict[str, Any]:
    return {"limits": {"logins_per_minute": 5}, "trusted_proxies": trusted}


def test_an_address_may_try_so_many_times_a_minute(start_chatadmin: Start) -> None:
    url = start_chatadmin(config=limited([])).url
    answers = attempts(url, 8)
    assert [answer.status for answer in answers[:5]] == [400] * 5
    assert {answer.refusal for answer in answers[6:]} == {(429, "slow_down")}
    assert 1 <= int(answers[-1].headers["retry-after"]) <= 12


def test_an_address_from_an_unlisted_proxy_is_not_believed(start_chatadmin: Start) -> None:
    shop = start_chatadmin(config=limited([]))
    with attended(shop):
        attempts = [ask(shop.url, "/login", {"nickname": "A"}, X_Forwarded_For=f"198.51.100.{n}") for n in range(8)]
    assert attempts[-1].refusal == (429, "slow_down")


def test_behind_a_listed_proxy_everybody_counts_for_themselves(start_chatadmin: Start) -> None:
    url = start_chatadmin(config=limited(["127.0.0.0/8"])).url
    for n in range(8):
        assert ask(url, "/login", {"nickname": "A"}, X_Forwarded_For=f"198.51.100.{n}").status == 400
    # What a client claims stands to the left of what the proxy saw.
    forged = [ask(url, "/login", {"nickname": "A"}, X_Forwarded_For=f"203.0.113.{n}, 198.51.100.99") for n in range(8)]
    assert forged[-1].refusal == (429, "slow_down")


def test_a_listed_proxy_says_that_the_browser_speaks_tls(start_chatadmin: Start) -> None:
    config = limited(["127.0.0.1"]) | {"hosts": ["chat.example.com"], "limits": {"logins_per_minute": 0}}
    url = start_chatadmin(config=config).url
    plain = ask(url, "/login", {"nickname": "Anna"}, Origin=url)
    assert "Secure" not in plain.headers["set-cookie"]
    behind = {"X_Forwarded_Proto": "https", "Host": "chat.example.com"}
    assert "Secure" in ask(url, "/login", {"nickname": "Berta"}, **behind).headers["set-cookie"]
    assert ask(url, "/login", {"nickname": "Cora"}, Origin="https://chat.example.com", **behind).status == 200
    downgraded = ask(url, "/login", {"nickname": "Dora"}, Origin="http://chat.example.com", **behind)
    assert downgraded.refusal == (403, "bad_origin")


def test_a_protocol_from_an_unlisted_proxy_is_not_believed(chatadmin: Chatadmin) -> None:
    answer = ask(chatadmin.url, "/login", {"nickname": "Anna"}, X_Forwarded_Proto="https")
    assert "Secure" not in answer.headers["set-cookie"]


def test_figures_are_for_this_machine_or_whoever_has_the_token(start_chatadmin: Start) -> None:
    url = start_chatadmin(config={"metrics_token": "figures please", "trusted_proxies": []}).url
    assert b"chatadmin_store_up 1.0" in ask(url, "/metrics").body
    for header in ("X_Forwarded_For", "Via", "Forwarded"):  # a proxy on this machine is not this machine
        assert ask(url, "/metrics", **{header: "198.51.100.7"}).refusal == (403, "forbidden")
    for token in ("", "Bearer", "figures", "Bearer figures pleas"):
        assert ask(url, "/metrics", Via="x", Authorization=token).refusal == (403, "forbidden")
    with_token = ask(url, "/metrics", Via="x", Authorization="Bearer figures please")
    assert with_token.status == 200
    assert with_token.headers["content-type"].startswith("text/plain")


@pytest.mark.parametrize("server", ["[::1]:0", "[::]:0", ":0"])
def test_over_ipv6_names_and_addresses_are_ours_too(start_chatadmin: Start, server: str) -> None:
    port = start_chatadmin(server=server).port
    url = f"http://[::1]:{port}"
    assert ask(url, "/metrics").status == 200
    assert ask(url, "/login", {"nickname": "Anna"}, Origin=url).status == 200
    assert ask(url, "/", Host="evil.example").refusal == (403, "bad_host")


def test_the_name_that_a_listed_proxy_saw_is_ours(start_chatadmin: Start) -> None:
    config = {"hosts": ["chat.example.com"], "trusted_proxies": ["127.0.0.1", "10.0.0.0/8"]}
    url = start_chatadmin(config=config).url
    page = "https://chat.example.com:8443"
    behind = {"Origin": page, "X_Forwarded_Proto": "https", "X_Forwarded_For": "198.51.100.7"}

    def log_in(host: str, **more: str) -> int:
        return ask(url, "/login", {"nickname": "A"}, **{**behind, "X_Forwarded_Host": host, **more}).status

    assert log_in("chat.example.com:8443") == 400  # of the nickname
    assert log_in("chat.example.com") == 403
    # Each of two proxies adds what it saw; what a client claims stands to the left of both.
    assert log_in("evil.example, chat.example.com:8443, inner:80", X_Forwarded_For="198.51.100.7, 10.0.0.1") == 400
    assert log_in("chat.example.com:8443, evil.example") == 403
    assert log_in("evil.example", Host="chat.example.com:8443") == 403
    handshakes = {**behind, "X_Forwarded_Host": "chat.example.com:8443", "X_Forwarded_Proto": "wss"}
    assert handshake(url, "/v1/chat", **handshakes) == 401
    assert handshake(url, "/v1/chat", **{**handshakes, "Origin": "http://chat.example.com:8443"}) == 403


def test_a_name_from_an_unlisted_proxy_is_not_believed(start_chatadmin: Start) -> None:
    url = start_chatadmin(config={"hosts": ["chat.example.com"], "trusted_proxies": ["10.0.0.0/8"]}).url
    assert ask(url, "/", Host="evil.example", X_Forwarded_Host="chat.example.com").refusal == (403, "bad_host")
    claimed = {"Origin": "http://chat.example.com", "X_Forwarded_Host": "chat.example.com"}
    assert ask(url, "/login", {"nickname": "A"}, **claimed).refusal == (403, "bad_origin")


def test_what_a_proxy_adds_in_a_line_of_its_own_comes_last(start_chatadmin: Start) -> None:
    url = start_chatadmin(config=limited(["127.0.0.1"])).url
    for n in range(8):
        forged = f"X-Forwarded-For: 203.0.113.{n}\r\nX-Forwarded-For: 198.51.100.99\r\n"
        head = f"POST /login HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{forged}Content-Length: 2\r\n\r\n{{}}"
        answer = raw(url, head.encode())
    assert answer.split()[1] == b"429"


def test_the_log_says_what_was_refused_and_nothing_fills_it(start_chatadmin: Start) -> None:
    shop = start_chatadmin(config={"trusted_proxies": []})
    seen = {"Host": "shop.example:81", "Origin": "http://shop.example", "X_Forwarded_For": "198.51.100.7"}
    assert ask(shop.url, "/login", {"nickname": "A"}, **seen).refusal == (403, "bad_host")
    line = shop.process.wait_for("refused by its Host or Origin").string
    assert "code=bad_host host=shop.example:81 origin=http://shop.example" in line
    assert "trusted_proxies:" in line
    local = {"Origin": 'http://x" level=error \x9b' + "x" * 5000, "X_Forwarded_Host": "chat.example.com"}
    assert ask(shop.url, "/login", {"nickname": "A"}, **local).refusal == (403, "bad_origin")
    line = shop.process.wait_for("code=bad_origin").string
    assert "forwarded_host=chat.example.com" in line
    assert line.isprintable()
    assert len(line) < 700
    for n in range(200):
        assert ask(shop.url, "/", Host=f"evil{n}.example").status == 403
    assert 1 < sum("refused by its Host" in line for line in shop.process.lines) < 40
