"""Contended claims: agents reach for the same conversation at once, while nodes stand still for longer than a lease."""

import asyncio
import random
import time
from collections import Counter
from dataclasses import replace
from typing import Any

from tests.clients.aio import call
from tests.clients.api import HttpError
from tests.prove import checker
from tests.prove.journal import Evidence
from tests.prove.party import Tab
from tests.prove.run import Plan, Run

# Seconds a node stands still: longer than the 12 s after which it counts as dead, and than the 60 s after which a
# holder without a connection loses the conversation.
PAUSES = (15.0, 80.0, 15.0, 80.0)
# Seconds between two pauses.
BETWEEN = 5.0


async def prove(plan: Plan, claims: int) -> dict[str, Any]:
    """So many claims, each together with those of all other agents; figures and verdict."""
    run = Run(replace(plan, visitors=6, agents=8, nodes=3, embedded=False))
    wins: Counter[str] = Counter()
    try:
        await run.start()
        begin = time.monotonic()
        rng = random.Random(f"claims {plan.seed}")
        pausing = asyncio.create_task(_pauses(run, rng))
        while wins["asked"] < claims or not pausing.done():
            await _round(run, rng, wins)
            if wins["asked"] >= claims:  # all the same until the last pause is over, at an easier pace
                await asyncio.sleep(0.5)
        await pausing
        await run.until(lambda: not any(tab.waiting() for tab in run.tabs), "every answer")
        evidence = Evidence([tab.journal for tab in run.tabs], await run.settle(), errors=run.shop.errors())
    finally:
        await run.stop()
    verdict = checker.check(evidence)
    events = Counter(entry.get("kind", "message") for log in evidence.logs.values() for entry in log)
    return {
        "seed": plan.seed,
        "claims": wins["asked"],
        "answers": dict(wins),
        "in_log": dict(events),
        "released_because": dict(Counter(e["reason"] for log in evidence.logs.values() for e in log if "reason" in e)),
        "refused_writes": sum(len(journal.refused) for journal in evidence.journals),
        "late_packets_without_answer": sum(len(journal.abandoned) for journal in evidence.journals),
        "pauses_s": PAUSES,
        "seconds": round(time.monotonic() - begin, 1),
        "two_holders": verdict.counts["two_holders"],
        "late_write": verdict.counts["late_write"],
        "broken": dict(verdict.counts),
        "examples": verdict.examples,
        "clean": verdict.clean,
    }


async def _round(run: Run, rng: random.Random, wins: Counter[str]) -> None:
    """Everybody claims one conversation; who got it, and some who did not, write; then it is given back, or kept."""
    uid = rng.choice(list(run.visitors))
    answers = await asyncio.gather(*(_claim(run, console, uid, rng, wins) for console in run.consoles))
    for console, won in zip(run.consoles, answers, strict=True):
        if (won or rng.random() < 0.1) and len(console.lines[uid].outbox) < 4:
            console.say(uid)
    for console, won in zip(run.consoles, answers, strict=True):
        if won and rng.random() < 0.9:
            await _ask(run, console, uid, "release", {}, rng)


async def _claim(run: Run, console: Tab, uid: str, rng: random.Random, wins: Counter[str]) -> bool:
    body = {"take_over": True} if rng.random() < 0.05 else {}
    wins["asked"] += 1
    state = await _ask(run, console, uid, "claim", body, rng)
    wins["unknown" if state is None else "refused" if not state else "won"] += 1
    if state and (state["holder"] or {}).get("uid") != console.uid:
        console.journal.complaints.append(f"told it has {uid}, which {state['holder']} holds")
    return bool(state)


async def _ask(
    run: Run, console: Tab, uid: str, action: str, body: dict[str, Any], rng: random.Random
) -> dict[str, Any] | None:
    """The new state; an empty one where it was refused; None where no answer came."""
    url = rng.choice(run.shop.urls())
    try:
        value: dict[str, Any] = await call(url, f"/v1/conversations/{uid}/{action}", console.token, body, timeout=1)
        return value
    except HttpError:
        return {}
    except OSError:
        return None


async def _pauses(run: Run, rng: random.Random) -> None:
    """One node after the other stands still. Those at home there hold something, and write as it stops; they stay."""
    for seconds in PAUSES:
        await asyncio.sleep(BETWEEN)
        node = rng.choice(run.shop.nodes)
        at_home = rng.sample(run.consoles, 2)
        await run.move([at_home], node.number)
        run.shop.pause(node)
        for console in at_home:
            for uid, line in console.lines.items():
                if line.holder == console.uid:
                    console.say(uid)
        await asyncio.sleep(seconds)
        run.shop.resume(node)
        for console in at_home:
            console.home = None
