"""The proof of the courier: a short run from a seed, and a verdict that notices every fault it is there to notice."""

import asyncio
import shutil
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from tests.prove import changed
from tests.prove.courier import checker, planted, run
from tests.prove.courier.checker import Evidence, Mail, Told

LIN, MAX = "lin@customer.test", "max@customer.test"


def _evidence() -> Evidence:
    """Two who are away, of whom one got two mails, the second of them twice."""
    return Evidence(
        said={LIN: {3: "a0c0.1", 4: "a0c0.2", 7: "a0c0.3"}, MAX: {5: "a0c1.1"}},
        mails=[
            Mail(LIN, "<l.4@shop.test>", ("1", "a"), ("a0c0.1", "a0c0.2")),
            Mail(MAX, "<m.5@shop.test>", ("1", "b"), ("a0c1.1",)),
            Mail(LIN, "<l.7@shop.test>", ("2", "a"), ("a0c0.3",)),
            Mail(LIN, "<l.7@shop.test>", ("3", "a"), ("a0c0.3",)),
        ],
        told={LIN: [Told(3, 4), Told(7, 7)], MAX: [Told(5, 5)]},
        in_flight=1,
    )


def _again(evidence: Evidence, **change: Any) -> None:
    evidence.mails[3] = evidence.mails[3]._replace(**change)


# What went wrong, and how it is called.
WRONG: dict[str, Callable[[Evidence], object]] = {
    "lost": lambda e: e.mails.pop(1),
    "doubled": lambda e: _again(e, id="<other@shop.test>"),
    "changed": lambda e: _again(e, says=("a0c0.3", "a0c0.4")),
    "reordered": lambda e: e.mails.__setitem__(0, e.mails[0]._replace(taken=("4", "a"))),
    "stranger": lambda e: e.mails.__setitem__(1, e.mails[1]._replace(to="who@customer.test")),
    "repeated": lambda e: e.mails.append(e.mails[1]._replace(taken=("4", "a"))),
    "mistold": lambda e: e.told[LIN].append(Told(7, 7)),
    "waiting": lambda e: setattr(e, "waiting", 1),
    "traceback": lambda e: e.errors.append("Traceback (most recent call last):"),
}


def test_a_day_without_a_fault_is_clean() -> None:
    assert checker.check(_evidence()).clean, checker.check(_evidence())


@pytest.mark.parametrize("rule", checker.RULES)
def test_each_rule_is_noticed(rule: str) -> None:
    evidence = _evidence()
    WRONG[rule](evidence)
    assert checker.check(evidence).counts[rule]


def test_the_seed_decides_the_schedule() -> None:
    plan = run.Plan(seed=1)
    assert run.schedule(plan) == run.schedule(plan) != run.schedule(replace(plan, seed=2))
    assert sum(fault.kind != "stop" for fault in run.schedule(plan)) == plan.kills


@pytest.mark.parametrize("name", planted.PLANTS)
def test_what_is_planted_still_finds_its_place(name: str) -> None:
    shutil.rmtree(changed.copy(run.SHORT + planted.PLANTS[name].changes))


def test_a_short_run_breaks_no_promise() -> None:
    plan = run.Plan(seed=20_261_129, jobs=120, kills=6, stops=1, visitors=12, say=print)
    result = asyncio.run(run.execute(plan))
    assert result.verdict.clean, f"seed {plan.seed}: {result.verdict}"
    assert result.figures["jobs"] >= plan.jobs
