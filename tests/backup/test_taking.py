"""A backup taken into a place: it has its name once it was looked at, and whatever fails leaves what was there."""

import asyncio
import io
import os
import resource
import stat
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from app.backup import taking, verify
from app.backup.archive import Reader, Writer
from app.backup.records import BackupError
from tests.backup.shop import Shop, opened
from tests.backup.test_sealed import judged, key, public

__all__ = ["key"]


@pytest.fixture
async def shop(store_url: str, tmp_path: Path) -> AsyncIterator[Shop]:
    async with opened(store_url) as store:
        made = Shop(store, tmp_path / "files")
        await made.furnish()
        yield made


async def take(shop: Shop, place: Path, encrypt_to: str = "") -> taking.Taken:
    with taking.part_of(place) as file:
        return await taking.into(file, shop.store, shop.files, encrypt_to)


def parts(folder: Path) -> list[str]:
    """What is left of backups that were not made."""
    return [name for name in os.listdir(folder) if name.endswith(".part")]


async def test_it_is_for_its_owner_alone_and_sound(shop: Shop, tmp_path: Path) -> None:
    place = tmp_path / "shop.tar.gz"
    taken = await take(shop, place)
    assert stat.S_IMODE(place.stat().st_mode) == 0o600
    assert place.stat().st_size == taken.bytes
    assert verify.file(place, []).manifest == taken.manifest
    assert parts(tmp_path) == []


async def test_an_encrypted_one_has_nothing_to_be_read_in_it(shop: Shop, tmp_path: Path, key: Path) -> None:
    place = tmp_path / "shop.tar.gz.age"
    await take(shop, place, public(key))
    assert b"Lily" not in place.read_bytes()
    assert judged(place.read_bytes(), key).manifest.counts["visitor"] == 4


@pytest.mark.parametrize("encrypted", [False, True], ids=["clear", "encrypted"])
async def test_a_disk_that_lies_is_found_out(
    shop: Shop, tmp_path: Path, key: Path, encrypted: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A bit of it is another one on disk than was written; what was there before stays."""
    place = tmp_path / "shop.tar.gz"
    place.write_bytes(b"the one of yesterday")
    write = taking._write

    async def lies(file: Any, *args: Any, **named: Any) -> Any:
        done = await write(file, *args, **named)
        file.seek(500)
        byte = file.read(1)
        file.seek(500)
        file.write(bytes([byte[0] ^ 4]))
        return done

    monkeypatch.setattr(taking, "_write", lies)
    with pytest.raises(BackupError):
        await take(shop, place, public(key) if encrypted else "")
    assert place.read_bytes() == b"the one of yesterday"
    assert parts(tmp_path) == []


async def test_one_that_is_written_wrong_is_found_out_though_nobody_here_can_read_it(
    shop: Shop, tmp_path: Path, key: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    finish = Writer.finish
    monkeypatch.setattr(
        Writer, "finish", lambda self, counts, *more: finish(self, {**counts, "entry": counts["entry"] + 1}, *more)
    )
    with pytest.raises(BackupError, match=r"manifest\.json counts 16 of entry, and there are 15"):
        await take(shop, tmp_path / "shop.tar.gz.age", public(key))
    assert [name for name in os.listdir(tmp_path) if name.startswith("shop")] == []


async def test_a_full_disk_leaves_what_was_there(shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", True)  # it would be cut short, too, for all tests to come
    place = tmp_path / "shop.tar.gz"
    place.write_bytes(b"the one of yesterday")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (2000, before[1]))
    try:
        with pytest.raises(OSError, match="File too large"):
            await take(shop, place)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert place.read_bytes() == b"the one of yesterday"
    assert parts(tmp_path) == []


async def test_what_a_killed_one_left_is_written_over_and_a_link_is_not_followed(shop: Shop, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").write_bytes(b"of somebody else")
    (tmp_path / "shop.tar.gz.part").symlink_to(tmp_path / "elsewhere")
    await take(shop, tmp_path / "shop.tar.gz")
    assert (tmp_path / "elsewhere").read_bytes() == b"of somebody else"


async def test_a_pipe_gets_all_of_it(shop: Shop, key: Path) -> None:
    end, begin = os.pipe()
    with os.fdopen(end, "rb") as source, os.fdopen(begin, "wb", buffering=0) as sink:
        reading = asyncio.create_task(asyncio.to_thread(source.read))
        await taking.to_pipe(sink, shop.store, shop.files)
        sink.close()
        data = await reading
    assert verify.judge(Reader(io.BytesIO(data))).manifest.counts["entry"] == 15


def test_names_sort_as_times_do() -> None:
    assert taking.name(1_790_000_000_000, encrypted=False) == "chatadmin-20260921-141320.tar.gz"
    assert taking.name(1_790_000_000_000, encrypted=True) == "chatadmin-20260921-141320.tar.gz.age"
