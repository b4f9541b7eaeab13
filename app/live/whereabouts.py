"""Where visitors are: which page of the shop they wrote from, what was said to them there, and where they go since."""

import msgspec

from app.chat import frames, pages, protocol
from app.chat.errors import Refusal
from app.chat.pages import Context
from app.live.browsing import Browsing
from app.live.clock import now_ms
from app.live.looked_at import Invite
from app.live.team import Team
from app.live.widget_settings import WidgetSettings
from app.store.changes import Event
from app.store.store import Store


class Whereabouts:
    """What they raise: what the store does."""

    def __init__(self, store: Store, browsing: Browsing, team: Team, widget: WidgetSettings) -> None:
        self._store, self._browsing, self._team, self._widget = store, browsing, team, widget

    async def arrived(self, uid: str, context: Context, *, seen: str, known: bool) -> None:
        """Somebody is this visitor from now on. `seen`: id of the page that told of them until now. `known`: the pages
        they look at may be."""
        before = self._browsing.wrote(seen, uid)
        if before is not None:  # where they came from they said on the first page
            utm = before.utm or context.utm
            context = msgspec.structs.replace(context, referrer=before.referrer, utm=utm, pages=before.pages)
        if context != Context():
            await self._store.whereabouts.keep(uid, context)
            self._browsing.gossip.move(uid, context.here)
        if context.page:
            self._walk(uid, [*context.pages, _now(context.page, context.title)], known=known)

    async def answers(self, uid: str, visit: str, id: str) -> None:
        """Their first message answers what was said to them in their visit, by its id: it stands before that.

        Raises Refusal blocked.
        """
        word = self._browsing.visits.word(visit, id)
        if word is None:
            return
        body = protocol.event_body(self._team.user(word.by), text=word.text, **_by(word))
        if (await self._store.changes.invite(uid, word.by, Event(f"i-{word.id}", body))).word == "blocked":
            raise Refusal("blocked")

    def moved(self, uid: str, told: frames.Context) -> None:
        """A visitor looks at another page, as they tell; what is none is passed over."""
        self._browsing.wrote(told.seen, uid)
        page, title = pages.shown(told.page), pages.titled(told.title)
        if page:
            self._browsing.gossip.move(uid, {"page": page, "title": title})
            self._walk(uid, [_now(page, title)], known=told.consent)

    def _walk(self, uid: str, walked: list[pages.Page], *, known: bool) -> None:
        self._store.whereabouts.walk(uid, walked, known=known or self._widget.settings.trail)

    async def left(self, uid: str) -> None:
        """A visitor has logged out: which pages they looked at is nobody's business any more."""
        await self._store.whereabouts.forget(uid)


def _now(page: str, title: str) -> pages.Page:
    return pages.Page(page, title, protocol.timestamp(now_ms()))


def _by(word: Invite) -> dict[str, object]:
    return {"by": word.author} if word.by else {"trigger": word.trigger}
