"""The ledger of erasures: it holds whom it was told, in every form it has, and nothing that names them."""

import os
import stat
from pathlib import Path

import msgspec
import pytest

from app.privacy.ledger import FILE, Ledger, LedgerError
from app.store.hashes import salted
from app.store.store import Store

ANNA, BEN, CLEO = ("v" + letter * 25 for letter in "abc")


def test_it_holds_whom_it_was_told_and_names_nobody() -> None:
    ledger = Ledger()
    ledger.add(ANNA, 5)
    ledger.add(ANNA, 9)
    assert (ledger.holds(ANNA), ledger.holds(BEN), len(ledger)) == (True, False, 1)
    raw = ledger.encode()
    salt, *lines = map(msgspec.json.decode, raw.splitlines())
    assert salt == {"salt": ledger.salt, "erased": 1}
    assert lines == [{"digest": salted(ledger.salt, ANNA), "at": 5}]
    assert ANNA.encode() not in raw
    assert Ledger().encode() != raw  # another salt


def test_it_is_the_same_from_its_file_and_merged_it_asks_with_each_salt(tmp_path: Path) -> None:
    one, other = Ledger(), Ledger()
    one.add(ANNA)
    other.add(BEN)
    path = tmp_path / FILE
    one.write(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    other.write(path)  # what the file held stays
    read = Ledger.read(path)
    assert [read.holds(uid) for uid in (ANNA, BEN, CLEO)] == [True, True, False]
    read.add(CLEO)
    assert Ledger.decode(read.encode()).holds(CLEO)
    assert Ledger.decode(read.encode()).encode() == read.encode()
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root writes for others")
def test_root_leaves_it_to_whose_backups_it_lies_beside(tmp_path: Path) -> None:
    path, ledger = tmp_path / FILE, Ledger()
    os.chown(tmp_path, 1234567, 7654321)
    ledger.write(path)
    assert (path.stat().st_uid, path.stat().st_gid) == (1234567, 7654321)
    os.chown(path, 2345678, 7654321)
    ledger.write(path)
    assert (path.stat().st_uid, stat.S_IMODE(path.stat().st_mode)) == (2345678, 0o600)


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"", "is empty"),
        (b'{"digest":"aa","at":1}\n', "line 1"),
        (b'{"salt":"aa","erased":1}\n{"digest":"aa"\n', "line 2"),
        (b'{"salt":"aa","erased":2}\n', "line 1"),
        (b"\xff\n", "line 1"),
    ],
)
def test_one_that_is_torn_or_something_else_is_refused_by_its_line(tmp_path: Path, raw: bytes, said: str) -> None:
    path = tmp_path / FILE
    path.write_bytes(raw)
    with pytest.raises(LedgerError, match=said):
        Ledger.read(path)
    with pytest.raises(LedgerError):
        Ledger().write(path)
    assert path.read_bytes() == raw


async def test_the_store_keeps_it_and_takes_in_another_stores(shop: Store) -> None:
    empty = await Ledger.in_store(shop)
    assert (len(empty), empty.salt) == (0, (await Ledger.in_store(shop)).salt)
    empty.add(ANNA)
    await empty.keep(shop)
    foreign = Ledger()
    foreign.add(BEN)
    await foreign.keep(shop)
    kept = await Ledger.in_store(shop)
    assert [kept.holds(uid) for uid in (ANNA, BEN, CLEO)] == [True, True, False]
    assert kept.salt == empty.salt
