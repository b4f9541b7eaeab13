"""A store that is not whole, since restoring a backup into it broke off, is served by nobody and says so."""

from collections.abc import Callable
from pathlib import Path

import pytest

from app.store.errors import RestoreIncomplete, StoreUnfit
from app.store.restoring import Unfinished
from app.store.store import Store
from tests.cli.program import run
from tests.clients.api import ask, log_in
from tests.running import Chatadmin, Valkey, wait_until

Start = Callable[..., Chatadmin]
STORE = "{s00}:store"
SAYS = b'{"at":1764400000000,"shards":4,"replaced":"/backups/before.tar.gz"}'.decode()


def _opened(store: Valkey) -> Store:
    return Store(store.url, 1, nickname_days=30, visitor_days=30, agent_hours=1)


async def test_it_says_so_until_it_is_whole(store: Valkey) -> None:
    one, other, third = _opened(store), _opened(store), _opened(store)
    try:
        await one.reach()
        await one.restoring.begin(Unfinished(1764400000000, 4))
        assert store.command("HEXISTS", STORE, "format") == ":0", "versions that know nothing of this refuse it so"
        with pytest.raises(RestoreIncomplete, match=r"restore_incomplete.*run `chatadmin restore` again"):
            await other.open(patient=False)
        await one.restoring.end("3")
        await third.open(patient=False)
    finally:
        for opened in (one, other, third):
            await opened.close()


async def test_a_version_that_knows_nothing_of_this_refuses_it(store: Valkey) -> None:
    one, other = _opened(store), _opened(store)
    try:
        await one.reach()
        await one.restoring.begin(Unfinished(1764400000000, 1))
        store.command("HDEL", STORE, "restoring")  # which it would not look at
        with pytest.raises(StoreUnfit, match="another version"):
            await other.open()
    finally:
        await one.close()
        await other.close()


def test_a_server_started_on_it_is_not_ready_and_goes_on_when_it_is_whole(
    start_chatadmin: Start, start_store: Callable[..., Valkey], tmp_path: Path
) -> None:
    store = start_store("valkey")
    store.command("HSET", STORE, "shards", 1, "restoring", SAYS)
    shop = start_chatadmin("--redis", store.url, store_away=True)
    shop.process.wait_for("^chatadmin: the store at .* is not whole .*before is in /backups/before.tar.gz")
    shop.process.wait_for("level=error .*restore_incomplete")
    assert ask(shop.url, "/readyz").refusal == (503, "restore_incomplete")
    assert ask(shop.url, "/healthz").status == 200
    assert ask(shop.url, "/").status == 200
    assert ask(shop.url, "/login", {"nickname": "Anna"}).refusal == (503, "restore_incomplete")
    assert ask(shop.url, "/v1/desk").refusal == (503, "restore_incomplete")
    listed = run("agent", "list", "--redis", store.url, home=tmp_path)
    assert listed.status == 1
    assert "restore_incomplete" in listed.complaint
    assert store.command("DBSIZE") == ":1", "nobody has written"

    store.command("HSET", STORE, "format", 3)
    store.command("HDEL", STORE, "restoring")
    wait_until(lambda: ask(shop.url, "/readyz").status == 200, "ready")
    log_in(shop.url, "Anna")
