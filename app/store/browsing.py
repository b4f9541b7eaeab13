"""Who looks at the shop's pages, as nodes tell each other: kept nowhere, but for what has to have an order."""

from app.store.channel import Channel
from app.store.feed import Feed
from app.store.keys import Keys
from app.store.pipelines import Pipelines
from app.store.sessions import Sessions


class Browsing:
    """`channel`: what one node heard, for all of them. `secret()`: what all of them have, and nobody else."""

    def __init__(self, pipelines: Pipelines, keys: Keys, feed: Feed, sessions: Sessions) -> None:
        self.channel = Channel(pipelines, keys.shard(0))
        self._feed = feed
        self.secret = sessions.ticket_secret

    async def tell(self, news: bytes, boot: str) -> None:
        """Tell every node, in passing. `news`: JSON. `boot`: which node tells it. Raises what the store raises."""
        await self.channel.tell(boot, news)

    async def order(self, news: bytes) -> None:
        """Tell every node in the order of the feed, which is the same for all. Raises what the store raises."""
        await self._feed.announce("browsing", news)
