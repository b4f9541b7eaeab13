"""Who waits too long is told to agents on duty: once an episode, while the shop is open, in one mail for all."""

import asyncio
from collections.abc import AsyncIterator
from itertools import count
from pathlib import Path
from typing import Any

import msgspec
import pytest

from app.chat.hours import DAYS, Hours
from app.chat.shop import Change
from app.config import Settings, load
from app.courier.alerts import PACE_MS, AlertDriver, WaitingWatcher
from app.courier.drivers import Done, Later
from app.courier.mail.smtp import Smtp
from app.courier.notices import Notices
from app.store.outbox import Lane, job_id
from app.store.outbox_keys import OutboxKeys
from app.store.store import Store
from tests.courier.desk import Desk
from tests.mail.post_office import SHOP, PostOffice

MINUTE_MS = 60_000
_numbers = count(1)


class Alerted(Desk):
    """A shop that tells after 5, 15 and 60 minutes; and what its courier does of it."""

    def __init__(self, store: Store, settings: Settings, office: PostOffice) -> None:
        super().__init__(store)
        self.settings, self.office = settings, office
        self.watcher = WaitingWatcher(settings, store)
        self.smtp = Smtp(settings.mail.server, settings.mail.sender, "chat.shop.test")
        self.driver = AlertDriver(store, Notices(settings, store, self.smtp))
        self._ahead_ms = 0

    async def hire(self, name: str, *, away: bool = False, role: Any = "agent", email: str = "") -> str:
        """Somebody who can be reached; where."""
        uid = (await self.store.people.add_agent(name, "correct horse battery", role)).uid
        email = email or f"{name.lower()}{next(_numbers)}@team.test"
        await self.store.agent_mail.change(uid, lambda box: box.asking(email, "en"))
        secret, _ = await self.store.agent_mail.make("confirm", uid)
        await self.store.agent_mail.use(secret, "zh" if name == "Lin" else "en")
        await self.store.people.set_accepting(uid, accepting=not away)
        return email

    async def wait(self, minutes: float, name: str = "", uid: str = "") -> str:
        """Somebody who wrote so long ago and is unanswered; their uid."""
        uid = uid or (await self.store.people.login_named(name, None)).uid
        await self.say(uid, uid)
        await self.stand(uid, since=await self.store.now_ms() - int(minutes * MINUTE_MS))
        return uid

    async def stand(self, uid: str, *, status: str = "", since: int = 0) -> None:
        """Have a conversation stand otherwise, as time or a colleague would."""
        meta, pipeline = self.store.keys.conversation(uid).meta, self.store.pipelines.of(uid)
        now, at, *rest = (await pipeline.call("HGET", meta, "state")).decode().split("|")
        await pipeline.call("HSET", meta, "state", "|".join([status or now, str(since or at), *rest]))

    async def answer(self, uid: str) -> None:
        """An agent answers."""
        agent = "a" + "n" * 25
        await self.store.changes.claim(uid, agent, take_over=True, claimed=self.event(), released=self.event())
        await self.say(uid, agent)

    async def taken(self) -> list[Lane]:
        found = [await self.outbox.take(shard, ("alert",)) for shard in self.store.keys.shards()]
        return [lane._replace(now_ms=lane.now_ms + self._ahead_ms) for lane in found if lane]

    async def work(self) -> str:
        """A look at who waits, and all that is due is delivered. What came of it: a letter for each, of its kind."""
        await self.watcher.look()
        kinds = ""
        while lanes := await self.taken():
            for lane in lanes:
                outcome = await self.driver.deliver(lane)
                kinds += type(outcome).__name__[0]
                if isinstance(outcome, Done):
                    assert await self.outbox.done(lane, outcome.ids)
                elif isinstance(outcome, Later):
                    assert await self.outbox.later(lane, outcome.at_ms + MINUTE_MS)
                else:
                    assert await self.outbox.failed(lane, outcome.ids, reason=outcome.reason, at_ms=lane.now_ms)
                    return kinds
        return kinds

    async def later(self) -> None:
        """So much that whoever was written to may be again."""
        self._ahead_ms += PACE_MS
        for lane in (await self.outbox.overview()).lanes:
            await self.outbox.prod(lane.name)

    async def close_shop(self, *, closed: bool = True) -> None:
        """On every day, or on none."""
        week = Hours("UTC", dict.fromkeys(DAYS, ()))
        version = (await self.store.shop.stored()).version
        assert await self.store.shop.save(version, Change(hours=week if closed else None), "")

    async def mails(self, email: str, number: int) -> list[Any]:
        return await asyncio.to_thread(self.office.world.wait, email, number)


@pytest.fixture
async def desk(store_url: str, post_office: PostOffice, tmp_path: Path) -> AsyncIterator[Alerted]:
    given = {"CHATADMIN_URL": "https://chat.shop.test", "CHATADMIN_SHOP_NAME": "Teehaus", "HOME": str(tmp_path)}
    given |= {"CHATADMIN_MAIL__SMTP": post_office.url(), "CHATADMIN_MAIL__FROM": SHOP}
    store = Store(store_url, 2, 30, 30, 168)
    await store.open()
    await store.outbox.begin(store.keys.shard(0), "alert", 1)
    opened = Alerted(store, load({}, given, None).settings, post_office)
    yield opened
    await opened.smtp.close()
    await store.close()


def text(mail: Any) -> str:
    return str(mail.get_body(("plain",)).get_content())


async def test_who_waits_is_told_once_an_episode_to_all_on_duty(desk: Alerted) -> None:
    anna, lin = await desk.hire("Anna", role="admin"), await desk.hire("Lin")
    away, shared = await desk.hire("Ben", away=True), await desk.hire("Anna 2", email=anna.upper())
    maria = await desk.wait(4, "Maria")
    assert await desk.work() == ""
    await desk.wait(7, uid=maria)
    assert await desk.work() == "DD"
    (mail,), (chinese,) = await desk.mails(anna, 1), await desk.mails(lin, 1)
    assert mail["Subject"] == "Maria has been waiting for 7 min (Teehaus)"
    assert f"https://chat.shop.test/admin#{maria}\n" in text(mail)
    assert "You get this because you take conversations" in text(mail)
    assert "text 1" not in text(mail)  # nothing of what was written
    assert chinese["Subject"] == "Maria 已等待 7 分钟（Teehaus）"
    assert desk.office.world.mails(away) == desk.office.world.mails(shared) == []

    again = WaitingWatcher(desk.settings, desk.store)  # another node's, or after a restart
    await again.look()
    assert await desk.taken() == []
    await desk.later()
    await desk.say(maria, maria)  # writes on: the same episode
    assert await desk.work() == ""
    await desk.answer(maria)
    await desk.wait(6, uid=maria)
    assert await desk.work() == "DD"
    await desk.mails(anna, 2)


async def test_it_is_told_again_as_they_wait_on_and_to_administrators_where_nobody_is_on_duty(desk: Alerted) -> None:
    olga, ben = await desk.hire("Olga", role="admin", away=True), await desk.hire("Ben", away=True)
    await desk.wait(100, "Rosa")
    never, first = (120, [15, 60]), (5, [200, 300])  # nobody is told again before they are told at all
    for (after, repeat), letters in (never, ""), (first, "D"), (first, ""), ((5, [90, 300]), "D"), ((5, [90, 95]), "D"):
        alerts = msgspec.structs.replace(desk.settings.alerts, after=after, repeat=repeat)
        desk.watcher = WaitingWatcher(msgspec.structs.replace(desk.settings, alerts=alerts), desk.store)
        assert await desk.work() == letters
        await desk.later()
    mails = await desk.mails(olga, 3)
    assert len({mail["Message-ID"] for mail in mails}) == 3
    assert "You get this because nobody takes conversations" in text(mails[0])
    assert desk.office.world.mails(ben) == []


async def test_a_rush_is_a_few_mails_and_who_was_answered_meanwhile_is_in_none(desk: Alerted) -> None:
    anna = await desk.hire("Anna")
    rushing = [await desk.wait(5 + n, f"Visitor {n}") for n in range(25)]
    await desk.watcher.look()
    await desk.answer(rushing[7])
    await desk.stand(rushing[8], status="snoozed")
    await desk.stand(rushing[9], since=await desk.store.now_ms())  # was answered, and has written again
    assert await desk.work() == "D"
    (mail,) = await desk.mails(anna, 1)
    assert mail["Subject"] == "22 visitors are waiting for an answer (Teehaus)"
    listed = [line for line in text(mail).splitlines() if " min · " in line or line.startswith("and ")]
    assert (listed[0], listed[-1], len(listed)) == ("29 min · Visitor 24", "and 2 more", 21)
    assert "https://chat.shop.test/admin\n" in text(mail)
    assert not any(line.endswith(("Visitor 7", "Visitor 8", "Visitor 9")) for line in listed)

    late = await desk.wait(5, "Late")
    assert await desk.work() == "L"  # they have just been written to
    await desk.later()
    await desk.answer(late)
    assert await desk.work() == "D"
    await desk.wait(5, "Later")
    assert await desk.work() == "D"
    assert [mail["Subject"][:5] for mail in await desk.mails(anna, 2)][1:] == ["Later"]


async def test_of_who_waited_before_there_were_alerts_nobody_is_told(desk: Alerted) -> None:
    anna = await desk.hire("Anna")
    began = OutboxKeys(desk.store.keys.shard(0)).began
    await desk.store.pipelines.at(desk.store.keys.shard(0)).call("HDEL", began, "alert")
    rosa = await desk.wait(6, "Rosa")
    assert await desk.work() == ""
    assert await desk.work() == ""
    await desk.store.pipelines.at(desk.store.keys.shard(0)).call("HSET", began, "alert", await since(desk, rosa))
    assert await desk.work() == "D"
    await desk.mails(anna, 1)


async def test_nobody_is_told_while_the_shop_is_closed(desk: Alerted) -> None:
    anna = await desk.hire("Anna")
    await desk.close_shop()
    await desk.wait(30, "Maria")
    assert await desk.work() == ""
    await desk.close_shop(closed=False)
    await desk.watcher.look()
    await desk.close_shop()  # before it went out
    assert await desk.work() == "D"
    await desk.close_shop(closed=False)
    await desk.wait(30, "Rosa")
    assert await desk.work() == "D"
    assert [mail["Subject"][:4] for mail in await desk.mails(anna, 1)] == ["Rosa"]


async def test_what_a_server_refuses_for_now_is_the_same_mail_later(desk: Alerted) -> None:
    anna = await desk.hire("Anna")
    desk.office.answer(anna, "451 4.7.1 Come back later")
    maria = await desk.wait(6, "Maria")
    assert await desk.work() == "F"
    desk.office.answer(anna, "")
    await desk.wait(9, "Rosa")
    lane = (await desk.outbox.overview()).lanes[0].name
    assert await desk.outbox.retry(lane)
    assert await desk.work() == "D"
    (mail,) = await desk.mails(anna, 1)
    assert "6 min · Maria" in text(mail)
    assert "9 min · Rosa" in text(mail)
    first = job_id("alert", lane.partition(":")[2], f"{maria}:{await since(desk, maria)}:1")
    assert mail["Message-ID"] == f"<{first}@chat.shop.test>"


async def since(desk: Alerted, uid: str) -> int:
    return (await desk.store.conversations.state(uid)).waiting_since
