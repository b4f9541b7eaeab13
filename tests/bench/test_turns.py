"""Slices in turn: who is asked when, who stands still meanwhile, and what is made of the figures."""

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import pytest

from tests import guard
from tests.bench.against import main
from tests.bench.sides import Side
from tests.bench.turns import Ratio, in_turn, slices
from tests.running import ROOT, wait_until


class Still:
    """A side whose server and store do nothing; it notes who stands still while a slice of it is measured."""

    def __init__(self, name: str, seen: list[tuple[str, set[str]]], others: list["Still"]) -> None:
        self.name, self._seen, self._others = name, seen, others
        self._processes = [subprocess.Popen(["sleep", "1000"]) for _ in range(2)]
        self.pids = [process.pid for process in self._processes]
        self.watch = {"server": self.pids[:1], "store": self.pids[1:]}
        for pid in self.pids:
            guard.watch(pid)

    def ask(self, what: str, **_: Any) -> dict[str, Any]:
        if what == "slice":
            wait_until(lambda: not self.stopped, f"{self.name} goes on")
            for other in self._others:
                if other is not self:
                    wait_until(lambda other=other: other.stopped, f"{other.name} stands still")
            self._seen.append((self.name, {other.name for other in self._others if other.stopped}))
        return {}

    @property
    def stopped(self) -> bool:
        states = {Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] for pid in self.pids}
        return states == {"T"}

    def end(self) -> None:
        for process in self._processes:
            process.kill()
            process.wait()


@pytest.fixture
def still() -> Iterator[tuple[list[Still], list[tuple[str, set[str]]]]]:
    seen: list[tuple[str, set[str]]] = []
    sides: list[Still] = []
    try:
        for name in "abc":
            sides.append(Still(name, seen, sides))
        yield sides, seen
    finally:
        for side in sides:
            side.end()


def test_all_others_stand_still_while_one_is_measured(
    still: tuple[list[Still], list[tuple[str, set[str]]]],
) -> None:
    sides, seen = still
    slices(cast("list[Side]", sides), 1, 2, seconds=0, warm=0)
    assert seen == [(name, set("abc") - {name}) for name in "abccba"]
    for side in sides:
        wait_until(lambda side=side: not side.stopped, f"{side.name} goes on in the end")


def test_a_ratio_is_of_pairs() -> None:
    ratio = Ratio.of([10, 40, 90, 160, 250], [10, 20, 30, 40, 50])
    assert (ratio.low, ratio.median, ratio.high, ratio.pairs) == (2, 3, 4, 5)
    answers = iter(range(6))
    asks = {name: lambda: {"number": next(answers)} for name in "ab"}
    assert [figure["number"] for figure in in_turn(asks, 3, [])["a"]] == [0, 3, 4]


def test_a_comparison_has_a_ratio_for_each_side(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    small = [
        "--only",
        "relay,latency",
        "--conversations",
        "4",
        "--pairs",
        "2",
        "--slice",
        "0.1",
        "--out",
        str(tmp_path / "f"),
    ]
    assert main([f"here={ROOT}", "naive relay", *small]) == 0
    figures = json.loads((tmp_path / "f").read_text())["figures"]
    assert [sorted(sides) for sides in figures.values()] == [["here", "naive relay"]] * 2
    assert len(figures["4 conversations, as fast as each end is answered"]["here"]) == 2
    assert "| messages a second | naive relay |" in capsys.readouterr().out
