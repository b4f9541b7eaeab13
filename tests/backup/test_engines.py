"""A backup of a store that is spread over servers, or goes over to another while it is read."""

import asyncio
import io
from pathlib import Path
from typing import Any

import pytest

from app.backup import logs, verify
from app.backup.archive import Reader, Writer
from app.backup.dump import dump
from app.store.store import Store
from tests.backup.shop import Shop, opened
from tests.replicated import Cluster, Sentinels


async def taken(shop: Shop) -> verify.Sound:
    out = io.BytesIO()
    await dump(shop.store, shop.files, Writer(out, 1))
    return verify.judge(Reader(io.BytesIO(out.getvalue())))


async def test_of_a_cluster(tmp_path: Path) -> None:
    with Cluster("redis", replicas=0) as cluster:
        async with opened(cluster.url, 16) as store:
            shop = Shop(store, tmp_path)
            await shop.furnish()
            uids = await shop.chat(40)
            assert len({store.keys.shard_of(uid) for uid in uids}) > 8
            manifest = (await taken(shop)).manifest
            assert manifest.warnings == []
            assert (manifest.counts["conversation"], manifest.counts["visitor"], manifest.shards) == (44, 44, 16)
            assert manifest.counts["entry"] == 15 + sum(2 + number % 5 for number in range(40))


@pytest.mark.long
@pytest.mark.parametrize("kind", [Sentinels, Cluster])
async def test_while_another_server_takes_over(kind: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with kind() as estate:
        async with opened(estate.url, 4) as store:
            shop = Shop(store, tmp_path)
            await shop.furnish()
            await shop.chat(60)
            for server in [server for server in estate.data if server.role == "master"]:
                server.client.execute_command("WAIT", 1, 5000)
            read, count = logs.read, 0

            async def taken_over(store: Store, uid: str, activity: int) -> Any:
                nonlocal count
                count += 1
                if count == 30:
                    where = () if kind is Sentinels else (0,)
                    await asyncio.to_thread(estate.fail_over, *where)
                return await read(store, uid, activity)

            monkeypatch.setattr(logs, "read", taken_over)
            manifest = (await taken(shop)).manifest
            assert count >= 64
            assert (manifest.counts["conversation"], manifest.counts["visitor"]) == (64, 64)
