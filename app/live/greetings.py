"""What the shop says by itself to who looks at a page: judged whenever the page tells that it is there.

It is judged here and not in the page, which so needs no rule, and cannot know who of the team is there, or what was
said on the page before.
"""

import secrets
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping

from app.chat.triggers import Trigger, due
from app.live.clock import now_ms
from app.live.looked_at import Invite, Page
from app.live.visits import Visits


class Greetings:
    """`attended()`: whether an agent is there who takes conversations. `shown(times, now)` keeps how often each trigger
    has spoken."""

    def __init__(
        self,
        visits: Visits,
        triggers: Callable[[], tuple[Trigger, ...]],
        attended: Callable[[], bool],
        shown: Callable[[Mapping[str, int], int], Awaitable[object]],
    ) -> None:
        self._visits, self._triggers, self._attended, self._shown = visits, triggers, attended, shown
        self._counts: Counter[str] = Counter()

    def settle(self, page: Page, now: int) -> None:
        """The page tells something, or was left, at `now` (unix ms): what was to be said before that was, and else will
        not be."""
        saying, page.saying = page.saying, None
        if saying is not None and page.saying_at <= now:
            page.said = [*page.said, saying.trigger]
            self._visits.note(page.visit, had=saying.trigger)
            self._counts[saying.trigger] += 1

    def next(self, page: Page, language: str, now: int, until: int) -> tuple[Invite, float] | None:
        """What is said on a page before `until` (unix ms), by who reads `language`, and in how many seconds."""
        triggers = self._triggers()
        if not triggers or page.visitor or page.invite or page.quiet or not page.visible:
            return None
        found = due(
            triggers,
            page=page.context.page,
            seconds_here=(now - page.moved_at) / 1000,
            attended=self._attended(),
            had=set(self._visits.of(page.visit).had),
            had_here=set(page.said),
        )
        if found is None or now + found[1] * 1000 >= until:
            return None
        trigger, after_s = found
        page.saying_at = now + round(after_s * 1000)
        page.saying = Invite(secrets.token_urlsafe(12), trigger.said(language), page.saying_at, trigger=trigger.id)
        self._visits.note(page.visit, word=page.saying)
        return page.saying, after_s

    async def count(self) -> None:
        """Once a second: keep how often each has spoken since. Raises what the store raises; then it is not kept."""
        counts, self._counts = self._counts, Counter()
        if counts:
            await self._shown(counts, now_ms())
