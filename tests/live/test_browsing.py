"""Who looks at the shop's pages: told by each node to the others, heard less often when they are many, forgotten."""

from typing import Any

import pytest

from app.chat.conversation import Entry
from app.chat.errors import Refusal
from app.chat.pages import Context
from app.live import browsing as module
from app.live.browsing import LATEST, SOONEST, Browsing
from app.store.errors import StoreAway
from app.store.sessions import Session

OLGA = Session("hash", "aolga", "agent", "Olga", "admin", 0, 0)
HERE = Context(page="https://shop.example.com/tea", title="Tea")


class Nodes:
    """Some of a shop, with a clock of ours, and the feed between them: what one tells all hear, in one order."""

    def __init__(self, count: int, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 1000.0
        monkeypatch.setattr(module, "now_ms", lambda: int(self.now * 1000))
        self.away = False
        self.told: list[bytes] = []
        self.nodes = [self._node(f"node {number}") for number in range(count)]
        self.changed: list[str] = []

    def _node(self, boot: str) -> Browsing:
        made: Any = Browsing(self, lambda: self.now, lambda: boot)  # type: ignore[arg-type]
        made.changed = lambda id: self.changed.append(id)
        return made  # type: ignore[no-any-return]

    async def tell(self, news: bytes, boot: str) -> None:
        """The feed."""
        if self.away:
            raise StoreAway
        self.told.append(news)
        for node in self.nodes:
            node.apply(Entry("", 0, 0, "browsing", boot, "s", "", 0, news, None))

    async def sweep(self) -> None:
        """A second passes."""
        self.now += 1
        boots = {f"node {number}" for number in range(len(self.nodes))}
        for number, node in enumerate(self.nodes):
            try:
                await node.sweep(boots - {f"node {number}"})
            except StoreAway:
                assert self.away

    def ids(self) -> list[list[object]]:
        """Whom each of them shows."""
        return [[row["id"] for row in node.rows()] for node in self.nodes]


def hear(node: Browsing, id: str, page: str = HERE.page, **more: Any) -> module.Answer:
    return node.hear(id, Context(page=page), "", visible=True, **more)


def test_the_more_there_are_the_less_often_each_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    (browsing,) = Nodes(1, monkeypatch).nodes
    told = {number: hear(browsing, f"page {number}").next_s for number in range(1, 7001)}
    assert (told[1], told[750], told[751], told[3000], told[6000], told[7000]) == (SOONEST, 15, 16, 60, LATEST, LATEST)
    assert len(browsing) == 6000  # however many there are
    assert hear(browsing, "page 7000").next_s == LATEST
    for number in range(1001, 7001):
        browsing.leave(f"page {number}")
    assert len(browsing) == 0


async def test_who_is_not_heard_of_for_three_minutes_has_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    nodes = Nodes(2, monkeypatch)
    one, other = nodes.nodes
    hear(one, "a")
    hear(one, "b")
    await nodes.sweep()
    for _ in range(4):
        nodes.now += 45
        hear(other, "a")  # whichever node hears of it
        await nodes.sweep()
    assert nodes.ids() == [["a"], ["a"]]
    assert nodes.changed[-2:] == ["b", "b"]


async def test_nodes_tell_each_other_what_is_new_and_one_alone_tells_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    nodes = Nodes(1, monkeypatch)
    hear(nodes.nodes[0], "a")
    await nodes.sweep()
    assert nodes.told == []
    nodes.nodes.append(nodes._node("node 1"))  # who has come is told everything
    await nodes.sweep()
    assert nodes.ids() == [["a"], ["a"]]
    hear(nodes.nodes[1], "a")
    await nodes.sweep()
    assert nodes.told[-1] == b'{"heard":["a"]}'
    nodes.away = True
    hear(nodes.nodes[0], "b")
    nodes.nodes[1].leave("a")
    await nodes.sweep()
    nodes.away = False
    await nodes.sweep()
    assert nodes.ids() == [["b"], ["b"]]
    nodes.nodes[1] = nodes._node("node 1")  # one that missed it asks
    await nodes.nodes[1].ask()
    await nodes.sweep()
    assert nodes.ids() == [["b"], ["b"]]


async def test_what_was_heard_before_undoes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    nodes = Nodes(2, monkeypatch)
    one, other = nodes.nodes
    hear(one, "a", "https://shop.example.com/1")
    hear(one, "b")
    hear(one, "c")
    nodes.now += 0.1
    hear(other, "a", "https://shop.example.com/2")
    other.leave("b")
    assert other.wrote("c") is None
    await nodes.sweep()
    await nodes.sweep()
    assert nodes.ids() == [["a"], ["a"]]
    assert {node.rows()[0]["context"].page for node in nodes.nodes} == {"https://shop.example.com/2"}  # type: ignore[attr-defined]
    hear(one, "c")  # who has written does not come back while that page lives
    nodes.now += 0.1
    hear(one, "b")  # but who comes back to a page that was left
    await nodes.sweep()
    assert nodes.ids() == [["a", "b"], ["a", "b"]]


async def test_of_two_greetings_the_first_in_the_feed_is_it(monkeypatch: pytest.MonkeyPatch) -> None:
    nodes = Nodes(2, monkeypatch)
    one, other = nodes.nodes
    hear(one, "a")
    await nodes.sweep()
    first = await other.invite("a", "Hello", OLGA)
    with pytest.raises(Refusal, match="invited"):
        await one.invite("a", "Hello?", OLGA)
    assert hear(one, "a").invite == first
    assert hear(one, "a").invite is None
    await nodes.sweep()
    assert hear(other, "a").invite is None
    nodes.away = True
    hear(one, "b")
    with pytest.raises(StoreAway):
        await one.invite("b", "Hello", OLGA)
    one.wrote("b")
    with pytest.raises(Refusal, match="gone"):
        await one.invite("b", "Hello", OLGA)
