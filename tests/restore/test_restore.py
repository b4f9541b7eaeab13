"""`chatadmin restore`: what it takes, what it refuses, and what the shop is afterwards."""

import asyncio
import io
import shutil
import subprocess
from argparse import Namespace
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyrage  # type: ignore[import-untyped]
import pytest

from app.backup import archive
from app.chat.files import new_id
from app.commands.error import CommandError
from app.commands.restore import restore
from app.config import load
from app.privacy.ledger import Ledger
from app.store.embedded import EmbeddedStore
from tests.cli.program import Outcome
from tests.clients.api import ask
from tests.restore.conftest import BackedUp
from tests.restore.raw import client, everything, lasting
from tests.restore.sample import opened
from tests.running import PATIENCE, ROOT, Chatadmin, Valkey, environment, program_under_test, wait_until

Run = Callable[..., Outcome]
Start = Callable[..., Chatadmin]


def test_a_disk_that_breaks_without_a_number_is_told_in_its_own_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "shop.tar.gz"
    file.touch()

    def breaks(path: Path) -> Ledger:
        raise OSError("the wire was cut")

    monkeypatch.setattr(Ledger, "read", breaks)
    options = Namespace(file=str(file), identity=None, erased=None)
    with pytest.raises(CommandError, match="cannot be read: the wire was cut; nothing was changed"):
        restore(options, load({}, {}, None).settings)


def _holds(data: Path) -> dict[str, Any]:
    """What lies in an embedded store, but for what a restore changes."""
    store = EmbeddedStore(data)
    store.start()
    try:
        store.wait_ready()
        return lasting(everything(store.url))
    finally:
        store.stop()


def _files(folder: Path) -> dict[str, bytes]:
    return {f"{file.parent.name}.{file.name}": file.read_bytes() for file in folder.glob("v*/*")}


def test_the_shop_is_as_it_was(shop: BackedUp, chatadmin_does: Run, tmp_path: Path) -> None:
    done = chatadmin_does("restore", shop.file, "--data-dir", tmp_path / "new")
    assert (done.status, done.err) == (0, "")
    assert "18 conversations" in done.out
    assert _holds(tmp_path / "new") == shop.holds
    assert _files(tmp_path / "new" / "files") == shop.sample.bytes


def test_people_go_on_where_they_were(
    shop: BackedUp, chatadmin_does: Run, start_chatadmin: Start, tmp_path: Path
) -> None:
    assert chatadmin_does("restore", shop.file, "--data-dir", tmp_path / "new").status == 0
    running = start_chatadmin(data_dir=tmp_path / "new")
    uid, token = next(iter(shop.sample.tokens.items()))
    assert ask(running.url, "/v1/me", Authorization=token).value["uid"] == uid
    asked = ask(running.url, f"/v1/msgs?as=visitor&client={uid}&frames=1", Authorization=token)
    assert asked.status == 200
    assert ask(running.url, "/v1/me", Authorization=shop.sample.agent_token).status == 401, "agents log in anew"
    assert ask(running.url, "/v1/me", Authorization=shop.sample.proven_token).status == 401, (
        "and whom the shop vouches for"
    )
    logged_in = ask(running.url, "/login", {"nickname": "Anna", "password": "correct horse battery"})
    admin = logged_in.headers["token"]
    found = "/v1/search?q=quoted"
    wait_until(lambda: ask(running.url, found, Authorization=admin).value, "what was said is found again")
    for other, theirs in shop.sample.tokens.items():
        waits = ask(running.url, f"/v1/msgs?as=visitor&client={other}&frames=1&limit=200", Authorization=theirs)
        assert waits.status == 200
        epochs = {entry["epoch"] for entry in waits.value}
        assert len(epochs) <= 1


def test_a_store_in_use_is_not_touched(shop: BackedUp, chatadmin_does: Run, tmp_path: Path) -> None:
    data = tmp_path / "mine"
    assert (
        chatadmin_does("agent", "add", "Zoe", "--password-stdin", "--data-dir", data, given="a long password").status
        == 0
    )
    before = _holds(data)
    refused = chatadmin_does("restore", shop.file, "--data-dir", data)
    assert refused.status == 1
    assert "there is a shop" in refused.complaint
    assert "--replace" in refused.complaint
    assert _holds(data) == before

    done = chatadmin_does("restore", shop.file, "--data-dir", data, "--replace")
    assert (done.status, done.err) == (0, "")
    assert _holds(data) == shop.holds
    kept = Path(done.out.partition("is in ")[2].partition(".\n")[0])
    assert kept.stat().st_mode & 0o777 == 0o600
    again = chatadmin_does("restore", kept, "--data-dir", tmp_path / "back")
    assert again.status == 0
    assert _holds(tmp_path / "back") == before


def test_a_running_server_is_not_restored_into(shop: BackedUp, chatadmin: Chatadmin, chatadmin_does: Run) -> None:
    for more in ((), ("--replace",)):
        refused = chatadmin_does("restore", shop.file, "--data-dir", chatadmin.data_dir, *more)
        assert refused.status == 1
        assert "in use by another chatadmin" in refused.complaint
    assert ask(chatadmin.url, "/readyz").status == 200


def test_nor_is_one_with_a_store_elsewhere_as_long_as_its_heart_beats(
    shop: BackedUp, chatadmin_does: Run, start_chatadmin: Start, start_store: Callable[..., Valkey], tmp_path: Path
) -> None:
    store, quick = start_store("redis"), {"CHATADMIN_TIMINGS_SCALE": "0.1"}
    running = start_chatadmin("--redis", store.url, env=quick)
    place = ("--redis", store.url)
    env = {**quick, "CHATADMIN_FILES__DIRECTORY": str(tmp_path / "files")}
    for more in ((), ("--replace",)):
        refused = chatadmin_does("restore", shop.file, *place, *more, env=env)
        assert refused.status == 1
        assert "a chatadmin is running" in refused.complaint
    running.cut_off()  # nobody buries it: its counter stands still
    assert store.command("HLEN", "{s00}:nodes") == ":1"
    done = chatadmin_does("restore", shop.file, *place, env=env)
    assert done.status == 0, done.err
    assert lasting(everything(store.url)) == shop.holds


def test_without_a_place_for_files_nothing_is_begun(shop: BackedUp, chatadmin_does: Run, store: Valkey) -> None:
    refused = chatadmin_does("restore", shop.file, "--redis", store.url)
    assert refused.status == 1
    assert "set files.directory" in refused.complaint
    assert store.command("DBSIZE") == ":0"


def test_files_of_another_store_are_left_alone(
    shop: BackedUp, chatadmin_does: Run, store: Valkey, tmp_path: Path
) -> None:
    theirs = tmp_path / "files"
    shutil.copytree(shop.data / "files", theirs)
    env = {"CHATADMIN_FILES__DIRECTORY": str(theirs)}
    before = _files(theirs)
    refused = chatadmin_does("restore", shop.file, "--redis", store.url, env=env)
    assert refused.status == 1
    assert "is not the place of this store's files" in refused.complaint
    assert store.command("DBSIZE") == ":0"
    assert _files(theirs) == before


def _torn(data: bytes) -> bytes:
    return data[: len(data) // 2]


def _flipped(data: bytes) -> bytes:
    at = len(data) // 3
    return data[:at] + bytes([data[at] ^ 4]) + data[at + 1 :]


@pytest.mark.parametrize(
    ("spoilt", "says"),
    [(_torn, "torn"), (_flipped, r"c/\d+.jsonl|people|files/"), (lambda data: b"no backup", "no backup of chatadmin")],
    ids=["torn", "flipped", "no backup"],
)
def test_what_is_not_sound_is_named_and_nothing_is_touched(
    shop: BackedUp, chatadmin_does: Run, tmp_path: Path, spoilt: Callable[[bytes], bytes], says: str
) -> None:
    file = tmp_path / "spoilt.tar.gz"
    file.write_bytes(spoilt(shop.file.read_bytes()))
    data = tmp_path / "mine"
    refused = chatadmin_does("restore", file, "--data-dir", data, "--erased", shop.file.parent / "erased.jsonl")
    assert refused.status == 1
    assert any(word in refused.complaint for word in says.split("|")) or "member" in refused.complaint, refused.err
    assert "nothing was changed" in refused.complaint
    assert not data.exists()


def test_a_newer_backup_names_its_version(chatadmin_does: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "newer.tar.gz"
    monkeypatch.setattr(archive, "FORMAT", 99)
    monkeypatch.setattr(archive, "__version__", "7.1.0")
    with file.open("wb") as sink:
        archive.Writer(sink, 1).finish({}, [], 1)
    refused = chatadmin_does("restore", file, "--data-dir", tmp_path / "mine")
    assert refused.status == 1
    assert "format 99" in refused.err
    assert "7.1.0" in refused.err
    assert not (tmp_path / "mine").exists()


def test_a_line_that_makes_no_sense_is_named(chatadmin_does: Run, tmp_path: Path) -> None:
    file = tmp_path / "odd.tar.gz"
    line = b'{"is":"agent","uid":"a1","agent":{}}\n'
    with file.open("wb") as sink:
        writer = archive.Writer(sink, 1)
        writer.member(archive.PEOPLE, io.BytesIO(line), len(line))
        writer.finish({"agent": 1}, [], 1)
    done = chatadmin_does("restore", file, "--data-dir", tmp_path / "mine")
    assert done.status == 1
    assert "the restore broke off (people.jsonl: what a line says of one (agent) makes no sense" in done.err
    assert "Traceback" not in done.err


def test_who_was_erased_since_stays_so(shop: BackedUp, chatadmin_does: Run, tmp_path: Path) -> None:
    one, other = shop.sample.visitors[1], shop.sample.visitors[3]
    beside, given = Ledger(), Ledger()
    beside.add(one.uid)
    given.add(other.uid)
    folder = tmp_path / "kept"
    folder.mkdir()
    file = folder / "old.tar.gz"
    shutil.copy(shop.file, file)
    told = chatadmin_does("restore", file, "--data-dir", tmp_path / "all")
    assert told.status == 0
    assert "there is no erased.jsonl beside" in told.err
    beside.write(folder / "erased.jsonl")
    given.write(tmp_path / "given.jsonl")

    assert "erased since: 1 person." in chatadmin_does("restore", file, "--data-dir", tmp_path / "a").out
    left = _everywhere(tmp_path / "a")
    assert one.uid not in left
    assert other.uid in left
    # What the store itself knows of holds, too, and outlives its being emptied.
    done = chatadmin_does(
        "restore", file, "--data-dir", tmp_path / "a", "--replace", "--erased", tmp_path / "given.jsonl"
    )
    assert done.status == 0, done.err
    left = _everywhere(tmp_path / "a")
    assert one.uid not in left
    assert other.uid not in left
    assert shop.sample.visitors[5].uid in left


def test_who_was_erased_while_it_was_made_stays_so(shop: BackedUp, chatadmin_does: Run, tmp_path: Path) -> None:
    one = shop.sample.visitors[1]
    data, file = tmp_path / "data", tmp_path / "alone" / "shop.tar.gz"
    shutil.copytree(shop.data, data)
    file.parent.mkdir()
    _know_as_erased(data, one.uid)  # what they wrote is still read, as by a backup that came to them before
    assert chatadmin_does("backup", file, "--data-dir", data).status == 0
    (file.parent / "erased.jsonl").unlink()
    assert "erased since: 1 person." in chatadmin_does("restore", file, "--data-dir", tmp_path / "new").out
    assert one.uid not in _everywhere(tmp_path / "new")


def _know_as_erased(data: Path, uid: str) -> None:
    async def know(url: str) -> None:
        store = opened(url)
        try:
            await store.open()
            ledger = await Ledger.in_store(store)
            ledger.add(uid)
            await ledger.keep(store)
        finally:
            await store.close()

    embedded = EmbeddedStore(data)
    embedded.start()
    try:
        embedded.wait_ready()
        asyncio.run(know(embedded.url))
    finally:
        embedded.stop()


def _everywhere(data: Path) -> str:
    """All that lies in a store and among its files, as one text."""
    store = EmbeddedStore(data)
    store.start()
    try:
        store.wait_ready()
        asked = client(store.url)
        return repr(everything(store.url)) + repr(sorted(asked.scan_iter())) + repr(list(_files(data / "files")))
    finally:
        store.stop()


def test_an_encrypted_one_by_standard_input(shop: BackedUp, chatadmin_does: Run, tmp_path: Path) -> None:
    identity = pyrage.x25519.Identity.generate()
    key = tmp_path / "key.txt"
    key.write_text(f"# mine\n{identity}\n")
    made = chatadmin_does(
        "backup", tmp_path / "sealed.age", "--encrypt-to", str(identity.to_public()), "--data-dir", shop.data
    )
    assert made.status == 0, made.err
    refused = chatadmin_does("restore", tmp_path / "sealed.age", "--data-dir", tmp_path / "new")
    assert refused.status == 1
    assert "--identity" in refused.err
    assert not (tmp_path / "new").exists()
    with (tmp_path / "sealed.age").open("rb") as source:
        done = subprocess.run(
            [*program_under_test(), "restore", "-", "--identity", str(key), "--data-dir", str(tmp_path / "new")],
            stdin=source,
            env=environment(tmp_path, {"PYTHONPATH": str(ROOT)}),
            capture_output=True,
            check=False,
            timeout=PATIENCE,
        )
    assert done.returncode == 0, done.stderr
    assert _holds(tmp_path / "new") == shop.holds


def test_deep(shop: BackedUp, chatadmin_does: Run) -> None:
    done = chatadmin_does("verify", shop.file, "--deep")
    assert (done.status, done.err) == (0, "")
    assert "restored and compared" in done.out


def test_whom_the_shop_erased_does_not_come_back(shop: BackedUp, chatadmin_does: Run, tmp_path: Path) -> None:
    data, gone = tmp_path / "data", shop.sample.visitors[3]
    shutil.copytree(shop.data, data)
    assert chatadmin_does("erase", gone.uid, "--yes", "--data-dir", data).status == 0
    (data / "files" / new_id(shop.sample.visitors[5].uid).replace(".", "/")).write_bytes(b"sent after the backup")
    done = chatadmin_does("restore", shop.file, "--data-dir", data, "--replace")
    assert done.status == 0, done.err
    assert "erased since: 1 person." in done.out
    left = _everywhere(data)
    assert gone.uid not in left
    assert shop.sample.visitors[5].uid in left
    theirs = {id: held for id, held in shop.sample.bytes.items() if not id.startswith(gone.uid)}
    assert _files(data / "files") == theirs, "nor is there anything of after the backup"
