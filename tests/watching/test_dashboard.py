"""The dashboard and the rules ask for what the product tells, and every expression finds something in it."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.running import ROOT, Chatadmin, wait_until
from tests.transport.echo_server import certificate
from tests.watching.promtool import promtool
from tests.watching.scrape import told

RULES, DASHBOARD = ROOT / "docs/watching/rules.yml", ROOT / "docs/watching/dashboard.json"
# What Grafana puts in place of its words.
FILLED_IN = {"$job": "chatadmin", "$__rate_interval": "5m"}
WHERE = {"instance": "a:9090", "job": "chatadmin"}
MAIL = {"smtp": "smtp://127.0.0.1:9", "from": "chat@shop.example"}


def expressions() -> Iterator[str]:
    """Those of the dashboard's panels, as Grafana asks them."""
    for panel in json.loads(DASHBOARD.read_text("utf-8"))["panels"]:
        for target in panel.get("targets", ()):
            expression: str = target["expr"]
            for word, meaning in FILLED_IN.items():
                expression = expression.replace(word, meaning)
            yield expression


def names(words: str) -> set[str]:
    return set(re.findall(r"\bchatadmin_\w+", words))


@pytest.fixture(scope="module")
def figures(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, float]]:
    """A whole shop's, that has all there is to tell of, by name and labels as Prometheus keeps them."""
    made = certificate(tmp_path_factory.mktemp("tls"))
    tls = {"certificate": str(made / "cert.pem"), "key": str(made / "key.pem")}
    backup = {"at": "03:30", "to": str(tmp_path_factory.mktemp("backups"))}
    config = {"url": "https://chat.shop.example", "mail": MAIL, "tls": tls, "backup": backup}
    with Chatadmin("--workers", "2", config=config) as shop:

        def whole() -> list[tuple[str, dict[str, str], float]] | None:
            """What one answer says, once there was a look at the room for files, and the first backup."""
            said = told(shop.url)
            seen = {name for name, _, _ in said}
            return said if {"chatadmin_files_bytes", "chatadmin_backup_age_seconds"} <= seen else None

        yield {
            f"{name}{{{', '.join(f'{label}={json.dumps(value)}' for label, value in (labels | WHERE).items())}}}": value
            for name, labels, value in wait_until(whole, "all that there is to tell of")
        }


def test_what_they_name_is_told(figures: dict[str, float]) -> None:
    known = {name.partition("{")[0] for name in figures}
    asked = names(RULES.read_text("utf-8")) | names(" ".join(expressions()))
    assert asked <= known
    assert known <= asked, "what is told and nobody looks at"


def test_a_certificate_s_days_are_told(figures: dict[str, float]) -> None:
    (left,) = (value for name, value in figures.items() if name.startswith("chatadmin_certificate_days"))
    assert 0.9 < left <= 1


def test_every_panel_shows_something(figures: dict[str, float], tmp_path: Path) -> None:
    """Prometheus' own reading of each expression over ten minutes of what was told; a panel that would stay empty
    counts nothing."""
    series = [{"series": name, "values": f"{value:.17g}+0x10"} for name, value in figures.items()]
    asked = [
        {"expr": f"count({expression}) > bool 0", "eval_time": "10m", "exp_samples": [{"labels": "{}", "value": 1}]}
        for expression in expressions()
    ]
    tests: list[dict[str, Any]] = [{"interval": "1m", "input_series": series, "promql_expr_test": asked}]
    (tmp_path / "tests.yml").write_text(yaml.safe_dump({"evaluation_interval": "1m", "tests": tests}))
    found = promtool("test", "rules", tmp_path / "tests.yml")
    assert found.returncode == 0, found.stdout + found.stderr
