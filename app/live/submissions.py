"""Messages on their way: what the store and the feed said of each, and so what its author is told. Nothing waits here.

The store replies, and the feed brings the entry, in either order. It is the feed that acknowledges, so that everything
a connection is sent is in one order; the reply does where the feed will not bring it, once that is as safe.
"""

from typing import Protocol

from app.chat.errors import Refusal
from app.live.room import Subscription
from app.store.batches import Asked
from app.store.errors import StoreAway, StoreError
from app.store.messages import Stored, is_stored, stored
from app.store.resp import Reply

# Seconds after which a message that is stored and that the feed has not brought is offered to the store again: it is
# stored once however often. Longer than a feed that fell silent takes to be read again.
OFFER_AGAIN_AFTER = 4.0

# What is to be told: a place to be acknowledged, or why there is none.
Answer = Stored | Refusal | StoreError


class Author(Protocol):
    """Who sends messages."""

    def replied(self, submission: "Submission", reply: Reply) -> None:
        """The store's reply to one of them."""


class Submission(Asked):
    """A message on its way, offered to the store at the time `offered`. `taken`: the reply by which the store has taken
    it; `brought`: the feed has brought it; `over`: there is nothing more to say of it. `twin`: another of the same id.

    `awaited`: its subscription was live as it was offered, so while it lasts the feed brings the entry after it.
    """

    __slots__ = ("_author", "again", "awaited", "brought", "id", "offered", "over", "subscription", "taken", "twin")

    def __init__(
        self, author: Author, subscription: Subscription, id: str, keys: bytes, args: bytes, offered: float
    ) -> None:
        super().__init__(keys, args)
        self._author, self.subscription, self.id, self.offered = author, subscription, id, offered
        self.awaited = subscription.buffered is None
        self.again = self.brought = self.over = False
        self.taken: Reply = None
        self.twin: Submission | None = None

    def answered(self, reply: Reply) -> None:
        self._author.replied(self, reply)


class Submissions:
    """Those of one connection. What they give back: `Stored`, to be acknowledged once it is safe (see `settled`);
    an error, to be told; None, where the feed has said what there is to say, or is about to.
    """

    __slots__ = ("_awaiting", "in_flight")

    def __init__(self) -> None:
        self.in_flight = 0
        # By id, the newest of those that bear it: a client may offer one several times at once, and in several
        # conversations.
        self._awaiting: dict[str, Submission] = {}

    def add(self, submission: Submission) -> None:
        """One more, which is about to be offered to the store."""
        submission.twin = self._awaiting.get(submission.id)
        self._awaiting[submission.id] = submission
        self.in_flight += 1

    def replied(self, submission: Submission, reply: Reply) -> Answer | None:
        """The store's reply to an offer."""
        if submission.over:
            return None  # it was offered again, and what the first reply waited for has come
        if is_stored(reply):
            if submission.brought:
                self._finish(submission)
                return None
            if submission.awaited and not submission.subscription.ended:
                submission.taken = reply
                return None
        answer = stored(reply)
        if not isinstance(answer, Stored):
            self._finish(submission)
            return None if submission.brought else answer  # brought: only the reply was lost
        submission.taken = reply
        if answer.repeat and not submission.again:
            return answer  # acknowledged once more, which moves nothing
        if submission.brought:
            self._finish(submission)
            return None
        return None if submission.subscription.awaits(answer.epoch, answer.seq) else answer

    def brought(self, uid: str, id: str) -> bool:
        """The feed, or the log, brings this entry: whether it is one of these, and so acknowledged now."""
        found, submission = False, self._awaiting.get(id)
        while submission is not None:
            if submission.subscription.room.uid == uid:
                found = submission.brought = True
                if submission.taken is not None:
                    self._finish(submission)
            submission = submission.twin
        return found

    def settled(self, submission: Submission, stored: Stored, safe: bool) -> Answer | None:
        """What waited to be safe is so, and is acknowledged; or it may be lost, and its author must offer it again."""
        if submission.over:
            return None  # the feed has acknowledged it meanwhile
        self._finish(submission)
        return stored if safe else StoreAway()

    def left(self, subscription: Subscription) -> list[tuple[Submission, Stored]]:
        """What is stored, and the feed brings no more to who has left: acknowledge it by the reply."""
        taken = [one for one in self._all() if one.subscription is subscription and one.taken is not None]
        return [(one, place) for one in taken if isinstance(place := stored(one.taken), Stored)]

    def reset(self, subscription: Subscription) -> list[Submission]:
        """What was said to be stored may have been in the history that is gone: its author must offer it again."""
        lost = [submission for submission, _ in self.left(subscription)]
        for submission in lost:
            self._finish(submission)
        return lost

    def due(self, now: float) -> list[Submission]:
        """Once a tick, what to offer again: what was stored and has not been brought may have been with a server that
        another has replaced."""
        due = [one for one in self._all() if one.taken is not None and now - one.offered > OFFER_AGAIN_AFTER]
        for submission in due:
            submission.taken, submission.offered, submission.again = None, now, True
        return due

    def _all(self) -> list[Submission]:
        found: list[Submission] = []
        for newest in self._awaiting.values():
            submission: Submission | None = newest
            while submission is not None:
                found.append(submission)
                submission = submission.twin
        return found

    def _finish(self, submission: Submission) -> None:
        submission.over = True
        self.in_flight -= 1
        newest = self._awaiting[submission.id]
        if newest is not submission:
            while newest.twin is not submission:
                assert newest.twin is not None
                newest = newest.twin
            newest.twin = submission.twin
        elif submission.twin is None:
            del self._awaiting[submission.id]
        else:
            self._awaiting[submission.id] = submission.twin
