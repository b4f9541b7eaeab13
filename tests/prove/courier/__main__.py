"""`python -m tests.prove.courier`: try to have mail get lost, doubled or out of order, and say whether it did."""

import argparse
import asyncio
import json
import random
import sys
from dataclasses import replace
from pathlib import Path

from tests.prove.courier import planted
from tests.prove.courier.run import Plan, execute
from tests.running import ROOT


def main() -> int:
    """Run what is asked for; 0 where every promise was kept."""
    parser = argparse.ArgumentParser(prog="python -m tests.prove.courier", description=__doc__)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1_000_000))
    parser.add_argument("--jobs", type=int, default=Plan.jobs, help="messages of agents to people who are away")
    parser.add_argument("--kills", type=int, default=Plan.kills, help="of courier, store and mail server")
    parser.add_argument("--stops", type=int, default=Plan.stops, help="of a courier, for longer than its lease")
    parser.add_argument("--nodes", type=int, default=Plan.nodes)
    parser.add_argument("--source", type=Path, default=ROOT, help="the source in that folder")
    parser.add_argument("--planted", action="store_true", help="is each fault noticed that is put in on purpose?")
    asked = vars(parser.parse_args())
    all_planted = asked.pop("planted")
    plan = Plan(**asked, say=lambda text: print(text, file=sys.stderr, flush=True))
    if all_planted:
        report = asyncio.run(planted.all_of_them(replace(plan, jobs=300, kills=12, stops=3)))
    else:
        report = asyncio.run(execute(plan)).report()
    print(json.dumps(report, indent=1))
    print(f"seed {plan.seed}: {'clean' if report['clean'] else 'BROKEN'}")
    return 0 if report["clean"] else 1


if __name__ == "__main__":
    raise SystemExit(main())
