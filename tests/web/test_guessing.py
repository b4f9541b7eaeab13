"""Guessing passwords gets slow, and the owner always gets in."""

import time
from collections.abc import Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from typing import Any

import pytest

from app.chat.errors import Refusal
from app.web.throttle import Throttle
from tests.clients.api import PASSWORD, ask
from tests.running import Chatadmin, in_time

pytestmark = pytest.mark.usefixtures("beside")


@pytest.fixture(scope="module")
def settings() -> dict[str, Any]:
    return {"limits": {"logins_per_minute": 60}, "trusted_proxies": ["127.0.0.1"]}


def guess(url: str, name: str, number: int) -> float:
    """The seconds a wrong guess from an address of its own takes."""
    began = time.monotonic()
    answer = ask(
        url, "/login", {"nickname": name, "password": f"guess {number}"}, X_Forwarded_For=f"198.51.100.{number}"
    )
    assert answer.refusal == (401, "bad_credentials")
    return time.monotonic() - began


@pytest.mark.parametrize("name", ["Olga", "Nobody"])
def test_each_wrong_guess_takes_longer_for_names_that_exist_and_that_do_not(shop: Chatadmin, name: str) -> None:
    times = [guess(shop.url, name, number) for number in range(7)]
    assert times[5] > 0.4
    assert times[6] > 0.8


@pytest.fixture
def thirty() -> Iterator[Executor]:
    """Thirty at a time; a pool whose end waits for all of them."""
    with ThreadPoolExecutor(30) as pool:
        yield pool


def test_the_owner_gets_in_while_many_guess(shop: Chatadmin, thirty: Executor) -> None:
    guesses = [thirty.submit(guess, shop.url, "Olga", number) for number in range(25)]
    began = time.monotonic()
    assert ask(shop.url, "/login", {"nickname": "Olga", "password": PASSWORD}).status == 200
    assert in_time(began, 10)
    assert min(guess.result() for guess in guesses) > 0


def test_visitors_and_pages_do_not_wait_for_passwords(shop: Chatadmin, thirty: Executor) -> None:
    guesses = [thirty.submit(guess, shop.url, "Pavel", number) for number in range(25)]
    assert ask(shop.url, "/login", {"nickname": "Quick"}).status == 200
    assert ask(shop.url, "/healthz").status == 200
    assert not all(guess.done() for guess in guesses)
    assert min(guess.result() for guess in guesses) > 0


def test_what_is_remembered_has_a_bound() -> None:
    throttle = Throttle(2)
    for number in range(30_000):
        throttle.check(f"10.0.{number >> 8}.{number & 255}")
        throttle.failed(f"name {number}")
    assert throttle.remembered <= 20_000


def test_an_address_that_waited_may_try_again() -> None:
    throttle = Throttle(600)
    for _ in range(600):
        throttle.check("192.0.2.1")
    with pytest.raises(Refusal) as refused:
        throttle.check("192.0.2.1")
    wait = refused.value.detail["retry_ms"]
    assert isinstance(wait, int)
    assert 0 < wait <= 100


def test_zero_is_no_limit() -> None:
    throttle = Throttle(0)
    for _ in range(1000):
        throttle.check("192.0.2.1")
    assert throttle.remembered <= 1
