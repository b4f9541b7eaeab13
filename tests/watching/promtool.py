"""Prometheus' own judge of rules, as build.sh unpacks it."""

import subprocess
from pathlib import Path

from tests.running import PATIENCE, ROOT


def promtool(*words: str | Path) -> subprocess.CompletedProcess[str]:
    """What it says of them."""
    return subprocess.run(
        [ROOT / "build/promtool", *words], capture_output=True, text=True, check=False, timeout=PATIENCE
    )
