"""What `check` and the console say of backups: how old, whether sound, and whether they leave the machine readable."""

from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest

from app.checks import backups
from app.config import BackupSettings, S3Settings, Settings, load
from app.live.backups import Backups
from app.store.backups import OVERDUE_MS, Failure, Made
from app.store.store import Store

HOUR_MS = 3_600_000
KEY = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p"


@pytest.fixture
async def store(store_url: str) -> AsyncIterator[Store]:
    opened = Store(store_url, 1, nickname_days=1, visitor_days=1, agent_hours=1)
    await opened.open()
    yield opened
    await opened.close()


def settings(folder: Path, at: str = "03:30", to: str = "/dev/shm", encrypt_to: str = "") -> Settings:
    found = load({"data_dir": str(folder / "data")}, {"HOME": "/nowhere"}, None).settings
    backup = BackupSettings(at, to, 14, encrypt_to, S3Settings("", "", "key", "secret"))
    return msgspec.structs.replace(found, backup=backup)


async def said(store: Store, found: Settings) -> list[str]:
    return [f"{one.verdict} {one.says}" for one in await backups.look(found, store)]


async def make(store: Store, hours: float, *, verified: bool = True) -> None:
    at_ms = await store.now_ms() - round(hours * HOUR_MS)
    await store.backups.made(Made(at_ms, "chatadmin-1.tar.gz", "/dev/shm", 1, verified=verified, encrypted=False))


async def test_a_shop_without_one_is_told_how(store: Store, tmp_path: Path) -> None:
    [line] = await said(store, settings(tmp_path, at="", to=""))
    assert line.startswith("warn there is none: set backup.at and backup.to")
    assert (await said(store, settings(tmp_path)))[0].startswith("ok the first is made in /dev/shm")


async def test_its_age_is_told_and_warned_of(store: Store, tmp_path: Path) -> None:
    daily, by_hand = settings(tmp_path), settings(tmp_path, at="")
    await make(store, 25)
    assert (await said(store, daily))[0] == "ok chatadmin-1.tar.gz in /dev/shm, 1 d 1 h old, verified"
    assert (await Backups(store, daily.backup).view())["overdue"] is False
    await make(store, OVERDUE_MS / HOUR_MS + 0.1)
    assert (await said(store, daily))[0].startswith("warn the last one is 1 d 2 h old: ")
    assert (await Backups(store, daily.backup).view())["overdue"] is True
    assert (await said(store, by_hand))[0].startswith("ok ")
    assert (await Backups(store, by_hand.backup).view())["overdue"] is False
    await make(store, 24 * 31)
    assert (await said(store, by_hand))[0].startswith("warn the last one is 31 d 0 h old: set backup.at")


async def test_one_that_failed_or_was_not_looked_through_is_warned_of(store: Store, tmp_path: Path) -> None:
    await make(store, 3, verified=False)
    assert (await said(store, settings(tmp_path)))[0].startswith("warn the last one, 3 h old, was not looked through")
    await make(store, 3)
    await store.backups.failed(Failure(1, "there is no room left in /mnt"))
    line = (await said(store, settings(tmp_path)))[0]
    assert line == "warn the last attempt failed: there is no room left in /mnt; the last one is 3 h old"


async def test_one_that_leaves_the_machine_unencrypted_is_warned_of(store: Store, tmp_path: Path) -> None:
    await make(store, 1)
    to = "s3://backups/shop"
    assert (await said(store, settings(tmp_path, to=to)))[1].startswith("warn they leave this machine unencrypted")
    assert await said(store, settings(tmp_path, to=to, encrypt_to=KEY)) == (await said(store, settings(tmp_path)))[:1]


async def test_a_place_on_the_disk_of_the_data_is_warned_of(store: Store, tmp_path: Path) -> None:
    await make(store, 1)
    lines = await said(store, settings(tmp_path, to=str(tmp_path / "backups")))
    assert lines[1].startswith(f"warn {tmp_path}/backups is on the disk whose loss they are for")
    assert len(await said(store, settings(tmp_path, to="/dev/shm"))) == 1
