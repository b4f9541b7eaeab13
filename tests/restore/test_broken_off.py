"""A restore that breaks half-way leaves a store that is served by nobody; run again, it is as if it had never broken.

SEED=... repeats the places at which it broke; they are printed.
"""

import os
import random
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.program import Outcome
from tests.restore.conftest import BackedUp
from tests.restore.raw import everything, lasting
from tests.running import PATIENCE, ROOT, Valkey, environment

Run = Callable[..., Outcome]
PLACES = 2
"""At how many places it breaks in each way."""


def _broken(
    what: str, at: int, home: Path, *words: str | Path, env: dict[str, str]
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-B", "-m", "tests.restore.breaking", what, str(at), *map(str, words)],
        env=environment(home, {**env, "PYTHONPATH": str(ROOT)}),
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE,
    )


def _files(folder: Path) -> dict[str, bytes]:
    return {f"{file.parent.name}.{file.name}": file.read_bytes() for file in folder.glob("v*/*")}


@pytest.mark.parametrize("how", ["kill", "interrupt", "full", "away"])
def test_run_again_it_is_as_if_it_had_never_broken(
    how: str, shop: BackedUp, chatadmin_does: Run, start_store: Callable[..., Valkey], tmp_path: Path
) -> None:
    seed = int(os.environ.get("SEED") or random.SystemRandom().randrange(1_000_000))
    print(f"SEED={seed}")
    chance = random.Random(f"{seed} {how}")
    lines = sum(int(word.split()[0].replace(",", "")) for word in _told(chatadmin_does, shop))
    store = start_store("valkey", fsync=True)
    files, backed_up = tmp_path / "files", shop.file.read_bytes()
    env = {"CHATADMIN_FILES__DIRECTORY": str(files)}
    for _ in range(PLACES):
        at = chance.randrange(1, lines)
        print(f"{how} at line {at} of {lines}")
        fault = f"away:{store.process.pid}" if how == "away" else how
        broke = _broken(fault, at, tmp_path, "restore", shop.file, "--redis", store.url, env=env)
        assert broke.returncode != 0
        if how == "away":
            store.restart()
        if how != "kill":
            assert "broke off" in broke.stderr, broke.stderr
            assert "Traceback" not in broke.stderr
        assert store.command("HEXISTS", "{s00}:store", "restoring") == ":1"
    listed = chatadmin_does("agent", "list", "--redis", store.url)
    assert listed.status == 1
    assert "restore_incomplete" in listed.complaint
    done = chatadmin_does("restore", shop.file, "--redis", store.url, env=env)
    assert (done.status, done.err) == (0, "")
    assert lasting(everything(store.url)) == shop.holds
    assert _files(files) == shop.sample.bytes
    assert shop.file.read_bytes() == backed_up


def _told(does: Run, shop: BackedUp) -> list[str]:
    """What `verify` says is in it, as `166 entries`."""
    said = does("verify", shop.file).out
    return [part for part in said.rpartition(": ")[2].split(", ") if part]
