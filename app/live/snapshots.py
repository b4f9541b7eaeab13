"""A snapshot of the shop, who holds what and who is where: taken from the store, then kept up with the feed."""

import asyncio
from contextlib import suppress

from app.chat.conversation import SAID_KINDS, Entry
from app.live.claims import Claims
from app.live.dashboard import Dashboard
from app.live.team import Team, attend
from app.store.errors import NotNow
from app.store.store import Store


class Snapshots:
    """Takes them for the team, the claims and the dashboard, which so show one moment."""

    def __init__(self, store: Store, team: Team, claims: Claims, dashboard: Dashboard) -> None:
        self._store, self._team, self._claims, self._dashboard = store, team, claims, dashboard
        self._taking = asyncio.Lock()
        self._meanwhile: list[Entry] | None = None  # the entries that the feed brings while the store is asked

    def apply(self, entry: Entry) -> None:
        """Keep up with the feed."""
        if self._meanwhile is not None:
            self._meanwhile.append(entry)
        if entry.kind not in SAID_KINDS:  # nothing that is said changes who holds a conversation
            self._claims.apply(entry)
        self._dashboard.apply(entry)
        self._team.apply(entry)  # last: who is told of it asks the others

    async def take(self) -> None:
        """Begin anew from the store. Raises what the store raises."""
        async with self._taking:  # one at a time: there is one list of entries that come meanwhile
            self._dashboard.expect()
            meanwhile = self._meanwhile = []
            online = await self._store.presence.online()
            conversations = await self._store.presence.open_conversations()
            uids = sorted(conversations | {uid for uid in online if uid.startswith("v")})
            snapshots = await asyncio.gather(
                *(self._store.conversations.snapshot(uid, online=uid in online) for uid in uids)
            )
            visitors = await self._store.people.visitors(uids)
            agents = {uid for uid in online if uid.startswith("a")}
            self._dashboard.load(snapshots, visitors, agents)
            for entry in meanwhile:
                attend(agents, entry)
            self._team.load_online(agents)
            self._claims.load({snapshot.uid: snapshot.state for snapshot in snapshots})
            for entry in meanwhile:
                self._claims.apply(entry)
            self._meanwhile = None

    async def meet(self, uid: str) -> None:
        """Ask for a visitor the dashboard does not know."""
        with suppress(NotNow):  # what happens next in that conversation asks again
            visitor = await self._store.people.visitor(uid)
            if visitor is not None:
                self._dashboard.add(await self._store.conversations.snapshot(uid, online=False), visitor)
