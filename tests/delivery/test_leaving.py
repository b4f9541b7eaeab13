"""Who answers, and whether they are here: the visitor hears of each coming and going once, in both modes."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from app.live.timings import SCALE
from tests.clients import aio, api
from tests.clients.party import Party
from tests.running import PATIENCE, Chatadmin, in_time, wait_until

CLOSED = 5  # s after which who closed the page is offline, by the contract
ENTERED, LEFT = 2, 3  # plain mode's `type`


@dataclass
class Visit:
    """A visitor with a page in full mode and one in plain mode; Bo and Cleo, who answer."""

    url: str
    boss: str
    bo: str
    cleo: str
    uid: str
    full: Party
    plain: Party
    consoles: list[Party] = field(default_factory=list)

    async def console(self, token: str) -> Party:
        """One more console of an agent, with no conversation open."""
        console = Party(self.url, token, f"c{len(self.consoles)}")
        await console.connect(self.uid)
        self.consoles.append(console)
        return console

    async def post(self, act: str, token: str, **body: object) -> None:
        """Claim, release, transfer or resolve."""
        await aio.call(self.url, f"/v1/conversations/{self.uid}/{act}", token, body, PATIENCE)

    def online(self, agent: str) -> bool:
        """Whether the team's list has the agent as here."""
        return any(one["online"] for one in api.call(self.url, "/v1/agents", self.boss) if one["nickname"] == agent)

    def told(self) -> list[tuple[str, bool]]:
        """What the full page knows of who answers, as it changed: name, and whether they are here."""
        return [
            (frame["holder"]["nickname"], frame["holder"]["here"])
            for frame in self.full.frames
            if frame["type"] == "holder"
        ]

    def heard(self) -> list[tuple[int, str]]:
        """Who came and who left, as the plain page was told."""
        return [
            (frame["type"], frame["user"]["nickname"])
            for frame in self.plain.frames
            if frame["type"] in (ENTERED, LEFT)
        ]

    async def hears(self, *expected: tuple[int, str]) -> None:
        """Wait until the plain page was told just that."""
        await self.plain.until(lambda: self.heard() == list(expected), f"{expected}")


@pytest.fixture
def tell(start_chatadmin: Callable[..., Chatadmin]) -> Callable[..., None]:
    """Tell a story of a `Visit`; `scale` shortens what the minute decides."""

    def telling(story: Callable[[Visit], object], scale: str = "") -> None:
        running = start_chatadmin(env={SCALE: scale} if scale else {})
        boss = api.set_up(running.url, running.setup_secret)
        for name in ("Bo", "Cleo"):
            api.add_agent(running, name, "another long password")
        bo, cleo = (api.login(running.url, name, "another long password")[0] for name in ("Bo", "Cleo"))
        token, uid = api.login(running.url, "guest")
        full, plain = Party(running.url, token, "f"), Party(running.url, token, "p", plain=True)
        visit = Visit(running.url, boss, bo, cleo, uid, full, plain)

        async def told() -> None:
            await full.connect()
            await plain.connect()
            await story(visit)  # type: ignore[misc]
            for party in (full, plain, *visit.consoles):
                assert not party.faults
                party.drop()

        asyncio.run(told())

    return telling


def test_a_holder_who_closes_the_page_is_told_to_have_left_and_to_be_back(tell: Callable[..., None]) -> None:
    async def story(visit: Visit) -> None:
        console = await visit.console(visit.bo)
        await visit.post("claim", visit.bo)
        await visit.hears((ENTERED, "Bo"))
        joined = next(frame for frame in visit.full.frames if frame["type"] == "joined")
        assert joined["holder"] is None

        await console.close()
        reloaded, closed = await visit.console(visit.bo), time.monotonic()
        await reloaded.close()
        await visit.hears((ENTERED, "Bo"), (LEFT, "Bo"))
        assert in_time(closed, CLOSED, slack=12)
        await visit.full.until(lambda: visit.told() == [("Bo", False)], "the leaving")
        late = Party(visit.url, visit.full.token, "late")
        await late.connect()
        (joined,) = [frame for frame in late.frames if frame["type"] == "joined"]
        assert (joined["holder"]["nickname"], joined["holder"]["here"]) == ("Bo", False)
        late.drop()

        await visit.console(visit.bo)
        await visit.hears((ENTERED, "Bo"), (LEFT, "Bo"), (ENTERED, "Bo"))
        await visit.full.until(lambda: visit.told() == [("Bo", False), ("Bo", True)], "the return")

    tell(story)


def test_two_browsers_of_an_agent_are_one_agent(tell: Callable[..., None]) -> None:
    async def story(visit: Visit) -> None:
        first, second = await visit.console(visit.bo), await visit.console(visit.bo)
        await visit.post("claim", visit.bo)
        await first.close()
        cleo = await visit.console(visit.cleo)
        await cleo.close()
        await asyncio.to_thread(wait_until, lambda: not visit.online("Cleo"), "Cleo's leaving, behind any of Bo's")
        assert visit.heard() == [(ENTERED, "Bo")]
        await second.close()
        await visit.hears((ENTERED, "Bo"), (LEFT, "Bo"))
        assert visit.told() == [("Bo", False)]

    tell(story)


def test_after_a_minute_it_is_taken_back_and_nothing_is_told_twice(tell: Callable[..., None]) -> None:
    async def story(visit: Visit) -> None:
        console = await visit.console(visit.bo)
        await visit.post("claim", visit.bo)
        visit.full.say(1, "hello")
        await console.close()
        await visit.full.until(lambda: visit.full.entries[-1].get("kind") == "released", "the release")
        assert visit.full.entries[-1]["reason"] == "away"
        await visit.console(visit.bo)
        await visit.post("claim", visit.bo)
        await visit.hears((ENTERED, "Bo"), (LEFT, "Bo"), (ENTERED, "Bo"))
        kinds = [entry.get("kind") for entry in visit.full.entries]
        assert [kind for kind in kinds if kind in ("claimed", "released")] == ["claimed", "released", "claimed"]
        assert visit.told() == [("Bo", False)]

    tell(story, "0.2")


@pytest.mark.parametrize("act", ["release", "resolve"])
def test_whoever_lets_go_leaves_once_though_the_page_is_closed_after(tell: Callable[..., None], act: str) -> None:
    async def story(visit: Visit) -> None:
        console = await visit.console(visit.bo)
        await visit.post("claim", visit.bo)
        await visit.post(act, visit.bo)
        await visit.hears((ENTERED, "Bo"), (LEFT, "Bo"))
        await console.close()
        await visit.full.until(lambda: _attended(visit) == [True, False], "the last one's leaving")
        assert visit.heard() == [(ENTERED, "Bo"), (LEFT, "Bo")]
        assert visit.told() == []

    tell(story)


def test_a_hand_over_and_a_take_over_tell_who_left_and_who_came(tell: Callable[..., None]) -> None:
    async def story(visit: Visit) -> None:
        for token in (visit.bo, visit.cleo, visit.boss):
            await visit.console(token)
        await visit.post("claim", visit.bo)
        await visit.post("transfer", visit.bo, to="Cleo", note="likes tea")
        handed = [(ENTERED, "Bo"), (LEFT, "Bo"), (ENTERED, "Cleo")]
        await visit.hears(*handed)
        await visit.full.until(lambda: visit.full.entries[-1].get("kind") == "claimed", "the claim")
        await visit.full.until(lambda: visit.full.entries[-1]["user"]["nickname"] == "Cleo", "Cleo")
        assert visit.full.entries[-1]["from"]["nickname"] == "Bo"
        assert "likes tea" not in str(visit.full.frames + visit.plain.frames)
        await visit.post("claim", visit.boss, take_over=True)
        await visit.hears(*handed, (LEFT, "Cleo"), (ENTERED, "Anna"))

    tell(story)


def test_a_plain_connection_that_closes_is_told_once(tell: Callable[..., None]) -> None:
    async def story(visit: Visit) -> None:
        agent = Party(visit.url, visit.bo, "b", client=visit.uid, plain=True)
        await agent.connect()
        await visit.hears((ENTERED, "Bo"))
        await agent.close()
        await visit.hears((ENTERED, "Bo"), (LEFT, "Bo"))
        await visit.full.until(lambda: _attended(visit) == [True, False], "the last one's leaving")
        assert visit.heard() == [(ENTERED, "Bo"), (LEFT, "Bo")]

    tell(story)


def test_logging_out_leaves(tell: Callable[..., None]) -> None:
    async def story(visit: Visit) -> None:
        await visit.console(visit.bo)
        await visit.post("claim", visit.bo)
        await visit.hears((ENTERED, "Bo"))
        left = time.monotonic()
        await aio.call(visit.url, "/logout", visit.bo, {}, PATIENCE)
        await visit.hears((ENTERED, "Bo"), (LEFT, "Bo"))
        assert in_time(left, CLOSED, slack=12)

    tell(story)


def test_pages_hear_whether_anybody_is_left_who_answers(tell: Callable[..., None]) -> None:
    async def story(visit: Visit) -> None:
        console = await visit.console(visit.bo)
        await visit.full.until(lambda: _attended(visit) == [True], "Bo")
        await aio.call(visit.url, "/v1/me/status", visit.bo, {"accepting": False}, PATIENCE)
        await visit.full.until(lambda: _attended(visit) == [True, False], "that Bo is away")
        await aio.call(visit.url, "/v1/me/status", visit.bo, {"accepting": True}, PATIENCE)
        await visit.full.until(lambda: _attended(visit) == [True, False, True], "that Bo is back")
        closed = time.monotonic()
        await console.close()
        await visit.full.until(lambda: _attended(visit) == [True, False, True, False], "Bo's leaving")
        assert in_time(closed, CLOSED, slack=12)
        assert not (await aio.call(visit.url, "/v1/desk", timeout=PATIENCE))["agents_online"]

    tell(story)


def _attended(visit: Visit) -> list[bool]:
    return [frame["agents_online"] for frame in visit.full.frames if frame["type"] == "desk"]
