"""Stories of conversations, and what a report makes of them."""

from collections import Counter
from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from app.chat.conversation import Entry
from app.chat.episodes import Count, Episode, Fold, class_of

MINUTE = 60_000
VISITOR, ANNA, BEN = "v1", "a1", "a2"


def story(*steps: tuple[float, str, str]) -> list[Entry]:
    """Entries at so many minutes, by whom, of what kind."""
    return [
        Entry("v1", seq, 1, kind, who, "v" if who == VISITOR else "a", f"e{seq}", 1 + int(at * MINUTE), b"{}", None)
        for seq, (at, who, kind) in enumerate(steps, 1)
    ]


def told(*steps: tuple[float, str, str]) -> tuple[dict[tuple[str, str], int], list[Episode]]:
    """The sums, by agent and metric, and the episodes finished."""
    counts, episodes = Fold().add(story(*steps))
    return summed(counts), episodes


def summed(counts: list[Count]) -> dict[tuple[str, str], int]:
    sums: Counter[tuple[str, str]] = Counter()
    for count in counts:
        sums[count.agent, count.metric] += count.amount
    return dict(sums)


def test_a_question_an_answer_and_the_end() -> None:
    sums, episodes = told(
        (0, VISITOR, "entered"),
        (1, VISITOR, "message"),
        (2, VISITOR, "message"),
        (2.5, ANNA, "claimed"),
        (3, ANNA, "message"),
        (4, VISITOR, "message"),
        (5, ANNA, "message"),
        (9, ANNA, "resolved"),
    )
    assert sums == {
        ("", "begun"): 1,
        ("", "in"): 3,
        (ANNA, "out"): 2,
        (ANNA, "first"): 1,
        (ANNA, "first_ms"): 2 * MINUTE,  # from the first message that was unanswered, and once only
        (ANNA, "first1"): 1,
        (ANNA, "resolved"): 1,
        (ANNA, "resolved_ms"): 8 * MINUTE,
        (ANNA, "resolved0"): 1,
    }
    assert episodes == [Episode(2, 8, 1 + MINUTE, 1 + 9 * MINUTE, ANNA, 5)]


def test_the_next_message_after_the_end_begins_another() -> None:
    sums, episodes = told(
        (0, VISITOR, "message"),
        (1, ANNA, "message"),
        (2, ANNA, "resolved"),
        (100, VISITOR, "message"),
        (104, BEN, "message"),
    )
    assert sums["", "begun"] == 2
    assert (sums[ANNA, "first_ms"], sums[BEN, "first_ms"]) == (MINUTE, 4 * MINUTE)
    assert len(episodes) == 1


def test_a_rating_counts_once_for_whom_it_is_about_and_an_answer_for_its_trigger() -> None:
    bodies = [
        ("rated", {"good": True, "agent": BEN}),
        ("rated", {"good": True, "agent": BEN, "adds": True, "comment": "kind"}),
        ("rated", {"good": False}),
        ("invited", {"trigger": "t1", "text": "May I help?"}),
        ("invited", {"text": "Hello", "by": {"uid": ANNA}}),
    ]
    entries = story(*((n, VISITOR, kind) for n, (kind, _) in enumerate(bodies)))
    entries = [
        msgspec.structs.replace(entry, body=msgspec.json.encode(body))
        for entry, (_, body) in zip(entries, bodies, strict=True)
    ]
    counts, episodes = Fold().add(entries)
    assert (summed(counts), episodes) == ({(BEN, "good"): 1, ("", "bad"): 1, ("", "answered:t1"): 1}, [])


def test_a_claim_without_a_word_is_no_conversation() -> None:
    assert told((0, ANNA, "claimed"), (1, ANNA, "released"), (2, ANNA, "claimed"), (3, ANNA, "resolved")) == ({}, [])


def test_who_speaks_first_has_kept_nobody_waiting() -> None:
    sums, _ = told((0, ANNA, "claimed"), (1, ANNA, "message"), (2, VISITOR, "message"), (9, ANNA, "message"))
    assert (ANNA, "first") not in sums
    assert sums["", "begun"] == 1


def test_a_colleague_may_resolve() -> None:
    sums, episodes = told((0, VISITOR, "message"), (1, ANNA, "message"), (90, BEN, "resolved"))
    assert sums[BEN, "resolved2"] == 1
    assert (ANNA, "resolved") not in sums
    assert episodes[0].agent == BEN


def test_who_asked_before_they_were_known_waits_in_the_other_conversation() -> None:
    sums, episodes = told((0, VISITOR, "message"), (1, "", "linked"))
    assert (sums, episodes) == ({("", "begun"): 1, ("", "in"): 1}, [Episode(1, 2, 1, 1 + MINUTE, "", 1)])
    carried = Entry("v2", 1, 1, "linked", "", "a", "e", 1 + MINUTE, b'{"from":"v1","waiting_since":1}', None)
    sums = summed(Fold().add([carried, *story((2, ANNA, "message"))])[0])
    assert (sums[ANNA, "first"], sums[ANNA, "first_ms"]) == (1, 2 * MINUTE)
    over = story((2, ANNA, "resolved"), (9, VISITOR, "message"), (10, ANNA, "message"))
    assert summed(Fold().add([carried, *over])[0])[ANNA, "first_ms"] == MINUTE


def test_blocked_is_over_and_not_resolved() -> None:
    sums, episodes = told(
        (0, VISITOR, "message"), (1, ANNA, "blocked"), (90, ANNA, "unblocked"), (91, VISITOR, "message")
    )
    assert sums == {("", "begun"): 2, ("", "in"): 2}
    assert [episode.ended for episode in episodes] == [1 + MINUTE]


def test_a_clock_that_was_set_back_makes_no_negative_time() -> None:
    sums, _ = told((10, VISITOR, "message"), (8, ANNA, "message"), (7, ANNA, "resolved"))
    assert (sums[ANNA, "first_ms"], sums[ANNA, "resolved_ms"]) == (0, 0)


def test_what_is_not_a_message_counts_as_none() -> None:
    sums, _ = told((0, VISITOR, "message"), (1, ANNA, "transferred"), (2, ANNA, "note"), (3, VISITOR, "left"))
    assert sums == {("", "begun"): 1, ("", "in"): 1}


def test_classes_meet_at_their_limits() -> None:
    minutes = (0, 0.99, 1, 2.99, 3, 10, 59.99, 60, 6000)
    assert [class_of("first", int(at * MINUTE)) for at in minutes] == [0, 0, 1, 1, 2, 3, 3, 4, 4]


STEP = st.tuples(
    st.floats(0, 3000),
    st.sampled_from([VISITOR, ANNA, BEN]),
    st.sampled_from(["message", "message", "message", "resolved", "blocked", "claimed", "released", "left"]),
)


@given(st.lists(STEP, max_size=40), st.lists(st.integers(1, 9), max_size=40))
def test_batches_of_any_size_tell_the_same_as_one_pass(steps: list[Any], sizes: list[int]) -> None:
    entries = story(*steps)
    whole = Fold().add(entries)
    fold, counts, episodes, rest = Fold(), [], [], entries
    for size in [*sizes, len(entries)]:
        batch, rest = rest[:size], rest[size:]
        # Between two batches it lies in the store.
        fold = msgspec.json.decode(msgspec.json.encode(fold), type=Fold)
        more = fold.add(batch)
        counts += more[0]
        episodes += more[1]
    assert (counts, episodes) == whole


@given(st.lists(STEP, max_size=40))
def test_the_sums_agree_with_each_other(steps: list[Any]) -> None:
    counts, episodes = Fold().add(story(*steps))
    total: Counter[str] = Counter()
    for count in counts:
        total[count.metric] += count.amount
    assert total["in"] + total["out"] == sum(kind == "message" for _, _, kind in steps)
    assert total["resolved"] <= len(episodes) <= total["begun"] <= len(episodes) + 1
    assert total["first"] <= total["begun"]
    for measure in ("first", "resolved"):
        assert sum(total[f"{measure}{n}"] for n in range(5)) == total[measure]
    assert all(episode.first < episode.last and episode.messages > 0 for episode in episodes)
