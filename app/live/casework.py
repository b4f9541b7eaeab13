"""What agents do with a conversation beside answering it: snooze, tag, block. Claims know who holds it."""

import logging

from app.chat import tags
from app.chat.conversation import SET_ASIDE
from app.chat.errors import Refusal
from app.live.claims import Claims, event
from app.live.team import Team
from app.store.changes import Outcome
from app.store.sessions import Session
from app.store.store import Store

log = logging.getLogger("chatadmin.live")

# The longest snooze in milliseconds: ninety days. What is to sleep longer is better resolved.
LONGEST_SNOOZE = 90 * 24 * 3600 * 1000
# Conversations woken in one go, each shard.
WOKEN_PER_SHARD = 100


class Casework:
    """Changes of a conversation's state that move no message."""

    def __init__(self, store: Store, team: Team, claims: Claims) -> None:
        self._store, self._team, self._claims = store, team, claims

    async def snooze(self, uid: str, session: Session, until: int, now: int) -> Outcome:
        """Lay it aside until `until` (unix ms). Raises Refusal bad_time, claimed, visitor_blocked."""
        if not now < until <= now + LONGEST_SNOOZE:
            raise Refusal("bad_time")
        holder = await self._claims.may_end(uid, session)
        outcome = await self._store.changes.snooze(
            uid,
            holder,
            session.uid,
            until,
            released=event(self._team.user(holder), reason=SET_ASIDE),
            snoozed=event(session.user, until=until),
        )
        return self._claims.unless_held(outcome)

    async def wake(self, now: int) -> None:
        """Once a tick: what was snoozed until now waits again. Only the store knows of all that is: who was not on the
        dashboard is missing there if the store was away while they were asked for."""
        for uid in await self._store.changes.due(now, WOKEN_PER_SHARD):
            await self._store.changes.wake(uid, event(self._team.user("")))

    async def tag(self, uid: str, session: Session, text: str, *, on: bool) -> Outcome:
        """Put a tag on, or take it off. Raises Refusal bad_tag, too_many_tags."""
        label = (tags.clean if on else tags.known)(text)
        tagged = event(session.user, **{"added" if on else "removed": label})
        outcome = await self._store.changes.tag(uid, session.uid, label, on=on, tagged=tagged)
        if outcome.word == "full":
            raise Refusal("too_many_tags")
        return outcome

    async def block(self, uid: str, session: Session, *, on: bool) -> Outcome:
        """Shut the visitor out, or let them in again. Raises Refusal claimed."""
        holder = await self._claims.may_end(uid, session)
        outcome = self._claims.unless_held(
            await self._store.changes.block(
                uid,
                holder,
                session.uid,
                on=on,
                released=event(self._team.user(holder), reason=SET_ASIDE),
                blocked=event(session.user),
            )
        )
        if on and outcome.word == "ok":
            log.info("%s blocked the visitor %s", session.nickname, uid)
        return outcome
