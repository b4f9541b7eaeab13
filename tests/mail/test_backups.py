"""Administrators are told by mail of a backup that failed: each once a day, in their language, and of what."""

import msgspec

from app.courier.account import AccountDriver
from app.courier.backups import BackupWatcher
from app.courier.drivers import Done
from app.courier.notices import Notices
from app.store.outbox import Lane
from tests.mail.test_alerts import Alerted, desk, text

__all__ = ["desk"]


async def accounts(desk: Alerted) -> list[Lane]:
    found: list[Lane] = []
    for shard in desk.store.keys.shards():
        while lane := await desk.outbox.take(shard, ("account",)):
            found.append(lane)
    return found


async def test_administrators_are_told_once_a_day_of_what_it_failed(desk: Alerted, store_url: str) -> None:
    olga, lin = await desk.hire("Olga", role="admin"), await desk.hire("Lin", role="admin")
    await desk.hire("Anna")
    await accounts(desk)
    nowhere = msgspec.structs.replace(desk.settings.backup, to="/nowhere/at all/backups")
    watcher = BackupWatcher(msgspec.structs.replace(desk.settings, backup=nowhere, shards=2), desk.store, store_url)
    for _ in range(2):
        await desk.store.backups.ask(await desk.store.now_ms())
        await watcher.look()
        assert (await desk.store.backups.read()).asked_ms == 0
    lanes = [lane for lane in await accounts(desk) if any(job.kind == "backup" for job in lane.jobs)]
    assert [len(lane.jobs) for lane in lanes] == [1, 1]
    driver = AccountDriver(desk.store, Notices(desk.settings, desk.store, desk.smtp))
    for lane in lanes:
        assert isinstance(await driver.deliver(lane), Done)
    [to_olga], [to_lin] = await desk.mails(olga, 1), await desk.mails(lin, 1)
    assert to_olga["Subject"] == "The backup of Teehaus failed"
    assert "and there is none from before" in text(to_olga)
    assert "/nowhere/at all/backups is not there: make the directory, or mount it" in text(to_olga)
    assert "https://chat.shop.test/admin#/settings" in text(to_olga)
    assert to_lin["Subject"] == "Teehaus 的备份失败了"


async def test_one_that_cannot_even_begin_is_noted_and_not_begun_again_at_once(desk: Alerted, store_url: str) -> None:
    """Its process finds a store of another number of shards, and ends."""
    backup = msgspec.structs.replace(desk.settings.backup, at="03:30", to="/nowhere/backups")
    watcher = BackupWatcher(msgspec.structs.replace(desk.settings, backup=backup, shards=3), desk.store, store_url)
    await watcher.look()
    known = await desk.store.backups.read()
    assert known.failure is not None
    assert known.failure.reason.startswith("the process that makes backups ended with status 1")
    begun_ms = known.begun_ms
    assert begun_ms > 0
    await watcher.look()
    assert (await desk.store.backups.read()).begun_ms == begun_ms
