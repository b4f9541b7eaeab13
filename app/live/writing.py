"""Who is writing in which conversation, for the agents' live list: told seldom, and over by itself."""

from collections.abc import Callable

# Seconds for which somebody counts as writing: pages say so every 3 s for as long as keys are moving.
SHOWN_TIME = 5.0
# Seconds that agents are told nothing more of a conversation after they were told who writes in it.
TELL_INTERVAL = 2.0


class Writing:
    """Told as a whole, so that what was missed is made good by what comes next. `clock()` is in seconds, steadily."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._until: dict[str, dict[str, float]] = {}  # conversation -> who writes in it -> until when that counts
        self._told: dict[str, float] = {}  # conversation -> when agents were told of it
        self._news: set[str] = set()

    def heard(self, uid: str, who: str, on: bool) -> bool:
        """Somebody writes in a conversation, or has stopped; whether agents may be told at once."""
        writers = self._until.setdefault(uid, {})
        if on:
            writers[who] = self._clock() + SHOWN_TIME
        elif writers.pop(who, None) is None:
            return False
        self._news.add(uid)
        return self._may_tell(uid)

    def said(self, uid: str, who: str) -> None:
        """What they wrote has come, by which everybody knows that they write no more."""
        self._until.get(uid, {}).pop(who, None)

    @property
    def due(self) -> bool:
        """Whether there is anything to tell now."""
        return any(map(self._may_tell, self._news))

    def take(self) -> list[dict[str, object]]:
        """What agents are to be told now: of each conversation all who write in it."""
        now = self._clock()
        due = [uid for uid in self._news if self._may_tell(uid)]
        self._news.difference_update(due)
        self._told.update(dict.fromkeys(due, now))
        return [{"uid": uid, "by": [who for who, until in self._until[uid].items() if until > now]} for uid in due]

    def sweep(self) -> None:
        """Forget where nobody writes any more."""
        now = self._clock()
        for uid, writers in tuple(self._until.items()):
            if uid not in self._news and self._may_tell(uid) and all(until <= now for until in writers.values()):
                del self._until[uid]
                self._told.pop(uid, None)

    def _may_tell(self, uid: str) -> bool:
        return self._clock() >= self._told.get(uid, float("-inf")) + TELL_INTERVAL
