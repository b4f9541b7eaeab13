"""A rolling update as Kubernetes does it, by what packaging/kubernetes says, under load; then its store begins anew."""

import argparse
import asyncio
import json
import random
import signal
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from tests.clients.aio import call
from tests.clients.api import HttpError
from tests.packaging.kustomized import Manifest, build, of_kind, only_container
from tests.prove import checker, run
from tests.prove.journal import Evidence
from tests.prove.shop import Node
from tests.rolling.pods import Pods
from tests.running import PATIENCE

# Seconds that it takes, as a rule, until no Service or ingress sends anybody to a pod that is to end.
SERVICES_KNOW = 5
# Visits to the page while they do not know it yet, and until none is on its way that they sent there.
UNAWARE, ON_ITS_WAY = 6, 2
# Seconds until a busy machine has made a backup.
BACKED_UP = 3 * PATIENCE


@dataclass(frozen=True)
class Plan:
    """A run: `each` messages are acknowledged between two things that are done; `rate` a second; so many `updates`."""

    seed: int
    updates: int = 1
    each: int = 200
    rate: float = 200.0
    visitors: int = 8
    agents: int = 3

    def people(self) -> run.Plan:
        """They who talk."""
        return run.Plan(
            seed=self.seed, visitors=self.visitors, agents=self.agents, rate=self.rate, customers=0, presence=False
        )


class Cluster(run.Run):
    """The people, their pods, and what a cluster does to these."""

    def __init__(self, plan: Plan, manifests: list[Manifest]) -> None:
        self.pods = Pods(manifests, plan.seed)
        super().__init__(plan.people(), self.pods)
        self._each, self._deployment = plan.each, of_kind(manifests, "Deployment")["spec"]
        self.steps: list[str] = []
        self.began = 0.0  # to talk; monotonic
        self.visits = self.told_to_wait = 0  # to wait: the store is away
        self.turned_away: list[str] = []
        self.ended_after: list[float] = []
        self.backups = 0

    async def visit(self) -> None:
        """Somebody who looks in again and again, one visit after the other, and writes down what was wrong."""
        while not self.is_enough:
            try:
                await call(self.pods.urls()[0], "/readyz", timeout=PATIENCE)
            except HttpError as refusal:
                if refusal.body and refusal.body.get("code") == "store_unavailable":
                    self.told_to_wait += 1
                else:
                    self.turned_away.append(str(refusal))
            except OSError as error:
                self.turned_away.append(str(error) or type(error).__name__)
            self.visits += 1
            await asyncio.sleep(0.02)

    async def visits_on(self, more: int) -> None:
        """Until so many more visits are over."""
        enough = self.visits + more
        await self.until(lambda: self.visits >= enough, f"{more} more visits")

    async def talk_on(self, what: str) -> None:
        """Until so many more messages are acknowledged."""
        enough = self.acknowledged + self._each
        await self.until(lambda: self.acknowledged >= enough, f"{self._each} more messages: {what}")
        after = time.monotonic() - self.began
        self.steps.append(
            f"{what}: {self.acknowledged} acknowledged after {after:.1f} s, {len(self.turned_away)} turned away"
        )

    # -- what a cluster does --------------------------------------------------------------------------------------

    async def update(self) -> None:
        """Replace all pods, within what the Deployment's strategy allows."""
        old, new = list(self.pods.nodes), list[Node]()
        replicas, bounds = self._deployment["replicas"], self._deployment["strategy"]["rollingUpdate"]
        while old or len(new) < replicas:
            while len(new) < replicas and len(old) + len(new) < replicas + bounds["maxSurge"]:
                new.append(await self.pods.new_pod())
                await self.talk_on(f"pod {new[-1].number} is ready")
            while old and len(old) + len(new) > replicas - bounds["maxUnavailable"]:
                await self.delete(old.pop(0))

    async def delete(self, pod: Node) -> None:
        """SIGTERM comes after preStop, and meanwhile services are told; where preStop is no wait, it comes first."""
        hook = only_container(self._deployment["template"]["spec"]).get("lifecycle", {}).get("preStop", {})
        waits = hook.get("sleep", {}).get("seconds", 0) >= SERVICES_KNOW
        for step in (self._services_hear, self._end) if waits else (self._end, self._services_hear):
            await step(pod)
        await self.pods.forget(pod)
        await self.talk_on(f"pod {pod.number} has ended")

    async def _services_hear(self, pod: Node) -> None:
        await self.visits_on(UNAWARE)
        self.pods.service.endpoints.remove(pod)
        await self.visits_on(ON_ITS_WAY)

    async def _end(self, pod: Node) -> None:
        assert pod.running is not None
        told, process = time.monotonic(), pod.running.process
        await self.pods.end_node(pod, signal.SIGTERM)
        self.ended_after.append(time.monotonic() - told)
        assert process.popen.returncode == 0, process.output

    async def replace_store(self) -> None:
        """The StatefulSet's pod ends in order, and begins anew on what it kept."""
        assert self.pods.store is not None
        self.pods.store.process.signal(signal.SIGTERM)
        await asyncio.to_thread(self.pods.store.process.wait)
        await asyncio.to_thread(self.pods.store.restart)
        await self.pods.ready()
        await self.talk_on("the store has begun anew")


async def execute(
    plan: Plan, manifests: list[Manifest], say: Callable[[str], None] = lambda _text: None
) -> dict[str, Any]:
    """A whole run: figures and verdict."""
    people = Cluster(plan, manifests)
    try:
        await people.start()
        people.began = time.monotonic()
        talking = [*people.talk_together(1.0), people.spawn(people.visit())]
        await people.talk_on("two pods")
        # Each has a courier, and one of them makes it.
        await people.until(lambda: people.pods.made() > 0, "the day's backup", BACKED_UP)
        for _ in range(plan.updates):
            await people.update()
            await people.replace_store()
            say(f"  {people.steps[-1]}")
        seconds = time.monotonic() - people.began
        people.enough()
        await asyncio.gather(*talking)
        evidence = Evidence([tab.journal for tab in people.tabs], await people.settle(), errors=people.pods.errors())
        people.backups = people.pods.made()
    finally:
        await people.stop()
    return _report(people, plan, checker.check(evidence), seconds)


def _report(people: Cluster, plan: Plan, verdict: checker.Verdict, seconds: float) -> dict[str, Any]:
    return {
        "seed": plan.seed,
        "program": people.pods.program.name,
        "pods_replaced": len(people.ended_after),
        "ended_after_s": f"{min(people.ended_after):.1f} to {max(people.ended_after):.1f}",
        "acknowledged": people.acknowledged,
        "messages_a_second": round(people.acknowledged / seconds, 1),
        "seconds": round(seconds, 1),
        "reconnects": sum(tab.journal.reconnects for tab in people.tabs),
        "resets": sum(tab.journal.resets for tab in people.tabs),
        "visits": people.visits,
        "told_to_wait": people.told_to_wait,
        "turned_away": people.turned_away,
        "backups": people.backups,
        "steps": people.steps,
        "broken": dict(verdict.counts),
        "examples": verdict.examples,
        "clean": verdict.clean and not people.turned_away and people.backups == 1,
    }


def main(arguments: list[str] | None = None) -> int:
    """Run it; 0 where nothing was lost, doubled or reordered, and nobody was turned away."""
    parser = argparse.ArgumentParser(prog="python -m tests.rolling.cluster", description=__doc__)
    parser.add_argument("--seed", type=int, help="replays the same people; else one is chosen and printed")
    parser.add_argument(
        "--updates", type=int, default=5, help="rolling updates, each followed by a restart of the store"
    )
    parser.add_argument("--each", type=int, default=1_000, help="messages acknowledged between two steps")
    parser.add_argument("--rate", type=float, default=200.0, help="messages a second")
    asked = parser.parse_args(arguments)
    seed = asked.seed if asked.seed is not None else random.SystemRandom().randrange(1_000_000)
    plan = Plan(seed, updates=asked.updates, each=asked.each, rate=asked.rate)
    with suppress(KeyboardInterrupt):
        report = asyncio.run(
            execute(plan, build("valkey", "files"), lambda text: print(text, file=sys.stderr, flush=True))
        )
        print(json.dumps(report, indent=1))
        print(f"seed {seed}: {'clean' if report['clean'] else 'BROKEN'}")
        return 0 if report["clean"] else 1
    return 1


if __name__ == "__main__":
    raise SystemExit(main())
