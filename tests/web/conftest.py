"""One running product for a file of tests, with an administrator; each test brings people of its own."""

from collections.abc import Iterator
from itertools import count
from typing import Any

import pytest

from tests.attacks.beside import Beside
from tests.running import Chatadmin
from tests.web.asking import PASSWORD, ask, log_in

_numbers = count(1)


@pytest.fixture(scope="module")
def settings() -> dict[str, Any]:
    """The configuration of the file's product; a file that needs another overrides this."""
    return {"limits": {"logins_per_minute": 0}}


@pytest.fixture(scope="module")
def shop(settings: dict[str, Any]) -> Iterator[Chatadmin]:
    """The running product, whose administrator is Olga."""
    with Chatadmin(config=settings) as running:
        found = ask(running.url, "/setup", {"secret": running.setup_secret, "name": "Olga", "password": PASSWORD})
        assert found.status == 200, found.body
        yield running
        assert "Traceback" not in running.output


@pytest.fixture(scope="module")
def beside(shop: Chatadmin) -> Iterator[None]:
    """Two healthy people talk while a file of attacks goes on, and are asked afterwards whether they noticed."""
    with Beside(shop, log_in(shop.url, "Olga", PASSWORD)):
        yield


@pytest.fixture
def url(shop: Chatadmin) -> str:
    return shop.url


@pytest.fixture
def name() -> str:
    """A nickname nobody has yet."""
    return f"Guest {next(_numbers)}"


@pytest.fixture
def visitor(url: str, name: str) -> str:
    """A visitor's token."""
    return log_in(url, name)


@pytest.fixture
def olga(url: str) -> str:
    """The administrator's token."""
    return log_in(url, "Olga", PASSWORD)
