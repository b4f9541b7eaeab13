"""Initial data: the answers to a page's first questions, sent with it, so that it can be used before it has asked.

What cannot be had now is left out, and the page asks as ever: it is served while the store is away too.
"""

import asyncio
from contextlib import suppress
from typing import Any, Literal

from quart import request

from app.chat.errors import Refusal
from app.live import history
from app.store.errors import NotNow
from app.store.sessions import Session
from app.web.context import host, language, node
from app.web.login import introduced, seen
from app.web.messages import newest
from app.web.session import Kind, session_of

# Seconds. A page that comes without is better than one that does not come.
GATHER_TIMEOUT = 1.0


class InitialData:
    """`answers`: by path, `{status, body}`, as a script takes them; `session`: whose they are, None for nobody's.

    `vacant`: a console at which nobody can log in, since there is no administrator yet. `siteless`: one of a shop whose
    chat no site may show yet.
    """

    def __init__(self) -> None:
        self.answers: dict[str, Any] = {}
        self.session: Session | None = None
        self.vacant = self.siteless = False

    async def gather(self, kind: Kind | Literal["frame"]) -> "InitialData":
        """What the page of this kind of people asks first; what is not there in time is left out.

        A "frame" on another site is a visitor's page, which has no cookie.
        """
        if node().unfinished:
            return self
        with suppress(Refusal, NotNow, TimeoutError):  # the page will ask, and say what is wrong
            async with asyncio.timeout(GATHER_TIMEOUT):
                await {"visitor": self._visitor, "agent": self._agent, "frame": self._desk}[kind]()
        return self

    async def _desk(self) -> None:
        self._add("/v1/desk", {"value": await node().shop.visitor_view(language())})

    async def _visitor(self) -> None:
        await self._desk()
        session = await self._me("visitor")
        if session is not None:
            await seen(session, _came_from())
            asked = f"/v1/msgs?as=visitor&client={session.uid}&frames=1&limit={history.USUAL_ENTRIES}"
            self._add(asked, await newest(session))

    async def _agent(self) -> None:
        if await self._me("agent") is None:
            self.vacant = not await node().people.has_admin()
        self.siteless = not node().widget.sites

    async def _me(self, kind: Kind) -> Session | None:
        try:
            session = await session_of(kind)
        except Refusal as refusal:
            if refusal.code != "no_session":
                raise
            session = None
        if session is None or session.kind != kind:
            self._add(f"/v1/me?as={kind}", {"code": "no_session"}, 401)
            return None
        self.session = session
        self._add(f"/v1/me?as={kind}", {"value": await introduced(session)})
        return session

    def _add(self, path: str, body: dict[str, Any], status: int = 200) -> None:
        self.answers[path] = {"status": status, "body": body}


def _came_from() -> str:
    """The page that led here, as far as that site lets it be known; our own is none."""
    referrer = request.headers.get("Referer", "")
    return "" if referrer.startswith((f"https://{host()}/", f"http://{host()}/")) else referrer
