"""Messages that are skimmed: whoever asks now and then learns what whoever saw each of them knows."""

import os
import random

from app.chat import protocol
from app.chat.conversation import Entry, State
from app.live.dashboard import Dashboard
from app.store import entries
from app.store.people import Agent
from app.store.skimmed import Skimmed

ANNA = Agent("aanna", "Anna", "admin", False)
NOW = 1_700_000_000_000
EVENTS = ("entered", "left", "note", "tagged", "transferred", "snoozed", "claimed", "released", "resolved")


def head_of(entry: Entry) -> bytes:
    """As a feed has it."""
    state = entry.state
    assert state is not None
    words = (entry.uid, entry.seq, entry.epoch, entry.kind, entry.author, entry.role, entry.id, entry.time)
    standing = (state.status, state.waiting_since, state.owner, state.fence, state.unread)
    return "|".join(map(str, words + standing)).encode()


def by_uid(dashboard: Dashboard) -> dict[object, dict[str, object]]:
    """Who is shown. In which order is nobody's promise: somebody met by a message is met when it is asked for."""
    return {row["uid"]: row for row in dashboard.users()}


class Tale:
    """What is said and done in some conversations, by chance."""

    def __init__(self, seed: str) -> None:
        self.chance = random.Random(seed)
        self._seqs: dict[str, int] = {}

    def next(self) -> Entry:
        chance = self.chance
        uid, role = f"v{chance.randrange(4)}", chance.choice("va")
        kind = chance.choice(["message"] * 12 + ["read", *EVENTS])
        seq = 0
        if kind != "read":
            seq = self._seqs[uid] = self._seqs.get(uid, 0) + 1
        owner = chance.choice(["", ANNA.uid])
        state = State("held" if owner else "waiting", chance.choice([0, NOW]), owner, seq, chance.randrange(3))
        user = {"uid": uid, "nickname": uid, "name": uid, "role": "visitor", "enter_at": protocol.timestamp(NOW)}
        more = {"content": f"word {seq}", "tags": [f"t{seq}"], "until": NOW + seq, "to": {"uid": ANNA.uid}}
        body = protocol.encode({"user": user, **more})
        return Entry(uid, seq, 1, kind, uid if role == "v" else ANNA.uid, role, f"t.{seq}", NOW + seq, body, state)


async def test_a_list_that_skims_is_the_list_that_saw_each_message() -> None:
    seed = os.environ.get("SEED") or str(random.SystemRandom().randrange(1_000_000))
    print(f"SEED={seed}")
    tale, skimmed = Tale(seed), Skimmed()
    every, skimming = (Dashboard("b", lambda: {ANNA.uid: ANNA}, lambda uid: None, lambda: NOW) for _ in "ab")
    for dashboard in (every, skimming):
        dashboard.load([], {}, set())
    seen = 0

    def catch_up() -> None:
        for said in skimmed.take():
            skimming.apply(said)

    skimming.catch_up = catch_up
    for _ in range(4000):
        entry = tale.next()
        every.apply(entry)
        if not skimmed.takes(head_of(entry), entry.body):
            for said in skimmed.take_of(entry.uid):
                skimming.apply(said)
            skimming.apply(entry)
        if tale.chance.random() < 0.05:
            seen += 1
            assert by_uid(skimming) == by_uid(every)
            assert skimming.figures() == every.figures()
    assert seen > 50


def message(uid: str, seq: int, role: str = "v") -> Entry:
    return Entry(uid, seq, 1, "message", uid, role, f"t.{seq}", NOW, b'{"content":"%d"}' % seq, State())


def test_of_a_conversation_the_latest_of_either_side_is_kept_in_order() -> None:
    skimmed = Skimmed()
    told = [message("va", 1), message("va", 2), message("va", 3, "a"), message("vb", 1), message("va", 4)]
    for entry in told:
        assert skimmed.takes(head_of(entry), entry.body) == entry.uid.encode()
    assert sorted(skimmed.take_changed()) == ["va", "vb"]
    assert list(skimmed.take_changed()) == []
    assert skimmed.take_of("va") == [told[2], told[4]]
    assert skimmed.take_of("va") == []
    assert skimmed.take() == [told[3]]
    assert len(skimmed) == 0


def test_what_is_no_message_or_has_another_shape_is_not_kept() -> None:
    skimmed, said = Skimmed(), message("va", 1)
    note = Entry("va", 2, 1, "note", "aanna", "a", "t.2", NOW, b"{}", State())
    for head in (head_of(note), head_of(said) + b"|more", head_of(said).rpartition(b"|")[0], b"", b"message"):
        assert skimmed.takes(head, b"{}") == b""
    assert len(skimmed) == 0
    assert not skimmed.changed


def test_one_that_cannot_be_read_hides_no_other_and_is_told_of() -> None:
    skimmed, other, unread = Skimmed(), message("vb", 1), []
    skimmed.on_unread = lambda: unread.append(1)
    broken = head_of(message("va", 1)).replace(b"va|1|", b"va|x|", 1)
    for head in (broken, head_of(other)):
        assert skimmed.takes(head, other.body)
    assert (skimmed.take(), unread) == ([entries.told(head_of(other), other.body)], [1])
