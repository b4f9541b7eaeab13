"""Changes of how a conversation stands: who holds it, whether it waits, sleeps or is over. Each is one script, so it
happens whole or not at all, and writes what happened beside it."""

import asyncio
from dataclasses import dataclass
from typing import Any, Literal

from app.chat import tags
from app.chat.conversation import State
from app.store import entries, scripts
from app.store.keys import Keys
from app.store.pipelines import Pipelines

_CLAIM, _RELEASE, _HANG_UP, _TRANSFER = map(scripts.load, ("claim", "release", "hang_up", "transfer"))
_RESOLVE, _SNOOZE, _WAKE, _TAG, _BLOCK = map(scripts.load, ("resolve", "snooze", "wake", "tag", "block"))
_INVITE, _INTRODUCE, _RATE = map(scripts.load, ("invite", "introduce", "rate"))


# How it is told who a visitor is.
Told = Literal["form", "identified"]


@dataclass(frozen=True)
class Outcome:
    """The answer to a change of hands: `word` is "ok", or says why not; the state is the one in force."""

    word: str
    epoch: int
    seq: int
    state: State


@dataclass(frozen=True)
class Event:
    """What an event says: a unique id and a JSON object."""

    id: str
    body: bytes


class Changes:
    """What agents do with conversations, beside writing into them."""

    def __init__(self, pipelines: Pipelines, keys: Keys) -> None:
        self._pipelines, self._keys = pipelines, keys

    async def claim(
        self, uid: str, agent: str, *, take_over: bool, claimed: Event, released: Event, boot: str = ""
    ) -> Outcome:
        """Make `agent` the holder; `boot`: because of a plain connection on that node, which is the claim.

        Word: ok | kept (it was theirs) | claimed (by another) | blocked.
        """
        args = (agent, int(take_over), claimed.id, claimed.body, released.id, released.body, boot)
        return await self._change(_CLAIM, uid, args)

    async def hang_up(self, uid: str, holder: str, boot: str, *, released: Event) -> Outcome:
        """The node `boot` has no plain connection of the holder any more. Word: ok | held (otherwise) | present (on
        another node)."""
        nodes = self._keys.nodes(self._keys.shard_of(uid))
        return await self._change(_HANG_UP, uid, (holder, boot, released.id, released.body), nodes)

    async def release(self, uid: str, holder: str, *, fence: int | None, away: bool, released: Event) -> Outcome:
        """Give it back for `holder`; with `away` only while they are offline. Word: ok | held | present."""
        return await self._change(
            _RELEASE,
            uid,
            (holder, "" if fence is None else fence, int(away), released.id, released.body),
            self._keys.present(self._keys.shard_of(uid)),
        )

    async def transfer(self, uid: str, holder: str, to: str, *, transferred: Event, claimed: Event) -> Outcome:
        """Hand it from `holder` to `to`. Word: ok | held (by another than `holder`)."""
        return await self._change(
            _TRANSFER, uid, (holder, to, transferred.id, transferred.body, claimed.id, claimed.body)
        )

    async def resolve(self, uid: str, holder: str, agent: str, *, resolved: Event) -> Outcome:
        """Close it, if `holder` ("" for nobody) still holds it. Word: ok | held."""
        return await self._change(_RESOLVE, uid, (holder, agent, resolved.id, resolved.body))

    async def snooze(
        self, uid: str, holder: str, agent: str, until: int, *, released: Event, snoozed: Event
    ) -> Outcome:
        """Lay it aside until `until` (unix ms), if `holder` ("" for nobody) still holds it. Word: ok | held."""
        return await self._change(
            _SNOOZE,
            uid,
            (holder, agent, until, released.id, released.body, snoozed.id, snoozed.body),
            self._keys.snoozed(self._keys.shard_of(uid)),
        )

    async def wake(self, uid: str, woke: Event) -> Outcome:
        """Let it wait again, if its moment has come. Word: ok | early | other."""
        return await self._change(_WAKE, uid, (woke.id, woke.body), self._keys.snoozed(self._keys.shard_of(uid)))

    async def due(self, now: int, count: int) -> list[str]:
        """Snoozed conversations whose moment (unix ms) has come, at most `count` a shard of those within reach."""
        shards = [shard for shard in self._keys.shards() if self._pipelines.at(shard).up]
        replies = await asyncio.gather(
            *(
                self._pipelines.at(shard).call("ZRANGEBYSCORE", self._keys.snoozed(shard), 0, now, "LIMIT", 0, count)
                for shard in shards
            )
        )
        return [item.decode() for reply in replies for item in reply]

    async def tag(self, uid: str, agent: str, label: str, *, on: bool, tagged: Event) -> Outcome:
        """Put a tag on it, or take it off. Word: ok | kept | full."""
        shard = self._keys.shard_of(uid)
        return await self._change(
            _TAG,
            uid,
            (agent, "+" if on else "-", label, tags.MAX_TAGS, tagged.id, tagged.body),
            self._keys.tags_in_use(shard),
            self._keys.tagged(shard, label),
        )

    async def block(self, uid: str, holder: str, agent: str, *, on: bool, released: Event, blocked: Event) -> Outcome:
        """Shut the visitor out, or let them in again; as `resolve`. Word: ok | held."""
        args = (holder, agent, int(on), released.id, released.body, blocked.id, blocked.body)
        return await self._change(_BLOCK, uid, args)

    async def introduce(self, uid: str, kind: Told, digest: str, told: Event) -> Outcome:
        """The visitor entered something, or the shop says who they are; `digest`: checksum of all that was said so.

        Word: ok | kept (as before) | blocked.
        """
        return await self._change(_INTRODUCE, uid, (kind, digest, told.id, told.body))

    async def invite(self, uid: str, agent: str, invited: Event) -> Outcome:
        """Write down what `agent` ("" for the shop itself) said to whoever became this visitor. Word: ok | blocked."""
        return await self._change(_INVITE, uid, (agent, invited.id, invited.body))

    async def rate(self, uid: str, *, good: bool, comment: bool, rated: Event) -> Outcome:
        """The visitor says how what was closed last was; `comment`: whether one is with it. Word: ok | none (there is
        nothing to rate) | rated (already)."""
        return await self._change(_RATE, uid, (int(good), int(comment), rated.id, rated.body))

    async def _change(self, script: scripts.Script, uid: str, args: tuple[Any, ...], *keys: str) -> Outcome:
        reply = await self._pipelines.of(uid).eval(script, (*self._keys.conversation(uid), *keys), (uid, *args))
        return Outcome(reply[0].decode(), int(reply[1]), int(reply[2]), entries.state(reply[3].decode()))
