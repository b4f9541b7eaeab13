"""The alert rules, judged by Prometheus' own promtool: each wakes somebody when it should; none while all is well."""

from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml

from tests.running import ROOT
from tests.watching.promtool import promtool

RULES = ROOT / "docs/watching/rules.yml"
WHERE = 'instance="a:9090", job="chatadmin"'
# A day of a shop in which all is well, a sample a minute.
WELL = {
    f"up{{{WHERE}}}": "1",
    f"chatadmin_store_up{{{WHERE}}}": "1",
    f'chatadmin_processes{{{WHERE}, process="worker"}}': "2",
    f'chatadmin_processes_expected{{{WHERE}, process="worker"}}': "2",
    f'chatadmin_process_starts_total{{{WHERE}, process="worker"}}': "2",
    f"chatadmin_worker_silent_seconds{{{WHERE}}}": "1",
    f"chatadmin_late_seconds_total{{{WHERE}}}": "0+0.2",
    f'chatadmin_log_records_total{{{WHERE}, level="error"}}': "0",
    f'chatadmin_log_records_total{{{WHERE}, level="warning"}}': "0+1",
    f"chatadmin_store_memory_bytes{{{WHERE}}}": "5e8",
    f"chatadmin_store_memory_limit_bytes{{{WHERE}}}": "0",
    f'chatadmin_disk_free_bytes{{{WHERE}, place="data"}}': "5e9",
    f"chatadmin_files_bytes{{{WHERE}}}": "1e9",
    f"chatadmin_files_limit_bytes{{{WHERE}}}": "5e9",
    f"chatadmin_outbox_age_seconds{{{WHERE}}}": "600",
    f"chatadmin_outbox_dead{{{WHERE}}}": "3",
    f"chatadmin_backup_age_seconds{{{WHERE}}}": "80000",
    f"chatadmin_backup_expected{{{WHERE}}}": "1",
    f"chatadmin_backup_failing{{{WHERE}}}": "0",
    f"chatadmin_backup_verified{{{WHERE}}}": "1",
    f"chatadmin_certificate_days{{{WHERE}}}": "60",
    f'chatadmin_build{{{WHERE}, version="1.0.0"}}': "1",
    f"chatadmin_waiting_visitors{{{WHERE}}}": "2",
    f"chatadmin_waiting_seconds{{{WHERE}}}": "120",
    f"chatadmin_agents_accepting{{{WHERE}}}": "1",
    f"chatadmin_shop_open{{{WHERE}}}": "1",
}


class Case(NamedTuple):
    """From some day's beginning `series` are so, by the beginning of their name; within `within` minutes `alert` says
    `summary`, and not `before` that many. `labels`: those it has beside its severity."""

    alert: str
    series: dict[str, str]
    before: int
    within: int
    summary: str
    labels: dict[str, str]


ON = {"instance": "a:9090", "job": "chatadmin"}
CASES = [
    Case("Down", {"up": "0"}, 0, 2, "chatadmin on a:9090 does not answer", ON),
    Case(
        "StoreAway",
        {"chatadmin_store_up": "0"},
        0,
        2,
        "chatadmin on a:9090 cannot reach its store; nobody can write",
        ON,
    ),
    Case(
        "ProcessMissing",
        {"chatadmin_processes{": "1"},
        0,
        2,
        "a:9090 lacks a process: worker",
        ON | {"process": "worker"},
    ),
    Case(
        "ProcessesEnd",
        {"chatadmin_process_starts": "2+1"},
        1,
        10,
        "a:9090 starts one again and again: worker",
        ON | {"process": "worker"},
    ),
    Case("WorkerStuck", {"chatadmin_worker_silent": "20"}, 0, 2, "A worker on a:9090 does nothing", ON),
    Case("Busy", {"chatadmin_late": "0+30"}, 12, 17, "The workers on a:9090 cannot keep up", ON),
    Case(
        "Errors",
        {'chatadmin_log_records_total{instance="a:9090", job="chatadmin", level="error"': "0+1"},
        0,
        3,
        "chatadmin on a:9090 logs errors",
        ON | {"level": "error"},
    ),
    Case(
        "StoreFull",
        {"chatadmin_store_memory_limit": "5.2e8"},
        4,
        6,
        "The store behind a:9090 is nearly full; soon nobody can write",
        ON,
    ),
    Case(
        "DiskLow",
        {"chatadmin_disk_free": "268435456"},
        9,
        11,
        "a:9090 has 256MiB left on the disk of its data",
        ON | {"place": "data"},
    ),
    Case(
        "DiskFull", {"chatadmin_disk_free": "3e7"}, -1, 1, "The disk of a:9090 is full (data)", ON | {"place": "data"}
    ),
    Case(
        "FilesFull", {"chatadmin_files_bytes": "4.9e9"}, 9, 11, "Customers' files take nine tenths of what they may", ON
    ),
    Case(
        "MailStuck",
        {"chatadmin_outbox_age": "7200"},
        9,
        11,
        "Mail should have gone out 2h 0m 0s ago and has not",
        ON,
    ),
    Case("MailGivenUp", {"chatadmin_outbox_dead": "3+1"}, 0, 3, "Mail to somebody was given up", ON),
    Case("BackupOld", {"chatadmin_backup_age": "100800"}, 9, 11, "The last backup is 1d 4h 0m 0s old", ON),
    Case(
        "BackupMissing",
        {"chatadmin_backup_age": "_"},
        1559,
        1561,
        "There is no backup yet, though one is made daily",
        ON,
    ),
    Case("BackupFails", {"chatadmin_backup_failing": "1"}, 9, 11, "The last attempt at a backup failed", ON),
    Case("BackupUnverified", {"chatadmin_backup_verified": "0"}, 59, 61, "The last backup was not verified", ON),
    Case("CertificateEnds", {"chatadmin_certificate": "9"}, 59, 61, "The certificate of a:9090 ends in 9 days", ON),
    Case(
        "CertificateEnded",
        {"chatadmin_certificate": "-1"},
        -1,
        1,
        "Browsers refuse the certificate of a:9090 now, or within two days",
        ON,
    ),
    Case(
        "VersionsDiffer",
        {'chatadmin_build{instance="b:9090", job="chatadmin", version="1.1.0"}': "1"},
        1439,
        1441,
        "The servers of this shop run different versions",
        {},
    ),
    Case(
        "CustomerWaits",
        {"chatadmin_waiting_seconds": "900"},
        0,
        2,
        "Somebody has waited for 15m 0s while the shop is open",
        {"job": "chatadmin"},
    ),
    Case(
        "NobodyAnswers",
        {"chatadmin_agents_accepting": "0"},
        9,
        11,
        "The shop is open, 2 wait, and nobody takes conversations",
        {"job": "chatadmin"},
    ),
]
(GROUP,) = yaml.safe_load(RULES.read_text("utf-8"))["groups"]
RUN = {rule["alert"].removeprefix("Chatadmin"): rule for rule in GROUP["rules"]}


def judged(folder: Path, *tests: dict[str, Any]) -> str:
    """What promtool finds wrong with the rules by these tests; "" where nothing is."""
    file = folder / "tests.yml"
    file.write_text(yaml.safe_dump({"rule_files": [str(RULES)], "evaluation_interval": "1m", "tests": list(tests)}))
    found = promtool("test", "rules", file)
    return "" if found.returncode == 0 else found.stdout + found.stderr


def so(changed: dict[str, str], minutes: int) -> dict[str, Any]:
    """A test in which the series that begin so are otherwise than when all is well."""
    values = {
        name: next((value for begin, value in changed.items() if name.startswith(begin)), usual)
        for name, usual in WELL.items()
    } | {name: value for name, value in changed.items() if name.endswith("}")}
    each = [{"series": name, "values": _values(value, minutes)} for name, value in values.items()]
    return {"interval": "1m", "input_series": each}


def _values(value: str, minutes: int) -> str:
    """One a minute: the same, or so much more each time."""
    if value == "_":
        return f"_x{minutes}"
    return f"{value}x{minutes}" if "+" in value[1:] and "e" not in value else f"{value}+0x{minutes}"


def asked(alert: str, minute: int, *expected: dict[str, Any]) -> dict[str, Any]:
    return {"eval_time": f"{minute}m", "alertname": f"Chatadmin{alert}", "exp_alerts": list(expected)}


def test_the_rules_are_rules() -> None:
    found = promtool("check", "rules", RULES)
    assert found.returncode == 0, found.stdout + found.stderr
    assert all("{{" not in rule["annotations"]["description"] for rule in RUN.values())


def test_every_rule_has_a_case() -> None:
    assert [case.alert for case in CASES] == list(RUN)


def test_none_wakes_anybody_while_all_is_well(tmp_path: Path) -> None:
    minutes = 2000
    quiet = [asked(alert, minute) for alert in RUN for minute in (5, 70, 1500, 1990)]
    assert judged(tmp_path, so({}, minutes) | {"alert_rule_test": quiet}) == ""


def test_a_closed_shop_and_one_without_backups_or_https_wakes_nobody(tmp_path: Path) -> None:
    closed = {"chatadmin_shop_open": "0", "chatadmin_agents_accepting": "0", "chatadmin_waiting_seconds": "30000"}
    without = {"chatadmin_backup_expected": "0", "chatadmin_backup_age": "_", "chatadmin_certificate": "_"}
    quiet = [asked(alert, minute) for alert in RUN for minute in (5, 1700)]
    assert judged(tmp_path, so(closed | without, 2000) | {"alert_rule_test": quiet}) == ""


@pytest.mark.parametrize("case", CASES, ids=[case.alert for case in CASES])
def test_it_wakes_somebody(case: Case, tmp_path: Path) -> None:
    rule = RUN[case.alert]
    told = {"summary": case.summary, "description": rule["annotations"]["description"]}
    awake = {"exp_labels": case.labels | rule["labels"], "exp_annotations": told}
    tests = [asked(case.alert, case.within, awake)]
    if case.before >= 0:
        tests.append(asked(case.alert, case.before))
    assert judged(tmp_path, so(case.series, case.within + 5) | {"alert_rule_test": tests}) == ""
