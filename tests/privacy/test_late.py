"""What comes late of somebody who was erased is written nowhere: by requests, by sockets, by nodes."""

import asyncio
import random
from array import array
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import pytest

from app.chat import protocol
from app.chat.files import FileInfo, new_id
from app.chat.pages import Context, Page
from app.files.directory import Directory
from app.privacy.erase import erase
from app.privacy.find import find
from app.store import scripts
from app.store.changes import Event
from app.store.errors import Erased
from app.store.keys import IndexKeys
from app.store.store import Store
from tests.privacy.town import Town, everything

NOTHING = Event("e-late", b"{}")


async def _said(store: Store, uid: str, author: str, role: str, kind: str) -> Any:
    answer: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
    writer, body = store.messages.writer(uid, author, role), protocol.message_body(b"{}", "late")
    writer.append(kind, 0, "late", 1, "late", body, "", answer.set_result)
    return await answer


async def test_nothing_of_them_is_written_any_more(shop: Store, tmp_path: Path) -> None:
    town = Town(shop, Directory(tmp_path / "files"), random.Random(1))
    await town.begin()
    gone, agent = await town.person("quartz"), town.agents[0].uid
    await erase(shop, await find(shop, gone.visitor.uid), town.place, lambda ledger: None)
    before, uid = await everything(shop), gone.visitor.uid

    for author, role, kind in ((uid, "v", "message"), (agent, "a", "message"), (agent, "a", "note")):
        assert isinstance(await _said(shop, uid, author, role, kind), Erased)
    late = [
        shop.conversations.attach(uid),
        shop.files.keep(uid, uid, False, FileInfo(new_id(uid), "late.png", "image/png", 9)),
        shop.changes.introduce(uid, "form", "late", NOTHING),
        shop.changes.claim(uid, agent, take_over=False, claimed=NOTHING, released=NOTHING),
        shop.changes.release(uid, agent, fence=None, away=False, released=NOTHING),
        shop.changes.tag(uid, agent, "late", on=True, tagged=NOTHING),
        shop.retention.trim(uid, 1),
    ]
    for refused in late:
        with pytest.raises(Erased):
            await refused
    await shop.presence.arrive("boot", uid, NOTHING)
    await shop.presence.depart("boot", uid, NOTHING)
    shop.whereabouts.walk(uid, [Page(page="https://shop/late", title="", at="")], known=True)
    shop.conversations.typing(uid, uid, "v", b"{}")
    await shop.people.touch(uid, browser="late")
    await shop.people.describe(uid, name="late", email="late@example.com", fields={})
    await shop.contacts.put(uid, "late@example.com", {})
    await shop.contacts.bounced(uid, "late@example.com", "550")
    await shop.identities.vouch(uid, {"name": "late"})
    assert await shop.identities.identify("late", uid) == ""
    await shop.whereabouts.keep(uid, Context(page="https://shop/late"))
    assert await everything(shop) == before


async def test_a_session_that_begins_as_they_go_ends_with_them(
    shop: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    town = Town(shop, Directory(tmp_path / "files"), random.Random(1))
    await town.begin()
    gone = await town.person("quartz")
    tokens, visitors = [], shop.erasing.visitors

    async def log_in_first(uids: Sequence[str], digests: Iterable[str]) -> None:
        tokens.append((await shop.sessions.create(gone.visitor))[0])
        await visitors(uids, digests)

    monkeypatch.setattr(shop.erasing, "visitors", log_in_first)
    await erase(shop, await find(shop, gone.visitor.uid), town.place, lambda ledger: None)
    assert await shop.sessions.get(tokens[0]) is None
    assert gone.visitor.uid not in repr(await everything(shop))


async def test_out_of_lists_of_every_length_only_what_was_named_goes(shop: Store) -> None:
    """Against a model: what stays is what was there but for that, ascending, whatever the list's length."""
    own, pipeline, chance = IndexKeys("{s00}"), shop.pipelines.people, random.Random(7)
    script, pipeline = scripts.load("unindex"), shop.pipelines.at("{s00}")
    for length in (1, 2, 3, 50, 4096, 4097, 6000):
        for share in (0.001, 0.3, 1.0):
            numbers = sorted(chance.sample(range(10 * length), length))
            gone = sorted({*chance.sample(numbers, max(1, int(share * length))), *chance.sample(range(10**6), 5)})
            if chance.random() < 0.5:
                gone = sorted({*gone, *numbers[: length // 3]})  # and all from its beginning
            await pipeline.call("SET", own.bucket(1, 5), _packed(numbers))
            await pipeline.call("SETBIT", own.used(1), 5, 1)
            for at in range(0, len(gone), 500):
                some = _packed(gone[at : at + 500])
                await pipeline.eval(script, (own.used(1), own.bucket(1, "")), (5, some))
            left = array("I", await pipeline.call("GET", own.bucket(1, 5)) or b"")
            left.byteswap()
            assert sorted(set(left)) == sorted(set(numbers) - set(gone)), (length, share)
            assert list(left) == sorted(left)
            assert await pipeline.call("GETBIT", own.used(1), 5) == (1 if left else 0)


def _packed(numbers: list[int]) -> bytes:
    found = array("I", numbers)
    found.byteswap()
    return found.tobytes()
