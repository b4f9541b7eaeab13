"""Where a socket had better be: what workers note of what they have open, and what they make of it."""

import asyncio

import pytest

from app.live import neighbours
from app.live.metrics import Metrics
from app.live.neighbours import CROWD, Neighbours
from app.live.tally import Tally, alone


class Workers:
    """As many, each with its notes in the memory that all share; ready, and with no sockets."""

    def __init__(self, count: int = 2) -> None:
        self.tally = Tally(count)
        self.each = [self.begin(number) for number in range(count)]

    def begin(self, number: int) -> Neighbours:
        """A process takes this place, first or anew."""
        row = self.tally.workers[number]
        row.started(100 + number)
        self.tally.become(row)
        self.write(number)
        return Neighbours(self.tally)

    def write(self, number: int, *, ready: bool = True, sockets: int = 0) -> None:
        self.tally.workers[number].write(Metrics(), int(ready), 1, sockets, 0, 0)


def test_it_goes_to_whoever_has_it_open_and_stays_where_it_is_open() -> None:
    first, second, third = Workers(3).each
    assert first.better("vlily") is None
    third.opened("vlily")
    assert (first.better("vlily"), second.better("vlily"), third.better("vlily")) == (2, 2, None)
    assert first.better("vmia") is None
    first.opened("vlily")
    first.opened("vlily")
    third.closed("vlily")
    assert (first.better("vlily"), second.better("vlily"), third.better("vlily")) == (None, 0, 0)
    first.closed("vlily")
    assert second.better("vlily") == 0
    first.closed("vlily")
    assert second.better("vlily") is None


def test_nobody_is_sent_to_who_is_not_ready_or_has_many_more() -> None:
    workers = Workers()
    first, second = workers.each
    second.opened("vlily")
    workers.write(1, ready=False)
    assert first.better("vlily") is None
    workers.write(1, sockets=CROWD + 1)
    assert first.better("vlily") is None
    workers.write(0, sockets=1)
    assert first.better("vlily") == 1
    workers.tally.workers[1].ended(0.1)
    assert first.better("vlily") is None


def test_who_takes_a_dead_ones_place_has_nothing_open() -> None:
    workers = Workers()
    first, second = workers.each
    second.opened("vlily")
    workers.begin(1)
    assert first.better("vlily") is None


def test_a_second_one_in_a_process_notes_the_same() -> None:
    workers = Workers()
    first, second = workers.each
    second.opened("vlily")
    again = Neighbours(workers.tally)  # of the last that was begun
    assert (first.better("vlily"), again.better("vlily")) == (1, None)
    second.closed("vlily")
    assert first.better("vlily") is None


async def test_one_that_is_expected_counts_until_it_has_had_its_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(neighbours, "EXPECTED_TIME", 0.01)
    first, second = Workers().each
    second.expect("vlily")
    assert first.better("vlily") == 1
    while first.better("vlily") is not None:  # noqa: ASYNC110
        await asyncio.sleep(0.01)
    assert second.better("vlily") is None


async def test_the_only_worker_notes_nothing() -> None:
    one = Neighbours(alone())
    one.opened("vlily")
    one.expect("vlily")
    one.closed("vlily")
    assert one.better("vlily") is None
