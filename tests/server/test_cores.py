"""How many workers `workers: auto` is."""

import os
from pathlib import Path

import pytest

from app.server.cores import MAX_WORKERS, cores, workers

MACHINE = len(os.sched_getaffinity(0))


@pytest.mark.parametrize(
    ("quota", "allowed"),
    [
        ("max 100000", MACHINE),
        ("100000 100000", 1),
        ("50000 100000", 1),  # half a core still gets a worker
        ("something else entirely", MACHINE),
    ],
)
def test_a_control_group_may_allow_fewer(tmp_path: Path, quota: str, allowed: int) -> None:
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop" / "cpu.max").write_text(quota + "\n")
    own = tmp_path / "own"
    own.write_text("0::/shop\n")
    assert cores(tmp_path, own) == min(allowed, MAX_WORKERS)


def test_without_control_groups_every_core_counts(tmp_path: Path) -> None:
    assert cores(tmp_path, tmp_path / "none") == min(MACHINE, MAX_WORKERS)


def test_a_process_bound_to_one_core_has_one_worker() -> None:
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(before)})
    try:
        assert workers("auto") == 1
    finally:
        os.sched_setaffinity(0, before)


def test_a_number_is_taken_at_its_word() -> None:
    assert workers(7) == 7
