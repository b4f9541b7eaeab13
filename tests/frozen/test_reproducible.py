"""The same commit gives the same file. Takes two minutes: asked for with SLOW_TESTS=1."""

import os
import shutil
import subprocess
from hashlib import sha256
from pathlib import Path

import pytest

from tests.running import ROOT


def test_two_builds_in_different_folders_are_the_same(tmp_path: Path) -> None:
    if not os.environ.get("SLOW_TESTS"):
        pytest.skip("slow: set SLOW_TESTS=1")
    digests = []
    for name in ("one", "another"):
        place = tmp_path / name
        subprocess.run(["git", "clone", "--quiet", str(ROOT), str(place)], check=True)
        for prepared in (".venv", "node_modules", "static/vendor"):
            (place / prepared).symlink_to(ROOT / prepared)
        subprocess.run(["./build.sh"], cwd=place, check=True, capture_output=True)
        digests.append(sha256((place / "dist" / "chatadmin").read_bytes()).hexdigest())
        shutil.rmtree(place)
    assert digests[0] == digests[1]
