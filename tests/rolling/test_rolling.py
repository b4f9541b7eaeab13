"""Nodes of two versions on one store: `python -m tests.rolling` has the longer run."""

import asyncio
import json
import os
import shutil

from tests.rolling import next_version
from tests.rolling.run import Plan, execute

SEED = int(os.environ.get("SEED", "20261129"))


def test_two_versions_side_by_side_there_and_back_and_over() -> None:
    plan = Plan(SEED, each=100, visitors=4, agents=2, kills=False, timings=0.25)
    report = asyncio.run(execute(plan, print))
    assert report["clean"], f"SEED={SEED}: {json.dumps(report, indent=1)}"


def test_the_newer_version_can_still_be_made_of_this_source() -> None:
    shutil.rmtree(next_version.make())
