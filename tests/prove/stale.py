"""A former holder's late packets: their node does not hear of the new holder, and passes on what they write."""

import asyncio
import time

from tests.clients.aio import call
from tests.clients.api import HttpError
from tests.prove import checker
from tests.prove.journal import Evidence
from tests.prove.run import Plan, Run

# How many times a conversation is taken over behind the back of the holder's node.
ROUNDS = 6


async def verdict(plan: Plan) -> checker.Verdict:
    """Take conversations over while the holder's node is deaf and the holder writes; judge what became of it."""
    quiet = Plan(seed=plan.seed, visitors=2, agents=2, nodes=2, program=plan.program, say=plan.say)
    run = Run(quiet)
    try:
        await run.start()
        former, _ = run.consoles
        for _ in range(ROUNDS):
            for uid in run.visitors:
                await _behind_their_back(run, uid)
        await run.until(lambda: not former.waiting(), "an answer to everything the former holder wrote")
        logs = await run.settle()
        return checker.check(Evidence([tab.journal for tab in run.tabs], logs, errors=run.shop.errors()))
    finally:
        await run.stop()


async def _behind_their_back(run: Run, uid: str) -> None:
    former, taker = run.consoles
    deaf, other = run.shop.nodes
    await run.move([[former]], deaf.number)
    await run.move([[taker]], other.number)
    line = former.lines[uid]
    await run.until(lambda: line.live, "the former holder listening")
    await _ask(other.url, uid, "claim", run.admin, {"take_over": True})
    await _ask(other.url, uid, "release", run.admin, {})
    await _ask(deaf.url, uid, "claim", former.token, {})
    await run.until(lambda: line.holder == former.uid and line.live, "the claim")
    assert deaf.link is not None
    deaf.link.hold(up=False)  # what the node asks is done; it hears nothing
    await _ask(other.url, uid, "claim", run.admin, {"take_over": True})
    written = time.monotonic()
    for _ in range(3):
        former.say(uid)
    while time.monotonic() < written + 1:  # its packets pass, the answers do not  # noqa: ASYNC110
        await asyncio.sleep(0.1)
    deaf.link.release()


async def _ask(url: str, uid: str, action: str, token: str, body: dict[str, object]) -> None:
    for _ in range(20):
        try:
            await call(url, f"/v1/conversations/{uid}/{action}", token, body)
            return
        except HttpError as refusal:
            if refusal.status == 409:
                return
        except OSError:
            pass
        await asyncio.sleep(0.2)  # the node has just got its store back
    raise AssertionError(f"{action} was not possible")
