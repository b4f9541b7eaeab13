"""Who looks at the shop's pages, as nodes tell each other: by the feed, and kept nowhere."""

from app.store.feed import Feed
from app.store.sessions import Sessions

KIND = "browsing"


class Browsing:
    """What one node heard, for all of them. `secret()`: what all of them have, and nobody else."""

    def __init__(self, feed: Feed, sessions: Sessions) -> None:
        self._feed = feed
        self.secret = sessions.ticket_secret

    async def tell(self, news: bytes, boot: str) -> None:
        """Tell every node. `news`: JSON. `boot`: which node tells it. Raises what the store raises."""
        await self._feed.announce(KIND, news, author=boot)
