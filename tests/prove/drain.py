"""SIGTERM while people talk: the acknowledged is there, the rest is offered again, the process ends in time."""

import asyncio
import signal
import time
from dataclasses import replace
from typing import Any

from tests.prove import checker
from tests.prove.journal import Evidence
from tests.prove.run import Plan, Run

# The promise: seconds from SIGTERM until the process has ended.
EXIT = 15.0


async def prove(plan: Plan, times: int, sockets: int, rate: float) -> dict[str, Any]:
    """So many drains under so many messages a second over so many sockets; figures and verdict."""
    run = Run(replace(plan, visitors=sockets // 2, agents=0, nodes=2, embedded=False))
    took: list[float] = []
    try:
        await run.start()
        writers = [tab for tabs in run.visitors.values() for tab in tabs]
        writing = [run.spawn(run.write(tab, rate / len(writers))) for tab in writers]
        begin = time.monotonic()
        for n in range(times):
            before = run.acknowledged
            await run.until(lambda b=before: run.acknowledged >= b + 2 * rate, "two seconds of talk")  # type: ignore[misc]
            node = run.shop.nodes[n % len(run.shop.nodes)]
            told = time.monotonic()
            assert node.running is not None
            node.running.signal(signal.SIGTERM)
            await asyncio.to_thread(node.running.process.wait, EXIT + 15)
            took.append(time.monotonic() - told)
            await run.shop.end_node(node)
            await run.shop.start_node(node)
            await run.until(
                lambda: all(tab.connected_at is not None for tab in writers), "everybody connected to some node"
            )
            plan.say(f"  drain {n + 1}: {took[-1]:.1f} s, {run.acknowledged} acknowledged")
        seconds = time.monotonic() - begin
        run.enough()
        await asyncio.gather(*writing)
        evidence = Evidence([tab.journal for tab in run.tabs], await run.settle(), errors=run.shop.errors())
    finally:
        await run.stop()
    verdict = checker.check(evidence)
    return {
        "seed": plan.seed,
        "drains": times,
        "sockets": sockets,
        "acknowledged": sum(len(journal.acked) for journal in evidence.journals),
        "messages_a_second": round(run.acknowledged / seconds, 1),
        "exit_after_s": f"{min(took):.1f} to {max(took):.1f}",
        "broken": dict(verdict.counts),
        "examples": verdict.examples,
        "clean": verdict.clean and max(took) < EXIT,
    }
