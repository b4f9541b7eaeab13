"""What nodes tell each other in passing: published, so it is in no stream, log or file, and lost by who is away."""

import asyncio
import logging
from collections.abc import Callable

from app.store.connection import Connection
from app.store.errors import StoreError, word
from app.store.keys import Keys
from app.store.pipelines import Pipelines
from app.store.resp import Reply, ReplyError, pack

log = logging.getLogger("chatadmin.store")

# Seconds of silence after which the connection counts as dead; it is asked for a sign of life each second.
_SILENCE = 5.0


class Channel:
    """One of a shard, heard on a connection of its own. `on_news(boot, news)` hears what each node tells, itself too;
    `on_gap()` is called where something may have been missed, and at the start."""

    on_news: Callable[[str, bytes], object]
    on_gap: Callable[[], object]

    def __init__(self, pipelines: Pipelines, shard: str) -> None:
        self._pipelines, self._shard, self._name = pipelines, shard, Keys.channel(shard)
        self._connection = Connection(pipelines.topology, shard, pipelines.troubles, self._replied, self._changed)
        self._clock = asyncio.get_running_loop().time
        self._heard = 0.0

    def start(self) -> None:
        """Begin to listen."""
        self._connection.start()

    async def close(self) -> None:
        """Listen no more."""
        await self._connection.close()

    async def tell(self, boot: str, news: bytes) -> None:
        """Tell every node that listens. Raises what the store raises."""
        try:
            await self._pipelines.at(self._shard).call("SPUBLISH", self._name, boot.encode() + b" " + news)
        except StoreError as error:
            if word(error) != "NOPERM":  # whoever may not tell may not listen either, and that is said there
                raise

    def look(self) -> None:
        """Once a second: leave a server that is gone without a word."""
        if self._connection.up and self._clock() - self._heard > _SILENCE:
            self._connection.leave("no answer")
        self._connection.write(pack(("PING",)))

    def _changed(self, up: bool) -> None:
        if up:
            self._heard = self._clock()
            self._connection.write(pack(("SSUBSCRIBE", self._name)))

    def _replied(self, reply: Reply) -> None:
        self._heard = self._clock()
        self._connection.well()
        if isinstance(reply, ReplyError):
            self._refused(reply)
        elif isinstance(reply, list) and reply[0] == b"smessage":
            boot, _, news = reply[2].partition(b" ")
            self.on_news(boot.decode(), news)
        elif isinstance(reply, list) and reply[0] == b"ssubscribe":
            self.on_gap()
        elif isinstance(reply, list) and reply[0] == b"sunsubscribe":
            self._connection.leave("another server has the channel")

    def _refused(self, error: ReplyError) -> None:
        """Where our user may not listen, each node knows of what it hears itself; any other server may let us."""
        if word(error) == "NOPERM":
            log.warning("the store lets nobody listen to %s (ACL: &*): nodes know little of who browses", self._name)
        else:
            self._connection.leave(str(error))
