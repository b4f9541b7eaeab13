"""`python -m tests.prove`: try to make the product lose, double or reorder something, and say whether it did."""

import argparse
import asyncio
import json
import random
import signal
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

from tests.bench.machine import many_descriptors
from tests.prove import blackhole, contended, drain, ghosts, planted, run
from tests.prove.run import Plan
from tests.prove.shop import Program


def main(arguments: list[str] | None = None) -> int:
    """Run what is asked for; 0 where every promise was kept."""
    asked = _arguments(arguments)
    many_descriptors()
    seed = asked.seed if asked.seed is not None else random.SystemRandom().randrange(1_000_000)
    messages, faults = (2_000, 12) if asked.short else (asked.messages, asked.faults)
    plan = Plan(
        seed=seed,
        messages=messages,
        faults=faults,
        embedded=asked.store == "embedded",
        nodes=asked.nodes,
        rate=asked.rate,
        files=asked.files,
        customers=asked.customers,
        program=Program(asked.source),
        say=lambda text: print(text, file=sys.stderr, flush=True),
    )
    report = asyncio.run(_prove(asked, plan))
    if asked.out:
        asked.out.write_text(json.dumps(report, indent=1) + "\n")
    print(json.dumps(report, indent=1))
    print(f"seed {seed}: {'clean' if report['clean'] else 'BROKEN'}")
    return 0 if report["clean"] else 1


def _arguments(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.prove", description=__doc__)
    parser.add_argument("--seed", type=int, help="replays the same schedule of faults; else one is chosen and printed")
    parser.add_argument("--messages", type=int, default=100_000, help="to be acknowledged")
    parser.add_argument("--faults", type=int, default=200)
    parser.add_argument("--store", choices=("external", "embedded"), default="external")
    parser.add_argument("--nodes", type=int, default=3, help="with the external store")
    parser.add_argument("--rate", type=float, default=400.0, help="messages a second, while nothing fails")
    parser.add_argument("--files", type=float, default=0.1, help="share of the messages that carry one")
    parser.add_argument("--customers", type=int, default=3, help="who write before they log in, on two devices each")
    parser.add_argument("--short", action="store_true", help="2,000 messages over 12 faults")
    parser.add_argument("--source", type=Path, help="run the source in that folder, not the file under test")
    parser.add_argument("--out", type=Path, help="write figures and verdict as JSON")
    other = parser.add_mutually_exclusive_group()
    other.add_argument("--planted", action="store_true", help="is each fault noticed that is put in on purpose?")
    other.add_argument("--claims", type=int, metavar="N", help="contended ones, while nodes stand still")
    other.add_argument("--black-hole", type=int, metavar="N", help="times that the store cannot be reached for 30 s")
    other.add_argument("--ghosts", type=int, metavar="N", help="deaths of every kind")
    other.add_argument("--jitter", type=int, metavar="S", help="seconds of 1,000 sockets and a network of moods")
    other.add_argument("--drain", type=int, metavar="N", help="SIGTERMs under 200 messages/s and 500 sockets")
    return parser.parse_args(arguments)


async def _prove(asked: argparse.Namespace, plan: Plan) -> dict[str, Any]:
    """What is asked for; ended early, it leaves nothing behind either."""
    me = asyncio.current_task()
    assert me is not None
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, me.cancel)
    return await _what_is_asked(asked, plan)


async def _what_is_asked(asked: argparse.Namespace, plan: Plan) -> dict[str, Any]:
    if asked.planted:
        return await planted.all_of_them(replace(plan, messages=2_000, faults=12))
    if asked.claims:
        return await contended.prove(plan, asked.claims)
    if asked.black_hole:
        return await blackhole.prove(plan, asked.black_hole, seconds=30)
    if asked.ghosts:
        return await ghosts.prove(plan, asked.ghosts)
    if asked.jitter:
        return await ghosts.jitter(plan, asked.jitter, sockets=1000)
    if asked.drain:
        return await drain.prove(plan, asked.drain, sockets=500, rate=200)
    return (await run.execute(plan)).report()


if __name__ == "__main__":
    raise SystemExit(main())
