"""The proof itself: short runs from a seed, and a checker that notices every fault it is there to notice.

Here the faults are in journals written by hand; `python -m tests.prove --planted` puts them into the product.
"""

import asyncio
import copy
import shutil
from collections.abc import Callable

import pytest

from tests.prove import changed, checker, planted, run, schedule
from tests.prove.journal import Customer, Evidence, Expected, Frame, Heard, Journal, Login, content, mark

SEED = 20_261_124
VISITOR, KNOWN, ANNA, BEN = "v1", "v2", "a1", "a2"


# -- live, short --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("store", ["external", "embedded"])
def test_a_short_run_breaks_no_promise(store: str) -> None:
    plan = run.Plan(
        seed=SEED,
        messages=1_000,
        faults=8,
        embedded=store == "embedded",
        nodes=2,
        visitors=6,
        agents=3,
        rate=300,
        presence=False,  # half a minute more: `python -m tests.prove --short` has it
        say=print,
    )
    result = asyncio.run(run.execute(plan))
    assert result.verdict.clean, f"seed {plan.seed}: {result.verdict}"
    assert result.figures["acknowledged"] >= plan.messages
    assert result.figures["faults"] == plan.faults


def test_the_seed_decides_the_schedule() -> None:
    def faults(seed: int) -> str:
        return schedule.fingerprint(schedule.schedule(seed, messages=1000, faults=50, nodes=3, embedded=False))

    assert faults(1) == faults(1)
    assert faults(1) != faults(2)


@pytest.mark.parametrize("name", planted.PLANTS)
def test_what_is_planted_still_finds_its_place(name: str) -> None:
    shutil.rmtree(changed.copy(planted.PLANTS[name].changes))


# -- the checker, by hand -----------------------------------------------------------------------------------------


def _user(uid: str) -> Frame:
    return {"uid": uid, "role": "visitor" if uid.startswith("v") else "agent"}


def _message(seq: int, author: str, id: str) -> Frame:
    return _entry(seq, author, id) | {"type": "message", "content": content(id)}


def _event(seq: int, author: str, kind: str, **more: object) -> Frame:
    return _entry(seq, author, f"e-{seq}") | {"type": "event", "kind": kind, **more}


def _entry(seq: int, author: str, id: str) -> Frame:
    time = f"2026-11-24T12:00:{seq:02d}.000+00:00"
    return {"conversation": VISITOR, "epoch": 7, "seq": seq, "id": id, "user": _user(author), "msg_time": time}


def _evidence() -> Evidence:
    """A short day without a fault: a visitor with two tabs, an agent who takes over from another, one who watches."""
    log = [
        _event(1, VISITOR, "entered"),
        _message(2, VISITOR, "x.1"),
        _event(3, ANNA, "claimed"),
        _message(4, ANNA, "anna.1"),
        _message(5, VISITOR, "x.2"),
        _message(6, VISITOR, "y.1"),
        _event(7, ANNA, "released"),
        _event(8, BEN, "claimed"),
        _message(9, BEN, "ben.1"),
        _event(10, VISITOR, "left"),
    ]
    journals = [
        Journal(
            "x", VISITOR, "visitor", offered={"x.1": VISITOR, "x.2": VISITOR}, acked={"x.1": (7, 2), "x.2": (7, 5)}
        ),
        Journal("y", VISITOR, "visitor", offered={"y.1": VISITOR}, acked={"y.1": (7, 6)}),
        Journal("anna", ANNA, "agent", offered={"anna.1": VISITOR}, acked={"anna.1": (7, 4)}),
        Journal("ben", BEN, "agent", offered={"ben.1": VISITOR}, acked={"ben.1": (7, 9)}),
    ]
    for journal in journals:
        journal.heard[VISITOR] = [Heard(7, e["seq"], e["id"], 0 if e["id"] in journal.acked else mark(e)) for e in log]
    return Evidence(journals, {VISITOR: log}, online=set())


def _kept() -> tuple[Evidence, dict[str, str], set[str]]:
    """The same day, with a file in the visitor's second message and one in the agent's: what is there of them."""
    evidence = _evidence()
    for journal, id, file in ((evidence.journals[0], "x.2", "f1"), (evidence.journals[2], "anna.1", "f2")):
        journal.attached[id] = (file, f"digest of {file}")
        (entry,) = (entry for entry in evidence.logs[VISITOR] if entry["id"] == id)
        entry["file"] = {"id": file}
    return evidence, {"f1": "digest of f1", "f2": "digest of f2"}, {"f1", "f2"}


def _noon(second: float) -> float:
    return checker.unix(_entry(0, VISITOR, "")) + second


def test_a_day_without_a_fault_is_clean() -> None:
    evidence = _evidence()
    evidence.expected = [Expected(VISITOR, "gone", _noon(8), 5.0)]
    assert checker.check(evidence).clean, checker.check(evidence)


def test_files_that_are_all_there_are_clean() -> None:
    evidence, kept, left = _kept()
    for journal in evidence.journals:
        journal.heard[VISITOR] = [h._replace(mark=0) for h in journal.heard[VISITOR]]
    assert checker.check(evidence).clean, checker.check(evidence)
    assert checker.check_files(evidence.journals, evidence.logs, kept, left).clean


def _logged_in() -> tuple[list[Login], list[Customer], list[str], dict[str, list[Frame]]]:
    """The same visitor logs in, and is linked to whom the shop knew; an agent answers there."""
    evidence = _evidence()
    log = evidence.logs[VISITOR]
    del log[8:]  # nobody has answered the last message
    log.append(_event(9, "", "linked", to=KNOWN))
    here = [_event(1, "", "linked", **{"from": VISITOR}), _message(2, ANNA, "anna.9")]
    logins = [Login("maria", KNOWN, VISITOR, "old", "new", "here"), Login("omar", "v3", "v3", "old", "new", "waiting")]
    customers = [
        Customer("maria", KNOWN, {VISITOR: ["x.1", "anna.1", "x.2", "y.1"]}),
        Customer("omar", "v3", {}),
    ]
    return logins, customers, [], {VISITOR: log, KNOWN: here, "v3": []}


def test_customers_who_log_in_and_find_all_they_wrote_are_clean() -> None:
    assert checker.check_customers(*_logged_in()).clean, checker.check_customers(*_logged_in())


@pytest.mark.parametrize(
    "fault",
    [
        "two visitors",
        "two customers",
        "nobody",
        "alive",
        "told twice",
        "no end",
        "said behind it",
        "not read",
        "not carried",
    ],
)
def test_every_fault_of_a_log_in_is_noticed(fault: str) -> None:
    logins, customers, outlived, logs = copy.deepcopy(_logged_in())
    rule = "unlinked"
    if fault == "two visitors":
        rule = "mixed_up"
        logins.append(logins[0]._replace(uid="v3"))
    elif fault == "two customers":
        rule = "mixed_up"
        logins.append(logins[1]._replace(sub="maria", uid=KNOWN, anonymous=KNOWN))
        logins.append(logins[1]._replace(uid=KNOWN, anonymous=KNOWN))
    elif fault == "nobody":
        rule = "mixed_up"
        logins.append(logins[0]._replace(sub="lin", uid=""))
        customers.append(customers[0]._replace(sub="lin", uid=""))
    elif fault == "alive":
        rule = "outlived"
        outlived.append(VISITOR)
    elif fault == "told twice":
        logs[KNOWN].append(_event(3, "", "linked", **{"from": VISITOR}))
    elif fault == "no end":
        del logs[VISITOR][-1]
    elif fault == "said behind it":
        rule = "late_write"
        logs[VISITOR].append(_message(10, VISITOR, "x.3"))
    elif fault == "not read":
        customers[0].linked[VISITOR].pop()
    else:
        rule = "forgotten"
        del logs[KNOWN][1]
    assert rule in checker.check_customers(logins, customers, outlived, logs).counts


@pytest.mark.parametrize("rule", ["file_lost", "file_changed", "orphan", "doubled", "disagreement"])
def test_every_fault_of_a_file_is_noticed(rule: str) -> None:
    evidence, kept, left = _kept()
    if rule == "file_lost":
        del kept["f1"]
    elif rule == "file_changed":
        kept["f1"] = "digest of half of f1"
    elif rule == "orphan":
        left.add("f3")
    elif rule == "doubled":
        evidence.logs[VISITOR][5]["file"] = {"id": "f1"}
    else:
        del evidence.logs[VISITOR][4]["file"]  # stored, and its file forgotten
    found = checker.check_files(evidence.journals, evidence.logs, kept, left)
    found.add_all(checker.check(evidence))
    assert found.counts[rule], found


def _dollar_read(evidence: Evidence) -> None:
    """A feed read from `$`: an entry came between two reads, and the receiver never heard of it."""
    del evidence.journals[3].heard[VISITOR][4]


def _deaf_at_the_end(evidence: Evidence) -> None:
    del evidence.journals[3].heard[VISITOR][8:]


def _bare_xadd(evidence: Evidence) -> None:
    """Stored by XADD as it came: a tab's later message before its earlier one."""
    log = evidence.logs[VISITOR]
    log[1]["id"], log[4]["id"] = "x.2", "x.1"
    log[1]["content"], log[4]["content"] = content("x.2"), content("x.1")


def _skipped(evidence: Evidence) -> None:
    evidence.logs[VISITOR][4]["id"] = "x.3"


def _no_dedupe(evidence: Evidence) -> None:
    """Offered again after a lost acknowledgement, and stored again."""
    evidence.logs[VISITOR].append(_message(11, VISITOR, "x.2"))


def _no_fence(evidence: Evidence) -> None:
    """Anna's late packet, after Ben has taken over."""
    evidence.logs[VISITOR].append(_message(11, ANNA, "anna.2"))


def _two_holders(evidence: Evidence) -> None:
    evidence.logs[VISITOR].append(_event(11, ANNA, "claimed"))


def _acknowledged_too_soon(evidence: Evidence) -> None:
    """Told to be stored, and it never was."""
    evidence.journals[1].offered["y.2"] = VISITOR
    evidence.journals[1].acked["y.2"] = (7, 12)


def _acknowledged_elsewhere(evidence: Evidence) -> None:
    evidence.journals[1].acked["y.1"] = (7, 5)


def _never_answered(evidence: Evidence) -> None:
    evidence.journals[1].offered["y.2"] = VISITOR


def _refused_and_stored(evidence: Evidence) -> None:
    evidence.journals[3].acked.clear()
    evidence.journals[3].refused["ben.1"] = "fenced"


def _told_twice(evidence: Evidence) -> None:
    evidence.journals[2].heard[VISITOR].insert(5, evidence.journals[2].heard[VISITOR][4])


def _told_backwards(evidence: Evidence) -> None:
    heard = evidence.journals[2].heard[VISITOR]
    heard.insert(6, heard[2])


def _told_otherwise(evidence: Evidence) -> None:
    heard = evidence.journals[2].heard[VISITOR]
    heard[5] = heard[5]._replace(mark=1)


def _hole_in_the_log(evidence: Evidence) -> None:
    del evidence.logs[VISITOR][6]


def _ghost(evidence: Evidence) -> None:
    """Presence without a lease: whoever died is here for ever."""
    del evidence.logs[VISITOR][9]
    for journal in evidence.journals:
        del journal.heard[VISITOR][9]
    evidence.expected = [Expected(VISITOR, "gone", _noon(8), 25.0)]


def _late(evidence: Evidence) -> None:
    evidence.expected = [Expected(VISITOR, "gone", _noon(4), 5.0)]


def _false_left(evidence: Evidence) -> None:
    evidence.expected = [Expected(VISITOR, "here", _noon(8))]


def _listed_ghost(evidence: Evidence) -> None:
    evidence.expected, evidence.online = [Expected(VISITOR, "gone", _noon(8), 5.0)], {VISITOR}


FAULTS: dict[Callable[[Evidence], None], str] = {
    _dollar_read: "gap",
    _deaf_at_the_end: "gap",
    _bare_xadd: "reordered",
    _skipped: "reordered",
    _no_dedupe: "doubled",
    _no_fence: "late_write",
    _two_holders: "two_holders",
    _acknowledged_too_soon: "lost",
    _acknowledged_elsewhere: "false_ack",
    _never_answered: "unsettled",
    _refused_and_stored: "refused_stored",
    _told_twice: "doubled",
    _told_backwards: "reordered",
    _told_otherwise: "disagreement",
    _hole_in_the_log: "gap",
    _ghost: "presence",
    _late: "presence",
    _false_left: "presence",
    _listed_ghost: "presence",
}


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.__name__.strip("_"))
def test_the_checker_notices(fault: Callable[[Evidence], None]) -> None:
    evidence = copy.deepcopy(_evidence())
    fault(evidence)
    assert FAULTS[fault] in checker.check(evidence).counts
