"""Who looks at the pages of the shop's sites: what a page tells of them, and what it is answered."""

from collections.abc import Callable, Iterable
from typing import NamedTuple

import msgspec

from app.chat.pages import Context
from app.live.beacon_pace import BeaconPace
from app.live.clock import now_ms
from app.live.gossip import Gossip
from app.live.greetings import Greetings
from app.live.invitations import Invitations
from app.live.looked_at import Invite, Look, Page
from app.live.open_pages import OpenPages
from app.live.visits import Visits
from app.store.browsing import Browsing as Store


class Answer(NamedTuple):
    """To a page: after how many seconds it should say so again, and what it says then, in so many seconds."""

    next_s: int
    invite: Invite | None = None
    after_s: float = 0.0


class Browsing:
    """`clock`: monotonic seconds. `boot()` names this life of the node. By `greetings` the shop speaks.

    `pages`: those that are looked at; `gossip`: what nodes tell each other; `invitations`: of agents, to them.
    """

    def __init__(
        self, store: Store, clock: Callable[[], float], boot: Callable[[], str], visits: Visits, greetings: Greetings
    ) -> None:
        self._store, self.visits, self._greetings = store, visits, greetings
        self.pages = OpenPages(clock, visits, greetings)
        self.gossip = Gossip(store, boot, self.pages, visits)
        self._untold = self.gossip.untold
        self.invitations = Invitations(store, self.pages, self._untold)
        self._pace = BeaconPace()

    async def load(self) -> None:
        """Read what all nodes need to know of a visit the same. Raises what the store raises."""
        self.visits.load(await self._store.secret())

    def hear(self, id: str, look: Look) -> Answer:
        """A page is looked at."""
        now, page = now_ms(), self.pages.get(id)
        saying = page and page.saying
        if page is None:
            page, changed = self._met(id, look, now), True
            self._pace.turn()
        else:
            self._greetings.settle(page, now)
            changed = page.look(look, now)
        answer = Answer(self._pace.pause)
        if page.invite and not (page.given or page.quiet or page.visitor):
            page.given = changed = True
            self.visits.note(page.visit, word=page.invite)
            answer = Answer(answer.next_s, page.invite)
        elif said := self._greetings.next(page, look.language, now, now + answer.next_s * 1000):
            answer = Answer(answer.next_s, *said)
        self.pages.heard(page, changed=changed)
        self._untold.page(id, whole=changed or page.saying is not saying)
        return answer

    def _met(self, id: str, look: Look, now: int) -> Page:
        """A page that begins. Where its visit's may be known, and it was led to from the last of them, it goes on."""
        trail, context = self.visits.of(look.visit).trail, look.context
        if look.trail and trail and trail[-1].page == context.referrer:
            context = msgspec.structs.replace(context, pages=trail)
        return Page(
            id=id,
            context=context,
            browser=look.browser,
            visit=look.visit,
            since=now,
            seen_at=now,
            moved_at=now,
            visible=look.visible,
            quiet=look.quiet,
            trail=look.trail,
        )

    def leave(self, id: str) -> None:
        """A page was left."""
        self._pace.turn()
        self.pages.leave(id, now_ms())
        self._untold.page(id)

    def wrote(self, id: str, uid: str) -> Context | None:
        """Who looks at a page has written, and is the visitor `uid` from now on; where they are, as far as is known."""
        page = self.pages.wrote(id, uid)
        if page is None:
            if id:  # another node may know it, and tell so only now
                self._untold.wrote(id, uid)
            return None
        self._untold.page(id)
        return page.context

    async def sweep(self, others: Iterable[str]) -> None:
        """Once a second: who was not heard of has gone, and the `others` are told. Raises what the store raises."""
        self.pages.sweep()
        self.visits.sweep()
        self._pace.sweep(len(self.pages.ours()))
        await self.gossip.sweep(others)
