"""Who takes part in a room without a word, for tests of what it is handed."""

from typing import Any

from app.live.room import EncodedEntry, Subscription
from app.live.submissions import Submission


class Silent:
    """A subscriber and author that is not asked what came to it."""

    side: Any = "visitor"

    def entry(self, subscription: Subscription, encoded: EncodedEntry) -> None: ...

    def passing(self, subscription: Subscription, encoded: EncodedEntry) -> None: ...

    def holder_moved(self, subscription: Subscription) -> None: ...

    def renamed(self, name: str) -> None: ...

    def erased(self, uid: str) -> None: ...

    def broken(self, subscription: Subscription) -> None: ...

    def replied(self, submission: Submission, reply: Any) -> None: ...
