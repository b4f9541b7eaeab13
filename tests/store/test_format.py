"""A store says in which format it was written; another version's is refused, and left as it is."""

import pytest

from app.store.store import FORMAT, FORMER_FORMAT, Store, StoreUnfit
from tests.running import Valkey


async def test_a_store_of_another_format_is_refused_and_not_touched() -> None:
    valkey = Valkey("valkey")
    try:
        await _open_and_close(valkey)
        assert valkey.command("HGET", "{s00}:store", "format") == f"${len(FORMAT)}"
        await _open_and_close(valkey)  # our own is welcome

        valkey.command("HSET", "{s00}:store", "format", FORMER_FORMAT)
        valkey.command("XADD", "{s00}:feed", "0-1", "h", "as the former version", "b", "wrote it")
        with pytest.raises(StoreUnfit, match="created with 1 shards"):
            await _open_and_close(valkey, shards=2)
        assert valkey.command("EXISTS", "{s00}:feed") == ":1"
        await _open_and_close(valkey)  # and is ours from now on
        assert valkey.command("EXISTS", "{s00}:feed") == ":0"
        assert valkey.command("HGET", "{s00}:store", "format") == f"${len(FORMAT)}"

        valkey.command("HDEL", "{s00}:store", "format")  # as the first version left it
        with pytest.raises(StoreUnfit, match="another version"):
            await _open_and_close(valkey)
        assert valkey.command("HEXISTS", "{s00}:store", "format") == ":0"
    finally:
        valkey.stop()


async def _open_and_close(valkey: Valkey, shards: int = 1) -> None:
    store = Store(valkey.url, shards, nickname_days=30, visitor_days=30, agent_hours=1)
    try:
        await store.open()
    finally:
        await store.close()
