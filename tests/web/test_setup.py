"""The first administrator: a one-time secret, and never a default password."""

import asyncio
import json
import socket
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from redis import Redis

from tests.clients.api import PASSWORD, Answer, ask
from tests.running import PATIENCE, Chatadmin, Valkey, wait_until

Start = Callable[..., Chatadmin]


def set_up(shop: Chatadmin, secret: str, name: str = "Olga", password: str = PASSWORD, **headers: str) -> Answer:
    return ask(shop.url, "/setup", {"secret": secret, "name": name, "password": password}, **headers)


def test_whoever_has_the_link_becomes_administrator_once(chatadmin: Chatadmin) -> None:
    secret = chatadmin.setup_secret
    assert len(secret) >= 32
    for wrong in ("", secret[:-1], secret.upper(), "x" * 1000):
        assert set_up(chatadmin, wrong).refusal == (403, "setup_closed")
    done = set_up(chatadmin, secret, Origin=chatadmin.url)
    assert done.value["agent_role"] == "admin"
    assert ask(chatadmin.url, "/v1/users", Cookie=f"chatadmin_agent={done.cookies['chatadmin_agent']}").status == 200
    assert set_up(chatadmin, secret, "Other").refusal == (403, "setup_closed")


def test_a_slip_does_not_use_the_link_up(chatadmin: Chatadmin) -> None:
    secret = chatadmin.setup_secret
    assert set_up(chatadmin, secret, password="short").refusal == (400, "weak_password")
    assert set_up(chatadmin, secret, name="O").refusal == (400, "bad_nickname")
    assert ask(chatadmin.url, "/setup", {"secret": secret}).refusal == (400, "bad_request")
    assert set_up(chatadmin, secret).status == 200


async def test_of_two_browsers_one_becomes_administrator(chatadmin: Chatadmin) -> None:
    secret = chatadmin.setup_secret
    answers = await asyncio.gather(
        *(asyncio.to_thread(set_up, chatadmin, secret, f"Olga {number}") for number in range(6))
    )
    assert sorted(answer.status for answer in answers) == [200, 403, 403, 403, 403, 403]


@pytest.mark.parametrize("stays", [0.0, 0.02, 0.05])
def test_a_browser_that_goes_away_meanwhile_has_an_administrator_when_it_comes_back(
    chatadmin: Chatadmin, stays: float
) -> None:
    body = json.dumps({"secret": chatadmin.setup_secret, "name": "Olga", "password": PASSWORD}).encode()
    with socket.create_connection(("127.0.0.1", chatadmin.port), timeout=PATIENCE) as link:
        link.sendall(b"POST /setup HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body))
        time.sleep(stays)  # a password takes some 80 ms

    def may_log_in() -> bool:
        return ask(chatadmin.url, "/login", {"nickname": "Olga", "password": PASSWORD}).status == 200

    wait_until(may_log_in, "an administrator")


def test_each_start_brings_a_new_link_until_there_is_an_administrator(start_chatadmin: Start, tmp_path: Path) -> None:
    first = start_chatadmin(data_dir=tmp_path / "data")
    old = first.setup_secret
    first.stop()
    second = start_chatadmin(data_dir=tmp_path / "data")
    assert second.setup_secret not in ("", old)
    assert set_up(second, old).refusal == (403, "setup_closed")
    assert set_up(second, second.setup_secret).status == 200
    second.stop()
    third = start_chatadmin(data_dir=tmp_path / "data")
    assert third.setup_secret == ""
    assert "/setup" not in third.output
    assert set_up(third, second.setup_secret).refusal == (403, "setup_closed")
    third.stop()


def test_the_link_is_good_for_thirty_minutes_and_kept_as_a_hash(start_chatadmin: Start, store: Valkey) -> None:
    shop = start_chatadmin("--redis", store.url)
    with Redis.from_url(store.url, decode_responses=True) as client:
        assert 29 * 60 < client.ttl("{people}:setup") <= 30 * 60
        assert client.get("{people}:setup") not in (None, shop.setup_secret)
        client.delete("{people}:setup")  # thirty minutes pass
    assert set_up(shop, shop.setup_secret).refusal == (403, "setup_closed")


def test_an_agents_name_is_refused_and_the_link_still_good(start_chatadmin: Start, store: Valkey) -> None:
    shop = start_chatadmin("--redis", store.url)
    with Redis.from_url(store.url, decode_responses=True) as client:
        client.hset("{people}:agent_names", "olga", "a" * 26)
        assert set_up(shop, shop.setup_secret).refusal == (409, "nickname_taken")
        assert 0 < client.ttl("{people}:setup") <= 30 * 60
    assert set_up(shop, shop.setup_secret, "Pavel").status == 200


@pytest.mark.parametrize("path", ["/", "/admin", "/setup"])
def test_without_an_administrator_pages_open_and_nobody_is_one(chatadmin: Chatadmin, path: str) -> None:
    assert ask(chatadmin.url, path).status == 200
    for name in ("admin", "administrator", "root"):
        for password in ("admin", "password", name):
            answer = ask(chatadmin.url, "/login", {"nickname": name, "password": password})
            assert answer.refusal == (401, "bad_credentials")
