"""Customers in a run: they write before they log in, and are adopted or linked then; they log out, and come back; each
on two devices. What came of it is written down for the checker."""

import asyncio
import random
import secrets
from collections.abc import Awaitable, Callable, Iterator
from typing import TYPE_CHECKING, Any, TypeVar

from tests.clients.aio import call
from tests.clients.api import HttpError
from tests.clients.customers import Key
from tests.prove import checker
from tests.prove.journal import Customer, Frame, Login
from tests.prove.party import AGAIN, Tab

if TYPE_CHECKING:
    from tests.prove.run import Run

DEVICES = "ab"
# Messages before a log-in, and after it: often none, so that nothing but what was carried over makes somebody wait; and
# seconds between them.
BEFORE, AFTER, PAUSE = (0, 1, 1, 3), (0, 0, 2, 6), 0.3
# Log-ins of a customer at a device: fewer than a visitor's linked conversations that are kept.
VISITS = 10
# Seconds that the shop's word for them lasts: as long as any run.
LIFE = 6 * 3600
# What is said while a node, or the store, is away.
NOT_NOW = (429, 503, 507)

T = TypeVar("T")


class Customers:
    """Those of a run, in their shop's pages."""

    def __init__(self, run: "Run", key: Key) -> None:
        self._run, self._key = run, key
        self.logins: list[Login] = []
        self.uids: dict[str, None] = {}
        """Of every conversation that any of them ever had."""
        self.over: set[str] = set()
        """Those that go on in another."""

    async def live(self, who: str, device: str, pause: float) -> None:
        """One device, and at it one customer after another, until nobody begins anything more."""
        rng = random.Random(f"{self._run.plan.seed} {who} {device}")
        for number in self._numbers():
            name, sub = f"{who}{device}{number}", f"{who}-{number // VISITS}"
            await asyncio.sleep(rng.expovariate(1 / pause))
            token, adopt, anonymous = await self._begin(rng)
            before = await self._in(f"{name}n", anonymous, token, rng)
            await self._talk(before, rng.choice(BEFORE), rng)
            login = await self._log_in(sub, anonymous, token, adopt, rng)
            before.retire()
            if not login.uid:
                continue
            after = await self._in(f"{name}k", login.uid, login.token, rng)
            await self._talk(after, rng.choice(AFTER), rng)
            if rng.random() < 0.5:
                after.may_end = True
                await self._ask(rng, lambda url, token=login.token: _logout(url, token))  # type: ignore[misc]
            after.retire()

    def _numbers(self) -> Iterator[int]:
        number = 0
        while not self._run.is_enough:
            number += 1
            yield number

    async def _ask(self, rng: random.Random, ask: Callable[[str], Awaitable[T]]) -> T:
        """What every page does: ask again, whichever node, until there is an answer."""
        while True:
            try:
                return await ask(rng.choice(self._run.shop.urls()))
            except HttpError as refusal:
                halved = refusal.status == 400 and refusal.body is None  # as of files.attach
                if not halved and refusal.status not in NOT_NOW:
                    raise
            except OSError:
                pass
            await asyncio.sleep(AGAIN)

    async def _begin(self, rng: random.Random) -> tuple[str, str, str]:
        """Somebody who says nothing of themselves: token, what proves that they began, uid."""
        body = {"id": secrets.token_urlsafe(24)}
        made = await self._ask(rng, lambda url: call(url, "/login/widget", "", body))
        return made["token"], made["adopt"], made["uid"]

    async def _log_in(self, sub: str, anonymous: str, token: str, adopt: str, rng: random.Random) -> Login:
        """As who they are, in the page that began; as nobody, of uid "", where the product is broken."""
        body = {"identity": self._key.sign(sub, life=LIFE, nonce=rng.random()), "adopt": adopt}
        found = await self._ask(rng, lambda url: call(url, "/login/widget", token, body))
        uid, status = found["uid"], ""
        if uid:
            row = await self._ask(rng, lambda url: call(url, f"/v1/visitors/{uid}", self._run.admin))
            status = row["status"]
        login = Login(sub, uid, anonymous, former=token, token=found["token"], status=status)
        self.logins.append(login)
        if uid and uid != anonymous:
            self.over.add(anonymous)
        return login

    async def _in(self, name: str, uid: str, token: str, rng: random.Random) -> Tab:
        """A tab of theirs, followed by every agent."""
        self.uids[uid] = None
        for console in self._run.consoles:
            console.follow(uid)
        tab = self._run.tab(name, uid, "visitor", token, [uid])
        tab.may_end = name.endswith("n")
        self._run.spawn(tab.live())
        return tab

    async def _talk(self, tab: Tab, messages: int, rng: random.Random) -> None:
        for _ in range(messages):
            tab.say(tab.uid)
            await asyncio.sleep(rng.expovariate(1 / PAUSE))

    async def judged(self, logs: dict[str, list[Frame]]) -> tuple[checker.Verdict, dict[str, int]]:
        """The verdict on who became whom, and figures."""
        verdict = checker.check_customers(self.logins, await self.found(), await self.outlived(), logs)
        linked = sum(login.anonymous != login.uid for login in self.logins)
        return verdict, {"logins": len(self.logins), "linked": linked, "adopted": len(self.logins) - linked}

    async def found(self) -> list[Customer]:
        """What each of them finds in the end."""
        url = self._run.shop.nodes[0].url
        return [await self._found(url, sub) for sub in dict.fromkeys(login.sub for login in self.logins)]

    async def _found(self, url: str, sub: str) -> Customer:
        me = await call(url, "/login/widget", "", {"identity": self._key.sign(sub)})
        if not me["uid"]:
            return Customer(sub, "", {})
        linked: list[dict[str, Any]] = (await call(url, "/v1/me", me["token"]))["linked"]
        read = {one["uid"]: await call(url, f"/v1/msgs?linked={one['uid']}&limit=200", me["token"]) for one in linked}
        ids = {uid: [said["id"] for said in page] for uid, page in read.items()}
        return Customer(sub, me["uid"], ids)

    async def outlived(self) -> list[str]:
        """Of the sessions that a log-in should have ended, those that did not."""
        url = self._run.shop.nodes[0].url
        return [login.anonymous for login in self.logins if await _is_alive(url, login.former)]


async def _is_alive(url: str, token: str) -> bool:
    try:
        await call(url, "/v1/me", token)
    except HttpError as refusal:
        if refusal.status != 401:
            raise
        return False
    return True


async def _logout(url: str, token: str) -> None:
    try:
        await call(url, "/logout", token, {})
    except HttpError as refusal:
        if refusal.status != 401:  # a repeat, whose answer was lost
            raise
