"""What an anonymous visitor wrote is linked to a known one: the steps of it, each of which may be made again.

Two conversations may be on two shards, so it is no one script. live/linking.py has the order, and why.
"""

from typing import NamedTuple

from app.store import scripts
from app.store.changes import Event
from app.store.keys import Keys
from app.store.pipelines import Pipelines

# As many as one visitor's own page and their row can well show: of more the oldest are shown no longer.
MOST_LINKED = 100

_LINK, _INTO, _FROM = map(scripts.load, ("link", "link_into", "link_from"))
_UNWRITTEN = "here|0||0|0"


class Owed(NamedTuple):
    """How an anonymous visitor's conversation stands, as the store has it (`standing`), and what of that goes over to
    another: `status`, since when they are unanswered (unix ms, 0 if not), `holder`, how much is unread, whether they
    `asked` something, until when (unix ms) it sleeps."""

    standing: str
    status: str
    waiting_since: int
    holder: str
    unread: int
    asked: bool
    until: int


class Place(NamedTuple):
    """Where `linked` stands in the log of the known one, and since when (unix ms)."""

    seq: int
    at: int


class Linking:
    """By the uids of the anonymous visitor and of the known one."""

    def __init__(self, pipelines: Pipelines, keys: Keys) -> None:
        self._pipelines, self._keys = pipelines, keys

    async def decide(self, anonymous: str, known: str) -> bool:
        """Let the one be linked to the other, for good; False where they are somebody already, or linked elsewhere."""
        return await self.keep(anonymous, known, Place(0, 0))

    async def owed(self, anonymous: str) -> Owed:
        """How the conversation of the anonymous one stands."""
        meta = self._keys.conversation(anonymous).meta
        state, asked, until = await self._pipelines.of(anonymous).call("HMGET", meta, "state", "asked", "until")
        standing = state.decode() if state else _UNWRITTEN
        status, waiting, holder, _, unread = standing.split("|")
        return Owed(standing, status, int(waiting), holder, int(unread), asked is not None, int(until or 0))

    async def into(self, known: str, anonymous: str, owed: Owed, *, linked: Event, claimed: Event) -> Place:
        """Tell it in the log of the known one, and carry over what is owed; `claimed`: by the holder, if any."""
        keys = (*self._keys.conversation(known), self._keys.snoozed(self._keys.shard_of(known)))
        args = (
            known,
            anonymous,
            owed.status,
            owed.waiting_since,
            owed.holder,
            owed.unread,
            int(owed.asked),
            owed.until,
        )
        events = (linked.id, linked.body, claimed.id, claimed.body)
        reply = await self._pipelines.of(known).eval(_INTO, keys, (*args, *events))
        return Place(int(reply[4]), int(reply[5]))

    async def close(self, anonymous: str, owed: Owed, *, released: Event, linked: Event) -> bool:
        """End the conversation of the anonymous one, for good; False where it stands otherwise by now."""
        args = (anonymous, owed.standing, released.id, released.body, linked.id, linked.body)
        reply = await self._pipelines.of(anonymous).eval(_FROM, self._keys.conversation(anonymous), args)
        return bool(reply[0] == b"ok")

    async def keep(self, anonymous: str, known: str, place: Place) -> bool:
        """Keep with the known one where it is told; as `decide`."""
        keys = (Keys.visitor(anonymous), Keys.visitor(known))
        args = (anonymous, known, place.seq, place.at, MOST_LINKED)
        return bool(await self._pipelines.people.eval(_LINK, keys, args))
