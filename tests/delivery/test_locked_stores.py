"""Stores behind TLS and passwords: people talk through each kind, and who has the wrong key is told so in one line."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote, quote_plus

import pytest

from tests.clients import api
from tests.delivery.shop import ReplicatedShop
from tests.replicated import Alone, Cluster, Lock, Sentinels
from tests.running import PATIENCE, Chatadmin, wait_until
from tests.transport.echo_server import certificate

# Seconds until writes are back after a failover: 15 are the promise, a busy machine gets more.
BACK = PATIENCE
FREE = {"CHATADMIN_LIMITS__MESSAGES_PER_SECOND": "0"}


class Locked(NamedTuple):
    """A store, and what opens it."""

    estate: Alone | Sentinels | Cluster
    lock: Lock


@pytest.fixture(scope="module", params=[Alone, Sentinels, Cluster])
def locked(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Locked]:
    folder = certificate(tmp_path_factory.mktemp("tls"))
    lock = Lock(folder / "cert.pem", folder / "key.pem")
    with request.param(lock=lock) as estate:
        yield Locked(estate, lock)


def test_people_talk_through_a_locked_store_also_when_it_fails_over(locked: Locked) -> None:
    shop = ReplicatedShop(locked.estate, BACK, env=FREE)

    async def story() -> None:
        await shop.say(range(1, 20))
        if not isinstance(locked.estate, Alone):
            shop.fail_over("asked")
        await shop.say(range(20, 40))
        await shop.heard("v.39")

    with shop.running:
        shop.run(story)
        assert shop.ids() == [f"v.{n}" for n in range(1, 40)]
    assert locked.lock.password not in shop.running.output
    assert quote(locked.lock.password, "") not in shop.running.output


def test_of_many_who_are_called_alike_and_come_at_once_each_has_a_nickname(locked: Locked) -> None:
    running = Chatadmin("--redis", locked.estate.url, env={"CHATADMIN_LIMITS__LOGINS_PER_MINUTE": "0"})
    with running, ThreadPoolExecutor(12) as pool:
        answers = list(pool.map(lambda _: api.ask(running.url, "/login", {"name": "Maria"}), range(36)))
    assert {answer.value["name"] for answer in answers} == {"Maria"}
    assert len({answer.value["nickname"].casefold() for answer in answers}) == len(answers)


def test_who_has_the_wrong_key_is_told_so_and_let_in_once_it_is_right(locked: Locked, tmp_path: Path) -> None:
    url, password = locked.estate.url, "another password"
    other = certificate(tmp_path) / "cert.pem"
    refused = r"WRONGPASS|invalid username-password"
    ways = [
        (refused, url.replace(quote(locked.lock.password, ""), quote(password))),
        ("CERTIFICATE_VERIFY_FAILED", url.replace(quote_plus(str(locked.lock.certificate)), quote_plus(str(other)))),
    ]
    if isinstance(locked.estate, Sentinels):
        ways.append((refused, f"{url}x"))  # the last in it is the Sentinels' password
    with ExitStack() as stack:
        checks = [Chatadmin("--redis", wrong, command="check", wait=False) for _, wrong in ways]
        running = [stack.enter_context(Chatadmin("--redis", wrong, store_away=True)) for _, wrong in ways]
        for one, check, (reason, _) in zip(running, checks, ways, strict=True):
            one.process.wait_for(f"store away at .*({reason})")
            assert not api.ready(one.url)
            assert check.process.wait() == 1
            assert len([line for line in check.process.lines if line.startswith("fail  ")]) == 1
            check.process.wait_for(f"fail  store: store away at .*({reason})")
            check.__exit__()
        for server in locked.estate.data:
            server.client.acl_setuser(locked.lock.user, enabled=True, passwords=[f"+{password}"])
        wait_until(lambda: api.ready(running[0].url), "the store to let us in")
        api.login(running[0].url, "late guest")
    for each in (*running, *checks):
        assert "Traceback" not in each.output
