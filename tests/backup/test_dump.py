"""A store read out while others use it: all of it is there, each once, and nothing that should not be."""

import asyncio
import io
import json
import os
import random
import tarfile
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from app.backup import dump as dumping
from app.backup import logs, verify
from app.backup.archive import Reader, Writer
from app.backup.dump import dump
from app.backup.verify import Sound
from app.store.copying import Copying
from app.store.store import Store
from tests.backup.shop import FAR, Shop, lines, opened
from tests.running import Valkey

SEED = int(os.environ.get("SEED") or random.randrange(10**6))


@pytest.fixture(params=[("valkey", 1), ("redis", 3)], ids=["valkey-one-shard", "redis-three-shards"])
async def shop(start_store: Any, tmp_path: Path, request: pytest.FixtureRequest) -> AsyncIterator[Shop]:
    engine, shards = request.param
    async with opened(start_store(engine).url, shards) as store:
        yield Shop(store, tmp_path / "files")


async def taken(shop: Shop) -> bytes:
    out = io.BytesIO()
    await dump(shop.store, shop.files, Writer(out, 1_790_000_000_000))
    return out.getvalue()


def sound(data: bytes) -> Sound:
    return verify.judge(Reader(io.BytesIO(data)))


def members(data: bytes) -> dict[str, bytes]:
    with tarfile.open(fileobj=io.BytesIO(data)) as tar:
        return {member.name: tar.extractfile(member).read() for member in tar}  # type: ignore[union-attr]


def conversations(data: bytes) -> dict[str, tuple[dict[str, Any], list[dict[str, Any]], list[dict[str, Any]]]]:
    """Each: itself, its entries, its files."""
    found: dict[str, Any] = {}
    run: Any = None
    for name, member in members(data).items():
        if name.startswith("c/"):
            for record in lines(member):
                if record["is"] == "conversation":
                    run = found[record["uid"]] = (record, [], [])
                else:
                    run[1 if record["is"] == "entry" else 2].append(record)
    return found


async def test_something_of_everything_is_in_it(shop: Shop) -> None:
    await shop.furnish()
    data = await taken(shop)
    manifest = sound(data).manifest
    assert manifest.warnings == []
    assert manifest.counts.pop("counts") in (1, 2)  # two people were counted, in one shard or in two
    assert manifest.counts == Counter(
        conversation=4, entry=15, file=2, visitor=4, session=1, agent=2, face=2, document=2, reply=2, key=1, site=1,
        letter=1, stop_link=1, stopped=1, pace=1,
    ) | {"bytes of files": 3008}  # fmt: skip
    people = [json.dumps(record, ensure_ascii=False) for record in lines(members(data)["people.jsonl"])]
    for word in ("Anna", "ben@example.com", "Umbrellas", "陈伟", "lily@example.com", "https://shop.example", "Hello!"):
        assert any(word in line for line in people), word
    [gone] = [
        record for record in lines(members(data)["people.jsonl"]) if record.get("known", {}).get("name") == "Gone"
    ]
    assert gone["owns"] is False
    found = [run[0] for run in conversations(data).values()]
    [lily] = [one for one in found if one["tagged"]]
    assert (list(lily["tagged"]), lily["state"].split("|")[0]) == (["VIP 雨"], "held")
    assert (len(lily["pages"]), lily["pages_until"] > 0, json.loads(lily["counted"])[1]) == (1, True, lily["seq"])
    [marco] = [one for one in found if one["state"].startswith("snoozed")]
    assert marco["meta"]["until"] == str(FAR)
    [wei] = [one for one in found if one["state"].startswith("resolved")]
    assert len(wei["episodes"]) == 1


async def test_no_log_in_is_in_it_that_must_not_revive(shop: Shop) -> None:
    await shop.furnish()
    [session] = [record for record in lines(members(await taken(shop))["people.jsonl"]) if record["is"] == "session"]
    assert session["known"]["nickname"] == "Lily"


async def test_an_entry_is_what_stands_in_the_log(shop: Shop) -> None:
    await shop.furnish()
    for uid, (conversation, entries, _) in conversations(await taken(shop)).items():
        log = await shop.store.copying.page(uid, 1, 1000, 1000)
        assert [f"{entry['seq']}-0".encode() for entry in entries] == [id for id, _ in log]
        for entry, (_, fields) in zip(entries, log, strict=True):
            head = "|".join([entry["kind"], entry["author"], entry["role"], entry["id"], str(entry["at"])])
            assert head.encode() == fields[1]
            assert entry["body"] == json.loads(fields[3])
            assert [entry["last"].encode()] * bool(entry["last"]) == fields[5:6]
        meta = (await shop.store.copying.standing(uid)).meta
        assert (conversation["seq"], conversation["state"]) == (int(meta["seq"]), meta["state"])
        assert not [name for name in conversation["meta"] if name.startswith(("t:", "T:"))]


async def test_a_long_log_is_whole_and_in_several_members(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logs, "SPOOLED_BYTES", 20_000)
    monkeypatch.setattr("app.backup.archive.MEMBER_BYTES", 50_000)
    uid = (await shop.visitor("Lily")).uid
    for number in range(500):
        await shop.say(uid, f"{number} " + "rain " * 40)
    data = await taken(shop)
    assert sound(data).manifest.counts["entry"] == 502
    assert [entry["seq"] for entry in conversations(data)[uid][1]] == list(range(1, 503))
    assert len([name for name in members(data) if name.startswith("c/")]) > 3


async def test_while_others_write_and_forget_everything_said_before_is_there(shop: Shop) -> None:
    """Random people talk, and retention takes what is old, as fast as they can, all the time that it takes."""
    print(f"SEED={SEED}")
    chance = random.Random(SEED)
    uids = await shop.chat(60)
    going, began = True, await shop.store.now_ms()

    async def talk() -> None:
        while going:
            await shop.say(chance.choice(uids), "one more " * chance.randrange(40))

    async def forget() -> None:
        while going:
            await shop.store.retention.trim(chance.choice(uids), began)

    async def come() -> None:
        for number in range(30):
            await shop.visitor(f"New {number}")

    tasks = [asyncio.create_task(work()) for work in (talk, talk, forget, come)]
    for _ in range(4):
        before = dict(shop.sent)
        data = await taken(shop)
        assert sound(data).manifest.warnings == []
        found = conversations(data)
        for uid, seq in before.items():
            assert found[uid][0]["seq"] >= seq
    going = False
    await asyncio.gather(*tasks)


async def test_what_is_trimmed_while_it_is_read_begins_later(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logs, "FIRST_PAGE", 10)
    monkeypatch.setattr(logs, "PAGE_BYTES", 2000)
    uid = (await shop.visitor("Lily")).uid
    for number in range(100):
        await shop.say(uid, f"line {number}")
    page, read = Copying.page, 0

    async def trimmed(self: Copying, *args: Any) -> Any:
        nonlocal read
        read += 1
        if read == 3:
            await shop.store.pipelines.of(uid).call(
                "XTRIM", shop.store.keys.conversation(uid).log, "MINID", "=", "61-0"
            )
            await shop.store.pipelines.of(uid).call("HSET", shop.store.keys.conversation(uid).meta, "floor", 60)
        return await page(self, *args)

    monkeypatch.setattr(Copying, "page", trimmed)
    data = await taken(shop)
    assert sound(data).manifest.warnings == []
    assert (conversations(data)[uid][0]["floor"], len(conversations(data)[uid][1])) == (60, 42)


async def test_what_gets_another_epoch_while_it_is_read_is_read_again(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    uid = (await shop.visitor("Lily")).uid
    before = await shop.store.conversations.epoch(uid)
    beside, read = Copying.beside, 0

    async def lost(self: Copying, *args: Any) -> Any:
        nonlocal read
        read += 1
        if read == 1:
            await shop.store.pipelines.of(uid).call("HDEL", shop.store.keys.conversation(uid).meta, "epoch", "state")
            await shop.store.conversations.now(uid)
        return await beside(self, *args)

    monkeypatch.setattr(Copying, "beside", lost)
    data = await taken(shop)
    sound(data)
    assert conversations(data)[uid][0]["epoch"] == await shop.store.conversations.epoch(uid) > before
    assert read == 2


async def test_a_log_with_a_hole_is_told_of_and_no_end(shop: Shop) -> None:
    uid = (await shop.visitor("Lily")).uid
    for number in range(20):
        await shop.say(uid, f"line {number}")
    await shop.store.pipelines.of(uid).call("XDEL", shop.store.keys.conversation(uid).log, "9-0")
    data = await taken(shop)
    manifest = sound(data).manifest
    assert manifest.warnings == [f"the log of {uid} has a gap: only 13 entries up to 22 are in it"]


async def test_a_file_that_is_missing_is_told_of_and_no_end(shop: Shop) -> None:
    await shop.furnish()
    lost, *_ = [found.id for found in shop.files.sweep()]
    shop.files.delete([lost])
    data = await taken(shop)
    assert sound(data).manifest.warnings == [f"files/{lost}: it is missing"]
    out = io.BytesIO()
    await dump(shop.store, None, Writer(out, 1))
    assert len(sound(out.getvalue()).manifest.warnings) == 2


async def test_a_file_whose_message_came_later_is_unsent_in_it(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    uid = (await shop.visitor("Lily")).uid
    id = await shop.file(uid, b"bytes")
    beside = Copying.beside

    async def sent(self: Copying, *args: Any) -> Any:
        if uid in shop.sent and shop.sent[uid] == 2:
            await shop.say(uid, "here it is", file=id)
        return await beside(self, *args)

    monkeypatch.setattr(Copying, "beside", sent)
    data = await taken(shop)
    sound(data)
    conversation, _, [file] = conversations(data)[uid]
    assert (conversation["seq"], file["seq"]) == (2, 0)


async def test_conversations_that_are_active_meanwhile_come_once(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dumping, "_NAMES_PER_PAGE", 7)
    uids = await shop.chat(30)
    read = logs.read

    async def moved(store: Store, uid: str, activity: int) -> Any:
        await shop.store.changes.resolve(uid, "", "a" + "n" * 25, resolved=shop.event())  # to the end of the list
        return await read(store, uid, activity)

    monkeypatch.setattr(logs, "read", moved)
    data = await taken(shop)
    sound(data)
    assert set(conversations(data)) == set(uids)


async def test_a_store_that_is_away_for_a_while_is_waited_for(start_store: Any, tmp_path: Path) -> None:
    server: Valkey = start_store("valkey", fsync=True)
    async with opened(server.url) as store:
        shop = Shop(store, tmp_path)
        await shop.furnish()
        uids = await shop.chat(40)
        read, count = logs.read, 0

        async def restarted(store: Store, uid: str, activity: int) -> Any:
            nonlocal count
            count += 1
            if count == 20:
                await asyncio.to_thread(server.restart)
            return await read(store, uid, activity)

        logs.read = restarted
        try:
            data = await taken(shop)
        finally:
            logs.read = read
        assert set(uids) <= set(conversations(data))
        assert sound(data).manifest.counts["visitor"] == 44
