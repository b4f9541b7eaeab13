"""As tests/test_guard.py, with a browser among what is left."""

import signal
from pathlib import Path

from tests.test_guard import LONG, Run, gone, of, run

__all__ = ["run"]


def test_no_browser_outlives_a_suite_and_its_workers(run: Run, tmp_path: Path) -> None:
    suite = run("tests/browser/unattended.py", "-n", "1")
    assert any("chromium" in line for line in of(tmp_path).values())
    suite.send_signal(signal.SIGKILL)
    suite.wait(LONG)
    gone(tmp_path)
