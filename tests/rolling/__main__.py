"""`python -m tests.rolling`: change nodes of two versions under load, there, back and over, and judge what it did."""

import argparse
import asyncio
import json
import random
import signal
import sys

from tests.rolling.run import Plan, execute


def main(arguments: list[str] | None = None) -> int:
    """Run it; 0 where nothing was lost, doubled or reordered and all went as it should."""
    parser = argparse.ArgumentParser(prog="python -m tests.rolling", description=__doc__)
    parser.add_argument("--seed", type=int, help="replays the same people; else one is chosen and printed")
    parser.add_argument("--rounds", type=int, default=5, help="times there and back")
    parser.add_argument("--each", type=int, default=2_000, help="messages acknowledged between two changes")
    parser.add_argument("--rate", type=float, default=200.0, help="messages a second")
    asked = parser.parse_args(arguments)
    seed = asked.seed if asked.seed is not None else random.SystemRandom().randrange(1_000_000)
    plan = Plan(seed, rounds=asked.rounds, each=asked.each, rate=asked.rate)
    report = asyncio.run(_run(plan))
    print(json.dumps(report, indent=1))
    print(f"seed {seed}: {'clean' if report['clean'] else 'BROKEN'}")
    return 0 if report["clean"] else 1


async def _run(plan: Plan) -> dict[str, object]:
    """The run; ended early, it leaves nothing behind either."""
    me = asyncio.current_task()
    assert me is not None
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, me.cancel)
    return await execute(plan, lambda text: print(text, file=sys.stderr, flush=True))


if __name__ == "__main__":
    raise SystemExit(main())
