"""What a node has heard of who browses, and has not told the other nodes yet: what they tell each other."""

from collections.abc import Iterable
from typing import Any

import msgspec

from app.live.looked_at import Page
from app.live.open_pages import OpenPages
from app.live.visits import Visit, Visits

# Pages, and visits, of which the other nodes are told in a second: a flood must not be theirs too; and pages that wait
# to be told of. Of what does not fit they hear when it is heard of again, or see it go by itself.
TOLD_AT_ONCE, _WAITING = 500, 6000


class News(msgspec.Struct, omit_defaults=True):
    """What one node tells the others: pages that are others now, or only heard of again, or left, and when (unix ms),
    or from which a visitor (uid) has written; visits; where visitors (uid) have gone. `ask`: it missed what they told,
    and wants to hear all of it."""

    pages: list[Page] = []
    heard: list[str] = []
    gone: dict[str, int] = {}
    wrote: dict[str, str] = {}
    visits: dict[str, Visit] = {}
    places: dict[str, dict[str, Any]] = {}
    ask: bool = False


class Untold:
    """Of pages by their ids, of `visits`, and of visitors by their uids."""

    def __init__(self, visits: Visits) -> None:
        self._visits = visits
        self._pages: dict[str, bool] = {}  # whether more of a page is to be told than that it was heard of
        self._wrote: dict[str, str] = {}
        self._places: dict[str, dict[str, Any]] = {}

    def page(self, id: str, *, whole: bool = True) -> None:
        """A page was heard of, or left; `whole`: and is another now."""
        self._pages[id] = whole or self._pages.get(id, False)
        if len(self._pages) > _WAITING:
            del self._pages[next(iter(self._pages))]

    def wrote(self, id: str, uid: str) -> None:
        """A visitor has written from a page that this node does not know."""
        if len(self._wrote) < TOLD_AT_ONCE:
            self._wrote[id] = uid

    def moved(self, uid: str, place: dict[str, Any]) -> None:
        """A visitor is elsewhere."""
        self._places[uid] = place

    def all(self, ids: Iterable[str]) -> None:
        """These pages are to be told of anew, and every visit."""
        for id in ids:
            self.page(id)
        self._visits.all()

    def forget(self) -> None:
        """Nobody is there who would hear it."""
        self._pages, self._wrote, self._places = {}, {}, {}
        self._visits.news(None)

    def take(self, pages: OpenPages) -> News | None:
        """As much of it as is told at once, which is told from now on; None where there is nothing. `pages`: those that
        are known."""
        news = News(visits=self._visits.news(TOLD_AT_ONCE), wrote=self._wrote, places=self._places)
        self._wrote, self._places = {}, {}
        for id in list(self._pages)[:TOLD_AT_ONCE]:
            whole, page = self._pages.pop(id), pages.get(id)
            if page is None:
                news.gone[id] = pages.left(id)
            elif whole:
                news.pages.append(page)
            else:
                news.heard.append(id)
        return news if news != News() else None

    def back(self, news: News) -> None:
        """It could not be told."""
        for id in (*(page.id for page in news.pages), *news.heard, *news.gone):
            self.page(id)
        self._wrote, self._places = news.wrote | self._wrote, news.places | self._places
        self._visits.all()
