"""The pages of the shop's sites that are looked at now, as far as this node knows: in its memory, and nowhere else.

It hears of them from themselves and from other nodes. Who has not been heard of for a while has gone; so has whoever
wrote, who is a visitor from then on.
"""

from collections import OrderedDict
from collections.abc import Callable, Collection

from app.live.clock import now_ms
from app.live.greetings import Greetings
from app.live.looked_at import Page
from app.live.visits import Visits

# Seconds after which who was not heard of has gone, and how many are remembered: beyond, the pause is the longest.
_GONE, _REMEMBERED = 180.0, 6000
# Milliseconds for which it is remembered that a page was left: longer than what another node heard before is under way,
# and longer than a node may not hear the others until it notices and asks them (Channel's silence, and a connection).
_LEFT_MS = 30_000


class OpenPages:
    """`clock`: monotonic seconds. `changed(id)` is called where agents see something else from now on."""

    def __init__(self, clock: Callable[[], float], visits: Visits, greetings: Greetings) -> None:
        self._clock, self._visits, self._greetings = clock, visits, greetings
        self.changed: Callable[[str], object] = str
        self._pages: OrderedDict[str, Page] = OrderedDict()  # who was not heard of for longest stands first
        self._left: dict[str, int] = {}  # when pages were left lately

    def __len__(self) -> int:
        return len(self._pages)

    def get(self, id: str) -> Page | None:
        """One of them."""
        return self._pages.get(id)

    def ours(self) -> list[Page]:
        """Those that this node itself heard last."""
        return [page for page in self._pages.values() if page.ours]

    def rows(self) -> list[dict[str, object]]:
        """All of them, as agents see them."""
        return [page.row() for page in self._pages.values() if not page.visitor]

    def row(self, id: str) -> dict[str, object]:
        """One of them, or that they have gone, and to which visitor, if they wrote."""
        page = self._pages.get(id)
        if page is not None and not page.visitor:
            return page.row()
        return {"id": id, "gone": True} | ({"uid": page.visitor} if page else {})

    def heard(self, page: Page, *, changed: bool, ours: bool = True) -> None:
        """A page is looked at, as it told this node, or another. `changed`: for agents to see."""
        page.heard, page.ours = self._clock(), ours
        self._pages[page.id] = page
        self._pages.move_to_end(page.id)
        if changed:
            self.changed(page.id)
        if len(self) > _REMEMBERED:
            self._forget(next(iter(self._pages)))

    def learn(self, page: Page) -> None:
        """What another node says of a page: this one may have heard of it since."""
        before = self._pages.get(page.id)
        if before is not None:
            page.visitor, page.given = page.visitor or before.visitor, page.given or before.given
            page.invite = before.invite or page.invite
            if before.seen_at > page.seen_at:
                before.visitor, before.given, before.invite = page.visitor, page.given, page.invite
                page = before
        elif page.seen_at <= self._left.get(page.id, 0):
            return
        self.heard(page, changed=True, ours=False)

    def wrote(self, id: str, uid: str) -> Page | None:
        """Who looks at a page has written, and is the visitor `uid` from now on; the page, if it is known."""
        page = self._pages.get(id)
        if page is not None:
            self._greetings.settle(page, now_ms())
            page.visitor = uid
            self.heard(page, changed=True)
        return page

    def leave(self, id: str, at: int) -> None:
        """A page was left, at `at` (unix ms)."""
        self._forget(id)
        self._left[id] = at
        if len(self._left) > _REMEMBERED:
            del self._left[next(iter(self._left))]

    def uids(self) -> list[str]:
        """Of who looks at them, where they wrote."""
        return [page.visitor for page in self._pages.values() if page.visitor]

    def erase(self, uids: Collection[str]) -> None:
        """These visitors were erased: nothing is known of their pages, nor of the visits that those were of."""
        for page in [page for page in self._pages.values() if page.visitor in uids]:
            del self._pages[page.id]
            self._visits.erase(page.visit)

    def left_lately(self) -> list[str]:
        """The pages that were left in the last seconds: who has just met us may still have them."""
        return list(self._left)

    def left(self, id: str) -> int:
        """When a page was left that is none of them: now, if that is not known."""
        return self._left.get(id, now_ms())

    def sweep(self) -> None:
        """Once a second: who was not heard of has gone."""
        before = self._clock() - _GONE
        while self._pages and (first := next(iter(self._pages.values()))).heard < before:
            self._forget(first.id)  # by each node's own clock, so nobody is told
        lately = now_ms() - _LEFT_MS
        self._left = {id: at for id, at in self._left.items() if at > lately}

    def _forget(self, id: str) -> None:
        page = self._pages.pop(id, None)
        if page is None:
            return
        if page.ours:
            self._greetings.settle(page, now_ms())
            if page.trail:
                self._visits.note(page.visit, trail=page.path())
        if not page.visitor:
            self.changed(id)
