"""One running product for a file of tests, with an administrator; each test brings people of its own."""

from collections.abc import Callable, Iterator
from itertools import count
from typing import Any
from urllib.parse import quote

import pytest

from tests.attacks.beside import Beside
from tests.clients.api import PASSWORD, Answer, ask, call, log_in
from tests.clients.sockets import RawSocket, open_chat
from tests.prepared import Prepared
from tests.running import Chatadmin, wait_until

_numbers = count(1)

Act = Callable[..., Answer]
Connect = Callable[[str], RawSocket]


@pytest.fixture(scope="module")
def settings() -> dict[str, Any]:
    """The configuration of the file's product; a file that needs another overrides this."""
    return {"limits": {"logins_per_minute": 0}}


@pytest.fixture(scope="module")
def shop(settings: dict[str, Any], prepared: Prepared) -> Iterator[Chatadmin]:
    """The running product, whose administrator is Olga."""
    with Chatadmin(config=settings, data_dir=prepared("Olga")) as running:
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


@pytest.fixture(scope="module")
def pavel(shop: Chatadmin) -> str:
    """The token of an agent who is no administrator."""
    pavel = {"nickname": "Pavel", "password": PASSWORD, "role": "agent"}
    call(shop.url, "/v1/agents", log_in(shop.url, "Olga", PASSWORD), pavel)
    return log_in(shop.url, "Pavel", PASSWORD)


@pytest.fixture
def connect(url: str) -> Iterator[Connect]:
    """Open a socket in full mode: `connect(token)`."""
    opened: list[RawSocket] = []

    def open_socket(token: str) -> RawSocket:
        opened.append(open_chat(url, token))
        return opened[-1]

    yield open_socket
    for one in opened:
        one.close()


@pytest.fixture
def page(connect: Connect, visitor: str) -> RawSocket:
    """The visitor's open chat."""
    chat = connect(visitor)
    chat.hear(type="joined")
    return chat


@pytest.fixture
def uid(url: str, page: RawSocket, visitor: str) -> str:
    """The visitor's, once they are seen online."""
    found = str(ask(url, "/v1/me", Authorization=visitor).value["uid"])
    olga = log_in(url, "Olga", PASSWORD)
    wait_until(lambda: found in {row["uid"] for row in ask(url, "/v1/users", Authorization=olga).value}, "a visitor")
    return found


@pytest.fixture
def act(url: str, uid: str) -> Act:
    """Act on the visitor's conversation: `act(token, "claim", take_over=True)`."""

    def send(token: str, action: str, client: str = uid, **body: Any) -> Answer:
        return ask(url, f"/v1/conversations/{quote(client)}/{action}", body, Authorization=token)

    return send
