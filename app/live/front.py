"""What the shop shows of itself, as this node knows it; a change reaches every page that is open."""

import asyncio
from typing import TYPE_CHECKING

from app.chat import protocol
from app.chat.conversation import Entry
from app.chat.errors import Refusal
from app.chat.shop import Change, Shop
from app.live.duties.retention import Keeper
from app.live.full import FullConnection
from app.store.errors import NotNow

if TYPE_CHECKING:
    from app.live.node import Node
    from app.store.sessions import Session

# Visitors told in one turn of the loop.
AT_ONCE = 100


class Front:
    """The shop's own settings: `shop`. The configuration's name holds until an administrator chose one."""

    def __init__(self, node: "Node") -> None:
        self._node, self._store = node, node.store.shop
        self._initial = self.shop = Shop(node.settings.shop_name)
        self._reading = asyncio.Lock()
        self.keeper = Keeper(node.store, lambda: self.shop.retention_days, node.now_ms)
        node.dashboard.shop = self.view

    async def load(self) -> None:
        """Read them again, and if they have changed tell whoever has a page open. Raises what the store raises."""
        async with self._reading:  # one after the other, so that the newest stays
            before, self.shop = self.shop, await self._store.read(self._initial)
        if self.shop != before:
            self._node.dashboard.shop_changed()
            self._node.spawn(self._tell())

    def hear(self, entry: Entry) -> None:
        """What the feed announces of settings and canned replies."""
        if entry.kind == "shop.changed":
            self._node.spawn(self._changed())
        elif entry.kind == "replies.changed":
            self._node.dashboard.replies_changed(entry.author)

    async def _changed(self) -> None:
        try:
            await self.load()
        except NotNow:
            await self._node.store.links.again()
            self._node.spawn(self._changed())

    async def _tell(self) -> None:
        """Tell every visitor's page."""
        frame = protocol.frame("shop", **self.shop.front())
        for number, connection in enumerate(tuple(self._node.connections), 1):
            # Before hello nothing is said: a page that is just being opened asks for itself.
            if isinstance(connection, FullConnection) and connection.greeted and connection.side == "visitor":
                connection.send(frame)
            if number % AT_ONCE == 0:
                await asyncio.sleep(0)

    async def save(self, seen: int, change: Change, session: "Session") -> None:
        """Change them for an administrator who has seen version `seen`.

        Raises Refusal changed_meanwhile, and what Change.checked does.
        """
        change = change.checked()
        if not await self._store.save(seen, change, session.uid):
            await self.load()
            if self.shop.by != session.uid or self._differs(change):
                raise Refusal("changed_meanwhile", who=self._node.agent_name(self.shop.by))
            # else it is ours, and only its answer was lost
        await self._store.tell()
        await self.load()
        if change.retention_days is not None:
            self.keeper.at_once()

    def _differs(self, change: Change) -> bool:
        return any(getattr(self.shop, name) != value for name, value in change.decided().items())

    def view(self) -> dict[str, object]:
        """Everything, for a console."""
        shop = self.shop
        return {
            **shop.front(),
            "retention_days": shop.retention_days,
            "version": shop.version,
            "by": {"uid": shop.by, "nickname": self._node.agent_name(shop.by)} if shop.by else None,
        }
