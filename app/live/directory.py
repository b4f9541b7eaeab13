"""Every visitor the shop ever had, here or not: a page at a time, newest first, all or those with a tag."""

import asyncio
from collections.abc import Sequence

from app.chat.errors import Refusal
from app.live.dashboard import Dashboard
from app.live.team import Team
from app.live.visitor_row import VisitorRow
from app.store.people import Visitor
from app.store.people_lookup import Met
from app.store.search import Found
from app.store.store import Store

MAX_VISITORS, USUAL_VISITORS = 100, 30


class Directory:
    """Looked up in the store; who is here is known by the dashboard."""

    def __init__(self, store: Store, dashboard: Dashboard, team: Team) -> None:
        self._store, self._dashboard, self._team = store, dashboard, team

    async def known(self, who: str) -> Visitor:
        """The visitor whose uid or nickname it is. Raises Refusal unknown_client."""
        return await self._store.people.known(who)

    async def page(self, cursor: str, label: str, limit: int) -> tuple[list[dict[str, object]], str]:
        """At most `limit` visitors as rows of the dashboard, from `cursor` on ("" for the newest), with the tag
        `label` unless that is ""; and the cursor of the next page, "" at the end. Raises Refusal bad_request."""
        found = await self._store.directory.recent(_place(cursor), label, limit + 1)
        visitors = await self._store.people.visitors([uid for _, uid in found[:limit]])
        rows = await self.rows(list(visitors.values()))
        score, uid = found[limit - 1] if len(found) > limit else (0, "")
        return rows, f"{score}-{uid}" if uid else ""

    async def called(self, text: str, cursor: str, limit: int) -> tuple[Found[Met], list[dict[str, object]]]:
        """A page of visitors whose names hold every word of `text`, as Search.people has it, and their rows."""
        found = await self._store.search.people(text, cursor, limit)
        return found, await self.rows([hit.visitor for hit in found.hits])

    async def rows(self, visitors: Sequence[Visitor]) -> list[dict[str, object]]:
        """These visitors as rows of the dashboard, in this order."""
        conversations, online = self._store.conversations, self._dashboard.is_online
        asked = (conversations.snapshot(visitor.uid, online=online(visitor.uid)) for visitor in visitors)
        return [
            VisitorRow.of(snapshot, visitor).whole(self._team.name, self._team.has_namesake)
            for snapshot, visitor in zip(await asyncio.gather(*asked), visitors, strict=True)
        ]

    async def whole(self, visitor: Visitor) -> dict[str, object]:
        """A visitor's row, with the pages that they looked at where these may be known."""
        (row,) = await self.rows([visitor])
        if pages := await self._store.whereabouts.pages(visitor.uid):
            row["context"] = {**(visitor.context | self._dashboard.place(visitor.uid)), "pages": pages}
        return row

    async def free_name(self, uid: str) -> None:
        """Give the visitor's name back: whoever takes it next starts anew. Raises Refusal visitor_here."""
        if self._dashboard.is_online(uid):
            raise Refusal("visitor_here")
        await self._store.people.release_nickname(uid)
        await self._store.sessions.revoke_all(uid)


def _place(cursor: str) -> tuple[int, str] | None:
    if not cursor:
        return None
    score, _, uid = cursor.partition("-")
    if not score.isdecimal() or len(score) > 16 or not uid.isalnum():
        raise Refusal("bad_request")
    return int(score), uid
