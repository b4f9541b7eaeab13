"""The benchmark works: every mode, small, once. What it measures is not judged here: a busy machine proves nothing."""

import json
from pathlib import Path

import pytest

from tests.bench.__main__ import main
from tests.bench.modes import MODES
from tests.bench.talker import Talker, Tally
from tests.bench.wires import WIRES


def test_every_mode_has_its_figures(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--smoke", "--out", str(tmp_path)]) == 0
    found = json.loads((tmp_path / "bench.json").read_text())
    assert found["refused"] == []
    assert set(found["figures"]) == set(MODES)
    for case, sides in found["figures"]["relay"].items():
        assert {"product", "asgi echo", "quart echo", "naive relay"} <= set(sides), case
        assert all(figure["messages"] > 0 for figures in sides.values() for figure in figures)
    table = (tmp_path / "bench.md").read_text()
    assert "| ratio | promised | seen |" in table
    assert table in capsys.readouterr().out


@pytest.mark.parametrize(
    "heard",
    [
        [b'{"type":"ack","id":"t.2"}'],
        [b'{"type":"message","id":"other.1"}'],
        [b'{"type":"message","id":"t.1"}', b'{"type":"message","id":"t.1"}'],
    ],
    ids=["acknowledged out of order", "another's message", "doubled"],
)
def test_a_run_that_lost_or_doubled_a_message_has_no_figure(heard: list[bytes]) -> None:
    tally = Tally()
    talker = Talker(WIRES["product"], "t", tally)
    for payload in heard:
        talker.judge(payload)
    assert len(tally.faults) == 1
