"""Who writes into logs, as sockets would have it written."""

import asyncio
import itertools

from app.chat import protocol
from app.store.messages import Stored, stored
from app.store.resp import Reply
from app.store.store import Store


def uid_of(who: str) -> str:
    """A visitor's uid, by the name tests give them."""
    return "v" + who.ljust(25, "x")


async def known(store: Store, uid: str) -> None:
    """Put a conversation among all, as connecting does."""
    shard = store.keys.shard_of(uid)
    await store.pipelines.at(shard).call("ZADD", store.keys.all(shard), 1, uid)


class Scribe:
    """Visitors of an open store say things; `places` is what was written: uid and seq, in order."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.places: list[tuple[str, int]] = []
        self.numbers: dict[str, itertools.count[int]] = {}

    async def say(self, who: str, content: str) -> Stored:
        """A visitor says something."""
        uid = uid_of(who)
        n = next(self.numbers.setdefault(uid, itertools.count(1)))
        answer: asyncio.Future[Reply] = asyncio.get_running_loop().create_future()
        body = protocol.message_body(b'{"uid":"%s"}' % uid.encode(), content)
        self.store.messages.writer(uid, uid, "v").append("message", 0, "t", n, content, body, "", answer.set_result)
        place = stored(await answer)
        assert isinstance(place, Stored)
        await known(self.store, uid)
        self.places.append((uid, place.seq))
        return place
