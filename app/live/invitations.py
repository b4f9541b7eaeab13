"""An agent's word to who looks at a page and has not written: one, whoever of the team is first.

Two agents may say something at once, on two nodes: whose word stands first in the feed is first for all of them.
"""

import asyncio
import logging
import secrets

import msgspec

from app.chat import protocol, wording
from app.chat.errors import Refusal
from app.live.clock import now_ms
from app.live.looked_at import Invite, Page
from app.live.open_pages import OpenPages
from app.live.untold import Untold
from app.store.browsing import Browsing as Store
from app.store.errors import StoreAway
from app.store.sessions import Session

log = logging.getLogger("chatadmin.live")

# Characters of a greeting, and seconds that the store may take to say who was first with one.
LONGEST_GREETING, _ORDER_TIMEOUT = 500, 5.0

_invitation = msgspec.json.Decoder(tuple[str, Invite])


class Invitations:
    """To the pages that this node knows."""

    def __init__(self, store: Store, pages: OpenPages, untold: Untold) -> None:
        self._store, self._pages, self._untold = store, pages, untold
        self._asked: dict[str, asyncio.Future[bool]] = {}  # whether an invitation was the first, by its id

    async def send(self, id: str, text: str, agent: Session) -> dict[str, object]:
        """Greet who looks at a page, which shows it when it next tells that it is there, whichever node it reaches.

        Raises Refusal gone, invited, quiet, bad_text; StoreAway.
        """
        text = wording.lines(text, LONGEST_GREETING, "bad_text")
        if not text:
            raise Refusal("bad_text", limit=LONGEST_GREETING)
        self._check(id)
        invite = Invite(secrets.token_urlsafe(12), text, now_ms(), agent.uid, agent.nickname)
        first = await self._order(id, invite)
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

    async def _order(self, id: str, invite: Invite) -> bool:
        """Whether it is the first to that page."""
        asked: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._asked[invite.id] = asked
        try:
            await self._store.order(protocol.encode((id, invite)))
            async with asyncio.timeout(_ORDER_TIMEOUT):
                return await asked
        except TimeoutError:
            raise StoreAway from None
        finally:
            del self._asked[invite.id]

    def ordered(self, told: bytes) -> None:
        """One of any node's, in the order of the feed."""
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
            self._pages.changed(id)
        if (asked := self._asked.get(invite.id)) and not asked.done():
            asked.set_result(first)
