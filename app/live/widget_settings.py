"""The chat on the shop's own site, as this node knows it: who may show it, and what was decided about it."""

from collections.abc import Callable, Iterable

import msgspec

from app import words
from app.chat import protocol, sites
from app.chat.shop import Shop
from app.chat.widget import Widget
from app.chat.widget_change import Change
from app.live.decisions import Decisions
from app.live.site_notes import SiteNotes
from app.live.team import Team
from app.store.sessions import Session
from app.store.store import Store

# Refused sites that an administrator is shown.
_SHOWN_REFUSED = 5


class WidgetSettings(Decisions[Widget]):
    """What was decided. `fixed`: the sites of the configuration, which nobody takes away in the console.

    `first_changed` is called where a chat begins with something else from now on.
    """

    first_changed: Callable[[], None]

    def __init__(self, store: Store, fixed: Iterable[str], team: Team, notes: SiteNotes) -> None:
        super().__init__(store.widget, Widget(), team)
        self.fixed = self.sites = sites.listed(fixed)
        self._notes = notes

    def changed(self, before: Widget) -> None:
        """Who may show it counts from now on; whoever has a page open is told what it begins with."""
        self.sites = sites.together(self.fixed, self.settings.sites)
        if (self.settings.quick, self.settings.form) != (before.quick, before.form):
            self.first_changed()

    def coloured(self, shop: Shop) -> Shop:
        """The shop as the chat on its own site shows it: in a colour of that, where one was chosen."""
        return msgspec.structs.replace(shop, accent=self.settings.look.colour or shop.accent)

    def hear(self, origin: str) -> bool:
        """Whether a page of `origin` may show the chat. That it does, or wanted to, is noted for the console."""
        listed = sites.covers(self.sites, origin)
        self._notes.note("seen" if listed else "refused", origin)
        return listed

    async def decide(self, seen: int, change: Change, session: Session) -> None:
        """Change some of it for an administrator who has seen version `seen`.

        Raises Refusal changed_meanwhile, and what Change.checked does.
        """
        await self.save(seen, change.checked(self.fixed, words.languages()), session)

    async def view(self) -> dict[str, object]:
        """Everything, for the console: with where it was seen lately, and who was refused. Raises what the store
        raises."""
        seen, refused = await self._notes.all()
        listed = {site.origin: protocol.timestamp(site.at) for site in seen if sites.covers(self.sites, site.origin)}
        others = [site for site in refused if not sites.covers(self.sites, site.origin)]
        return {
            **msgspec.structs.asdict(self.settings),
            "fixed_sites": self.fixed,
            "seen": listed,
            "refused": [{"site": site.origin, "at": protocol.timestamp(site.at)} for site in others[:_SHOWN_REFUSED]],
            "by": self.author(),
        }
