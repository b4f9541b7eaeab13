"""What is always true of a store: a shop that serves is sound, and whatever of it is broken is named."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest

from app.backup import invariants
from app.backup.invariants import Live
from app.store.copying import Copying, Standing
from app.store.keys import Keys
from tests.backup.shop import Shop, opened


@pytest.fixture
async def shop(store_url: str, tmp_path: Path) -> AsyncIterator[Shop]:
    async with opened(store_url, 2) as store:
        made = Shop(store, tmp_path / "files")
        await made.furnish()
        yield made


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(invariants, "_PAUSE", 0.01)


async def violations(shop: Shop) -> list[str]:
    return [line async for line in Live(shop.store, shop.files).violations()]


async def test_a_shop_in_which_something_of_everything_happened_is_sound(shop: Shop) -> None:
    await shop.chat(50)
    live = Live(shop.store, shop.files)
    assert [line async for line in live.violations()] == []
    assert live.total == 54


async def test_one_that_goes_on_meanwhile_is_sound(shop: Shop) -> None:
    uids, going = await shop.chat(20), True

    async def go_on() -> None:
        number = 0
        while going:
            number += 1
            uid = uids[number % len(uids)]
            await shop.say(uid, "one more")
            await shop.store.changes.resolve(uid, "", "a" + "n" * 25, resolved=shop.event())
            await shop.visitor(f"New {number}")

    task = asyncio.create_task(go_on())
    for _ in range(3):
        assert await violations(shop) == []
    going = False
    await task


async def test_one_that_reports_count_meanwhile_is_sound(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    standing, keys = Copying.standing, shop.store.keys

    async def standing_before(self: Copying, uid: str) -> Standing:
        found = await standing(self, uid)
        place = msgspec.json.encode([int(found.meta["epoch"]), int(found.meta["seq"]) + 1, 1])
        await shop.say(uid, "one more")
        await shop.store.pipelines.of(uid).call("SET", keys.report_place(uid), place)
        return found

    await shop.chat(1)
    monkeypatch.setattr(Copying, "standing", standing_before)
    monkeypatch.setattr(invariants, "_LOOKS", 1)
    assert [line for line in await violations(shop) if "reports" in line] == []


LILY, MARCO, WEI = "Lily", "Marco", "陈伟"


@pytest.mark.parametrize(
    ("who", "command", "says"),
    [
        (LILY, "XDEL {log} 3-0", "entry 3 is missing: 4-0 follows 2"),
        (LILY, "XDEL {log} 3-0", "6 entries are in its log, and it counts 1 to 7"),
        (LILY, "DEL {log}", "its log ends with 0, and should with 7"),
        (LILY, "DEL {meta}", "what is known of it is gone (7 entries are in its log)"),
        (LILY, "HSET {meta} floor 1", "7 entries are in its log, and it counts 2 to 7"),
        (LILY, "HSET {meta} read_a 9", "its mark read_a is 9, and it ends with 7"),
        (LILY, "HSET {meta} state held|0||3|0", "it is held, and held by nobody"),
        (LILY, "HSET {meta} state held|0|anobody|3|0", "it is held by anobody, who is no agent"),
        (LILY, "HSET {meta} state lost|0||3|0", "its state makes no sense: lost|0||3|0"),
        (LILY, "ZREM {open} {uid}", "it is held, and not listed among the open ones"),
        (WEI, "ZADD {open} 1 {uid}", "it is resolved, and listed among the open ones"),
        (MARCO, "ZREM {snoozed} {uid}", "it is snoozed, and nothing wakes it"),
        (MARCO, "ZREM {all} {uid}", "it is listed as open, and is none of all"),
        (LILY, "DEL {tagged}", "it has the tag VIP 雨, and is not listed under it"),
        (LILY, "HSET {tags} VIP 5", "5 have it, and 0 are listed"),
        (LILY, "SET {place} [{epoch},99,1]", "reports have counted 99 entries of its 7"),
        (LILY, "HSET {files} bytes 9", "its files are 3008 bytes, and counted as 9"),
        (LILY, "DEL {files}", "of which nothing is"),
        (LILY, "DEL {visitor}", "there is no visitor it is of"),
        (LILY, "XDEL {feed} last", "nothing stands before item"),
        (LILY, "HSET {nicknames} lilly {uid}", "nickname lilly: it is that of {uid}, who has another"),
        (LILY, "HSET {nicknames} lilly vnobody", "nickname lilly: it is that of vnobody, who is nobody"),
        (MARCO, "DEL {subs}", "is known to the shop, by what stands for nobody"),
        (LILY, "HSET {visitor} linked_to vother", "is linked to vother, who does not know of it"),
        (LILY, "HSET {agent_names} carl acarl", "agent acarl: has a name, and is nobody"),
        (LILY, "DEL {agent_names}", "nobody can log in by that name"),
        (LILY, "HSET {faces} shop gone", "face of shop: the picture is gone"),
    ],
)
async def test_what_is_broken_is_named(shop: Shop, who: str, command: str, says: str) -> None:
    store = shop.store
    visitor = await store.people.find(who)
    assert visitor is not None
    uid = visitor.uid
    shard, names = store.keys.shard_of(uid), store.keys.conversation(uid)
    known = {
        "uid": uid, "log": names.log, "meta": names.meta, "open": names.open, "all": names.all, "feed": names.feed,
        "snoozed": Keys.snoozed(shard), "tags": Keys.tags_in_use(shard), "tagged": Keys.tagged(shard, "VIP 雨"),
        "place": store.keys.report_place(uid), "files": store.keys.files(uid), "visitor": Keys.visitor(uid),
        "nicknames": Keys.nicknames(), "subs": Keys.subs(), "agent_names": Keys.agent_names(), "faces": Keys.faces(),
        "epoch": await store.conversations.epoch(uid),
    }  # fmt: skip
    words = [word.format(**known) for word in command.split()]
    if words[-1] == "last":
        (_, (id, _)) = await store.pipelines.of(uid).call("XREVRANGE", names.feed, "+", "-", "COUNT", 2)
        words[-1] = id.decode()
    await store.pipelines.of(uid).call(*words)
    found = await violations(shop)
    assert any(says.format(**known) in line for line in found), found


async def test_files_that_are_missing_or_cut_are_named(shop: Shop) -> None:
    sent, unsent = sorted((found.id for found in shop.files.sweep()), key=lambda id: -len(shop.files.open(id).read()))
    shop.files.delete([unsent])
    with (shop.files.root / sent.replace(".", "/", 1)).open("r+b") as file:
        file.truncate(10)
    found = [line.partition(": ")[2] for line in await violations(shop)]
    assert sorted(found) == sorted([f"file {sent} is 10 bytes long, and should be 3000", f"file {unsent} is missing"])
