"""Finds all that the store holds of a person, and removes it. Each step may be made again; app/privacy/erase.py has
their order, and why.
"""

from collections.abc import AsyncIterator, Collection, Iterable, Sequence

import msgspec

from app.chat.conversation import SAID_KINDS
from app.store import index, scripts
from app.store.conversations import Conversations
from app.store.feed import Feed
from app.store.keys import Keys, MailKeys
from app.store.mail_tokens import Mail
from app.store.outbox_keys import OutboxKeys
from app.store.people import People, Visitor
from app.store.pipelines import Pipelines
from app.store.resp import texts
from app.store.scan import matching, scan
from app.store.unindexing import Unindexing

_ERASE, _FEED, _VISITOR, _DROP_JOB = map(scripts.load, ("erase", "erase_feed", "erase_visitor", "drop_job"))

# Seconds for which the store refuses what comes late of somebody: longer than any node that was put to sleep.
_BARRED_S = 24 * 3600
# Characters of the token of a letter (store/mail_tokens.py).
_TOKEN_LENGTH = 20


class Erasing:
    """Removes people, by the uids of all that they are."""

    def __init__(
        self,
        pipelines: Pipelines,
        keys: Keys,
        *,
        people: People,
        conversations: Conversations,
        mail: Mail,
        feed: Feed,
        unindexing: Unindexing,
    ) -> None:
        self._pipelines, self._keys, self._feed = pipelines, keys, feed
        self._people, self._conversations, self._mail = people, conversations, mail
        self._unindexing = unindexing

    # -- who there is -------------------------------------------------------------------------------------------

    async def everybody(self) -> AsyncIterator[Iterable[Visitor]]:
        """Every visitor there is, some at a time, in no order; one who comes or goes meanwhile may be missed."""
        async for _, some in scan(self._pipelines.people, Keys.visitor("")):
            yield (await self._people.visitors(some)).values()

    async def has_conversation(self, uid: str) -> bool:
        """Whether there is anything of a conversation of that uid."""
        keys = self._keys.conversation(uid)
        return bool(await self._pipelines.of(uid).call("EXISTS", keys.log, keys.meta))

    # -- nobody adds to it --------------------------------------------------------------------------------------

    async def bar(self, uids: Iterable[str], now_ms: int) -> None:
        """From now on nothing is written of these where nothing is known any more, for a day."""
        for uid in uids:
            pipeline, barred = self._pipelines.of(uid), Keys.barred(self._keys.shard_of(uid))
            await pipeline.call("HSET", barred, scripts.sha1_of(uid), now_ms)
            await pipeline.call("EXPIRE", barred, _BARRED_S)

    async def end_sessions(self, uids: Iterable[str], salt: str, digests: Sequence[str]) -> None:
        """End their sessions. Every node hears first whom it has to forget, by digests with that salt of what they
        are called by, so that open pages end with a word."""
        hashes = await self.sessions(uids)
        await self.tell(salt, digests)
        for hash in hashes:
            await self._feed.announce("session.revoked", msgspec.json.encode({"hash": hash}))

    async def sessions(self, uids: Iterable[str]) -> list[str]:
        """Remove their sessions, without a word; returns the hashes."""
        call, hashes = self._pipelines.people.call, list[str]()
        for uid in uids:
            hashes += texts(await call("SMEMBERS", Keys.sessions_of(uid)))
        for hash in hashes:
            await call("DEL", Keys.session(hash))
        return hashes

    async def tell(self, salt: str, digests: Sequence[str]) -> None:
        """Have every node forget them: whose uids have these digests with that salt."""
        await self._feed.announce("erased", msgspec.json.encode({"salt": salt, "digests": list(digests)}))

    # -- what they wrote, and what was to be told ---------------------------------------------------------------

    async def conversation(self, uid: str) -> int:
        """Remove the conversation and all of its shard but for the feed; returns how many entries it had."""
        said = await self._said(uid)
        pipeline, shard = self._pipelines.of(uid), self._keys.shard_of(uid)
        own = self._keys.conversation(uid)
        keys = (
            *own,
            *(self._keys.files(uid), self._keys.shard_files(shard), self._keys.trail(uid)),
            *(self._keys.report_place(uid), self._keys.episodes(uid), self._keys.snoozed(shard)),
            *(self._keys.tags_in_use(shard), self._keys.present(shard), self._keys.nodes(shard)),
        )
        entries = -1
        while entries < 0:
            tags = (await pipeline.call("HGET", own.meta, "tags") or b"").decode()
            tagged = [self._keys.tagged(shard, label) for label in tags.split("\n") if label]
            entries = await pipeline.eval(_ERASE, (*keys, *tagged, OutboxKeys(shard).prefix), (uid, tags))
        await pipeline.call("UNLINK", self._keys.staged(uid))
        await self._unindexing.forget(uid, said)
        return entries

    async def _said(self, uid: str) -> dict[int, set[int]]:
        """By seq, in which lists of the index each message is."""
        entries = self._conversations.all(uid)
        return {e.seq: index.buckets(index.content(e)) async for e in entries if e.kind in SAID_KINDS}

    async def jobs(self, uids: Collection[str]) -> None:
        """What is to be told to others, or was, and names them: alerts to agents that they wait."""
        found = [one async for one in self._jobs_of(uids)]
        agents = [agent.uid for agent in await self._people.agents()] if found else []
        for shard, id in found:
            pipeline, own = self._pipelines.at(shard), OutboxKeys(shard)
            for agent in agents:
                if self._keys.shard_of(agent) == shard:
                    await pipeline.eval(_DROP_JOB, (own.prefix,), (f"alert:{agent}", id))
            await pipeline.call("DEL", own.job(id))

    async def _jobs_of(self, uids: Collection[str]) -> AsyncIterator[tuple[str, str]]:
        """Shard and id of each job that names one of these, of all shards in one walk of each server."""
        begin = {shard: OutboxKeys(shard).job("") for shard in self._keys.shards()}
        for server in self._pipelines.servers():
            async for names in matching(server, OutboxKeys("{*}").job("*")):
                for name in names:
                    shard = name[: name.index("}") + 1]
                    if not name.startswith(begin.get(shard, name + " ")):
                        continue
                    args = (await self._pipelines.at(shard).call("HGET", name, "args") or b"").decode()
                    if any(uid in args for uid in uids):
                        yield shard, name.removeprefix(begin[shard])

    async def feeds(self, uids: Sequence[str]) -> None:
        """What the feeds still tell of them."""
        for shard in self._keys.shards():
            keys = (Keys.feed(shard), Keys.feed_draft(shard))
            await self._pipelines.at(shard).eval(_FEED, keys, uids)

    # -- what lies beside people --------------------------------------------------------------------------------

    async def links(self, uids: Collection[str]) -> set[str]:
        """Links and letters that lead to them, and log-ins that made them; returns to which addresses letters went."""
        call, addresses = self._pipelines.people.call, set[str]()
        stop, token = MailKeys.stop_link(""), MailKeys.token("")
        async for prefix, some in scan(self._pipelines.people, Keys.link(""), Keys.attempt(""), stop, token):
            for name in some:
                key = prefix + name
                if prefix != token:
                    uid, _, rest = (await call("GET", key) or b"").decode().partition(" ")
                    address = rest if prefix == stop else ""
                elif len(name) == _TOKEN_LENGTH and ":" not in name:
                    uid, address = texts(await call("HMGET", key, "uid", "address"))
                else:
                    continue
                if uid in uids:
                    addresses.add(address)
                    await call("DEL", key)
        return addresses - {""}

    async def addresses(self, addresses: Iterable[str], others: Collection[str]) -> None:
        """How many letters went to these today; and that no letter goes to them any more, but where it is one of
        `others`, who may have said so."""
        for address in addresses:
            await self._mail.forget_address(address, stays_stopped=address.casefold() in others)

    async def visitors(self, uids: Sequence[str], digests: Iterable[str]) -> None:
        """The visitors that one person is, their nicknames and by what the shop knows them. `digests`: by which they
        are still found while they may be read on the store's disk."""
        keys = [Keys.nicknames(), Keys.subs(), Keys.erasing(), Keys.session("")]
        for uid in uids:
            keys += (Keys.visitor(uid), Keys.sessions_of(uid), MailKeys.tokens_of(uid))
        await self._pipelines.people.eval(_VISITOR, keys, (*uids, *digests))

    # -- until it is gone from disk -------------------------------------------------------------------------------

    async def pending(self) -> set[str]:
        """Digests of those whom the store has forgotten, and its disk perhaps not."""
        return set(texts(await self._pipelines.people.call("SMEMBERS", Keys.erasing())))

    async def finish(self, digests: Iterable[str]) -> None:
        """They are gone from disk, too."""
        if some := list(digests):
            await self._pipelines.people.call("SREM", Keys.erasing(), *some)

    async def left(self, uids: Iterable[str]) -> bool:
        """Whether anything of them came back meanwhile: by a request that was under way."""
        for uid in uids:
            own = self._keys.conversation(uid)
            keys = (own.log, own.meta, self._keys.files(uid), self._keys.trail(uid))
            if await self._pipelines.of(uid).call("EXISTS", *keys):
                return True
            if await self._pipelines.people.call("EXISTS", Keys.visitor(uid), Keys.sessions_of(uid)):
                return True
        return False
