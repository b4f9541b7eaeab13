"""The store in a black hole: its connections stay open, and nothing comes through."""

import asyncio
import time
from dataclasses import replace
from typing import Any

from tests.bench.machine import cpu
from tests.prove import checker
from tests.prove.journal import Evidence
from tests.prove.party import Tab
from tests.prove.run import Plan, Run

# The promise: seconds after the store's return within which sending works again; and of one core, at most, meanwhile.
RESUMES, IDLE = 2.0, 0.10
# Seconds in which what the store had answered before is still on its way to a client.
ON_ITS_WAY = 0.3


async def prove(plan: Plan, times: int, seconds: float) -> dict[str, Any]:
    """So many black holes of so many seconds; figures and verdict."""
    run = Run(replace(plan, visitors=4, agents=1, nodes=1, embedded=False))
    acked: list[float] = []
    false, resumed, idle = 0, [], []
    try:
        await run.start()
        for tab in run.tabs:
            tab.on_ack = lambda: acked.append(time.monotonic())
        writers = [tab for tabs in run.visitors.values() for tab in tabs]
        for _ in range(times):
            await _say_and_wait(run, writers)
            node = run.shop.nodes[0]
            assert node.link is not None
            workers = await asyncio.to_thread(node.workers)
            node.link.hold()
            held = time.monotonic()
            for tab in writers:
                tab.say(tab.uid)
            await asyncio.sleep(seconds / 2)  # what is waited for is answered "not now", and offered again
            used, at = cpu(workers), time.monotonic()
            await asyncio.sleep(seconds / 2)
            idle.append((cpu(workers) - used) / (time.monotonic() - at))
            node.link.release()
            back = time.monotonic()
            false += sum(held + ON_ITS_WAY < when < back for when in acked)
            for tab in writers:
                tab.say(tab.uid)
            await run.until(lambda: not any(tab.waiting() for tab in writers), "sending to work")
            resumed.append(time.monotonic() - back)
            plan.say(f"  all sent again after {resumed[-1]:.2f} s, {idle[-1]:.1%} of a core meanwhile")
        evidence = Evidence([tab.journal for tab in run.tabs], await run.settle(), errors=run.shop.errors())
    finally:
        await run.stop()
    verdict = checker.check(evidence)
    reconnects = sum(journal.reconnects for journal in evidence.journals)
    return {
        "seed": plan.seed,
        "black_holes": times,
        "seconds_each": seconds,
        "false_acks": false,
        "resumed_after_s": [round(value, 2) for value in resumed],
        "cpu_of_a_core": [round(value, 3) for value in idle],
        "connections_lost": reconnects,
        "broken": dict(verdict.counts),
        "examples": verdict.examples,
        "clean": not false and max(resumed) < RESUMES and max(idle) < IDLE and not reconnects and verdict.clean,
    }


async def _say_and_wait(run: Run, writers: list[Tab]) -> None:
    for tab in writers:
        tab.say(tab.uid)
    await run.until(lambda: not any(tab.waiting() for tab in writers), "every answer")
