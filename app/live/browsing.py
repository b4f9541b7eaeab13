"""Who looks at the pages of the shop's sites now, as far as these tell: in the nodes' memory, and nowhere else.

A page tells whichever node it reaches, and each node tells the others what it heard, once a second and in passing. Who
has not been heard of for a while has gone; so has whoever wrote, who is a visitor from then on.
"""

import asyncio
import logging
import secrets
from collections import OrderedDict
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

import msgspec

from app.chat import protocol, wording
from app.chat.errors import Refusal
from app.chat.pages import Context
from app.live.clock import now_ms
from app.live.greetings import Greetings
from app.live.looked_at import Invite, Look, Page
from app.live.untold import News, Untold
from app.live.visits import Visits
from app.store.browsing import Browsing as Store
from app.store.errors import NotNow, StoreAway
from app.store.sessions import Session

log = logging.getLogger("chatadmin.live")

# Seconds between two times that a page says so: fewer than these nobody notices, and after more they count as gone.
SOONEST, LATEST = 15, 120
# Times a second that a node is to be told, pages that are opened and left among them: less than a twentieth of a core,
# at 1.25 ms each on a slow one (docs/performance.md). Of how many seconds the number of the latter is the mean.
_PER_SECOND, _MEAN_SECONDS = 25, 30
# Seconds after which who was not heard of has gone, and how many are remembered: beyond, the pause is the longest.
_GONE, _REMEMBERED = 180.0, 6000
# Milliseconds for which it is remembered that a page was left: longer than what another node heard before is under way.
_LEFT_MS = 10_000
# Characters of a greeting, and seconds that the store may take to say who was first with one.
LONGEST_GREETING, _ORDER_TIMEOUT = 500, 5.0


class Answer(NamedTuple):
    """To a page: after how many seconds it should say so again, and what it says then, in so many seconds."""

    next_s: int
    invite: Invite | None = None
    after_s: float = 0.0


_news = msgspec.json.Decoder(News)
_invitation = msgspec.json.Decoder(tuple[str, Invite])


class Browsing:
    """`clock`: monotonic seconds. `changed(id)` is called where agents see something else from now on, and
    `placed(uid, place)` where a visitor looks at another page (`move`).

    `boot()` names this life of the node, by which it knows its own news. `visits` are its own alone; by `greetings` the
    shop speaks.
    """

    def __init__(
        self, store: Store, clock: Callable[[], float], boot: Callable[[], str], visits: Visits, greetings: Greetings
    ) -> None:
        self._store, self._clock, self._boot = store, clock, boot
        self.visits, self._greetings = visits, greetings
        self.changed: Callable[[str], object] = str
        self.placed: Callable[[str, dict[str, Any]], object] = lambda uid, place: None
        self._pages: OrderedDict[str, Page] = OrderedDict()  # who was not heard of for longest stands first
        self._left: dict[str, int] = {}  # when pages were left lately
        self._untold = Untold(visits)
        self._others: frozenset[str] = frozenset()
        self._asked: dict[str, asyncio.Future[bool]] = {}  # whether an invitation was the first, by its id
        self._pause, self._turns, self._turns_per_second = SOONEST, 0, 0.0  # pages that were opened, or left

    async def load(self) -> None:
        """Read what all nodes need to know of a visit the same. Raises what the store raises."""
        self.visits.load(await self._store.secret())

    def __len__(self) -> int:
        return len(self._pages)

    def rows(self) -> list[dict[str, object]]:
        """All of them, as agents see them."""
        return [page.row() for page in self._pages.values() if not page.visitor]

    def row(self, id: str) -> dict[str, object]:
        """One of them, or that they have gone, and to which visitor, if they wrote."""
        page = self._pages.get(id)
        if page is not None and not page.visitor:
            return page.row()
        return {"id": id, "gone": True} | ({"uid": page.visitor} if page else {})

    # -- what pages tell --------------------------------------------------------------------------------------------

    def hear(self, id: str, look: Look) -> Answer:
        """A page is looked at."""
        now, page = now_ms(), self._pages.get(id)
        saying = page and page.saying
        if page is None:
            page = self._pages[id] = self._met(id, look, now)
            self._turns += 1
            changed = True
        else:
            self._greetings.settle(page, now)
            changed = page.look(look, now)
        pause = self._pause
        answer = Answer(pause)
        if page.visitor:
            pass
        elif page.invite and not page.given and not page.quiet:
            page.given = changed = True
            self.visits.note(page.visit, word=page.invite)
            answer = Answer(pause, page.invite)
        elif said := self._greetings.next(page, look.language, now, now + pause * 1000):
            answer = Answer(pause, *said)
        self._heard(page, changed=changed, more=page.saying is not saying)
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

    def _heard(self, page: Page, *, changed: bool, more: bool = False) -> None:
        """`changed`: for agents to see; `more`: for other nodes to know."""
        page.heard = self._clock()
        self._pages.move_to_end(page.id)
        self._untold.page(page.id, whole=changed or more)
        if changed:
            self.changed(page.id)
        if len(self) > _REMEMBERED:
            self._forget(next(iter(self._pages)))

    def leave(self, id: str) -> None:
        """A page was left."""
        self._turns += 1
        self._leave(id, now_ms())
        self._untold.page(id)

    def _leave(self, id: str, at: int) -> None:
        self._forget(id)
        self._left[id] = at
        if len(self._left) > _REMEMBERED:
            del self._left[next(iter(self._left))]

    def _forget(self, id: str) -> None:
        page = self._pages.pop(id, None)
        if page is None:
            return
        if page.ours:
            self._greetings.settle(page, now_ms())
            if page.trail:
                self.visits.note(page.visit, trail=page.path())
        if not page.visitor:
            self.changed(id)

    def wrote(self, id: str, uid: str) -> Context | None:
        """Who looks at a page has written, and is the visitor `uid` from now on; where they are, as far as is known."""
        page = self._pages.get(id)
        if page is None:  # another node may know it, and tell so only now
            if id:
                self._untold.wrote(id, uid)
            return None
        self._greetings.settle(page, now_ms())
        page.visitor, page.ours = uid, True
        self._heard(page, changed=True)
        return page.context

    def move(self, uid: str, place: dict[str, Any]) -> None:
        """A visitor is elsewhere now; `place`: what is other than it was, of a context. It is told once, in passing."""
        self.placed(uid, place)
        self._untold.moved(uid, place)

    async def invite(self, id: str, text: str, agent: Session) -> dict[str, object]:
        """Greet who looks at a page, which shows it when it next tells that it is there, whichever node it reaches.

        Raises Refusal gone, invited, quiet, bad_text; StoreAway.
        """
        text = wording.lines(text, LONGEST_GREETING, "bad_text")
        if not text:
            raise Refusal("bad_text", limit=LONGEST_GREETING)
        self._check(id)
        invite = Invite(secrets.token_urlsafe(12), text, now_ms(), agent.uid, agent.nickname)
        asked = self._asked[invite.id] = asyncio.get_running_loop().create_future()
        try:
            # Two agents may do so at once, on two nodes: whose stands first in the feed is first for all of them.
            await self._store.order(protocol.encode((id, invite)))
            async with asyncio.timeout(_ORDER_TIMEOUT):
                first = await asked
        except TimeoutError:
            raise StoreAway from None
        finally:
            del self._asked[invite.id]
        page = self._check(id) if not first else self._pages.get(id)
        if page is None:
            raise Refusal("gone")
        return page.invited(invite)

    def _check(self, id: str) -> Page:
        """The page, if who looks at it may be greeted."""
        page = self._pages.get(id)
        if page is None or page.visitor:
            raise Refusal("gone")
        if page.invite is not None:
            raise Refusal("invited")
        if page.quiet:
            raise Refusal("quiet")
        return page

    # -- what nodes tell each other ---------------------------------------------------------------------------------

    def hear_of(self, boot: str, told: bytes) -> None:
        """What a node tells; what it tells itself it knows."""
        if boot == self._boot():
            return
        try:
            news = _news.decode(told)
        except msgspec.MsgspecError:
            log.warning("node %s tells what this one cannot read: is it another version?", boot)
            return
        if news.ask:
            self._others = frozenset()
        self.visits.learn(news.visits)
        for id, uid in news.wrote.items():
            if id in self._pages:
                self.wrote(id, uid)
        for uid, place in news.places.items():
            self.placed(uid, place)
        for page in news.pages:
            self._learn(page)
        for id in news.heard:
            if known := self._pages.get(id):
                known.ours, known.heard = False, self._clock()
                self._pages.move_to_end(id)
        for id, at in news.gone.items():
            self._leave(id, at)

    def invited(self, told: bytes) -> None:
        """An agent's invitation, in the order of the feed."""
        try:
            id, invite = _invitation.decode(told)
        except msgspec.MsgspecError:
            log.warning("an invitation cannot be read: is another version at work on this store?")
            return
        page = self._pages.get(id)
        first = page is not None and page.invite is None and not page.visitor
        if page is not None and first:
            page.invite = invite
            if page.ours:  # a node that does not know the page yet has the two together
                self._untold.page(id)
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
                before.visitor, before.given, before.invite = page.visitor, page.given, page.invite
                page = before
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
        self.visits.sweep()
        self._pace()
        self._left = {id: at for id, at in self._left.items() if at > now_ms() - _LEFT_MS}
        others = frozenset(others)
        known, self._others = self._others, others
        if others - known:
            self._untold.all([id for id, page in self._pages.items() if page.ours])
        if not others:
            self._untold.forget()
        elif news := self._untold.take(self._pages, self._left, now_ms()):
            try:
                await self._tell(news)
            except NotNow:
                self._untold.back(news)
                raise

    def _pace(self) -> None:
        """How often pages are to say that they are there: pages that are opened and left say so whatever they are told,
        so those that stay have what is left."""
        self._turns_per_second += (self._turns - self._turns_per_second) / _MEAN_SECONDS
        self._turns = 0
        ours = sum(page.ours for page in self._pages.values())
        left = max(_PER_SECOND - self._turns_per_second, 1.0)
        self._pause = round(min(max(SOONEST, ours / left), LATEST))

    async def ask(self) -> None:
        """Have the other nodes tell everything again. Raises what the store raises."""
        await self._tell(News(ask=True))

    async def _tell(self, news: News) -> None:
        await self._store.tell(protocol.encode(news), self._boot())
