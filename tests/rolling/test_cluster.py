"""A rolling update by the manifests, under load: `python -m tests.rolling.cluster` has the longer run."""

import asyncio
import json
import os
import subprocess
from collections.abc import Mapping

import pytest

from tests.packaging.kustomized import build, environment, only_container, pods
from tests.rolling.cluster import Plan, execute
from tests.rolling.pods import SECRETS, Store
from tests.running import PATIENCE

SEED = int(os.environ.get("SEED", "20261129"))
PLAN = Plan(SEED, each=50, rate=100, visitors=4, agents=2)


def test_an_update_and_a_new_store_lose_nothing_and_turn_nobody_away() -> None:
    report = asyncio.run(execute(PLAN, build("valkey", "files"), print))
    assert report["clean"], f"SEED={SEED}: {json.dumps(report, indent=1)}"


def test_the_store_is_ready_when_it_obeys_and_alive_when_it_answers_at_all() -> None:
    manifests = build("valkey")
    container, store = only_container(pods(manifests)["chatadmin-valkey"]), Store(manifests)

    def passes(probe: str, env: Mapping[str, str]) -> bool:
        program, *words = container[f"{probe}Probe"]["exec"]["command"]
        assert program == "valkey-cli"  # of which Debian has the one before it was called so
        line = ["redis-cli", "-s", str(store.socket), *words]
        done = subprocess.run(line, env={"PATH": os.environ["PATH"], **env}, timeout=PATIENCE, check=False)
        return done.returncode == 0

    env = environment(container, SECRETS)
    try:
        assert passes("readiness", env)
        assert passes("liveness", env)
        # It refuses what it is asked, as while it loads its file.
        assert not passes("readiness", {})
        assert passes("liveness", {})
    finally:
        store.stop()
    assert not passes("liveness", env)


@pytest.mark.long
def test_without_the_wait_before_the_end_people_are_turned_away() -> None:
    hook = "              sleep: {seconds: 5}"
    instead = {"server/deployment.yaml": (hook, hook.replace("5", "1"))}
    report = asyncio.run(execute(PLAN, build("valkey", "files", instead=instead)))
    assert report["turned_away"], f"SEED={SEED}: {json.dumps(report, indent=1)}"
    assert not report["broken"], "what was written is there all the same"


@pytest.mark.long
def test_a_store_that_keeps_nothing_is_noticed() -> None:
    instead = {"valkey/statefulset.yaml": ('            - "yes"\n', '            - "no"\n')}
    with pytest.raises(AssertionError, match="the store has begun anew"):
        asyncio.run(execute(PLAN, build("valkey", "files", instead=instead)))
