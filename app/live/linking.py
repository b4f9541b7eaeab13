"""An anonymous visitor turns out to be a known one: what they wrote is linked to the known one's conversation.

Logs are never merged. Two of them may be on two shards, so it is several steps, in an order in which whatever is killed
in between leaves nothing lost, and each of which may be made again:

1. It is decided, for good, that the one is linked to the other, where it is decided as well who is adopted.
2. The known one's log tells it, and what is owed goes over: since when they wait, and who holds them.
3. The anonymous one's ends, if it stands as it did then; else 2 again. Until now a message of theirs was heard as ever.
4. The known one is given the place of it in their log.
5. The anonymous one's sessions end. Last: by one of them whoever was cut off asks again.
"""

from app.chat.conversation import SET_ASIDE
from app.chat.errors import Refusal
from app.live.claims import event
from app.live.team import Team
from app.store.linking import Owed, Place
from app.store.people import Visitor
from app.store.store import Store


class Linking:
    """What it raises beside what is said: what the store does."""

    def __init__(self, store: Store, team: Team) -> None:
        self._store, self._team = store, team

    async def link(self, anonymous: str, known: Visitor) -> Place | None:
        """Link what the visitor `anonymous` wrote to `known`; where that stands. None where they are somebody already,
        or linked elsewhere: then they stay as they are. Raises Refusal blocked."""
        who = await self._store.people.known(anonymous)
        await self._store.conversations.refuse_blocked(anonymous)
        if not await self._store.linking.decide(anonymous, known.uid):
            return None
        place = await self._carried_over(who, known)
        await self._store.linking.keep(anonymous, known.uid, place)
        await self._store.sessions.revoke_all(anonymous)
        return place

    async def _carried_over(self, who: Visitor, known: Visitor) -> Place:
        """Steps 2 and 3, until nothing has come between them. Raises Refusal blocked."""
        while True:
            owed = await self._store.linking.owed(who.uid)
            if owed.status == "blocked":
                raise Refusal("blocked")
            place = await self._told(who, known, owed)
            released = event(self._team.user(owed.holder), reason=SET_ASIDE)
            linked = event(who.user, to=known.uid)
            if await self._store.linking.close(who.uid, owed, released=released, linked=linked):
                return place

    async def _told(self, who: Visitor, known: Visitor, owed: Owed) -> Place:
        since = {"waiting_since": owed.waiting_since} if owed.waiting_since else {}
        return await self._store.linking.into(
            known.uid,
            who.uid,
            owed,
            linked=event(known.user, **{"from": who.uid}, **since),
            claimed=event(self._team.user(owed.holder)),
        )
