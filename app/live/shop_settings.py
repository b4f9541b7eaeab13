"""The shop as visitors find it: its own settings, and whether somebody is there; a change reaches every page."""

import asyncio
from collections.abc import Callable, Coroutine
from functools import cache
from typing import Any

from app.chat import names, protocol
from app.chat.errors import Refusal
from app.chat.shop import Change, Shop
from app.live.chats import Chats
from app.live.clock import now_ms
from app.live.dashboard import Dashboard
from app.live.duties.retention import Keeper
from app.store.errors import StoreAway
from app.store.sessions import Session
from app.store.store import Store

# Connections of visitors written to in one turn of the loop.
VISITORS_PER_TURN = 100


class ShopSettings:
    """The shop's own `settings`. The configuration's name counts until an administrator chose one."""

    def __init__(
        self,
        store: Store,
        name: str,
        chats: Chats,
        dashboard: Dashboard,
        spawn: Callable[[Coroutine[Any, Any, Any]], object],
    ) -> None:
        self._store, self._chats, self._dashboard, self._spawn = store, chats, dashboard, spawn
        self._initial = self.settings = Shop(names.undirected(name))
        self._reading = asyncio.Lock()
        self._attended = False  # whether an agent is there, as visitors' pages were told
        self.keeper = Keeper(store, lambda: self.settings.retention_days, now_ms)
        dashboard.shop = self.view

    async def load(self) -> None:
        """Read them again, and if they have changed tell whoever has a page open. Raises what the store raises."""
        async with self._reading:  # one after the other, so that the newest stays
            before, self.settings = self.settings, await self._store.shop.read(self._initial)
        if self.settings != before:
            self._dashboard.shop_changed()
            self._spawn(self._tell("shop", lambda language: self.settings.public(language)))

    def look(self) -> None:
        """Agents came, went, or take conversations no more: whether anybody is left is told to visitors' pages."""
        before, self._attended = self._attended, self._dashboard.agents_online()
        if self._attended != before:
            self._spawn(self._tell("desk", lambda _: {"agents_online": self._attended}))

    async def _tell(self, type: str, now: Callable[[str], dict[str, object]]) -> None:
        """Tell every visitor's page, in its language, what is true by the time it is told."""
        connections = tuple(self._chats.connections)
        for start in range(0, len(connections), VISITORS_PER_TURN):
            frame = cache(lambda language: protocol.frame(type, **now(language)))
            for connection in connections[start : start + VISITORS_PER_TURN]:
                connection.tell_visitor(frame(connection.language))
            await asyncio.sleep(0)

    async def save(self, seen: int, change: Change, session: Session) -> None:
        """Change them for an administrator who has seen version `seen`.

        Raises Refusal changed_meanwhile, and what Change.checked does.
        """
        change = change.checked()
        if not await self._store.shop.save(seen, change, session.uid):
            await self.load()
            if self.settings.by != session.uid or self._differs(change):
                raise Refusal("changed_meanwhile", who=self._chats.team.name(self.settings.by))
            # else it is ours, and only its answer was lost
        await self._store.shop.tell()
        await self.load()
        if change.retention_days is not None:
            self.keeper.at_once()

    def _differs(self, change: Change) -> bool:
        return any(getattr(self.settings, name) != value for name, value in change.decided().items())

    def view(self, language: str = "") -> dict[str, object]:
        """Everything, for who reads `language`; "" for consoles, in which every greeting stands under its own."""
        shop, team = self.settings, self._chats.team
        return {
            **shop.public(language),
            "retention_days": shop.retention_days,
            "version": shop.version,
            "by": {"uid": shop.by, "nickname": team.name(shop.by)} if shop.by else None,
        }

    async def visitor_view(self, language: str) -> dict[str, object]:
        """What a visitor who reads `language` may know before writing: whose shop it is, whether somebody is there,
        and how long an answer takes. Raises what the store raises."""
        if not self._store.pipelines.some_up:
            raise StoreAway  # at once: a page asks for this before it shows itself
        answer_ms = await self._store.conversations.answer_ms()
        shown = self.settings.public(language)
        return {
            "shop_name": shown.pop("name"),
            **shown,
            "agents_online": self._dashboard.agents_online(),
            "answer_minutes": max(1, round(answer_ms / 60000)) if answer_ms is not None else None,
        }
