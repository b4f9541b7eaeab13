"""A plain connection of an agent is their claim, whichever node it is on; the last of them gives it back."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from tests.clients import api
from tests.clients.party import Party
from tests.running import PATIENCE, Chatadmin, Valkey, wait_until


class Desk:
    """Two nodes on one store, and a visitor who is here and has written."""

    def __init__(self, nodes: list[Chatadmin]) -> None:
        self.nodes = nodes
        self.here, self.there = (node.url for node in nodes)
        self.anna = api.set_up(self.here, nodes[-1].setup_secret)  # the link printed last is the one that counts
        self.token, self.uid = api.login(self.here, "guest")

    def run(self, story: Callable[[], Awaitable[None]]) -> None:
        """Tell the story while the visitor is here."""

        async def told() -> None:
            visitor = Party(self.here, self.token, "v")
            await visitor.connect()
            visitor.say(1, "hello")
            await visitor.next("ack")
            await story()
            visitor.drop()

        asyncio.run(told())

    async def open(self, url: str) -> Party:
        """A plain connection of Anna's."""
        party = Party(url, self.anna, "a", client=self.uid, plain=True)
        await party.connect()
        return party

    def row(self) -> dict[str, Any]:
        """The conversation as the other node lists it."""
        rows = api.call(self.there, "/v1/users", self.anna)
        return next(row for row in rows if row["uid"] == self.uid)

    async def until(self, status: str, patience: float = PATIENCE) -> None:
        """Wait until it stands so."""
        await asyncio.to_thread(wait_until, lambda: self.row()["status"] == status, status, patience)

    def events(self) -> list[str]:
        """What happened to it, as its history tells."""
        entries = api.history(self.there, self.anna, self.uid)
        return [entry["kind"] for entry in entries if entry["type"] == "event"]


@pytest.fixture
def desk(start_chatadmin: Callable[..., Chatadmin], start_store: Callable[..., Valkey]) -> Desk:
    store = start_store()
    return Desk([start_chatadmin("--redis", store.url) for _ in range(2)])


@pytest.mark.parametrize("first_to_go", [0, 1], ids=["the one that claimed", "the other"])
def test_a_claim_lasts_until_the_last_connection_on_any_node_is_gone(desk: Desk, first_to_go: int) -> None:
    async def story() -> None:
        parties = [await desk.open(desk.here), await desk.open(desk.there)]
        await desk.until("held")
        await parties.pop(first_to_go).close()
        (left,) = parties
        for n in (1, 2):  # the second is answered after whatever the close of the first has brought about
            left.say(n, f"still here {n}")
            await asyncio.to_thread(
                wait_until, lambda n=n: desk.row()["last"]["content"] == f"still here {n}", "the message"
            )
        assert desk.events() == ["entered", "claimed"]
        await left.close()
        await desk.until("waiting")
        assert desk.events() == ["entered", "claimed", "released"]

    desk.run(story)


def test_a_connection_on_a_node_that_died_keeps_nothing(desk: Desk) -> None:
    async def story() -> None:
        await desk.open(desk.there)
        here = await desk.open(desk.here)
        await desk.until("held")
        desk.there = desk.here
        await here.close()
        desk.nodes[1].cut_off()
        console = Party(desk.here, desk.anna, "c")  # so that it is not for Anna's absence
        await console.connect(desk.uid)
        await desk.until("waiting", 22 + PATIENCE)  # 12 s until it counts as dead, two beats of 4 s, a look every 4 s
        console.drop()

    desk.run(story)


def test_a_claim_that_was_not_taken_by_a_plain_connection_is_not_given_back_by_one(desk: Desk) -> None:
    async def story() -> None:
        await asyncio.to_thread(api.call, desk.here, f"/v1/conversations/{desk.uid}/claim", desk.anna, {})
        await (await desk.open(desk.here)).close()
        last = await desk.open(desk.there)
        last.say(1, "still mine")
        await asyncio.to_thread(wait_until, lambda: desk.row()["last"]["content"] == "still mine", "the message")
        await last.close()
        assert desk.events() == ["entered", "claimed"]

    desk.run(story)
