"""Who looks at the pages of the shop's sites now, as far as these tell: in the nodes' memory, and nowhere else.

A page tells whichever node it reaches, and each node tells the others what it heard, once a second, by the feed. Who
has not been heard of for a while has gone; so has whoever wrote, who is a visitor from then on.
"""

import asyncio
import secrets
from collections import OrderedDict
from collections.abc import Callable, Iterable
from typing import NamedTuple

import msgspec

from app.chat import protocol, wording
from app.chat.conversation import Entry
from app.chat.errors import Refusal
from app.chat.pages import Context
from app.live.clock import now_ms
from app.store.browsing import Browsing as Store
from app.store.errors import NotNow, StoreAway
from app.store.sessions import Session

# Seconds between two times that a page says so: fewer than these nobody notices, and after more they count as gone.
SOONEST, LATEST = 15, 120
# Times a second that a node is told: a twentieth of a core, at 0.9 ms each.
_PER_SECOND = 50
# Seconds after which who was not heard of has gone, and how many are remembered: beyond, the pause is the longest.
_GONE, _REMEMBERED = 180.0, LATEST * _PER_SECOND
# Milliseconds for which it is remembered that a page was left: longer than what another node heard before is under way.
_LEFT_MS = 10_000
# Pages of which the other nodes are told in a second: a flood must not be theirs too.
_TOLD_AT_ONCE = 500
# Characters of a greeting, and seconds that the store may take to say who was first with one.
LONGEST_GREETING, _ORDER_TIMEOUT = 500, 5.0


class Invite(msgspec.Struct, frozen=True, gc=False):
    """A word to who looks at a page, by an agent (`by`, uid, and their name). `at`: unix ms."""

    id: str
    text: str
    at: int
    by: str
    nickname: str

    def row(self) -> dict[str, object]:
        """As agents see it."""
        return {
            "text": self.text,
            "at": protocol.timestamp(self.at),
            "by": {"uid": self.by, "nickname": self.nickname},
        }


class Page(msgspec.Struct, kw_only=True, gc=False):
    """A page as long as it lives, by the random name of that life. `since`, `seen_at`: unix ms.

    `given`: whether the page has its `invite`. `visitor`: whether who looks at it has written. `heard`: by the node's
    own clock, and `ours`: by this node itself, not by the feed.
    """

    id: str
    context: Context = Context()
    browser: str = ""
    since: int = 0
    seen_at: int = 0
    visible: bool = True
    invite: Invite | None = None
    given: bool = False
    visitor: bool = False
    heard: float = 0.0
    ours: bool = True

    def row(self) -> dict[str, object]:
        """As agents see it on the live list."""
        shown = {
            "id": self.id,
            "kind": "browsing",
            "context": self.context,
            "browser": self.browser,
            "since": protocol.timestamp(self.since),
            "seen_at": protocol.timestamp(self.seen_at),
            "visible": self.visible,
        }
        return shown | ({"invited": self.invite.row()} if self.invite else {})


class News(msgspec.Struct, omit_defaults=True):
    """What one node tells the others: pages that are others now, or only heard of again, or left, and when (unix ms);
    an invitation. `ask`: it missed what they told, and wants to hear all of it."""

    pages: list[Page] = []
    heard: list[str] = []
    gone: dict[str, int] = {}
    invite: tuple[str, Invite] | None = None
    ask: bool = False


class Answer(NamedTuple):
    """To a page: after how many seconds it should say so again, and what it shows now."""

    next_s: int
    invite: Invite | None


_news = msgspec.json.Decoder(News)


class Browsing:
    """`clock`: monotonic seconds. `changed(id)` is called where agents see something else from now on.

    `boot()` names this life of the node, by which it knows its own news.
    """

    def __init__(self, store: Store, clock: Callable[[], float], boot: Callable[[], str]) -> None:
        self._store, self._clock, self._boot = store, clock, boot
        self.changed: Callable[[str], object] = str
        self._pages: OrderedDict[str, Page] = OrderedDict()  # who was not heard of for longest stands first
        self._left: dict[str, int] = {}  # when pages were left lately
        self._untold: dict[str, bool] = {}  # whether more of a page is to be told than that it was heard of
        self._others: frozenset[str] = frozenset()
        self._asked: dict[str, asyncio.Future[bool]] = {}  # whether an invitation was the first, by its id

    def __len__(self) -> int:
        return len(self._pages)

    def rows(self) -> list[dict[str, object]]:
        """All of them, as agents see them."""
        return [page.row() for page in self._pages.values() if not page.visitor]

    def row(self, id: str) -> dict[str, object]:
        """One of them, or that they have gone."""
        page = self._pages.get(id)
        return page.row() if page is not None and not page.visitor else {"id": id, "gone": True}

    # -- what pages tell --------------------------------------------------------------------------------------------

    def hear(self, id: str, context: Context, browser: str, *, visible: bool) -> Answer:
        """A page is looked at."""
        page = self._pages.get(id)
        now = now_ms()
        if page is None:
            page = self._pages[id] = Page(id=id, context=context, browser=browser, since=now)
            moved = True
        else:
            before = page.context
            moved = (before.page, before.title, page.visible) != (context.page, context.title, visible)
            # Where they came from they say on the first.
            page.context = msgspec.structs.replace(before, page=context.page, title=context.title)
        page.seen_at, page.visible, page.ours = now, visible, True
        invite = None if page.given else page.invite
        page.given = page.given or invite is not None
        self._heard(page, moved=moved or invite is not None)
        return Answer(min(max(SOONEST, -(-len(self) // _PER_SECOND)), LATEST), invite)

    def _heard(self, page: Page, *, moved: bool) -> None:
        page.heard = self._clock()
        self._pages.move_to_end(page.id)
        self._untold[page.id] = moved or self._untold.get(page.id, False)
        if moved:
            self.changed(page.id)
        if len(self) > _REMEMBERED:
            self._forget(next(iter(self._pages)))

    def leave(self, id: str) -> None:
        """A page was left."""
        self._leave(id, now_ms())
        self._untold[id] = True

    def _leave(self, id: str, at: int) -> None:
        self._forget(id)
        self._left[id] = at
        if len(self._left) > _REMEMBERED:
            del self._left[next(iter(self._left))]

    def _forget(self, id: str) -> None:
        page = self._pages.pop(id, None)
        if page is not None and not page.visitor:
            self.changed(id)

    def wrote(self, id: str) -> Context | None:
        """Who looks at a page has written, and is a visitor from now on; where they are, as far as it is known."""
        page = self._pages.get(id)
        if page is None:  # told another node within this second
            page = self._pages[id] = Page(id=id, since=now_ms(), seen_at=now_ms())
        page.visitor = page.ours = True
        self._heard(page, moved=True)
        return page.context if page.context.page else None

    async def invite(self, id: str, text: str, agent: Session) -> Invite:
        """Greet who looks at a page, which shows it when it next tells that it is there, whichever node it reaches.

        Raises Refusal gone, invited, bad_text; StoreAway.
        """
        text = wording.lines(text, LONGEST_GREETING, "bad_text")
        if not text:
            raise Refusal("bad_text", limit=LONGEST_GREETING)
        self._check(id)
        invite = Invite(secrets.token_urlsafe(12), text, now_ms(), agent.uid, agent.nickname)
        asked = self._asked[invite.id] = asyncio.get_running_loop().create_future()
        try:
            # Two agents may do so at once, on two nodes: whose stands first in the feed is first for all of them.
            await self._tell(News(invite=(id, invite)))
            async with asyncio.timeout(_ORDER_TIMEOUT):
                first = await asked
        except TimeoutError:
            raise StoreAway from None
        finally:
            del self._asked[invite.id]
        if not first:
            self._check(id)
            raise Refusal("gone")
        return invite

    def _check(self, id: str) -> None:
        page = self._pages.get(id)
        if page is None or page.visitor:
            raise Refusal("gone")
        if page.invite is not None:
            raise Refusal("invited")

    # -- what nodes tell each other ---------------------------------------------------------------------------------

    def apply(self, entry: Entry) -> None:
        """Keep up with the feed."""
        news = _news.decode(entry.body)
        if news.invite is not None:
            self._invited(*news.invite)
        if entry.author == self._boot():
            return
        if news.ask:
            self._others = frozenset()
        for page in news.pages:
            self._learn(page)
        for id in news.heard:
            if known := self._pages.get(id):
                known.ours, known.heard = False, self._clock()
                self._pages.move_to_end(id)
        for id, at in news.gone.items():
            self._leave(id, at)

    def _invited(self, id: str, invite: Invite) -> None:
        page = self._pages.get(id)
        first = page is not None and page.invite is None and not page.visitor
        if page is not None and first:
            page.invite = invite
            self.changed(id)
        if (asked := self._asked.get(invite.id)) and not asked.done():
            asked.set_result(first)

    def _learn(self, page: Page) -> None:
        """What another node says of a page: this one may have heard of it since."""
        before = self._pages.get(page.id)
        if before is not None:
            page.visitor, page.given = page.visitor or before.visitor, page.given or before.given
            page.invite = before.invite or page.invite
            if before.seen_at > page.seen_at:
                page = msgspec.structs.replace(page, context=before.context, visible=before.visible)
        elif page.seen_at <= self._left.get(page.id, 0):
            return
        self._pages[page.id] = page
        page.heard, page.ours = self._clock(), False
        self._pages.move_to_end(page.id)
        self.changed(page.id)
        if len(self) > _REMEMBERED:
            self._forget(next(iter(self._pages)))

    async def sweep(self, others: Iterable[str]) -> None:
        """Once a second: who was not heard of has gone; the `others`, by their boots, are told what is new.

        Alone nothing is told. Who has come, or was out of reach, is told everything. Raises what the store raises.
        """
        before = self._clock() - _GONE
        while self._pages and (first := next(iter(self._pages.values()))).heard < before:
            self._forget(first.id)  # by each node's own clock, so nobody is told
        self._left = {id: at for id, at in self._left.items() if at > now_ms() - _LEFT_MS}
        others = frozenset(others)
        known, self._others = self._others, others
        if others - known:
            self._untold |= dict.fromkeys([id for id, page in self._pages.items() if page.ours], True)
        if not others:
            self._untold.clear()
        elif self._untold:
            ids = list(self._untold)[:_TOLD_AT_ONCE]
            news = self._news(ids)
            try:
                await self._tell(news)
            except NotNow:
                self._untold |= dict.fromkeys(ids, True)
                raise

    async def ask(self) -> None:
        """Have the other nodes tell everything again. Raises what the store raises."""
        await self._tell(News(ask=True))

    def _news(self, ids: Iterable[str]) -> News:
        news = News()
        for id in ids:
            page, whole = self._pages.get(id), self._untold.pop(id)
            if page is None:
                news.gone[id] = self._left.get(id, now_ms())
            elif whole:
                news.pages.append(page)
            else:
                news.heard.append(id)
        return news

    async def _tell(self, news: News) -> None:
        await self._store.tell(protocol.encode(news), self._boot())
