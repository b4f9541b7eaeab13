"""What administrators decide together, as this node has it: read again where the feed says that it has changed."""

import asyncio
from typing import Generic, Protocol, TypeVar

from app.chat.decision import Decision
from app.chat.errors import Refusal
from app.live.team import Team
from app.store.sessions import Session


class _InForce(Protocol):
    """What is decided, whatever of: `by` is who made the last change."""

    @property
    def by(self) -> str: ...


S = TypeVar("S", bound=_InForce)


class _Document(Protocol[S]):
    """Where it is kept."""

    async def read(self, initial: S) -> S: ...
    async def save(self, seen: int, decision: Decision, by: str) -> bool: ...
    async def tell(self) -> None: ...


class Decisions(Generic[S]):
    """The `settings` in force; `initial` counts until somebody decided otherwise."""

    def __init__(self, document: _Document[S], initial: S, team: Team) -> None:
        self._document, self._team = document, team
        self._initial = self.settings = initial
        self._reading = asyncio.Lock()

    async def load(self) -> None:
        """Read them again. Raises what the store raises."""
        async with self._reading:  # one after the other, so that the newest stays
            before, self.settings = self.settings, await self._document.read(self._initial)
        if self.settings != before:
            self.changed(before)

    def changed(self, before: S) -> None:
        """They are others than `before`."""

    async def save(self, seen: int, decision: Decision, session: Session) -> None:
        """Change them for an administrator who has seen version `seen`. Raises Refusal changed_meanwhile."""
        if not await self._document.save(seen, decision, session.uid):
            await self.load()
            if self.settings.by != session.uid or self._differs(decision):
                raise Refusal("changed_meanwhile", who=self._team.name(self.settings.by))
            # else it is ours, and only its answer was lost
        await self._document.tell()
        await self.load()

    def _differs(self, decision: Decision) -> bool:
        return any(getattr(self.settings, name) != value for name, value in decision.decided().items())

    def author(self) -> dict[str, str] | None:
        """Who made the last change, None where nobody did."""
        by = self.settings.by
        return {"uid": by, "nickname": self._team.name(by)} if by else None
