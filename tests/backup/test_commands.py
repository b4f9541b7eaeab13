"""`chatadmin backup` and `chatadmin verify`, as an operator runs them: on a server that runs, stopped ones, others'."""

import asyncio
import os
import random
import shutil
import stat
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from app.store.backups import Failure
from tests.backup.shop import Shop, opened
from tests.backup.test_sealed import key, public
from tests.cli.program import Outcome, run
from tests.clients.api import login, set_up
from tests.clients.party import Party
from tests.running import PATIENCE, ROOT, Chatadmin, Valkey, environment, processes_at, program_under_test

__all__ = ["key"]


def talk(url: str, count: int) -> None:
    """Lily says so much."""

    async def story() -> None:
        lily = Party(url, login(url, "Lily")[0], "tab")
        await lily.connect()
        for n in range(1, count + 1):
            lily.say(n, f"line {n}")
        await lily.until(lambda: len(lily.acked) == count, "every acknowledgement")
        await lily.close()

    asyncio.run(story())


def line(outcome: Outcome) -> str:
    assert (outcome.status, outcome.err) == (0, "")
    [told] = outcome.out.splitlines()
    return told


def test_from_a_server_that_runs_and_from_one_that_was_stopped(
    start_chatadmin: Callable[..., Chatadmin], tmp_path: Path
) -> None:
    shop = start_chatadmin(env={"CHATADMIN_LIMITS__MESSAGES_PER_SECOND": "0"})
    set_up(shop.url, shop.setup_secret)
    talk(shop.url, 30)
    backups = tmp_path / "backups"
    backups.mkdir()
    told = line(run("backup", str(backups), "--data-dir", str(shop.data_dir), home=tmp_path))
    assert "1 conversation, 32 entries, 1 visitor, 1 agent, 0 files;" in told or "1 conversation, 31 entries" in told
    assert told.endswith(", verified")
    [made] = backups.glob("chatadmin-*.tar.gz")
    assert {path.name for path in backups.iterdir()} == {made.name, "erased.jsonl"}
    assert {stat.S_IMODE(path.stat().st_mode) for path in backups.iterdir()} == {0o600}
    assert ": sound, as of 20" in line(run("verify", str(made), home=tmp_path))
    assert line(run("verify", "--data-dir", str(shop.data_dir), home=tmp_path)).startswith("The store is sound: 1 conv")

    shop.stop()
    named = tmp_path / "shop.tar.gz"
    assert str(named) in line(run("backup", str(named), "--data-dir", str(shop.data_dir), home=tmp_path))
    line(run("verify", str(named), home=tmp_path))
    assert not processes_at(shop.data_dir)


async def test_from_a_store_of_the_operators_own(store: Valkey, tmp_path: Path) -> None:
    async with opened(store.url) as known:
        shop = Shop(known, tmp_path / "files")
        await shop.furnish()
        env = {"CHATADMIN_REDIS": store.url}
        done = await asyncio.to_thread(run, "backup", "x.tar.gz", home=tmp_path, env=env)
        assert (done.status, len(done.err.splitlines())) == (0, 2)
        assert done.err.count("there is no place of files here: set files.directory") == 2
        env["CHATADMIN_FILES__DIRECTORY"] = str(tmp_path / "files")
        assert "2 files" in line(await asyncio.to_thread(run, "backup", "x.tar.gz", home=tmp_path, env=env))
        kept = await known.backups.read()
        assert kept.last is not None
        assert (kept.last.name, kept.last.place, kept.last.verified) == ("x.tar.gz", str(tmp_path), True)
        assert kept.last.bytes == (tmp_path / "x.tar.gz").stat().st_size


def test_by_a_pipe_and_encrypted(store: Valkey, tmp_path: Path, key: Path) -> None:
    env = environment(tmp_path, {"CHATADMIN_REDIS": store.url, "PYTHONPATH": str(ROOT)})
    words = [*program_under_test(), "backup", "-", "--encrypt-to", public(key)]
    made = subprocess.run(words, env=env, cwd=tmp_path, capture_output=True, check=True, timeout=PATIENCE)
    assert made.stderr.startswith(b"standard output: 0 conversations")
    words = [*program_under_test(), "verify", "-", "--identity", str(key)]
    looked = subprocess.run(
        words, env=env, cwd=tmp_path, input=made.stdout, capture_output=True, check=True, timeout=PATIENCE
    )
    assert looked.stdout.startswith(b"standard input: sound, as of ")
    opened = subprocess.run(
        ["age", "-d", "-i", str(key)], input=made.stdout, capture_output=True, check=True, timeout=PATIENCE
    )
    told = subprocess.run(["tar", "tz"], input=opened.stdout, capture_output=True, check=True, timeout=PATIENCE)
    assert told.stdout.splitlines()[-1] == b"manifest.json"


@pytest.fixture
def made(store: Valkey, tmp_path: Path) -> Path:
    """A backup."""
    assert run("backup", "made.tar.gz", home=tmp_path, env={"CHATADMIN_REDIS": store.url}).status == 0
    return tmp_path / "made.tar.gz"


def test_one_that_is_not_sound_is_named_and_nothing_else_is_said(made: Path, tmp_path: Path) -> None:
    data = made.read_bytes()
    at = random.Random(1).randrange(100, len(data))
    bad = tmp_path / "bad.tar.gz"
    for wrong in (data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :], data[: len(data) // 2]):
        bad.write_bytes(wrong)
        outcome = run("verify", str(bad), home=tmp_path)
        assert (outcome.status, outcome.out) == (1, "")
        assert outcome.complaint.startswith(f"{bad}: ")
    assert "cannot be read: No such file" in run("verify", "gone.tar.gz", home=tmp_path).complaint


def test_what_cannot_be_made_is_said_and_nothing_is_left(store: Valkey, made: Path, tmp_path: Path) -> None:
    env = {"CHATADMIN_REDIS": store.url}
    before = made.read_bytes()
    for words, status, says in (
        (("nowhere/x.tar.gz",), 1, "nowhere is no directory: make it first"),
        (("-", "--encrypt-to", "age1qq"), 2, "--encrypt-to: expected a public key as age-keygen prints it"),
        (("-", "--encrypt-to", "AGE-SECRET-KEY-1QQ"), 2, "not the secret one, which must not be here"),
    ):
        outcome = run("backup", *words, home=tmp_path, env=env)
        assert (outcome.status, outcome.out) == (status, "")
        assert says in outcome.complaint
    assert made.read_bytes() == before
    assert {path.name for path in tmp_path.iterdir() if path.suffix in (".gz", ".part")} == {"made.tar.gz"}


@pytest.mark.parametrize("command", ["backup", "verify", "export v", "erase v --yes", "upgrade --finish"])
def test_a_place_without_a_shop_is_said_and_not_made_one(command: str, tmp_path: Path) -> None:
    """Or an operator who forgets --data-dir would have an empty backup that says it is sound."""
    outcome = run(*command.split(), "--data-dir", str(tmp_path / "typo"), home=tmp_path)
    assert (outcome.status, outcome.out) == (1, "")
    assert f"there is no shop in {tmp_path / 'typo'}: name the data directory of one" in outcome.complaint
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("words", "says"), [("--deep", "--deep needs a backup's FILE"), ("--identity key.txt", "name its FILE")]
)
def test_what_looks_into_a_backup_needs_its_file(words: str, says: str, tmp_path: Path) -> None:
    outcome = run("verify", *words.split(), home=tmp_path)
    assert (outcome.status, outcome.out) == (2, "")
    assert says in outcome.complaint


def test_a_full_disk_leaves_what_was_there_and_is_remembered(store: Valkey, made: Path, tmp_path: Path) -> None:
    before = made.read_bytes()
    limit = "import resource, sys, runpy; resource.setrlimit(resource.RLIMIT_FSIZE, (200, 200)); "
    limit += "sys.argv = ['app', 'backup', 'made.tar.gz']; runpy.run_module('app', run_name='__main__')"
    env = environment(tmp_path, {"CHATADMIN_REDIS": store.url, "PYTHONPATH": str(ROOT)})
    done = subprocess.run(  # -B: or what it compiles would be cut short, too, for all tests to come
        [sys.executable, "-B", "-c", limit],
        env=env,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE,
    )
    assert (done.returncode, done.stderr) == (1, "chatadmin: no backup was made: File too large\n")
    assert made.read_bytes() == before

    async def remembered() -> str:
        async with opened(store.url) as known:
            found = (await known.backups.read()).failure
            return found.reason if found else ""

    assert asyncio.run(remembered()) == "File too large"


async def test_one_elsewhere_does_not_mend_a_daily_one_that_failed(store: Valkey, tmp_path: Path) -> None:
    """Nor is it taken for it: the daily one is tried again, and who watches goes on hearing of it."""
    env = {"CHATADMIN_REDIS": store.url, "CHATADMIN_BACKUP__AT": "03:30"}
    env["CHATADMIN_BACKUP__TO"] = str(tmp_path / "daily")
    async with opened(store.url) as known:
        now = await known.now_ms()
        await known.backups.begun(now)
        await known.backups.failed(Failure(now, "the disk is full"))
        await known.backups.ask(now + 1)
        before = await known.backups.read()
        assert (await asyncio.to_thread(run, "backup", "elsewhere.tar.gz", home=tmp_path, env=env)).status == 0
        assert await known.backups.read() == before


@pytest.fixture
def outside() -> Iterator[Path]:
    """A folder that every user can reach; pytest's own are closed to all but one."""
    folder = Path(tempfile.mkdtemp(prefix="ca-backup-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


@pytest.mark.usefixtures("as_root")
def test_root_writes_where_only_root_may_and_leaves_the_data_to_their_owner(outside: Path) -> None:
    data, vault = outside / "data", outside / "vault"
    vault.mkdir(mode=0o700)
    for folder in (data, data / "store"):  # as a server has left them
        folder.mkdir(mode=0o700)
        os.chown(folder, 1234567, 7654321)
    line(run("backup", str(vault), "--data-dir", str(data), home=outside))
    assert {path.lstat().st_uid for path in (data, *data.rglob("*"))} == {1234567}
    assert {path.lstat().st_uid for path in vault.iterdir()} == {0}
    [backup] = vault.glob("*.tar.gz")
    line(run("verify", str(backup), home=outside))


def test_a_full_store_can_be_backed_up(start_store: Callable[..., Valkey], tmp_path: Path) -> None:
    store = start_store("valkey")

    async def furnish() -> None:
        async with opened(store.url) as known:
            await Shop(known, tmp_path / "files").furnish()

    asyncio.run(furnish())
    assert store.command("CONFIG", "SET", "maxmemory", "1") == "+OK"
    env = {"CHATADMIN_REDIS": store.url, "CHATADMIN_FILES__DIRECTORY": str(tmp_path / "files")}
    assert "4 conversations, 15 entries" in line(run("backup", "x.tar.gz", home=tmp_path, env=env))
