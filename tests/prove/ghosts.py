"""Deaths of every kind, each gone from everybody's sight in time; and the living, who must not be thought dead."""

import asyncio
import random
import time
from dataclasses import replace
from typing import Any

from tests.clients.aio import call
from tests.prove import checker
from tests.prove.journal import Evidence, Expected
from tests.prove.party import Tab
from tests.prove.proxy import Proxy
from tests.prove.run import CLOSED, DIED, Plan, Run
from tests.prove.shop import Shop

# Ways to die, by the node that has them: the first for what happens to clients, the others for what happens to nodes.
KINDS = {
    "its process was killed": 0,
    "its machine froze": 0,
    "its network died": 0,
    "its node was killed": 1,
    "its node stood still": 2,
    "closed the page": 0,
}


async def prove(plan: Plan, deaths: int) -> dict[str, Any]:
    """So many deaths, kind by kind in turn, and as many who live on; figures and verdict."""
    kinds = [kind for _, kind in zip(range(deaths), _in_turn(), strict=False)]
    run = Run(replace(plan, visitors=0, agents=0, nodes=3, embedded=False))
    holes: list[Proxy] = []
    try:
        await run.start()
        dying = [(kind, await _visitor(run, f"dies{n}", KINDS[kind], kind, holes)) for n, kind in enumerate(kinds)]
        living = [await _visitor(run, f"lives{n}", 0, "", holes) for n in range(deaths)]
        await run.until(lambda: all(tab.lines[tab.uid].live for tab in run.tabs), "everybody in")
        await asyncio.sleep(CLOSED)
        dead = await _die(run, dying, holes)
        expected = [Expected(tab.uid, "gone", dead, CLOSED if "page" in kind else DIED, kind) for kind, tab in dying]
        expected += [Expected(tab.uid, "here", dead, how="lives") for tab in living]
        await asyncio.sleep(DIED + 0.5)
        rows = await call(run.shop.nodes[0].url, "/v1/users", run.admin)
        logs = await run.logs()
        online = {row["uid"] for row in rows if row["online"]}
    finally:
        for hole in holes:
            hole.stop()
        await run.stop()
    verdict = checker.check(Evidence([], logs, expected, online))
    took: dict[str, list[float]] = {}
    for kind, tab in dying:
        left = [checker.unix(entry) - dead for entry in logs[tab.uid] if entry.get("kind") == "left"]
        took.setdefault(kind, []).append(round(max(left, default=float("inf")), 1))
    return {
        "seed": plan.seed,
        "deaths": deaths,
        "gone_after_s": {kind: f"{min(times)} to {max(times)}" for kind, times in took.items()},
        "living": len(living),
        "presence": verdict.counts["presence"],
        "examples": verdict.examples,
        "clean": verdict.clean,
    }


async def jitter(plan: Plan, seconds: float, sockets: int) -> dict[str, Any]:
    """Nobody dies: so many visitors behind a network that delays everything by up to 200 ms; nobody may leave."""
    run = Run(replace(plan, visitors=0, agents=0, nodes=1, embedded=False))
    try:
        await run.start()
        for n in range(sockets):
            await _visitor(run, f"guest{n}", 0, "", [])
        await run.until(lambda: all(tab.lines[tab.uid].live for tab in run.tabs), "everybody in")
        front = run.shop.nodes[0].front
        front.jitter = 0.2
        begin = time.time()
        await asyncio.sleep(seconds)
        front.jitter = 0.0
        rows = await call(run.shop.nodes[0].url, "/v1/users", run.admin, timeout=20)
        online = {row["uid"] for row in rows if row["online"]}
        logs = await run.logs()
    finally:
        await run.stop()
    verdict = checker.check(Evidence([], logs, [Expected(uid, "here", begin) for uid in run.visitors], online))
    return {
        "seed": plan.seed,
        "sockets": sockets,
        "seconds": seconds,
        "false_left": verdict.counts["presence"],
        "connections_lost": sum(tab.journal.reconnects for tab in run.tabs),
        "examples": verdict.examples,
        "clean": verdict.clean,
    }


def _in_turn() -> Any:
    while True:
        yield from KINDS


async def _visitor(run: Run, name: str, node: int, kind: str, holes: list[Proxy]) -> Tab:
    """A visitor on that node; one whose network will die has a proxy of their own."""
    token, uid = await run.shop.login(name)
    urls = run.shop.urls
    if kind == "its network died":
        hole = Proxy(f"127.0.0.1:{run.shop.nodes[node].front.port}")
        await hole.start()
        holes.append(hole)
        urls = _only(hole, run.shop)
    tab = Tab(name, uid, "visitor", token, urls, [uid], random.Random(name))
    tab.node = tab.home = node
    run.tabs.append(tab)
    run.visitors[uid] = [tab]
    run.spawn(tab.live())
    return tab


def _only(hole: Proxy, shop: Shop) -> Any:
    return lambda: [f"http://127.0.0.1:{hole.port}"] * len(shop.nodes)


async def _die(run: Run, dying: list[tuple[str, Tab]], holes: list[Proxy]) -> float:
    """All at once; when that was, unix s."""
    for kind, tab in dying:
        tab.wanted = False
        if kind == "its machine froze":
            tab.freeze()
        elif kind == "its process was killed":
            tab.drop()
        elif kind == "closed the page":
            tab.close()
    for hole in holes:
        hole.hold()
    now = time.time()
    run.shop.pause(run.shop.nodes[2])
    await run.shop.end_node(run.shop.nodes[1], all_at_once=True)
    return now
