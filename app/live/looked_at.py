"""A page of the shop's that is looked at: as it tells of itself, as nodes tell of it, and as agents see it."""

from typing import NamedTuple

import msgspec

from app.chat import pages, protocol
from app.chat.pages import Context

# Pages before the present one that are known of who has not written: in memory, of anybody who says so.
_MOST_BEFORE = 10


class Invite(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """A word to who looks at a page: of an agent (`by`, uid, and their name), or by a `trigger`. `at`: unix ms."""

    id: str
    text: str
    at: int
    by: str = ""
    nickname: str = ""
    trigger: str = ""

    @property
    def author(self) -> dict[str, str]:
        """The agent."""
        return {"uid": self.by, "nickname": self.nickname}


class Look(NamedTuple):
    """What a page tells: where somebody is, with which browser, in whose visit (live/visits.py), and what they read.

    `quiet`: they have closed the chat, or what it said, in this tab. `trail`: pages before this one may be known.
    """

    context: Context
    browser: str = ""
    visit: str = ""
    language: str = "en"
    visible: bool = True
    quiet: bool = False
    trail: bool = False


class Page(msgspec.Struct, kw_only=True, gc=False):
    """A page as long as it lives, by the random name of that life.

    `since`, `seen_at`: unix ms; `moved_at`: since when it has this address. `invite`: an agent's, and `given`, whether
    the page has it. `said`: ids of the triggers that spoke at this address; `saying`: what one is about to say, and at
    `saying_at`. `visitor`: uid of who looked at it and has written. `heard`: by the node's own clock, and `ours`: by
    this node itself, not by the feed.
    """

    id: str
    context: Context = Context()
    browser: str = ""
    visit: str = ""
    since: int = 0
    seen_at: int = 0
    moved_at: int = 0
    visible: bool = True
    quiet: bool = False
    trail: bool = False
    invite: Invite | None = None
    given: bool = False
    said: list[str] = []
    saying: Invite | None = None
    saying_at: int = 0
    visitor: str = ""
    heard: float = 0.0
    ours: bool = True

    def look(self, look: Look, now: int) -> bool:
        """It tells of itself anew; whether anything is to be seen of that."""
        context, told = self.context, look.context
        before = (context.page, context.title, self.visible, self.quiet, self.trail)
        changed = before != (told.page, told.title, look.visible, look.quiet, look.trail)
        if changed:
            trail = context.pages if look.trail else []
            if context.page != told.page:
                trail = self.path() if look.trail else []
                self.said, self.moved_at = [], now
            # Where they came from they say on the first.
            self.context = msgspec.structs.replace(context, page=told.page, title=told.title, pages=trail)
            self.visible, self.quiet = look.visible, look.quiet
        self.trail, self.seen_at = look.trail, now
        return changed

    def path(self) -> list[pages.Page]:
        """Their pages until now, with this one."""
        here = pages.Page(self.context.page, self.context.title, protocol.timestamp(self.moved_at))
        return [*self.context.pages, here][-_MOST_BEFORE:]

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
            "quiet": self.quiet,
        }
        return shown | ({"invited": self.invited(self.invite)} if self.invite else {})

    def invited(self, invite: Invite) -> dict[str, object]:
        """An agent's word to them, as agents see it. `shown`: whether the page has it."""
        at = protocol.timestamp(invite.at)
        return {"text": invite.text, "at": at, "by": invite.author, "shown": self.given}
