"""The conversations as a route finds, reads and changes them; each change is answered with how it stands then."""

import asyncio

import msgspec

from app.chat import protocol
from app.chat.conversation import Reader
from app.chat.episodes import Episode
from app.chat.errors import Refusal
from app.live import history
from app.live.casework import Casework
from app.live.claims import Claims
from app.live.clock import now_ms
from app.live.history import History
from app.live.hub import Hub
from app.live.team import Team
from app.live.transcript import Transcript
from app.live.visitor_row import standing
from app.store.changes import Outcome
from app.store.message_lookup import Hit
from app.store.people import Visitor
from app.store.search import Found
from app.store.sessions import Session
from app.store.store import Store

# Entries behind the end of an episode among which its rating is: it is asked for at once.
RATED_WITHIN = 30


class Conversations:
    """By the visitor's uid, which `known` finds. What they raise beside what is said: what the store does."""

    def __init__(self, store: Store, hub: Hub, team: Team, claims: Claims, casework: Casework) -> None:
        self._store, self._hub, self._team = store, hub, team
        self._claims, self._casework = claims, casework

    async def known(self, who: str) -> str:
        """The uid of the visitor whose uid or nickname it is. Raises Refusal unknown_client."""
        return (await self._store.people.known(who)).uid

    # -- to read ----------------------------------------------------------------------------------------------------

    async def is_blocked(self, uid: str) -> bool:
        """Whether this visitor was shut out."""
        return (await self._store.conversations.state(uid)).status == "blocked"

    async def page(
        self, uid: str, before: int | None, after: int | None, around: int | None, limit: int, *, messages: bool
    ) -> History:
        """A page of it; `around` an entry, or as history.read has it."""
        if around is not None:
            return await history.around(self._store.conversations, uid, around, limit, messages=messages)
        return await history.read(self._store.conversations, uid, before, after, limit, messages=messages)

    async def transcript(self, uid: str, reader: Reader) -> Transcript:
        """All of it, as they may see it. Raises Refusal unknown_client."""
        visitor = await self._store.people.visitor(uid)
        if visitor is None:
            raise Refusal("unknown_client")
        return await Transcript.open(self._store.conversations, visitor, reader)

    async def search(self, text: str, cursor: str, limit: int) -> tuple[Found[Hit], dict[str, Visitor]]:
        """A page of messages that contain every word of `text`, as Search.find has it, and their visitors."""
        found = await self._store.search.find(text, cursor, limit)
        return found, await self._store.people.visitors({hit.entry.uid for hit in found.hits}) if found.hits else {}

    async def notes(self, uid: str, before: int) -> tuple[list[msgspec.Raw], int]:
        """What the team noted before seq `before`, as history.notes has it, in frames."""
        found, further = await history.notes(self._store.conversations, uid, before)
        epoch = await self._store.conversations.epoch(uid)
        return [msgspec.Raw(history.frame(entry, epoch, Reader("agent"))) for entry in found], further

    async def episodes(self, uid: str) -> list[tuple[Episode, dict[str, object] | None]]:
        """Its finished episodes, newest first, each with what the visitor said of it: `{good, comment?}`."""
        found = await self._store.reports.episodes(uid)
        return list(zip(found, await asyncio.gather(*(self._rating(uid, one.last) for one in found)), strict=True))

    async def _rating(self, uid: str, closed: int) -> dict[str, object] | None:
        """Of what the entry `closed` ended. It is looked for behind that, where somebody says it who says it then."""
        behind = await self._store.conversations.between(uid, closed + 1, closed + RATED_WITHIN, RATED_WITHIN)
        ratings = [protocol.decode(entry.body) for entry in behind if entry.kind == "rated"]
        said = [rating for rating in ratings if rating["of"] == closed][-1:]
        return {name: said[0][name] for name in ("good", "comment") if name in said[0]} if said else None

    async def labels(self) -> list[str]:
        """Every tag in use, the most used first."""
        return await self._store.directory.labels()

    # -- to change --------------------------------------------------------------------------------------------------

    async def claim(self, uid: str, session: Session, *, take_over: bool) -> dict[str, object]:
        """Take it. Raises as Claims.claim."""
        return self._changed(uid, await self._claims.claim(uid, session, take_over=take_over))

    async def release(self, uid: str, session: Session) -> dict[str, object]:
        """Give it back. Raises as Claims.release."""
        return self._changed(uid, await self._claims.release(uid, session))

    async def transfer(self, uid: str, session: Session, to: str, note: str) -> dict[str, object]:
        """Hand it to a colleague, by uid or name. Raises as Claims.transfer."""
        return self._changed(uid, await self._claims.transfer(uid, session, to, note))

    async def resolve(self, uid: str, session: Session) -> dict[str, object]:
        """Close it. Raises as Claims.resolve."""
        return self._changed(uid, await self._claims.resolve(uid, session))

    async def snooze(self, uid: str, session: Session, until: int) -> dict[str, object]:
        """Lay it aside until `until` (unix ms). Raises as Casework.snooze."""
        return self._changed(uid, await self._casework.snooze(uid, session, until, now_ms()))

    async def tag(self, uid: str, session: Session, text: str, *, on: bool) -> dict[str, object]:
        """Put a tag on, or take it off. Raises as Casework.tag."""
        return self._changed(uid, await self._casework.tag(uid, session, text, on=on))

    async def block(self, uid: str, session: Session, *, on: bool) -> dict[str, object]:
        """Shut the visitor out, or let them in again. Raises as Casework.block."""
        return self._changed(uid, await self._casework.block(uid, session, on=on))

    def _changed(self, uid: str, outcome: Outcome) -> dict[str, object]:
        self._hub.learn(uid, outcome.state)
        return standing(uid, outcome.state, self._team.name)
