"""`chatadmin erase` and `export` as they are typed: who is meant, what is asked, and what a store of another's says."""

import asyncio
import os
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from app.privacy.ledger import FILE, Ledger
from app.store.store import Store
from tests.cli.program import Outcome, run
from tests.running import Valkey

Commanded = Callable[..., Awaitable[Outcome]]


@pytest.fixture
def engine() -> str:
    """One will do."""
    return "valkey"


@pytest.fixture
def commanded(store_url: str, tmp_path: Path) -> Commanded:
    """Run the program on the store of `shop`, from an empty folder; the loop goes on meanwhile."""

    async def run_it(*words: str, url: str = store_url, **env: str) -> Outcome:
        return await asyncio.to_thread(run, *words, "--redis", url, home=tmp_path, env=env)

    return run_it


async def _two_of_a_name(shop: Store) -> list[str]:
    first = await shop.people.login_named("Maria", None)
    await shop.people.release_nickname(first.uid)
    return [first.uid, (await shop.people.login_named("Maria", None)).uid]


async def test_of_several_each_is_listed_and_none_is_touched(shop: Store, commanded: Commanded, tmp_path: Path) -> None:
    uids = await _two_of_a_name(shop)
    for command in (("erase", "--yes"), ("export",)):
        done = await commanded(command[0], "maria", *command[1:])
        assert (done.status, done.complaint) == (1, "'maria' are 2; say which by the id")
        assert sorted(line.split("(")[1].split(")")[0] for line in done.out.splitlines()) == sorted(uids)
    assert set(await shop.people.visitors(uids)) == set(uids)
    assert not [name for name in os.listdir(tmp_path) if "zip" in name]
    assert (await commanded("export", uids[0])).status == 0
    assert os.stat(tmp_path / f"{uids[0]}.zip").st_mode & 0o777 == 0o600
    nobody = await commanded("erase", "somebody@example.com", "--yes")
    assert nobody.status == 1
    assert "there is nobody with the id, the nickname or the verified address" in nobody.complaint
    unasked = await commanded("erase", uids[0])
    assert (unasked.status, unasked.complaint) == (1, "there is no terminal to ask whether it is meant; use --yes")


async def test_a_store_that_keeps_no_file_or_will_not_write_it_anew_is_named(
    shop: Store, commanded: Commanded, start_store: Callable[..., Valkey]
) -> None:
    maria = await shop.people.login_named("Maria", None)
    done = await commanded("erase", maria.uid, "--yes")
    assert done.status == 1
    assert "keeps no append-only file; its snapshots (dump.rdb) hold what was erased until it saves anew" in done.err
    assert await shop.people.visitor(maria.uid) is None
    again = await commanded("erase", maria.uid, "--yes")  # it is still known whom that was, until the file is written
    assert (again.status, again.out) == (1, "They are erased already; the store writes its file anew.\n")

    refusing = start_store("valkey", options=("--appendonly", "yes", "--rename-command", "BGREWRITEAOF", ""))
    theirs = Store(refusing.url, 1, 30, 30, 168)
    await theirs.open()
    maria = await theirs.people.login_named("Maria", None)
    await theirs.close()
    done = await commanded("erase", "maria", "--yes", url=refusing.url)
    assert done.status == 1
    assert "refused to rewrite its append-only file" in done.err
    assert maria.uid in done.out


async def test_the_ledger_lies_beside_the_backups_and_names_nobody(
    commanded: Commanded, tmp_path: Path, start_store: Callable[..., Valkey]
) -> None:
    keeps = start_store("valkey", options=("--appendonly", "yes", "--appendfsync", "no"))
    theirs = Store(keeps.url, 1, 30, 30, 168)
    await theirs.open()
    people = [await theirs.people.login_named(name, None) for name in ("Maria", "Lin", "Ben")]
    await theirs.close()
    beside = tmp_path / "backups"
    beside.mkdir()
    env = {"CHATADMIN_BACKUP__TO": str(beside)}
    for person in people[:2]:
        done = await commanded("erase", person.uid, "--yes", url=keeps.url, **env)
        assert (done.status, done.err) == (0, "")
    ledger = Ledger.read(beside / FILE)
    assert [ledger.holds(person.uid) for person in people] == [True, True, False]
    raw = (beside / FILE).read_text()
    assert len(raw.splitlines()) == 3
    assert not any(word in raw for person in people for word in (person.uid, person.name))
    (beside / FILE).write_text("something else")
    done = await commanded("erase", people[2].uid, "--yes", url=keeps.url, **env)
    assert done.status == 1
    assert "who was erased could not be written beside the backups" in done.err
    assert (beside / FILE).read_text() == "something else"


async def test_an_export_takes_the_empty_file_that_one_before_has_left(
    shop: Store, commanded: Commanded, tmp_path: Path
) -> None:
    """As the owner of the data, root may not remove what it made where only root may write."""
    uid = (await shop.people.login_named("Maria", None)).uid
    file = tmp_path / f"{uid}.zip"
    file.touch()
    assert (await commanded("export", uid)).status == 0
    assert (file.stat().st_mode & 0o777, file.read_bytes()[:2]) == (0o600, b"PK")
    (tmp_path / "link.zip").symlink_to(file)
    for name in (file.name, "link.zip"):
        assert "is there already" in (await commanded("export", uid, name)).complaint
