"""The ledger of messages on their way: every order of reply, feed, repeat, refusal, leaving, reset and drain."""

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from app.chat.conversation import Entry
from app.chat.errors import Refusal
from app.live.room import EncodedEntry, Room, Subscription
from app.live.submissions import OFFER_AGAIN_AFTER, Answer, Submission, Submissions
from app.store.errors import StoreAway, StoreError
from app.store.messages import Stored
from tests.live.silent import Silent

ROOM = "v1"
TAKEN, REPEATED = b"1 7 1000", [b"repeat", b"1", b"7", b"1000"]
PLACE, PLACE_AGAIN = Stored(1, 7, 1000, False), Stored(1, 7, 1000, True)
GONE = StoreAway()


def subscribed(seq: int = 6) -> Subscription:
    """A live subscription that has seen everything up to `seq`."""
    subscription = Subscription(Room(ROOM), Silent())
    subscription.epoch, subscription.seq, subscription.buffered = 1, seq, None
    return subscription


def offered(ledger: Submissions, subscription: Subscription, id: str = "t.1", now: float = 0.0) -> Submission:
    submission = Submission(Silent(), subscription, id, b"", b"", now)
    ledger.add(submission)
    return submission


def offered_before_live(ledger: Submissions, seq: int) -> Submission:
    """Offered while history was read, which went on to `seq`."""
    subscription = subscribed(seq)
    subscription.buffered = []
    submission = offered(ledger, subscription)
    subscription.buffered = None
    return submission


# -- reply and feed ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("order", [("reply", "feed"), ("feed", "reply")])
def test_in_either_order_the_feed_acknowledges(order: tuple[str, ...]) -> None:
    ledger = Submissions()
    submission = offered(ledger, subscribed())
    for event in order:
        assert ledger.in_flight == 1
        if event == "reply":
            assert ledger.replied(submission, TAKEN) is None
        else:
            assert ledger.brought(ROOM, "t.1")
    assert ledger.in_flight == 0
    assert not ledger.brought(ROOM, "t.1")


def test_what_others_wrote_is_none_of_ours() -> None:
    ledger = Submissions()
    offered(ledger, subscribed())
    assert not ledger.brought(ROOM, "other.1")
    assert not ledger.brought("v2", "t.1")
    assert ledger.in_flight == 1


@pytest.mark.parametrize("safe", [True, False])
def test_the_reply_acknowledges_what_the_feed_has_passed_once_it_is_safe(safe: bool) -> None:
    ledger = Submissions()
    submission = offered_before_live(ledger, seq=7)
    assert ledger.replied(submission, TAKEN) == PLACE
    assert ledger.in_flight == 1  # a node that drains waits for it
    answer = ledger.settled(submission, PLACE, safe)
    assert answer == PLACE if safe else isinstance(answer, StoreAway)
    assert ledger.in_flight == 0


@pytest.mark.parametrize("seq", [6, 7])
def test_while_history_is_read_the_feed_is_waited_for(seq: int) -> None:
    ledger, subscription = Submissions(), subscribed(seq)
    subscription.buffered = []
    assert ledger.replied(offered(ledger, subscription), TAKEN) is None
    assert ledger.in_flight == 1


def test_a_repeat_is_acknowledged_once_more_by_the_reply() -> None:
    ledger = Submissions()
    submission = offered(ledger, subscribed(seq=9))
    assert ledger.replied(submission, REPEATED) == PLACE_AGAIN
    assert ledger.settled(submission, PLACE_AGAIN, safe=True) == PLACE_AGAIN
    assert ledger.in_flight == 0


def test_one_id_offered_several_times_at_once_ends_each_time() -> None:
    ledger, subscription = Submissions(), subscribed()
    first, second, third = (offered(ledger, subscription) for _ in range(3))
    assert ledger.replied(first, TAKEN) is None
    assert ledger.replied(second, REPEATED) == PLACE_AGAIN
    assert ledger.settled(second, PLACE_AGAIN, safe=True) == PLACE_AGAIN
    assert ledger.brought(ROOM, "t.1")
    assert ledger.in_flight == 1
    assert ledger.replied(third, REPEATED) == PLACE_AGAIN
    assert ledger.settled(third, PLACE_AGAIN, safe=True) == PLACE_AGAIN
    assert ledger.in_flight == 0


# -- refusals ---------------------------------------------------------------------------------------------------------


def test_a_refusal_is_told_and_ends_it() -> None:
    ledger = Submissions()
    answer = ledger.replied(offered(ledger, subscribed()), [b"out_of_order", b"3"])
    assert isinstance(answer, Refusal)
    assert (answer.code, answer.detail) == ("out_of_order", {"expected": 3})
    assert ledger.in_flight == 0


def test_an_error_of_the_store_is_told_and_ends_it() -> None:
    ledger, error = Submissions(), StoreError("WRONGTYPE")
    assert ledger.replied(offered(ledger, subscribed()), error) is error
    assert ledger.in_flight == 0


def test_a_lost_reply_to_what_the_feed_has_brought_is_not_told() -> None:
    ledger = Submissions()
    submission = offered(ledger, subscribed())
    assert ledger.brought(ROOM, "t.1")
    assert ledger.replied(submission, GONE) is None
    assert ledger.in_flight == 0


# -- leaving, and a history that is gone ------------------------------------------------------------------------------


def test_who_leaves_is_acknowledged_by_the_reply() -> None:
    ledger, subscription, other = Submissions(), subscribed(), subscribed()
    stored, unanswered = offered(ledger, subscription), offered(ledger, subscription, "t.2")
    elsewhere = offered(ledger, other, "t.3")
    assert ledger.replied(stored, TAKEN) is None
    assert ledger.replied(elsewhere, TAKEN) is None
    subscription.ended = True
    assert ledger.left(subscription) == [(stored, PLACE)]
    assert ledger.settled(stored, PLACE, safe=True) == PLACE
    assert ledger.replied(unanswered, b"1 8 1000") == Stored(1, 8, 1000, False)
    assert ledger.in_flight == 2


def test_what_the_feed_brings_before_it_is_safe_is_not_acknowledged_twice() -> None:
    ledger, subscription = Submissions(), subscribed()
    submission = offered(ledger, subscription)
    assert ledger.replied(submission, TAKEN) is None
    assert ledger.left(subscription) == [(submission, PLACE)]
    assert ledger.brought(ROOM, "t.1")  # they have joined again meanwhile
    assert ledger.settled(submission, PLACE, safe=True) is None
    assert ledger.in_flight == 0


def test_a_history_that_is_gone_takes_what_was_stored_in_it() -> None:
    ledger, subscription, other = Submissions(), subscribed(), subscribed()
    stored, unanswered = offered(ledger, subscription), offered(ledger, subscription, "t.2")
    elsewhere = offered(ledger, other, "t.3")
    assert ledger.replied(stored, TAKEN) is None
    assert ledger.replied(elsewhere, TAKEN) is None
    assert ledger.reset(subscription) == [stored]
    assert ledger.in_flight == 2
    assert ledger.replied(unanswered, GONE) is GONE


# -- once more --------------------------------------------------------------------------------------------------------


def test_what_the_feed_does_not_bring_is_offered_again() -> None:
    ledger = Submissions()
    submission, unanswered = offered(ledger, subscribed()), offered(ledger, subscribed(), "t.2")
    assert ledger.replied(submission, TAKEN) is None
    assert ledger.due(OFFER_AGAIN_AFTER) == []
    assert ledger.due(OFFER_AGAIN_AFTER + 1) == [submission]
    assert ledger.due(3 * OFFER_AGAIN_AFTER) == []  # not before that offer has its reply
    assert ledger.replied(submission, REPEATED) is None  # it is there, and the feed is only late
    assert ledger.brought(ROOM, "t.1")
    assert ledger.replied(unanswered, GONE) is GONE
    assert ledger.in_flight == 0


def test_a_reply_that_comes_after_its_answer_changes_nothing() -> None:
    ledger = Submissions()
    submission = offered_before_live(ledger, seq=7)
    assert ledger.replied(submission, TAKEN) == PLACE  # and waits to be safe, so long that it is offered again
    assert ledger.due(OFFER_AGAIN_AFTER + 1) == [submission]
    assert ledger.settled(submission, PLACE, safe=True) == PLACE
    for reply in (GONE, TAKEN, REPEATED):
        assert ledger.replied(submission, reply) is None
    assert ledger.in_flight == 0


# -- any order at all -------------------------------------------------------------------------------------------------


class Shop(RuleBasedStateMachine):
    """One author, one conversation, and a store that may lose replies, be slow to be safe, and be taken back.

    The store's log is the model: what was acknowledged is in it, at the place that was told, once by feed or by reply;
    and whatever happens, in the end everything offered has been answered and nothing is in flight.
    """

    def __init__(self) -> None:
        super().__init__()
        self.ledger = Submissions()
        self.now = 0.0
        self.epoch, self.log = 1, list[str]()
        self.calls: list[Submission] = []  # on their way to the store
        self.replies: list[Callable[[], None]] = []  # and back
        self.unsafe: list[tuple[Submission, Stored]] = []
        self.open: dict[Submission, int] = {}  # and how many answers their ids had before they were offered
        self.answers: Counter[str] = Counter()
        self.again: set[Submission] = set()  # which were offered more than once
        self.by_feed: set[tuple[Subscription, int, int]] = set()
        self.by_reply: set[tuple[Subscription, int, int]] = set()
        self.subscription: Subscription
        self.join()

    # what the connection does with what it is given

    side: Any = "visitor"

    def entry(self, subscription: Subscription, encoded: EncodedEntry) -> None:
        place = (subscription, encoded.entry.epoch, encoded.entry.seq)
        assert place not in self.by_reply, "the reply has acknowledged what the feed was still to bring"
        if self.ledger.brought(ROOM, encoded.entry.id):
            self.by_feed.add(place)
            self.answers[encoded.entry.id] += 1

    def passing(self, subscription: Subscription, encoded: EncodedEntry) -> None: ...

    def holder_moved(self, subscription: Subscription) -> None: ...

    def renamed(self, name: str) -> None: ...

    def erased(self, uid: str) -> None: ...

    def broken(self, subscription: Subscription) -> None:
        raise AssertionError("the feed has no gap")

    def tell(self, submission: Submission, answer: Answer | None) -> None:
        if answer is None:
            return
        if isinstance(answer, Stored):
            assert (answer.epoch, self.log[answer.seq - 1]) == (self.epoch, submission.id)
            place = (submission.subscription, answer.epoch, answer.seq)
            assert answer.repeat or place not in self.by_feed, "the feed has acknowledged it already"
        self.answers[submission.id] += 1

    def replied(self, submission: Submission, reply: Any) -> None:
        answer = self.ledger.replied(submission, reply)
        if isinstance(answer, Stored):
            self.unsafe.append((submission, answer))
            if not submission.subscription.ended and (submission in self.again or not answer.repeat):
                self.by_reply.add((submission.subscription, answer.epoch, answer.seq))
            return
        assert answer is None or not submission.brought, "refused, and the feed has acknowledged it"
        self.tell(submission, answer)

    def settle(self, safe: bool) -> None:
        submission, stored = self.unsafe.pop(0)
        self.tell(submission, self.ledger.settled(submission, stored, safe))

    # what happens

    @rule(number=st.integers(1, 2))
    def offer(self, number: int) -> None:
        submission = offered(self.ledger, self.subscription, f"t.{number}", self.now)
        self.open[submission] = self.answers[submission.id]
        self.calls.append(submission)

    @precondition(lambda self: self.calls)
    @rule(fate=st.sampled_from(["taken", "taken", "reply lost", "lost", "refused"]))
    def call_arrives(self, fate: str) -> None:
        submission = self.calls.pop(0)
        id = submission.id
        reply: Any = GONE if fate == "lost" else [b"mismatch"]
        if fate in ("taken", "reply lost"):
            repeat = id in self.log
            if not repeat:
                self.log.append(id)
            place = (self.epoch, self.log.index(id) + 1, 1000)
            reply = [b"repeat", *(b"%d" % part for part in place)] if repeat else b"%d %d %d" % place
        if fate == "reply lost":
            reply = GONE
        self.replies.append(lambda: self.replied(submission, reply))

    @precondition(lambda self: self.replies)
    @rule()
    def reply_arrives(self) -> None:
        self.replies.pop(0)()

    @precondition(lambda self: not self.subscription.ended and self.subscription.seq < len(self.log))
    @rule()
    def feed_brings(self) -> None:
        seq = self.subscription.seq + 1
        entry = Entry(ROOM, seq, self.epoch, "message", ROOM, "v", self.log[seq - 1], 1000, b"{}", None)
        self.subscription.take(EncodedEntry(entry))

    @precondition(lambda self: self.unsafe)
    @rule()
    def is_safe(self) -> None:
        self.settle(safe=True)

    @precondition(lambda self: self.open)
    @rule()
    def time_passes(self) -> None:
        self.now += OFFER_AGAIN_AFTER + 1
        due = self.ledger.due(self.now)
        self.again.update(due)
        self.calls += due

    @precondition(lambda self: not self.subscription.ended)
    @rule()
    def leave(self) -> None:
        self.subscription.ended = True
        self.unsafe += self.ledger.left(self.subscription)

    @precondition(lambda self: self.subscription.ended)
    @rule()
    def join(self) -> None:
        self.subscription = Subscription(Room(ROOM), self)
        self.subscription.epoch, self.subscription.seq, self.subscription.buffered = self.epoch, len(self.log), None

    @precondition(lambda self: self.log)
    @rule(kept=st.integers(0, 2))
    def another_server(self, kept: int) -> None:
        """It has only a part of the log; the connections to the one before end, and what follows begins anew."""
        calls, self.calls, replies, self.replies = self.calls, [], self.replies, []
        for submission in calls:
            self.replied(submission, GONE)
        for reply in replies:
            reply()
        while self.unsafe:
            self.settle(safe=False)
        del self.log[kept:]
        self.epoch += 1
        for submission in self.ledger.reset(self.subscription):
            self.tell(submission, GONE)
        if not self.subscription.ended:
            self.leave()
        self.join()

    # what always holds

    @invariant()
    def whatever_is_over_was_answered(self) -> None:
        for submission in [one for one in self.open if one.over]:
            assert self.answers[submission.id] > self.open.pop(submission)
        assert self.ledger.in_flight == len(self.open)

    def teardown(self) -> None:
        """The node drains: what is on its way is answered."""
        for _ in range(3):
            while self.calls:
                self.call_arrives("taken")
            while self.replies:
                self.reply_arrives()
            while not self.subscription.ended and self.subscription.seq < len(self.log):
                self.feed_brings()
            while self.unsafe:
                self.is_safe()
            self.time_passes()
        assert self.ledger.in_flight == 0
        assert self.ledger._awaiting == {}


TestAnyOrder = Shop.TestCase
TestAnyOrder.settings = settings(max_examples=400, stateful_step_count=30, deadline=None, print_blob=True)
