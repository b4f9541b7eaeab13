"""The kinds of tests are true: `./build.sh quick` counts on them."""

import subprocess
import sys

import pytest

from tests.kinds import PLACES
from tests.running import ROOT


@pytest.mark.parametrize("place", PLACES)
def test_a_place_that_is_named_is_there(place: str) -> None:
    assert (ROOT / "tests" / place).exists()


def test_what_is_slow_to_prepare_can_be_left_out() -> None:
    asked = ["-m", "not (browser or frozen or outage or crowd or program)", *(f"tests/{place}" for place in PLACES)]
    line = [sys.executable, "-m", "pytest", "--collect-only", "-q", "tests/test_contract_plain.py", *asked]
    done = subprocess.run(line, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    left = [name for name in done.stdout.splitlines() if "::" in name]
    assert left
    assert all(name.startswith("tests/test_contract_plain.py::") and name.endswith("[source]") for name in left)
