"""What processes count in the memory they share."""

import os
import time

import pytest

from app.live.metrics import Metrics
from app.live.tally import Tally, alone


def test_who_takes_a_dead_ones_place_counts_on() -> None:
    tally = Tally(2)
    row, other = tally.workers
    row.started(11)
    row.begin()
    row.write(Metrics(acknowledged=5, gaps=1), 1, 1, 7, 2, 3)
    other.started(12)
    other.begin()
    other.write(Metrics(acknowledged=10), 1, 1, 1, 1, 1)
    row.ended(0.5)
    assert (tally.total("acknowledged"), tally.total("sockets"), tally.total("ready")) == (15, 1, 1)
    assert [one["pid"] for one in tally.alive("worker")] == [12]
    row.started(13)
    assert tally.total("acknowledged") == 15  # before it has said a word
    row.begin()
    row.write(Metrics(acknowledged=1), 1, 1, 4, 0, 0)
    assert (tally.total("acknowledged"), tally.total("gaps"), tally.total("sockets")) == (16, 1, 5)
    assert row["starts"] == 2


def test_another_process_sees_it() -> None:
    tally = Tally(1)
    if (pid := os.fork()) == 0:
        tally.become(tally.workers[0])
        tally.mine.write(Metrics(acknowledged=2**40), 1, 1, 1, 1, 1)
        tally.mine.count("errors")
        os._exit(0)
    os.waitpid(pid, 0)
    assert (tally.total("acknowledged"), tally.total("errors"), tally.main["errors"]) == (2**40, 1, 0)


def test_processor_time_once_told_is_not_taken_back() -> None:
    tally = alone()
    row = tally.mine
    began = time.process_time()
    while time.process_time() - began < 0.05:
        pass
    told = row.cpu()
    assert told >= 0.05
    row["pid"] = 2**22 + 1  # reaped; what it used is not known yet
    assert row.cpu() == told
    row.ended(told + 1)
    assert row.cpu() == pytest.approx(told + 1)
    assert row.resident() == 0
