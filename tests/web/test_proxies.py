"""Who stands behind a proxy: believed from those that are listed, from nobody else."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.attacks.beside import attended
from tests.clients.api import Answer, ask
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


@pytest.mark.parametrize("server", ["[::1]:0", "[::]:0"])
def test_over_ipv6_names_and_addresses_are_ours_too(start_chatadmin: Start, server: str) -> None:
    url = start_chatadmin(server=server).url
    assert ask(url, "/metrics").status == 200
    assert ask(url, "/login", {"nickname": "Anna"}, Origin=url).status == 200
    assert ask(url, "/", Host="evil.example").refusal == (403, "bad_host")
