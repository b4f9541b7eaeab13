"""What a conversation's log amounts to: its episodes, and the counts that reports are made of.

An episode is what a shop calls a conversation: it begins with the first message, whoever writes it, and ends with
`resolved`; the next message begins another. (A claim alone begins none: nothing was said. Where the visitor is blocked,
or what they wrote is linked to a known one's conversation, it ends as well, without being resolved.) The fold over the
log keeps so little that it is stored, and goes on from batch to batch.
"""

from collections.abc import Iterable
from typing import Literal, NamedTuple

import msgspec

from app.chat import protocol
from app.chat.conversation import Entry

_MINUTE = 60_000
# Upper limits, in ms, of the classes that lengths of time are counted in; the last class has none. A median is told
# as a class: what is between two limits is not known any more.
FIRST_LIMITS = (1 * _MINUTE, 3 * _MINUTE, 10 * _MINUTE, 60 * _MINUTE)
RESOLVED_LIMITS = (10 * _MINUTE, 60 * _MINUTE, 240 * _MINUTE, 1440 * _MINUTE)
CLASS_COUNT = len(FIRST_LIMITS) + 1

# Metrics, as they are written in the store: messages of visitors and of the team; episodes begun; and for first
# responses and for resolved episodes how many, how long in all (ms), and how many of each class (`first0`...).
MESSAGES_IN, MESSAGES_OUT, EPISODES_BEGUN = "in", "out", "begun"
# ... ratings that say it was good, or was not; and of a trigger (chat/triggers.py) how often it was
# shown, and how often somebody wrote in answer: `shown:<id>`, `answered:<id>`.
GOOD, BAD, SHOWN, ANSWERED = "good", "bad", "shown", "answered"
Measure = Literal["first", "resolved"]
LIMITS: dict[Measure, tuple[int, ...]] = {"first": FIRST_LIMITS, "resolved": RESOLVED_LIMITS}


class Count(NamedTuple):
    """Something to add up: when (unix ms), whose (uid of an agent, "" for nobody's), what, how much."""

    time: int
    agent: str
    metric: str
    amount: int


class _Rated(msgspec.Struct):
    """What counts of a rating: `agent` is whom it is about; one that `adds` a comment was counted before."""

    good: bool
    agent: str = ""
    adds: bool = False


class _Invited(msgspec.Struct):
    """What counts of a word that somebody answered: `trigger` said it, "" for an agent."""

    trigger: str = ""


_rated, _invited = msgspec.json.Decoder(_Rated), msgspec.json.Decoder(_Invited)


class Episode(msgspec.Struct, frozen=True, array_like=True):
    """A finished episode: its first and last seq, when it began and ended (unix ms), which agent ended it, and how many
    messages there were."""

    first: int
    last: int
    begun: int
    ended: int
    agent: str
    messages: int


class Fold(msgspec.Struct, array_like=True):
    """Where a conversation stands between two batches.

    `begun`: unix ms, 0 while no episode is open; `first`: its first seq; `asked`: when the visitor first wrote what
    is unanswered, 0 if nothing is; `answered`: whether an agent has written in it; `messages`: how many.
    """

    begun: int = 0
    first: int = 0
    asked: int = 0
    answered: bool = False
    messages: int = 0

    def add(self, entries: Iterable[Entry]) -> tuple[list[Count], list[Episode]]:
        """Go on over the next entries of the log, in order: what they add to the counts, and what they finish."""
        counts: list[Count] = []
        finished: list[Episode] = []
        for entry in entries:
            if entry.kind == "message":
                counts += self._message(entry)
            elif entry.kind in ("rated", "invited"):
                counts += _said(entry)
            elif entry.kind == "linked" and "from" in (told := protocol.decode(entry.body)):
                # In the other conversation they wait already, and here they are answered.
                self.asked = self.asked or told.get("waiting_since", 0)
            elif entry.kind in ("resolved", "blocked", "linked"):
                if self.begun and entry.kind == "resolved":
                    counts += _measure("resolved", entry, self.begun)
                if self.begun:
                    finished.append(
                        Episode(self.first, entry.seq, self.begun, entry.time, entry.author, self.messages),
                    )
                self.begun, self.first, self.asked, self.answered, self.messages = 0, 0, 0, False, 0
        return counts, finished

    def _message(self, entry: Entry) -> Iterable[Count]:
        if not self.begun:
            self.begun, self.first = entry.time, entry.seq
            yield Count(entry.time, "", EPISODES_BEGUN, 1)
        self.messages += 1
        if entry.role == "v":
            self.asked = self.asked or entry.time
            yield Count(entry.time, "", MESSAGES_IN, 1)
            return
        yield Count(entry.time, entry.author, MESSAGES_OUT, 1)
        # Where the team spoke first nobody had waited: there is no first response to measure.
        if not self.answered and self.asked:
            yield from _measure("first", entry, self.asked)
        self.answered, self.asked = True, 0


def _said(entry: Entry) -> Iterable[Count]:
    """What an event says by its body."""
    if entry.kind == "rated":
        rated = _rated.decode(entry.body)
        if not rated.adds:
            yield Count(entry.time, rated.agent, GOOD if rated.good else BAD, 1)
    elif trigger := _invited.decode(entry.body).trigger:
        yield Count(entry.time, "", f"{ANSWERED}:{trigger}", 1)


def _measure(measure: Measure, entry: Entry, since: int) -> Iterable[Count]:
    """A length of time that ends with `entry`; never negative, as the store's clock may have been set back."""
    took = max(0, entry.time - since)
    yield Count(entry.time, entry.author, measure, 1)
    yield Count(entry.time, entry.author, f"{measure}_ms", took)
    yield Count(entry.time, entry.author, f"{measure}{class_of(measure, took)}", 1)


def class_of(measure: Measure, ms: int) -> int:
    """The number of the class that a length of time belongs to, 0 for the shortest."""
    return sum(ms >= limit for limit in LIMITS[measure])
