"""What is known of files, on both engines; that a message takes its file in one step; and where bytes lie."""

import json
import os
import stat
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from app.chat import deliveries
from app.chat.files import FileInfo, new_id, split_id
from app.files.directory import MARK, Directory
from app.store import files as files_module
from app.store.files import Files
from app.store.index import Index
from app.store.outbox import Outbox
from app.store.retention import Retention
from tests.replicated import Cluster
from tests.store.test_conversations import ANNA, BEN, UID, Bench, event, opened
from tests.store.test_retention import next_millisecond


class FilesBench(Bench):
    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.files = Files(self.pipelines, self.keys)

    async def upload(self, by: str = UID, *, note: bool = False, size: int = 100) -> str:
        info = FileInfo(new_id(UID), "kettle.jpg", "image/jpeg", size, 40, 30)
        await self.files.keep(UID, by, note, info)
        return info.id

    async def body(self, seq: int) -> Any:
        (entry,) = await self.conversations.between(UID, seq, seq, 1)
        return json.loads(entry.body)


@pytest.fixture
async def bench(store_url: str) -> AsyncIterator[FilesBench]:
    async with opened(FilesBench(store_url)) as made:
        yield made


async def test_a_message_takes_a_file_once(bench: FilesBench) -> None:
    file = await bench.upload()
    place = await bench.say(1, file=file)
    shown = {"id": file, "name": "kettle.jpg", "type": "image/jpeg", "size": 100, "width": 40, "height": 30}
    assert await bench.body(place.seq) == {"user": {}, "file": shown}
    record = await bench.files.get(UID, file)
    assert record is not None
    assert (record.by, record.note, record.seq) == (UID, False, place.seq)
    assert (await bench.say(1, file=file)).repeat
    assert (await bench.refused(2, file=file)).code == "bad_file"
    assert (await bench.say(2)).seq == place.seq + 1  # a refusal takes no number


@pytest.mark.parametrize("engine", ["valkey", "redis"])
async def test_a_cluster_finds_files_and_jobs_that_no_call_declares(engine: str) -> None:
    """Each conversation's are on the server of its log, wherever that is."""
    with Cluster(engine, replicas=0) as cluster:
        async with opened(FilesBench(cluster.url)) as bench:
            file = await bench.upload()
            place = await bench.say(1, file=file)
            assert (await bench.body(place.seq))["file"]["id"] == file
            assert (await bench.refused(2, file=file)).code == "bad_file"
            outbox = Outbox(bench.pipelines, bench.keys)
            for _ in range(3):
                await outbox.post("account", UID, "link", {})
            lane = await outbox.take(bench.keys.shard_of(UID))
            assert lane
            assert await outbox.done(lane, [lane.jobs[0].id], deliveries.sent([place.seq]))
            assert await outbox.give_up(lane.name)
            assert await outbox.retry(lane.name)
            assert (await outbox.overview()).waiting == 2


async def test_only_its_author_sends_a_file_and_only_where_it_is_for(bench: FilesBench) -> None:
    visitors, agents, private = await bench.upload(), await bench.upload(ANNA), await bench.upload(ANNA, note=True)
    fence = (await bench.claim(ANNA)).state.fence
    assert (await bench.refused(1, file=agents)).code == "bad_file"
    assert (await bench.refused(1, file=new_id(UID))).code == "bad_file"
    assert (await bench.refused(1, author=BEN, kind="note", file=private)).code == "bad_file"
    assert (await bench.refused(1, author=ANNA, kind="note", file=agents)).code == "bad_file"
    assert (await bench.refused(1, author=ANNA, fence=fence, file=private)).code == "bad_file"
    assert (await bench.refused(1, author=ANNA, fence=fence, file=visitors)).code == "bad_file"
    note = await bench.say(1, author=ANNA, kind="note", file=private)
    answer = await bench.say(2, author=ANNA, fence=fence, file=agents)
    assert [(await bench.body(place.seq))["file"]["id"] for place in (note, answer)] == [private, agents]


async def test_those_that_were_sent_are_listed_newest_first(bench: FilesBench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files_module, "_RECORDS_PER_CALL", 50)
    sent = []
    for n in range(1, 201):
        file = await bench.upload()
        sent.append((await bench.say(n, file=file)).seq)
    await bench.upload()  # and is not sent
    sent.reverse()
    assert [record.seq for record in await bench.files.sent(UID, 0, 3)] == sent[:3]
    assert [record.seq for record in await bench.files.sent(UID, sent[2], 500)] == sent[3:]


async def test_a_file_goes_with_the_entry_that_has_it(bench: FilesBench) -> None:
    """Whichever node trims, of whatever version: the log's floor alone says so."""
    old, kept, unsent = [await bench.upload() for _ in range(3)]
    await next_millisecond(bench, (await bench.say(1, file=old)).time)
    place = await bench.say(2, file=kept)
    await bench.changes.resolve(UID, "", ANNA, resolved=event())
    retention = Retention(bench.pipelines, bench.keys, Index(bench.pipelines, bench.keys))
    assert await retention.trim(UID, place.time) == 1
    assert [record is not None for record in [await bench.files.get(UID, id) for id in (old, kept, unsent)]] == [
        False,
        True,
        True,
    ]
    assert [record.info.id for record in await bench.files.sent(UID, 0, 10)] == [kept]
    stranger = new_id(UID)
    ids = [old, kept, unsent, stranger]
    assert await bench.files.needless(UID, ids, place.time - 3_600_000) == ([], [old], [stranger])
    assert await bench.files.needless(UID, ids, place.time + 3_600_000) == ([unsent], [old], [stranger])
    assert await bench.files.forget(UID, [old, unsent]) == [old, unsent]
    assert await bench.files.used(UID) == 100


async def test_bytes_are_counted_once_and_until_they_are_forgotten(bench: FilesBench) -> None:
    sent, unsent = await bench.upload(size=100), await bench.upload(size=20)
    await bench.say(1, file=sent)
    for id in (sent, unsent):  # the store's answer was lost with its connection
        await bench.files.keep(UID, UID, False, FileInfo(id, "kettle.jpg", "image/jpeg", 100))
    record = await bench.files.get(UID, sent)
    assert record is not None
    assert record.seq
    assert (await bench.files.used(UID), await bench.files.total()) == (120, 120)
    assert await bench.files.forget(UID, [sent, unsent], unsent=True) == [unsent]
    assert (await bench.files.used(UID), await bench.files.total()) == (100, 100)
    assert await bench.files.forget(UID, [sent, unsent]) == [sent]
    assert await bench.files.forget(UID, [sent]) == []
    assert (await bench.files.used(UID), await bench.files.total()) == (0, 0)
    assert await bench.pipeline.call("EXISTS", bench.keys.files(UID)) == 0


def test_a_file_is_there_whole_or_not_at_all(tmp_path: Path) -> None:
    directory, id, other = Directory(tmp_path / "files"), new_id(UID), new_id(UID)
    with pytest.raises(FileNotFoundError):
        directory.draft(id)  # a mount that is missing is not made up for
    directory.take("ours")
    old = os.umask(0)
    try:
        draft = directory.draft(id)
        draft.file.write(b"bytes")
        with pytest.raises(FileNotFoundError):
            directory.open(id)
        assert [(found.id, found.draft) for found in directory.sweep()] == [(id, True)]
        directory.put(draft, id)
    finally:
        os.umask(old)
    with directory.open(id) as file:
        assert file.read() == b"bytes"
        assert stat.S_IMODE(os.fstat(file.fileno()).st_mode) == 0o600
    directory.drop(directory.draft(other))
    assert directory.take("another's") == directory.mark() == "ours"
    assert not directory.empty()
    (tmp_path / "files" / "another's").mkdir()
    (tmp_path / "files" / BEN).mkdir()  # of an upload that was killed before its draft
    assert [(found.id, found.draft) for found in directory.sweep()] == [(id, False)]
    directory.delete([id, other])
    assert {path.name for path in (tmp_path / "files").iterdir()} == {"another's", MARK}
    assert directory.empty()


@pytest.mark.parametrize(
    "id", ["", UID, f"{UID}./etc/passwd", f"../../x.{'a' * 22}", f"{UID}.{'a' * 23}", f"{UID}.{'é' * 22}"]
)
def test_what_is_no_id_leads_nowhere(tmp_path: Path, id: str) -> None:
    assert split_id(id) is None
    with pytest.raises(FileNotFoundError):
        Directory(tmp_path).open(id)
