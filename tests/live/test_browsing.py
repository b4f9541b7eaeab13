"""Who looks at the shop's pages: told by each node to the others, heard less often when they are many, forgotten."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

import msgspec
import pytest

from app.chat.errors import Refusal
from app.chat.pages import Context
from app.chat.triggers import Trigger
from app.live.beacon_pace import LATEST, SOONEST
from app.live.browsing import Answer, Browsing
from app.live.greetings import Greetings
from app.live.looked_at import Look
from app.live.visits import Visits
from app.store.errors import StoreAway
from app.store.sessions import Session

OLGA = Session("hash", "aolga", "agent", "Olga", "admin", 0, 0)
SHOP = "https://shop.example.com"


class Nodes:
    """Some of a shop, with a clock of ours, and the store between them: what one tells all hear."""

    def __init__(self, count: int, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 1000.0
        for module in ("browsing", "invitations", "open_pages"):
            monkeypatch.setattr(f"app.live.{module}.now_ms", lambda: int(self.now * 1000))
        self.away = self.attended = False
        self.triggers: tuple[Trigger, ...] = ()
        self.counted: Counter[str] = Counter()
        self.told: list[bytes] = []
        self.nodes = [self._node(f"node {number}") for number in range(count)]
        self.changed: list[str] = []
        self.placed: list[tuple[str, str, str]] = []

    def _node(self, boot: str) -> Browsing:
        visits = Visits(lambda: self.now)
        greetings = Greetings(visits, lambda: self.triggers, lambda: self.attended, self.shown)
        made: Any = Browsing(self, lambda: self.now, lambda: boot, visits, greetings)  # type: ignore[arg-type]
        made.pages.changed = lambda id: self.changed.append(id)
        made.gossip.placed = lambda uid, place: self.placed.append((boot, uid, place["title"]))
        return made  # type: ignore[no-any-return]

    async def tell(self, news: bytes, boot: str) -> None:
        """The channel."""
        if self.away:
            raise StoreAway
        self.told.append(news)
        for node in self.nodes:
            node.gossip.hear(boot, news)

    async def order(self, news: bytes) -> None:
        """The feed."""
        if self.away:
            raise StoreAway
        for node in self.nodes:
            node.invitations.ordered(news)

    async def shown(self, times: Mapping[str, int], now: int) -> None:
        """The reports."""
        self.counted.update(times)

    async def sweep(self) -> None:
        """A second passes."""
        self.now += 1
        boots = {f"node {number}" for number in range(len(self.nodes))}
        for number, node in enumerate(self.nodes):
            try:
                await node.sweep(boots - {f"node {number}"})
                await node._greetings.count()
            except StoreAway:
                assert self.away

    def ids(self) -> list[list[object]]:
        """Whom each of them shows."""
        return [[row["id"] for row in node.pages.rows()] for node in self.nodes]


def hear(node: Browsing, id: str, page: str = "tea", *, visit: str = "", came: str = "", **more: Any) -> Answer:
    context = Context(page=f"{SHOP}/{page}", title=page.title(), referrer=came and f"{SHOP}/{came}")
    return node.hear(id, Look(context, visit=visit or id, **more))


async def test_the_more_there_are_the_less_often_each_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    nodes = Nodes(1, monkeypatch)
    (browsing,) = nodes.nodes
    told = {}
    for number in range(7000):
        hear(browsing, f"page {number}")
        if number + 1 in (300, 1000, 2000, 7000):
            for _ in range(180):  # they stay
                browsing.pages._pages[f"page {number}"].heard = nodes.now
                for page in browsing.pages._pages.values():
                    page.heard = nodes.now
                await nodes.sweep()
            told[number + 1] = hear(browsing, f"page {number}").next_s
    assert told == {300: SOONEST, 1000: 40, 2000: 80, 7000: LATEST}
    assert len(browsing.pages) == 6000  # however many there are
    for number in range(6000, 7000):
        browsing.leave(f"page {number}")
    assert len(browsing.pages) == 5000


async def test_pages_that_are_opened_and_left_count_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """A thousand of them, each a minute: as many words as the node is to be told."""
    nodes = Nodes(1, monkeypatch)
    (browsing,) = nodes.nodes
    for second in range(180):
        for number in range(second * 17, second * 17 + 17):
            hear(browsing, f"page {number}")
            browsing.leave(f"page {number - 1000}")
        await nodes.sweep()
    assert hear(browsing, "page 3059").next_s == LATEST


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
    nodes.nodes[0].gossip.move("vlily", {"title": "Tea"})
    await nodes.sweep()
    nodes.nodes[0].gossip.move("vlily", {"title": "Cup"})
    nodes.away = False
    await nodes.sweep()
    assert nodes.ids() == [["b"], ["b"]]
    told = [(title, boot) for boot, _, title in nodes.placed]  # who is here knows at once, the others by the second
    assert told == [("Tea", "node 0"), ("Cup", "node 0"), ("Cup", "node 1")]
    nodes.nodes[1] = nodes._node("node 1")  # one that missed it asks
    await nodes.nodes[1].gossip.ask()
    await nodes.sweep()
    assert nodes.ids() == [["b"], ["b"]]


async def test_what_one_alone_was_told_lately_the_next_to_come_hears(monkeypatch: pytest.MonkeyPatch) -> None:
    nodes = Nodes(2, monkeypatch)
    one, other = nodes.nodes
    hear(one, "a")
    await nodes.sweep()
    assert nodes.ids() == [["a"], ["a"]]
    one.leave("a")
    nodes.nodes = [one]  # it takes the other for dead, or has not seen its first heartbeat
    await nodes.sweep()
    assert nodes.told[1:] == []
    nodes.nodes = [one, other]
    await nodes.sweep()
    assert nodes.ids() == [[], []]


async def test_who_has_told_something_is_told_before_their_first_heartbeat(monkeypatch: pytest.MonkeyPatch) -> None:
    nodes = Nodes(2, monkeypatch)
    one, other = nodes.nodes
    hear(other, "a")
    await other.gossip.ask()
    assert one.wrote("a", "vlily") is None
    await one.sweep(())
    assert nodes.told[1:] == [b'{"wrote":{"a":"vlily"}}']
    assert nodes.ids() == [[], []]
    await one.sweep(("node 1",))
    one.leave("b")
    await one.sweep(())  # it was there, and is no more
    assert nodes.told[2:] == []


async def test_a_flood_is_told_in_parts_and_what_is_too_much_of_it_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    nodes = Nodes(2, monkeypatch)
    one, _ = nodes.nodes
    await nodes.sweep()
    for number in range(7000):
        one.leave(f"page-{number}")
        if number < 600:
            one.visits.note(f"visit-{number}", had="tea")
    for _ in range(20):
        await nodes.sweep()
    news = [msgspec.json.decode(told) for told in nodes.told]
    assert [len(one["visits"]) for one in news if "visits" in one] == [500, 100]
    assert [len(one["gone"]) for one in news] == [500] * 12


async def test_of_a_visit_that_is_over_nothing_is_known_or_told(monkeypatch: pytest.MonkeyPatch) -> None:
    nodes = Nodes(1, monkeypatch)
    for name, seconds in (("over", 1000), ("lasting", 801)):
        nodes.nodes[0].visits.note(name, had="tea")
        nodes.now += seconds
    nodes.nodes.append(nodes._node("node 1"))  # who comes is told all there is
    await nodes.sweep()
    known = [[node.visits.of(name).had for name in ("over", "lasting")] for node in nodes.nodes]
    assert known == [[[], ["tea"]]] * 2


async def test_what_another_version_tells_is_passed_over(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    nodes = Nodes(1, monkeypatch)
    nodes.nodes[0].gossip.hear("newer", b'{"pages":[{"id":1}]}')
    nodes.nodes[0].invitations.ordered(b"{}")
    assert len(caplog.records) == 2
    assert nodes.ids() == [[]]


async def test_what_was_heard_before_undoes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    nodes = Nodes(2, monkeypatch)
    one, other = nodes.nodes
    hear(one, "a", "1")
    hear(one, "b")
    hear(one, "c")
    nodes.now += 0.1
    hear(other, "a", "2")
    other.leave("b")
    assert other.wrote("c", "vlily") is None
    await nodes.sweep()
    await nodes.sweep()
    assert nodes.ids() == [["a"], ["a"]]
    assert {node.pages.rows()[0]["context"].page for node in nodes.nodes} == {f"{SHOP}/2"}  # type: ignore[attr-defined]
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
    first = await other.invitations.send("a", "Hello", OLGA)
    assert first["shown"] is False
    with pytest.raises(Refusal, match="invited"):
        await one.invitations.send("a", "Hello?", OLGA)
    given = hear(one, "a").invite
    assert given is not None
    assert given.text == "Hello"
    assert hear(one, "a").invite is None
    await nodes.sweep()
    assert hear(other, "a").invite is None
    nodes.away = True
    hear(one, "b")
    with pytest.raises(StoreAway):
        await one.invitations.send("b", "Hello", OLGA)
    one.wrote("b", "vlily")
    with pytest.raises(Refusal, match="gone"):
        await one.invitations.send("b", "Hello", OLGA)


async def test_the_shop_speaks_by_itself_once_a_visit_and_only_what_was_seen_counts(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    nodes = Nodes(2, monkeypatch)
    one, other = nodes.nodes
    nodes.triggers = (
        Trigger("ask", {"en": "Questions?"}, seconds=10, attended=True),
        Trigger("tea", {"en": "Fresh tea", "de": "Frischer Tee"}, seconds=20, part="/tea", once=False, attended=False),
    )
    assert hear(one, "a", "cup", visit="lily").invite is None  # nobody is there
    nodes.attended = True
    assert hear(one, "a", "cup", visit="lily", quiet=True).invite is None
    said = hear(one, "a", "cup", visit="lily")
    assert said.invite is not None
    assert (said.invite.trigger, said.after_s) == ("ask", 10.0)
    nodes.now += 9
    one.leave("a")  # before it was said
    await nodes.sweep()
    assert nodes.counted == {}
    for _ in range(2):  # two pages at once, on two nodes
        assert hear(one, "b", "cup", visit="lily").after_s <= 10.0
        await nodes.sweep()
        nodes.now += 10
        assert hear(other, "b", "cup", visit="lily").invite is None
        await nodes.sweep()
        assert nodes.counted == {"ask": 1}
    assert hear(one, "c", "cup", visit="lily").invite is None
    assert hear(one, "t", "cup", visit="tom").invite is not None
    assert hear(one, "d", "tea", visit="lily", language="de").invite is None  # the next word is before its moment
    await nodes.sweep()
    nodes.now += 14
    tea = hear(other, "d", "tea", visit="lily", language="de")
    assert tea.invite is not None
    assert (tea.invite.text, tea.after_s) == ("Frischer Tee", 5.0)
    nodes.now += 6
    assert hear(other, "d", "tea", visit="lily").invite is None  # once on this page
    hear(other, "d", "cup", visit="lily")
    assert hear(other, "d", "tea", visit="lily").invite is None
    nodes.now += 20
    assert hear(other, "d", "tea", visit="lily").invite is not None
    await nodes.sweep()
    assert nodes.counted == {"ask": 1, "tea": 1}
    word = one.visits.word("lily", tea.invite.id)  # whichever node is asked who answers it
    assert word == tea.invite
    for _ in range(2):  # its pages go, and half an hour later it
        nodes.now += 1801
        await nodes.sweep()
    assert one.visits.word("lily", tea.invite.id) is None
    assert hear(one, "e", "cup", visit="lily").invite is not None


async def test_pages_before_are_known_where_they_may_be(monkeypatch: pytest.MonkeyPatch) -> None:
    nodes = Nodes(2, monkeypatch)
    one, other = nodes.nodes

    def before() -> list[list[str]]:
        rows = sorted(other.pages.rows(), key=lambda row: str(row["id"]))
        return [[page.page[-1] for page in row["context"].pages] for row in rows]  # type: ignore[attr-defined]

    hear(one, "a", "1")
    hear(one, "a", "2")
    await nodes.sweep()
    assert before() == [[]]
    one.leave("a")
    hear(one, "b", "2", visit="a", came="1", trail=True)
    await nodes.sweep()
    assert before() == [[]]
    hear(one, "b", "3", visit="a", trail=True)
    one.leave("b")
    await nodes.sweep()
    hear(other, "c", "4", visit="a", came="3", trail=True)
    hear(other, "d", "5", visit="a", came="2", trail=True)  # somebody else, who shares address and browser
    assert before() == [["2", "3"], []]
    for number in range(20):
        hear(other, "c", f"page {number % 10}", visit="a", trail=True)
    assert before()[0] == list("9012345678")
    hear(other, "c", "5", visit="a")  # no longer
    assert before()[0] == []
