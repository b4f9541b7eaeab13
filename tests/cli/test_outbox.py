"""The terminal's outbox: whatever the network and the server do, each text is stored once and in order."""

from hypothesis import given, settings
from hypothesis import strategies as st

from app.terminal.outbox import KEPT, Outbox


class _Server:
    """The contract's rules for ids: 1, 2, 3... of a tab; a repeat is known; a refused one consumes no number."""

    def __init__(self) -> None:
        self.log: list[tuple[str, str]] = []
        self.counts: dict[str, int] = {}

    def take(self, id: str, text: str) -> str:
        tab, _, n = id.rpartition(".")
        if id in dict(self.log):
            return "ack"
        if int(n) != self.counts.get(tab, 0) + 1:
            return "out_of_order"
        if text.startswith("long"):
            return "too_long"
        self.counts[tab] = int(n)
        self.log.append((id, text))
        return "ack"

    def restore(self, length: int) -> None:
        """An older snapshot: the log ends sooner, and the counts with it."""
        self.log = self.log[:length]
        self.counts = {}
        for id, _ in self.log:
            tab, _, n = id.rpartition(".")
            self.counts[tab] = int(n)


def answer(outbox: Outbox[str], id: str, said: str) -> None:
    if said == "ack":
        outbox.stored(id)
    elif said == "too_long":
        outbox.drop(id)


@settings(deadline=None, max_examples=400)
@given(
    st.lists(st.sampled_from(["say", "say long", "send", "lose frames", "lose acks", "slow", "restore"]), max_size=40)
)
def test_whatever_happens_each_text_is_stored_once_and_in_order(steps: list[str]) -> None:
    outbox = Outbox[str]()
    server, said = _Server(), 0
    outbox.window = 4
    for step in steps:
        if step.startswith("say"):
            said += 1
            outbox.add(f"{'long ' if 'long' in step else ''}{said}")
        elif step == "send":
            for id, text in outbox.offer():
                answer(outbox, id, server.take(id, text))
        elif step == "lose frames":
            outbox.offer()
            outbox.forget_offers()
        elif step == "lose acks":
            for id, text in outbox.offer():
                server.take(id, text)
            outbox.forget_offers()
        elif step == "slow":
            outbox.forget_offers(slower=True)
        else:
            server.restore(len(server.log) // 2)
            outbox.renew({id for id, _ in server.log}, acknowledged=True)
    for _ in range(200):
        if not outbox:
            break
        for id, text in outbox.offer():
            answer(outbox, id, server.take(id, text))
        outbox.forget_offers()
    texts = [text for _, text in server.log]
    assert not outbox
    assert len(texts) == len(set(texts))
    assert sorted(texts, key=int) == texts
    longs = sum(step == "say long" for step in steps)
    assert len(texts) == said - longs


def test_no_more_is_offered_at_once_than_the_server_takes() -> None:
    outbox = Outbox[str]()
    outbox.window = 3
    ids = [outbox.add(str(n)) for n in range(10)]
    assert [id for id, _ in outbox.offer()] == ids[:1]
    outbox.stored(ids[0])
    assert [id for id, _ in outbox.offer()] == ids[1:3]
    outbox.stored(ids[1])
    outbox.stored(ids[2])
    assert [id for id, _ in outbox.offer()] == ids[3:6]
    assert outbox.offer() == []


def test_after_slow_down_one_goes_first() -> None:
    outbox = Outbox[str]()
    outbox.window = 16
    ids = [outbox.add(str(n)) for n in range(8)]
    for id in ids[:4]:
        outbox.stored(id)
    assert len(outbox.offer()) > 1
    outbox.forget_offers(slower=True)
    assert [id for id, _ in outbox.offer()] == ids[4:5]


def test_what_follows_a_refused_text_moves_to_a_new_tab_and_what_precedes_it_stays() -> None:
    outbox = Outbox[str]()
    first, second, third = (outbox.add(text) for text in ("1", "2", "3"))
    assert outbox.drop(second) == "2"
    (kept, moved) = [id for id, _ in _everything(outbox)]
    assert kept == first
    assert moved not in (second, third)
    assert moved.endswith(".1")
    assert outbox.drop("unheard.1") is None


def test_what_a_restored_store_still_has_is_not_said_twice() -> None:
    outbox = Outbox[str]()
    kept, lost = outbox.add("kept"), outbox.add("lost")
    for id in (kept, lost):
        outbox.stored(id)
    outbox.add("waiting")
    outbox.renew({kept}, acknowledged=True)
    assert [text for _, text in _everything(outbox)] == ["lost", "waiting"]


def test_only_so_many_acknowledged_texts_are_kept() -> None:
    outbox = Outbox[str]()
    for n in range(KEPT + 10):
        outbox.stored(outbox.add(str(n)))
    outbox.renew(set(), acknowledged=True)
    assert len(outbox) == KEPT
    assert _everything(outbox)[0][1] == "10"


def _everything(outbox: Outbox[str]) -> list[tuple[str, str]]:
    """What a server that takes all is sent."""
    found = []
    while due := outbox.offer():
        found += due
        for id, _ in due:
            outbox.stored(id)
    return found
