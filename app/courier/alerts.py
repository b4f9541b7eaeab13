"""Who waits too long for an answer: looked for from time to time, and told to agents by mail."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial

from app import words
from app.chat import alerts, names
from app.chat.hours import standing
from app.chat.shop import Shop
from app.config import Settings
from app.courier.drivers import Done, Failed, Later, Outcome, looking
from app.courier.mail.trouble import SmtpTrouble
from app.courier.notices import Notice, Notices
from app.store.outbox import Lane, job_id
from app.store.people import Agent, Visitor
from app.store.store import Store

# Seconds between two looks at who waits.
LOOK_INTERVAL = 10.0
# Milliseconds between two mails to one agent: a rush is told in a few.
PACE_MS = 2 * 60 * 1000
# Who waits is listed by name, up to so many.
_LISTED = 20
# From how many milliseconds on time is told in which unit, of how many.
_MINUTE_MS, _HOUR_MS, _DAY_MS = 60_000, 3_600_000, 86_400_000
_UNITS = (
    (2 * _DAY_MS, _DAY_MS, "alert.days"),
    (2 * _HOUR_MS, _HOUR_MS, "alert.hours"),
    (0, _MINUTE_MS, "alert.minutes"),
)


class WaitingWatcher:
    """Posts an alert to each agent on duty once a visitor has waited so long inside the shop's hours. Its id is that of
    the episode, so there is one, however many of us look, and however often."""

    def __init__(self, settings: Settings, store: Store) -> None:
        self._store, self._initial = store, Shop(name=settings.shop_name)
        after = settings.alerts.after
        self._minutes = [after, *(many for many in settings.alerts.repeat if many > after)]
        self._told: set[tuple[str, int, int]] = set()

    async def run(self) -> None:
        """Work until cancelled."""
        await looking(self.look, LOOK_INTERVAL, "who waits cannot be looked at")

    async def look(self) -> None:
        """Post what is due by now. Raises what the store raises."""
        store, now_ms = self._store, await self._store.now_ms()
        shop = await store.shop.read(self._initial)
        minutes, began = alerts.over(self._minutes, shop.hours, now_ms), await self._since(now_ms)
        uids = sorted(await store.presence.open_conversations()) if minutes else []
        states = await asyncio.gather(*map(store.conversations.state, uids))
        waiting = [(uid, state) for uid, state in zip(uids, states, strict=True) if state.waiting_since >= began]
        counted = ((uid, state.waiting_since, alerts.due(state, minutes, now_ms)) for uid, state in waiting)
        due = {(uid, since, times) for uid, since, times in counted if times}
        if new := due - self._told:
            team = alerts.on_duty(await store.people.agents())
            await asyncio.gather(*(self._post(agent, *one) for agent in team for one in new))
            self._told |= new if team else set()
        self._told &= due

    async def _since(self, now_ms: int) -> int:
        """Since when there are alerts in this shop, unix ms: who has been waiting for longer is nobody's news."""
        outbox, shard = self._store.outbox, self._store.keys.shard(0)
        await outbox.begin(shard, AlertDriver.name, now_ms)
        return await outbox.began(shard, AlertDriver.name)

    async def _post(self, agent: Agent, uid: str, since: int, times: int) -> None:
        id = job_id("alert", agent.uid, f"{uid}:{since}:{times}")
        await self._store.outbox.post("alert", agent.uid, "waiting", {"uid": uid, "since": str(since)}, id=id)


class AlertDriver:
    """All that waits for one agent is one mail, of those who still wait as it is sent."""

    name = "alert"

    def __init__(self, store: Store, notices: Notices) -> None:
        self._store, self._notices = store, notices
        self._sent_ms: dict[str, int] = {}

    async def deliver(self, lane: Lane) -> Outcome:
        """Tell an agent."""
        ids, last = [job.id for job in lane.jobs], self._sent_ms.get(lane.subject, 0)
        if lane.now_ms < last + PACE_MS:
            return Later(last + PACE_MS)
        shop = await self._notices.shop()
        agent = next((one for one in await self._store.people.agents() if one.uid == lane.subject), None)
        waiting = await self._waiting(lane)
        now = datetime.fromtimestamp(lane.now_ms / 1000, UTC)
        if agent is None or agent.disabled or not agent.mail.email or not waiting or not standing(shop.hours, now).open:
            return Done(ids)
        if lane.shut:
            return Failed(lane.shut, True, ids)
        notice = self._notice(shop, agent, waiting, lane.now_ms)
        try:
            await self._notices.send(agent.mail.email, agent.mail.language, ids[0], shop, notice)
        except SmtpTrouble as trouble:
            return Failed(trouble.reason, trouble.again, ids, whose=trouble.whose)
        self._sent_ms[lane.subject] = lane.now_ms
        return Done(ids)

    async def _waiting(self, lane: Lane) -> list[tuple[Visitor, int]]:
        """Of the visitors it is about, who still waits, and since when (unix ms), the longest first."""
        meant = {job.args["uid"]: int(job.args["since"]) for job in lane.jobs}
        states = await asyncio.gather(*map(self._store.conversations.state, meant))
        pairs = zip(meant.items(), states, strict=True)
        still = [(at, uid) for (uid, at), now in pairs if alerts.is_waiting(now) and now.waiting_since == at]
        visitors = await self._store.people.visitors(uid for _, uid in still)
        return [(visitors[uid], at) for at, uid in sorted(still) if uid in visitors]

    def _notice(self, shop: Shop, agent: Agent, waiting: Sequence[tuple[Visitor, int]], now_ms: int) -> Notice:
        say, language = partial(words.say, "team_mail"), agent.mail.language
        named = [(names.undirected(visitor.name), _time(now_ms - at, language)) for visitor, at in waiting]
        told = {"name": named[0][0], "time": named[0][1], "count": len(named), "shop": shop.name}
        foot = say("alert.foot.nobody" if agent.away else "alert.foot", language, **told)  # why it is them (on_duty)
        if len(named) == 1:
            return Notice(
                say("alert.one.subject", language, **told),
                say("alert.one.title", language, **told),
                [say("alert.one.text", language, **told)],
                (say("alert.one.button", language), self._notices.console(waiting[0][0].uid)),
                foot,
            )
        lines = [say("alert.line", language, name=name, time=time) for name, time in named[:_LISTED]]
        if more := len(named) - len(lines):
            lines.append(say("alert.more", language, count=more))
        return Notice(
            say("alert.several.subject", language, **told),
            say("alert.several.title", language, **told),
            ["\n".join(lines)],
            (say("alert.several.button", language), self._notices.console()),
            foot,
        )


def _time(ms: int, language: str) -> str:
    """How long, roughly."""
    unit, key = next((unit, key) for least, unit, key in _UNITS if ms >= least)
    return words.say("team_mail", key, language, count=ms // unit)
