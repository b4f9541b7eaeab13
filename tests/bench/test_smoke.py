"""The benchmark works: every mode, small, once. What it measures is not judged here: a busy machine proves nothing."""

import json
from pathlib import Path

import pytest

from tests.bench.__main__ import main
from tests.bench.modes import MODES
from tests.bench.peers import LIGHTHOUSE, PEERS
from tests.bench.talker import Talker, Tally
from tests.bench.wires import WIRES


def test_every_mode_has_its_figures(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--smoke", "--out", str(tmp_path)]) == 0
    found = json.loads((tmp_path / "bench.json").read_text())
    others = {name for name, peer in PEERS.items() if peer.needs}
    absent = {name for name in others if not PEERS[name].present}
    unjudged = set() if LIGHTHOUSE.present else {"lighthouse"}
    assert set(found["figures"]) == set(MODES) - unjudged
    assert set(found["left out"]) == absent | unjudged
    of_ours = {"product", "bare relay", "asgi echo", "quart echo", "naive relay"}
    compared = {mode: found["figures"][mode] for mode in ("echoes", "relay", "tutorials")}
    seen = {side for cases in compared.values() for sides in cases.values() for side in sides}
    failed = {
        name for name in others if any(f" {name}: " in reason for reason in found["refused"])
    }  # nchan aborts at times
    assert of_ours | (others - absent - failed) <= seen <= of_ours | others
    for cases in compared.values():
        for sides in cases.values():
            assert all(figure["per_second"] > 0 for figures in sides.values() for figure in figures)
    table = (tmp_path / "bench.md").read_text()
    assert "| ratio | promised | seen |" in table
    assert table in capsys.readouterr().out


ACKS_LATER = {
    "product": b'{"type":"ack","id":"t.2"}',
    "relay": b'{"type": "ack", "id": "t.2", "seq": "1-0"}',
    "socketio": b'432[{"id":"t.2","seq":"1-0"}]',
    "nchan": b'{"id":"t.2"}',
    "centrifuge": b'{"result":{"channel":"p1","data":{"data":{"id":"t.2"},"offset":2}}}',
}
MESSAGE = {
    "product": b'{"type":"message","id":"%s"}',
    "relay": b'{"id": "%s", "type": "message"}',
    "socketio": b'42["message",{"id":"%s"}]',
    "nchan": b'{"id":"%s"}',
    "centrifuge": b'{"result":{"channel":"p1","data":{"data":{"id":"%s"},"offset":2}}}',
}


@pytest.mark.parametrize("wire", MESSAGE)
@pytest.mark.parametrize("fault", ["acknowledged out of order", "another's message", "doubled"])
def test_a_run_that_lost_or_doubled_a_message_has_no_figure(wire: str, fault: str) -> None:
    tally = Tally()
    talker = Talker(WIRES[wire], "t", tally)
    heard = {
        "acknowledged out of order": [ACKS_LATER[wire]],
        "another's message": [MESSAGE[wire] % b"other.1"],
        "doubled": [MESSAGE[wire] % b"t.1"] * 2,
    }
    for payload in heard[fault]:
        talker.judge(payload)
    assert len(tally.faults) == 1


def test_a_message_that_was_refused_is_not_taken_for_an_acknowledged_one() -> None:
    tally = Tally()
    Talker(WIRES["socketio"], "t", tally).judge(b'431[{"code":"bad_frame"}]')
    assert len(tally.faults) == 1
