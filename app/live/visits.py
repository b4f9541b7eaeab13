"""Visits: what may be known of somebody from one page to the next, while nothing of it is kept in their browser.

A visit is a network address and a kind of browser, for as long as its pages are heard of and half an hour more: people
who share both share it. It is told by a keyed hash of the two, and is in the nodes' memory alone.
"""

from collections import OrderedDict
from collections.abc import Callable, Iterable
from hashlib import blake2b

import msgspec

from app.chat import pages
from app.live.looked_at import Invite

# Seconds that one lasts, how many are remembered, and words that are of each.
_LIFE, _REMEMBERED, _WORDS = 1800.0, 4000, 3


class Visit(msgspec.Struct, gc=False, omit_defaults=True):
    """`had`: ids of triggers that spoke in it; `words`: what was last said to them; `trail`: the pages that were left,
    the oldest first, where they may be known. `heard`: by the node's own clock."""

    had: list[str] = []
    words: list[Invite] = []
    trail: list[pages.Page] = []
    heard: float = 0.0


class Visits:
    """Those of which there is something to know; `clock`: monotonic seconds."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._key = b""
        self._visits: OrderedDict[str, Visit] = OrderedDict()  # who was not heard of for longest stands first
        self._untold: set[str] = set()

    def load(self, secret: bytes) -> None:
        """With what all nodes make their names."""
        self._key = secret[:64]

    def name(self, address: str, browser: str) -> str:
        """That of a visit from this network address with a browser that calls itself so."""
        return blake2b(f"{address}\n{browser}".encode(), key=self._key, person=b"visit", digest_size=8).hexdigest()

    def of(self, name: str) -> Visit:
        """What is known of it, by now; it goes on."""
        visit = self._visits.get(name)
        if visit is None:
            return Visit()
        visit.heard = self._clock()
        self._visits.move_to_end(name)
        return visit

    def note(self, name: str, *, had: str = "", word: Invite | None = None, trail: Iterable[pages.Page] = ()) -> None:
        """Something is known of it from now on, of which the other nodes are to be told."""
        self._merge(name, Visit([had] if had else [], [word] if word else [], list(trail)))
        self._untold.add(name)

    def _merge(self, name: str, news: Visit) -> None:
        known = self.of(name)  # which stands last by that
        words = {word.id: word for word in (*known.words, *news.words)}
        had = list(dict.fromkeys((*known.had, *news.had)))
        self._visits[name] = Visit(had, list(words.values())[-_WORDS:], news.trail or known.trail, self._clock())
        if len(self._visits) > _REMEMBERED:
            self._forget()

    def _forget(self) -> None:
        name, _ = self._visits.popitem(last=False)
        self._untold.discard(name)

    def erase(self, name: str) -> None:
        """Nothing is known of it any more."""
        self._visits.pop(name, None)
        self._untold.discard(name)

    def sweep(self) -> None:
        """Once a second: forget those that are over."""
        before = self._clock() - _LIFE
        while self._visits and next(iter(self._visits.values())).heard < before:
            self._forget()

    def word(self, name: str, id: str) -> Invite | None:
        """What was said in it, by its id."""
        return next((word for word in self.of(name).words if word.id == id), None)

    def learn(self, news: dict[str, Visit]) -> None:
        """What another node knows."""
        for name, visit in news.items():
            self._merge(name, visit)

    def news(self, most: int | None) -> dict[str, Visit]:
        """What the other nodes are to be told, once; of so many at `most`, the others later."""
        told = list(self._untold)[:most]
        self._untold.difference_update(told)
        return {name: self._visits[name] for name in told if name in self._visits}

    def all(self) -> None:
        """Have the other nodes told everything."""
        self._untold |= self._visits.keys()
