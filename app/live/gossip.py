"""What nodes tell each other of who browses, once a second and in passing.

A page tells whichever node it reaches, and each node tells the others what it heard. One that is alone tells nobody;
who has come, or missed something, is told everything.
"""

import logging
from collections.abc import Callable, Iterable
from typing import Any

import msgspec

from app.chat import protocol
from app.live.open_pages import OpenPages
from app.live.untold import News, Untold
from app.live.visits import Visits
from app.store.browsing import Browsing as Store
from app.store.errors import NotNow

log = logging.getLogger("chatadmin.live")

_news = msgspec.json.Decoder(News)


# Seconds, a sweep each, for which a node is there that told something: longer than until its first heartbeat is seen.
_MET_SWEEPS = 30


class Gossip:
    """`boot()` names this life of the node, by which it knows its own news. `untold`: what the others are told next.

    `placed(uid, place)` is called where a visitor looks at another page, whichever node they told.
    """

    def __init__(self, store: Store, boot: Callable[[], str], pages: OpenPages, visits: Visits) -> None:
        self._store, self._boot, self._pages, self._visits = store, boot, pages, visits
        self.untold = Untold(visits)
        self.placed: Callable[[str, dict[str, Any]], object] = lambda uid, place: None
        self._others: frozenset[str] = frozenset()
        self._met: dict[str, int] = {}  # nodes whose heartbeat is not seen, and sweeps for which they count as there

    def move(self, uid: str, place: dict[str, Any]) -> None:
        """A visitor is elsewhere now; `place`: what is other than it was, of a context. It is told once, in passing."""
        self.placed(uid, place)
        self.untold.moved(uid, place)

    def hear(self, boot: str, told: bytes) -> None:
        """What a node tells; what it tells itself it knows."""
        if boot == self._boot():
            return
        try:
            news = _news.decode(told)
        except msgspec.MsgspecError:
            log.warning("node %s tells what this one cannot read: is it another version?", boot)
            return
        self._met[boot] = _MET_SWEEPS
        if news.ask:
            self._others = frozenset()
        self._visits.learn(news.visits)
        for id, uid in news.wrote.items():
            if self._pages.wrote(id, uid):
                self.untold.page(id)
        for uid, place in news.places.items():
            self.placed(uid, place)
        for page in news.pages:
            self._pages.learn(page)
        for id in news.heard:
            if known := self._pages.get(id):
                self._pages.heard(known, changed=False, ours=False)
        for id, at in news.gone.items():
            self._pages.leave(id, at)

    async def sweep(self, others: Iterable[str]) -> None:
        """Once a second: the `others`, by their boots, are told what is new. Raises what the store raises."""
        beating = frozenset(others)
        self._met = {boot: left - 1 for boot, left in self._met.items() if left and boot not in beating}
        known, self._others = self._others, beating | self._met.keys()
        if self._others - known:
            self.untold.all((*self._pages.left_lately(), *(page.id for page in self._pages.ours())))
        if not self._others:
            self.untold.forget()
        elif news := self.untold.take(self._pages):
            try:
                await self._tell(news)
            except NotNow:
                self.untold.back(news)
                raise

    async def ask(self) -> None:
        """Have the other nodes tell everything again. Raises what the store raises."""
        await self._tell(News(ask=True))

    async def _tell(self, news: News) -> None:
        await self._store.tell(protocol.encode(news), self._boot())
