"""What the service may do beyond serving, as systemd itself judges it."""

import re
import subprocess
from pathlib import Path

import pytest

from tests.running import PATIENCE, ROOT

UNIT = ROOT / "packaging/chatadmin.service"
PORTS = ROOT / "packaging/ports.conf"


def exposure(folder: Path, *drop_ins: Path) -> float:
    """From 0, shut in, to 10, as if there were no unit's settings at all."""
    (folder / "chatadmin.service").write_bytes(UNIT.read_bytes())
    beside = folder / "chatadmin.service.d"
    beside.mkdir()
    for drop_in in drop_ins:
        (beside / drop_in.name).write_bytes(drop_in.read_bytes())
    judged = subprocess.run(
        ["systemd-analyze", "security", "--offline=true", str(folder / "chatadmin.service")],
        env={"SYSTEMD_UNIT_PATH": f"{folder}:", "SYSTEMD_COLORS": "0", "LC_ALL": "C.UTF-8", "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    found = re.search(r"Overall exposure level for chatadmin\.service: ([\d.]+)", judged.stdout)
    assert found, judged.stdout + judged.stderr
    print(judged.stdout)
    return float(found[1])


def test_the_service_is_exposed_to_little(tmp_path: Path) -> None:
    assert exposure(tmp_path) <= 1.5


def test_the_right_to_listen_on_the_webs_ports_adds_little(tmp_path: Path) -> None:
    assert exposure(tmp_path, PORTS) <= 1.9


@pytest.mark.parametrize("lacking", ["@resources", "setpriority", "sched_setaffinity"])
def test_whoever_works_behind_those_who_chat_may_step_back(lacking: str) -> None:
    """Backups are niced, and the store's rewriting is (store/embedded.py): a filter may not take that from them."""
    denied = [line for line in UNIT.read_text("utf-8").splitlines() if line.startswith("SystemCallFilter=~")]
    assert denied
    assert lacking not in " ".join(denied)
