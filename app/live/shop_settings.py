"""The shop as visitors find it: its own settings, and whether somebody is there; a change reaches every page."""

import asyncio
from collections.abc import Callable, Coroutine
from functools import cache
from typing import Any

from app.chat import names, protocol
from app.chat.shop import Change, Shop
from app.live.chats import Chats
from app.live.clock import now_ms
from app.live.dashboard import Dashboard
from app.live.decisions import Decisions
from app.live.desk import Desk
from app.live.duties.retention import Keeper
from app.live.widget_settings import WidgetSettings
from app.store.errors import StoreAway
from app.store.faces import SHOP
from app.store.sessions import Session
from app.store.store import Store

# Connections of visitors written to in one turn of the loop.
VISITORS_PER_TURN = 100


class ShopSettings(Decisions[Shop]):
    """The shop's own. The configuration's name counts until an administrator chose one."""

    def __init__(
        self,
        store: Store,
        name: str,
        chats: Chats,
        dashboard: Dashboard,
        widget: WidgetSettings,
        spawn: Callable[[Coroutine[Any, Any, Any]], object],
        *,
        by_mail: bool,
    ) -> None:
        super().__init__(store.shop, Shop(names.undirected(name)), chats.team)
        self._store, self._chats, self._dashboard, self._widget, self._spawn = store, chats, dashboard, widget, spawn
        self._by_mail = by_mail
        self.desk = Desk(lambda: self.settings.hours, dashboard, now_ms)
        # As the pages were told: whether somebody answers, and what agents look like.
        self._answered, self._faces = self.desk.now(), dict[str, str]()
        self.keeper = Keeper(store, lambda: self.settings.retention_days, now_ms)
        dashboard.shop = self.view
        widget.first_changed = self._tell_shop

    def changed(self, before: Shop) -> None:
        """Whoever has a page open is told."""
        self._dashboard.news("shop", "", self.view)
        self._tell_shop()

    def _tell_shop(self) -> None:
        self._spawn(self._tell("shop", self._public))

    def _public(self, language: str) -> dict[str, object]:
        return {**self.shown(language), "chat": self._widget.settings.first(language)}

    def shown(self, language: str) -> dict[str, Any]:
        """What every page shows of the shop and its agents."""
        return self.settings.public(language) | {"faces": self._team.faces}

    def look(self) -> None:
        """Agents came, went, take conversations no more or look different, or the shop has opened or closed: what of it
        pages show is told to them. Cheap, so that it is asked at every tick."""
        before, self._answered = self._answered, self.desk.now()
        if self._answered != before:
            self._spawn(self._tell("desk", lambda _: self._answered))
            if self._answered["open"] != before["open"]:
                self._dashboard.news("shop", "", self.view)
        if self._faces != self._team.faces:
            self._faces = self._team.faces
            self.changed(self.settings)

    async def _tell(self, type: str, now: Callable[[str], dict[str, object]]) -> None:
        """Tell every visitor's page, in its language, what is true by the time it is told."""
        connections = tuple(self._chats.connections)
        for start in range(0, len(connections), VISITORS_PER_TURN):
            frame = cache(lambda language: protocol.frame(type, **now(language)))
            for connection in connections[start : start + VISITORS_PER_TURN]:
                connection.tell_visitor(frame(connection.language))
            await asyncio.sleep(0)

    async def decide(self, seen: int, change: Change, session: Session) -> None:
        """Change some of them for an administrator who has seen version `seen`.

        Raises Refusal changed_meanwhile, and what Change.checked does.
        """
        await self.save(seen, change.checked(), session)
        if change.retention_days is not None:
            self.keeper.at_once()

    async def show(self, picture: bytes) -> str:
        """Another logo, or with no picture none; its id."""
        logo = await self._store.faces.put(SHOP, picture)
        await self._store.shop.tell()
        await self.load()
        return logo

    def view(self, language: str = "") -> dict[str, object]:
        """Everything, for who reads `language`; "" for consoles, in which every greeting stands under its own."""
        shop = self.settings
        return {
            **self.shown(language),
            "retention_days": shop.retention_days,
            "hours": shop.hours,
            **self.desk.hours_now(),
            "version": shop.version,
            "by": self.author(),
        }

    async def visitor_view(self, language: str) -> dict[str, object]:
        """What a visitor who reads `language` may know before writing: whose shop it is, whether somebody is there,
        how long an answer takes, whether it can come by mail, and how long a file may be. Raises what the store
        raises."""
        if not self._store.pipelines.some_up:
            raise StoreAway  # at once: a page asks for this before it shows itself
        answer_ms = await self._store.conversations.answer_ms()
        shown = self._public(language)
        return {
            "shop_name": shown.pop("name"),
            **shown,
            **self.desk.now(),
            "by_mail": self._by_mail,
            "answer_minutes": max(1, round(answer_ms / 60000)) if answer_ms is not None else None,
            **self._chats.files.limits,
        }
