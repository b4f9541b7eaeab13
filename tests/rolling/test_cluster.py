"""A rolling update by the manifests, under load: `python -m tests.rolling.cluster` has the longer run."""

import asyncio
import json
import os

import pytest

from tests.packaging.kustomized import build
from tests.rolling.cluster import Plan, execute

SEED = int(os.environ.get("SEED", "20261129"))
PLAN = Plan(SEED, each=100, visitors=4, agents=2)


def test_an_update_and_a_new_store_lose_nothing_and_turn_nobody_away() -> None:
    report = asyncio.run(execute(PLAN, build("valkey", "files"), print))
    assert report["clean"], f"SEED={SEED}: {json.dumps(report, indent=1)}"


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
