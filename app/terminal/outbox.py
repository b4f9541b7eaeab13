"""What was typed and is not stored yet: ids, order, and what to offer when. No I/O.

An id is `<tab>.<n>`; the server takes 1, 2, 3... of a tab, acknowledges a repeated one again, and a refused one
consumes no number. So what is offered twice is stored once, and what follows a refusal moves to a new tab.
"""

import secrets
from collections import OrderedDict
from collections.abc import Container, Iterable
from typing import Generic, TypeVar

T = TypeVar("T")

# Acknowledged texts kept in case the store is restored from before them.
KEPT = 200


class Outbox(Generic[T]):
    """Texts on their way, in order; what else goes with one is its caller's."""

    def __init__(self) -> None:
        self.window = 1  # how many may be on their way at once; the server says
        self._tab, self._n = secrets.token_hex(6), 0
        self._waiting: OrderedDict[str, T] = OrderedDict()
        self._stored: OrderedDict[str, T] = OrderedDict()
        self._offered: set[str] = set()
        self._pace = 1

    def __len__(self) -> int:
        return len(self._waiting)

    def add(self, text: T) -> str:
        """Put a text at the end; returns its id."""
        self._n += 1
        id = f"{self._tab}.{self._n}"
        self._waiting[id] = text
        return id

    def offer(self) -> list[tuple[str, T]]:
        """What to send now, as (id, text)."""
        room = min(self._pace, self.window)
        due = [(id, text) for id, text in list(self._waiting.items())[:room] if id not in self._offered]
        self._offered.update(id for id, _ in due)
        return due

    def forget_offers(self, *, slower: bool = False) -> None:
        """What was offered got lost, or was too much at once: it is due again."""
        self._offered.clear()
        if slower:
            self._pace = 1

    def stored(self, id: str) -> None:
        """The server has it."""
        if (text := self._waiting.pop(id, None)) is not None:
            self._pace += 1
            self._offered.discard(id)
            self._stored[id] = text
            while len(self._stored) > KEPT:
                self._stored.popitem(last=False)

    def drop(self, id: str) -> T | None:
        """The server will never take it: returns the text. What follows it moves to a new tab."""
        if id not in self._waiting:
            return None
        ids = list(self._waiting)
        texts = [self._take(later) for later in ids[ids.index(id) :]]
        self._begin(texts[1:])
        return texts[0]

    def renew(self, history: Container[str], *, acknowledged: bool) -> None:
        """The server forgot this tab: what `history` (ids) lacks is offered anew, with `acknowledged` texts too."""
        kept = list(self._stored.items()) if acknowledged else []
        missing = [text for id, text in [*kept, *self._waiting.items()] if id not in history]
        # What is still there may be lost by the next restore, whether or not its acknowledgement ever came.
        for id, _ in kept:
            if id not in history:
                del self._stored[id]
        self._stored.update((id, text) for id, text in self._waiting.items() if id in history)
        self._waiting.clear()
        self._offered.clear()
        self._begin(missing)

    def _take(self, id: str) -> T:
        self._offered.discard(id)
        return self._waiting.pop(id)

    def _begin(self, texts: Iterable[T]) -> None:
        self._tab, self._n = secrets.token_hex(6), 0
        for text in texts:
            self.add(text)
