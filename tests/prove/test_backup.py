"""A short fire: backed up amid talk, restored elsewhere, judged. Long ones are `python -m tests.prove.backup`."""

import asyncio
import os
import random

import pytest

from tests.prove.backup import Target, prove
from tests.prove.run import Plan


@pytest.mark.long
def test_what_was_acknowledged_before_it_began_is_there_and_open_pages_offer_the_rest_again() -> None:
    seed = int(os.environ.get("SEED") or random.SystemRandom().randrange(1_000_000))
    print(f"SEED={seed}")
    plan = Plan(seed=seed, messages=1_500, nodes=2, visitors=6, agents=2, rate=500, files=0.02, customers=0, say=print)
    report = asyncio.run(prove(plan, Target("redis", 4)))
    assert report["clean"], report
