"""The delivery core against a model: whatever tabs and agents do, in whatever order, over real sockets.

Each example is a visitor with three tabs and two agents who send, repeat, skip, drop, resume and take the
conversation from each other. Afterwards everybody offers again what was not acknowledged, and then one copy of each
acknowledged message must be in the log, contiguous, in the order of its tab, and the same at every party.
"""

import asyncio
import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.clients import api
from tests.clients.api import HttpError
from tests.clients.party import Party
from tests.running import Chatadmin

TABS, AGENTS = 3, 2
_names = itertools.count()


@dataclass
class Shop:
    """The running product, an administrator and a colleague."""

    url: str
    admin: str
    agents: list[tuple[str, str]] = field(default_factory=list)


@pytest.fixture(scope="module", params=[1, 2], ids=["one worker", "two workers"])
def shop(request: pytest.FixtureRequest) -> Iterator[Shop]:
    limits = {"messages_per_second": 0, "logins_per_minute": 0, "connections_per_address": 0}
    with Chatadmin(config={"limits": limits, "workers": request.param}) as running:
        admin = api.set_up(running.url, running.setup_secret)
        api.add_agent(running, "Ben", "another long password")
        agents = [api.login(running.url, "Anna", "correct horse battery")]
        agents.append(api.login(running.url, "Ben", "another long password"))
        yield Shop(running.url, admin, agents)


class Story:
    """One example as it runs: the parties, and what the model expects of them."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop
        token, self.uid = api.login(shop.url, f"guest{next(_names)}")
        self.visitors = [Party(shop.url, token, f"v{n}") for n in range(TABS)]
        self.agents = [Party(shop.url, token, f"a{n}") for n, (token, _) in enumerate(shop.agents)]
        self.next: dict[str, int] = {}

    async def run(self, steps: list[tuple[str, int, int]]) -> None:
        for visitor in self.visitors:
            await visitor.connect()
        for agent in self.agents:
            await agent.connect(self.uid)
        for action, who, amount in steps:
            await getattr(self, action)(who, amount)
        await self.settle()

    # -- what may happen ----------------------------------------------------------------------------------------

    async def send(self, who: int, amount: int) -> None:
        """A few messages at once, not waiting for acknowledgements."""
        party = self.visitors[who % TABS]
        for _ in range(amount % 4 + 1):
            n = self.next[party.tab] = self.next.get(party.tab, 0) + 1
            party.say(n, f"{party.tab} says {n}")

    async def repeat(self, who: int, amount: int) -> None:
        """One of the last messages again, as after a lost acknowledgement."""
        party = self.visitors[who % TABS]
        if recent := list(party.sent.items())[-1 - amount % 4 :]:
            id, content = recent[0]
            party.say(int(id.partition(".")[2]), content)

    async def skip(self, who: int, amount: int) -> None:
        """A number that leaves one out must be refused, and must not count."""
        party = self.visitors[who % TABS]
        party.send(
            {"type": "send", "id": f"{party.tab}.{self.next.get(party.tab, 0) + 2 + amount}", "content": "skipped"}
        )

    async def other(self, who: int, amount: int) -> None:
        """An id that is taken, with other words."""
        party = self.visitors[who % TABS]
        if acked := list(party.acked)[-1:]:
            party.send({"type": "send", "id": acked[0], "content": "other words"})

    async def drop(self, who: int, amount: int) -> None:
        """A connection is cut, and comes back from the place it held."""
        party = self.visitors[who % TABS]
        party.drop()
        await party.until(lambda: not party.connected, "the cut")
        await party.connect()

    async def hand(self, who: int, amount: int) -> None:
        """The conversation changes hands, or somebody tries."""
        token, _ = self.shop.agents[who % AGENTS]
        action = ("claim", "claim", "release", "transfer", "resolve")[amount % 5]
        body = {"to": self.shop.agents[(who + 1) % AGENTS][1]} if action == "transfer" else {}
        try:
            await asyncio.to_thread(
                api.call, self.shop.url, f"/v1/conversations/{self.uid}/{action}", token, body, "POST"
            )
        except HttpError as refusal:
            if refusal.body["code"] not in ("claimed", "not_yours"):
                raise

    async def answer(self, who: int, amount: int) -> None:
        """An agent writes, holder or not: with a new tab's first number, which a refusal does not use up."""
        agent = self.agents[who % AGENTS]
        n = self.next[agent.tab] = self.next.get(agent.tab, 0) + 1
        agent.tab = f"a{who % AGENTS}x{n}"
        agent.say(1, f"answer {n} of {who % AGENTS}", self.uid)

    async def redo(self, who: int, amount: int) -> None:
        """An agent's connection is cut, and comes back."""
        agent = self.agents[who % AGENTS]
        agent.drop()
        await agent.until(lambda: not agent.connected, "the cut")
        await agent.connect(self.uid)

    # -- and then -----------------------------------------------------------------------------------------------

    async def settle(self) -> None:
        """Everybody offers again, in order, what was not acknowledged; then everybody has everything."""
        for party in self.visitors:
            for id, content in party.sent.items():
                if id not in party.acked:
                    party.say(int(id.partition(".")[2]), content)
                    await party.until(lambda p=party, i=id: i in p.acked, f"the acknowledgement of {id}")
        token = self.shop.admin
        newest = (await asyncio.to_thread(api.history, self.shop.url, token, self.uid))[-1]["seq"]
        for party in (*self.visitors, *self.agents):
            await party.until(lambda p=party: p.place and p.place[1] >= newest, f"entry {newest}")

    def check(self, log: list[dict[str, Any]]) -> None:
        assert [entry["seq"] for entry in log] == list(range(1, len(log) + 1))
        messages = {entry["id"]: entry for entry in log if entry["type"] == "message"}
        assert len(messages) == sum(entry["type"] == "message" for entry in log), "an id is in the log twice"
        for party in (*self.visitors, *self.agents):
            assert not party.faults, party.faults
            for id, seq in party.acked.items():
                assert messages[id]["seq"] == seq
                assert messages[id]["content"] == party.sent[id]
            told = [(entry["seq"], entry.get("id")) for entry in party.entries]
            assert told == [(entry["seq"], entry.get("id") if not _hidden(party, entry) else None) for entry in log], (
                f"{party.tab} was told something else"
            )
        for party in self.visitors:
            mine = [
                entry["id"] for entry in log if entry["type"] == "message" and entry["id"].startswith(f"{party.tab}.")
            ]
            assert mine == [f"{party.tab}.{n}" for n in range(1, len(mine) + 1)]
            assert set(mine) == set(party.sent)
        self._check_holders(log)

    def _check_holders(self, log: list[dict[str, Any]]) -> None:
        """Nobody writes into a conversation they do not hold, and nobody takes one that is held."""
        holder = ""
        for entry in log:
            author = entry["user"]["uid"]
            if entry["type"] == "message":
                assert entry["user"]["role"] == "visitor" or author == holder
            elif entry["kind"] == "claimed":
                assert holder in ("", author), "claimed while another held it"
                holder = author
            elif entry["kind"] == "transferred":
                assert author == holder
                holder = entry["to"]["uid"]
            elif entry["kind"] in ("released", "resolved"):
                holder = ""


def _hidden(party: Party, entry: dict[str, Any]) -> bool:
    return party.tab.startswith("v") and entry.get("kind") == "transferred"


_step = st.tuples(
    st.sampled_from(("send", "send", "repeat", "skip", "other", "drop", "hand", "hand", "answer", "answer", "redo")),
    st.integers(0, 5),
    st.integers(0, 9),
)


@settings(max_examples=60, deadline=None, print_blob=True, suppress_health_check=list(HealthCheck))
@given(steps=st.lists(_step, min_size=5, max_size=40))
def test_any_interleaving_leaves_one_copy_of_everything_in_one_order(
    shop: Shop, steps: list[tuple[str, int, int]]
) -> None:
    async def example() -> None:
        story = Story(shop)
        try:
            await story.run(steps)
            log = await asyncio.to_thread(api.history, shop.url, shop.admin, story.uid)
            story.check(log)
        finally:
            for party in (*story.visitors, *story.agents):
                party.drop()

    asyncio.run(example())
