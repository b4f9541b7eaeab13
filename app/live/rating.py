"""How it was: what a visitor says of a conversation once it was closed."""

from app.chat import wording
from app.chat.errors import Refusal
from app.live.claims import event
from app.live.widget_settings import WidgetSettings
from app.store.conversations import Rating
from app.store.sessions import Session
from app.store.store import Store

# Characters of a comment.
LONGEST_COMMENT = 500


class Ratings:
    """One of each episode, where the shop asks for it. What they raise beside what is said: what the store does."""

    def __init__(self, store: Store, widget: WidgetSettings) -> None:
        self._store, self._widget = store, widget

    async def of(self, session: Session) -> Rating:
        """What the visitor may be asked, or has said."""
        found = await self._store.conversations.rating(session.uid)
        return found if self._widget.settings.rating else Rating(good=found.good)

    async def rate(self, session: Session, *, good: bool, comment: str) -> None:
        """They say it, and it stays as said; a comment may follow, where none was with it.

        Raises Refusal nothing_to_rate, rated, bad_request.
        """
        if not self._widget.settings.rating:
            raise Refusal("nothing_to_rate")
        comment = wording.lines(comment, LONGEST_COMMENT, "bad_request", field="comment")
        rated = event(session.user, good=good, **({"comment": comment} if comment else {}))
        outcome = await self._store.changes.rate(session.uid, good=good, comment=bool(comment), rated=rated)
        if outcome.word != "ok":
            raise Refusal("rated" if outcome.word == "rated" else "nothing_to_rate")
