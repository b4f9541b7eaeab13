"""A person is erased: nothing of them is left, and of everybody else all is as it was. On both engines."""

import os
import random
from pathlib import Path
from typing import Any

import pytest

from app.files.directory import Directory
from app.privacy.erase import erase, off_disk
from app.privacy.find import NobodyFound, find
from app.privacy.ledger import Ledger
from app.store.hashes import hash_of
from app.store.keys import Keys
from app.store.pipeline import Pipeline
from app.store.store import Store
from tests.privacy.town import Somebody, Town, bytes_of, everything, holds, without
from tests.replicated import Cluster

MARKS = ("zebra", "quartz", "fjord", "hymn", "vexing")


@pytest.fixture
def seed() -> int:
    """That of a run; `SEED=` repeats it."""
    found = int(os.environ.get("SEED") or random.SystemRandom().randrange(10**6))
    print(f"SEED={found}")
    return found


@pytest.fixture(params=[1, 3], ids=["one_shard", "three_shards"])
async def town(request: pytest.FixtureRequest, store_url: str, tmp_path: Path, seed: int) -> Any:
    """An empty town."""
    store = Store(store_url, request.param, 30, 30, 168)
    await store.open()
    found = Town(store, Directory(tmp_path / "files"), random.Random(seed))
    await found.begin()
    yield found
    await store.close()


# What is of a store, or changes by itself: the ledger, who is barred, what a feed says in the place of what went. The
# index is compared by what is found in it.
_OWN = {Keys.erased(), Keys.erasing()}


def comparable(found: dict[str, Any]) -> dict[str, Any]:
    """Without what is other by right."""
    kept = {}
    for name, value in filter(lambda item: item[1], found.items()):
        shard = name.partition("}")[0] + "}"
        if name in _OWN or name in (Keys.barred(shard), f"{shard}:desk") or ":x2:" in name or ":lease:" in name:
            continue
        if name == Keys.feed(shard):
            value = {
                id: fields
                for id, fields in value.items()
                if not any(word in fields[0] for word in ("|forgotten|", "|erased|", "|session.revoked|"))
            }
        if value:
            kept[name] = value
    return kept


async def found_by(store: Store, word: str) -> set[str]:
    """The conversations in which a word is found, and the visitors."""
    said = await store.search.find(word, "", 50)
    met = await store.search.people(word, "", 50)
    return {hit.entry.uid for hit in said.hits} | {hit.visitor.uid for hit in met.hits}


async def test_nothing_of_somebody_is_left_and_of_all_others_everything(town: Town) -> None:
    await _erased(town)


async def test_in_a_cluster_too(tmp_path: Path, seed: int) -> None:
    with Cluster(replicas=0) as cluster:
        store = Store(cluster.url, "auto", 30, 30, 168)
        await store.open()
        town = Town(store, Directory(tmp_path / "files"), random.Random(seed))
        await town.begin()
        await _erased(town)
        assert await off_disk(store, None) == []
        assert not await store.erasing.pending()
        assert sum(server.client.info()["aof_rewrites"] for server in cluster.servers) == len(cluster.servers)
        await store.close()


async def test_that_an_address_wants_no_mail_stays_while_it_is_somebodys(town: Town) -> None:
    store, family = town.store, "family@example.com"
    people = [await store.people.login_named(name, None) for name in ("Maria", "Lin")]
    for one in people:
        await store.contacts.put(one.uid, family.upper() if one is people[0] else family, {"email": family})
        await store.mail.token(one.uid, family)
    await store.mail.stop(family)
    for one, stays in zip(people, ({family}, set()), strict=True):
        await erase(store, await find(store, one.uid), town.place, lambda ledger: None)
        assert await store.mail.stopped([family]) == stays


async def test_all_keys_are_walked_no_more_often_for_more_shards(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    person = await find(town.store, (await town.person("zebra")).visitor.uid)
    begun, call = list[tuple[Any, ...]](), Pipeline.call

    async def counted(self: Pipeline, *command: Any, **how: Any) -> Any:
        begun.extend([command] if command[:2] == ("SCAN", b"0") else [])
        return await call(self, *command, **how)

    monkeypatch.setattr(Pipeline, "call", counted)
    await erase(town.store, person, town.place, lambda ledger: None)
    addresses = [command for command in begun if Keys.visitor("*") in command]
    assert len(begun) - len(addresses) == 4, "twice for jobs, and twice for what lies beside people"


async def _erased(town: Town) -> None:
    """Erase one of some people, and compare."""
    store, people = town.store, [await town.person(mark, town.chance.randint(0, 2)) for mark in MARKS]
    await town.index()
    gone, *others = town.chance.sample(people, len(people))
    before, bytes_before = await everything(store), bytes_of(town.place)
    assert holds(before, gone.words)
    searched = {one.words[0]: await found_by(store, one.words[0]) for one in people}
    assert all(set(one.uids) <= searched[one.words[0]] for one in people)

    noted: list[Ledger] = []
    removed = await erase(store, await find(store, gone.visitor.nickname), town.place, noted.append)

    after = await everything(store)
    hashed = [hash_of(f"{gone.words[0]}@example.com"), hash_of(f"sub{gone.words[0]}")]
    assert holds(after, [*gone.words, *gone.uids, *hashed]) == []
    assert not any(word.encode() in bytes_of(town.place) for word in (*gone.words, *gone.uids))
    assert all(one.files == [] or bytes_before.count(id.split(".")[1].encode()) for one in people for id in one.files)
    assert removed.conversations == len(gone.uids)
    assert removed.files == len(gone.files)

    _no_list_names_what_went(after)
    _same(comparable(before), comparable(after), gone, others)
    for one in others:
        assert await found_by(store, one.words[0]) == searched[one.words[0]]
        for uid in one.uids:
            page = await store.conversations.attach(uid, after=0, epoch=None)
            assert [entry.seq for entry in page.entries] == list(range(1, page.seq + 1))  # type: ignore[union-attr]
    assert await found_by(store, gone.words[0]) == set()
    await town.index()  # whoever goes on indexing finds nothing amiss
    for one in others:
        assert await found_by(store, one.words[0]) == searched[one.words[0]]

    ledger = await Ledger.in_store(store)
    assert all(ledger.holds(uid) and noted[0].holds(uid) for uid in gone.uids)
    assert not any(ledger.holds(uid) for one in others for uid in one.uids)
    with pytest.raises(NobodyFound):
        await find(store, gone.visitor.nickname)


def _no_list_names_what_went(found: dict[str, Any]) -> None:
    """Each number in a list of the index is of a document that is there."""
    looked = 0
    for name, value in found.items():
        start, _, bucket = name.rpartition(":")
        if ":x2:" not in name or not bucket.isdecimal():
            continue
        width = 26 if start.endswith(":-1") else 8
        documents = found[f"{start}:documents"].encode("latin-1")
        numbers = value.encode("latin-1")
        for at in range(0, len(numbers), 4):
            number = int.from_bytes(numbers[at : at + 4])
            assert any(documents[number * width : (number + 1) * width]), (name, number)
            looked += 1
    assert looked


def _same(before: dict[str, Any], after: dict[str, Any], gone: Somebody, others: list[Somebody]) -> None:
    """Everything but theirs is there, as it was; and what counts all, counts without them."""
    expected, found = without(before, gone.uids), dict(after)
    mail = f"{gone.words[0]}@example.com"
    for name in list(expected):
        shard = name.partition("}")[0] + "}"
        if name in (f"{shard}:files", f"{shard}:o:waiting", f"{shard}:tags"):
            continue
        if name.endswith(hash_of(mail)):
            continue
        value = expected[name]
        if name == "{people}:mail:stop":
            value -= {hash_of(mail)}
        if not value:
            continue
        assert found.pop(name, None) == value, name
    for name, value in found.items():
        shard = name.partition("}")[0] + "}"
        assert name in (f"{shard}:files", f"{shard}:o:waiting", f"{shard}:tags"), (name, value)
    uids = {uid for one in others for uid in one.uids}
    for shard in {name.partition("}")[0] + "}" for name in before} - {"{people}"}:
        counted = sum(int(value["bytes"]) for name, value in after.items() if _files_of(name, shard, uids))
        assert int(after.get(f"{shard}:files", {}).get("bytes", 0)) == counted
        lists = [value for name, value in after.items() if name.startswith(f"{shard}:o:l:")]
        assert int(after.get(f"{shard}:o:waiting", 0)) == sum(map(len, lists))
        tagged = {name: value for name, value in after.items() if name.startswith(f"{shard}:tag:")}
        assert sum(map(int, after.get(f"{shard}:tags", {}).values())) == sum(map(len, tagged.values()))


def _files_of(name: str, shard: str, uids: set[str]) -> bool:
    return name.startswith(f"{shard}:c:") and name.endswith(":f") and name.split(":")[2] in uids
