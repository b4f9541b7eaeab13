"""One product for all attacks of a module, with two healthy people beside it."""

from collections.abc import Iterator
from typing import NamedTuple

import pytest

from tests.attacks.beside import attended
from tests.running import Chatadmin


class Target(NamedTuple):
    """What is attacked: the running product, its address, and an administrator's token."""

    running: Chatadmin
    url: str
    admin: str


@pytest.fixture(scope="module")
def target() -> Iterator[Target]:
    """The product as it comes. After the module: nobody was disturbed, the log is clean, the memory given back."""
    with Chatadmin() as running, attended(running) as admin:
        yield Target(running, running.url, admin)
