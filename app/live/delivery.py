"""What goes out of the shop to people who are away: looked at by administrators, tried again or given up by them."""

from app.chat import protocol
from app.chat.errors import Refusal
from app.live.team import Team
from app.store.outbox import ENDPOINTS
from app.store.outbox_look import Dead, Overview, Standing
from app.store.people import Visitor
from app.store.store import Store


class Delivery:
    """`by_mail`: whether the shop sends any mail."""

    def __init__(self, store: Store, team: Team, *, by_mail: bool) -> None:
        self._store, self._team, self._by_mail = store, team, by_mail

    async def view(self) -> dict[str, object]:
        """How it stands, as `/v1/delivery` tells it."""
        found = await self._store.outbox.overview()
        visitors = await self._store.people.visitors(_visitors(found))
        return {
            "by_mail": self._by_mail,
            "waiting": found.waiting,
            "oldest": _time(found.oldest_ms),
            "lanes": [
                {**self._lane(lane, visitors), "next": _time(lane.next_ms), "tries": lane.tries} for lane in found.lanes
            ],
            "more_lanes": max(0, found.lane_count - len(found.lanes)),
            "dead": [{**self._lane(lane, visitors), "at": _time(lane.at_ms)} for lane in found.dead],
            "more_dead": max(0, found.dead_count - len(found.dead)),
            "breakers": [
                {"endpoint": one.endpoint, "since": _time(one.since_ms), "reason": one.reason} for one in found.breakers
            ],
        }

    async def retry(self, lane: str) -> bool:
        """Try what waits in a lane now, and what was given up anew; False where there is nothing any more. Raises
        Refusal not_found for what is no lane."""
        return await self._store.outbox.retry(_checked(lane))

    async def give_up(self, lane: str) -> bool:
        """Give up what waits in a lane; as `retry`."""
        return await self._store.outbox.give_up(_checked(lane))

    def _lane(self, lane: Standing | Dead, visitors: dict[str, Visitor]) -> dict[str, object]:
        return {
            "lane": lane.name,
            "endpoint": lane.endpoint,
            "whom": self._whom(lane.subject, visitors.get(lane.subject)),
            "jobs": lane.jobs,
            "since": _time(lane.since_ms),
            "reason": lane.reason,
        }

    def _whom(self, uid: str, visitor: Visitor | None) -> dict[str, object]:
        """A visitor as rows have who they are; somebody of the team by name, "" where they are known no more."""
        if visitor is None:
            name = self._team.name(uid)
            return {"uid": uid, "nickname": name, "name": name}
        return {
            "uid": uid,
            "nickname": visitor.nickname,
            "name": visitor.name,
            "namesake": self._team.has_namesake(visitor.name),
            "verified": visitor.verified,
            "identity": visitor.identity,
        }


def _visitors(found: Overview) -> list[str]:
    """Those whom mail is for."""
    lanes: list[Standing | Dead] = [*found.lanes, *found.dead]
    return list({lane.subject for lane in lanes if lane.endpoint == "mail"})


def _checked(lane: str) -> str:
    endpoint, _, subject = lane.partition(":")
    if endpoint not in ENDPOINTS or not (subject.isascii() and subject.isalnum()):
        raise Refusal("not_found")
    return lane


def _time(ms: int) -> str | None:
    return protocol.timestamp(ms) if ms else None
