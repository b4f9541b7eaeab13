"""The live list's benchmark works, small and once; what it measures is not judged here."""

import json
from pathlib import Path

from tests.bench.live_list import main, spread, tasks


def test_a_small_crowd_has_its_figures(tmp_path: Path) -> None:
    asked = ["--visitors", "12", "--rate", "20", "--seconds", "2", "--rounds", "2", "--out", str(tmp_path)]
    assert main(asked) == 0
    rounds = json.loads((tmp_path / "live_list.json").read_text())["rounds"]
    assert [figure["changes"] for figure in rounds] == [40, 40]
    for figure in rounds:
        assert figure["presses"] > 0
        assert figure["task_ms"]["count"] == figure["task_cpu_ms"]["count"] > 0
        assert figure["task_ms"]["max"] >= figure["task_ms"]["p95"] >= figure["task_ms"]["p50"] >= 1


def _task(at: int, took: int, thread: int = 1) -> dict[str, object]:
    """A task at `at` us that took so many."""
    name = "ThreadControllerImpl::RunTask"
    return {"name": name, "ph": "X", "pid": 7, "tid": thread, "ts": at, "dur": took, "tdur": took // 2, "args": {}}


def test_the_tasks_of_the_page_s_main_thread_are_told_from_the_rest() -> None:
    named = {"name": "thread_name", "ph": "M", "pid": 7, "tid": 1, "ts": 0, "args": {"name": "CrRendererMain"}}
    trace = [named, _task(0, 400), _task(10_000, 60_000), _task(90_000, 2_000), _task(250_000, 3_000)]
    trace += [_task(20_000, 500_000, thread=2)]
    wall, busy, worst = tasks(trace)
    assert wall == [60.0, 2.0, 3.0]
    assert busy == [30.0, 1.0, 1.5]
    assert worst == [60.0, 0.0, 3.0]


def test_percentiles() -> None:
    found = spread([float(n) for n in range(101)])
    assert (found["p50"], found["p95"], found["p99"], found["max"]) == (50.0, 95.0, 99.0, 100.0)
    assert spread([])["max"] == 0.0
