"""Who looks at the shop's pages, as nodes tell each other: by the feed, and kept nowhere."""

from app.store.feed import Feed

KIND = "browsing"


class Browsing:
    """What one node heard, for all of them."""

    def __init__(self, feed: Feed) -> None:
        self._feed = feed

    async def tell(self, news: bytes, boot: str) -> None:
        """Tell every node. `news`: JSON. `boot`: which node tells it. Raises what the store raises."""
        await self._feed.announce(KIND, news, author=boot)
