"""Canned replies in the store: the shop's, which administrators write, and each agent's own."""

import asyncio
import secrets

import msgspec

from app.chat import names
from app.chat.errors import Refusal
from app.chat.replies import MOST_OWN, MOST_SHARED, Reply
from app.store import scripts
from app.store.feed import Feed
from app.store.keys import Keys
from app.store.pipeline import Pipeline

_PUT, _DROP = scripts.load("put_reply"), scripts.load("drop_reply")


class Replies:
    """The canned replies of everybody. `owner` is an agent's uid, "" for the shop."""

    def __init__(self, pipeline: Pipeline, feed: Feed) -> None:
        self._pipeline, self._feed = pipeline, feed

    async def all(self, agent: str) -> list[Reply]:
        """What the agent may use: the shop's and their own, by shortcut."""
        found = await asyncio.gather(*(self._pipeline.call("HVALS", Keys.replies(owner)[0]) for owner in ("", agent)))
        replies = [msgspec.json.decode(item, type=Reply) for items in found for item in items]
        return sorted(replies, key=lambda reply: (names.fold(reply.shortcut), not reply.shared))

    async def find(self, agent: str, id: str) -> Reply:
        """One of these. Raises Refusal unknown_reply."""
        for owner in ("", agent):
            if found := await self._pipeline.call("HGET", Keys.replies(owner)[0], id):
                return msgspec.json.decode(found, type=Reply)
        raise Refusal("unknown_reply")

    async def add(self, agent: str, reply: Reply) -> Reply:
        """A new one. Raises Refusal shortcut_taken, too_many_replies."""
        reply = msgspec.structs.replace(reply, id="r" + secrets.token_hex(8), version=1)
        await self._store(agent, reply, None)
        return reply

    async def change(self, agent: str, seen: Reply, reply: Reply) -> Reply:
        """Another shortcut or text for what the caller saw. Raises Refusal unknown_reply, shortcut_taken,
        changed_meanwhile."""
        reply = msgspec.structs.replace(reply, id=seen.id, shared=seen.shared, version=seen.version + 1)
        await self._store(agent, reply, seen)
        return reply

    async def delete(self, agent: str, reply: Reply) -> None:
        """Away with it; no harm where it is gone."""
        owner = "" if reply.shared else agent
        await self._pipeline.eval(_DROP, Keys.replies(owner), (reply.id, names.fold(reply.shortcut)))
        await self._tell(owner)

    async def _store(self, agent: str, reply: Reply, seen: Reply | None) -> None:
        owner, most = ("", MOST_SHARED) if reply.shared else (agent, MOST_OWN)
        version, before = (seen.version, names.fold(seen.shortcut)) if seen else (0, "")
        args = (reply.id, names.fold(reply.shortcut), msgspec.json.encode(reply), version, most, before)
        word = (await self._pipeline.eval(_PUT, Keys.replies(owner), args, repeat=False)).decode()
        if word == "changed_meanwhile":
            raise Refusal(word, who=(await self.find(agent, reply.id)).by)
        if word != "ok":
            raise Refusal(word, limit=most)
        await self._tell(owner)

    async def _tell(self, owner: str) -> None:
        await self._feed.announce("replies.changed", b"{}", author=owner)
