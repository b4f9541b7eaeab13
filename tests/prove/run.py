"""The main run: people talk while everything around them fails; afterwards the journals are judged."""

import asyncio
import random
import time
from collections import Counter
from collections.abc import Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from tests.clients.aio import call, history
from tests.clients.api import HttpError
from tests.clients.customers import Key
from tests.prove import chaos, checker, files, schedule
from tests.prove.customers import DEVICES, Customers
from tests.prove.journal import Evidence, Expected
from tests.prove.party import Tab, end
from tests.prove.shop import Program, Shop

# Seconds: from the last fault until everything sent must be answered and everybody must have heard everything.
SETTLE = 60.0
# The promise: seconds until somebody is offline who closed the page, and whose process, machine or network died.
CLOSED, DIED = 5.0, 25.0
# Messages of one tab that may be unanswered; 16 can be repeated.
IN_FLIGHT = 10
# Seconds between two visits of a customer at a device.
VISIT_PAUSE = 2.0
# Files on their way of all tabs together.
UPLOADS = 40


@dataclass(frozen=True)
class Plan:
    """A run, by its seed."""

    seed: int = 1
    messages: int = 100_000
    faults: int = 200
    embedded: bool = False
    nodes: int = 3
    visitors: int = 12
    agents: int = 4
    rate: float = 400.0  # messages a second that all want to send together, while nothing fails
    files: float = 0.1  # share of the messages that carry one
    customers: int = 3  # who write before they log in, on two devices each
    presence: bool = True  # judge presence at the end; takes half a minute
    program: Program = field(default_factory=Program)
    say: Callable[[str], None] = lambda _text: None

    @property
    def store(self) -> str:
        return "embedded" if self.embedded else "external"


@dataclass
class Result:
    """Figures and verdict of a run."""

    figures: dict[str, Any]
    verdict: checker.Verdict
    evidence: Evidence

    def report(self) -> dict[str, Any]:
        """For JSON."""
        broken = {rule: self.verdict.counts[rule] for rule in checker.RULES}
        return {**self.figures, **broken, "examples": self.verdict.examples, "clean": self.verdict.clean}


class Run:
    """The parties and their shop, or the one that is given."""

    def __init__(self, plan: Plan, shop: Shop | None = None) -> None:
        self.plan = plan
        self.shop = shop or Shop(
            nodes=1 if plan.embedded else plan.nodes, embedded=plan.embedded, seed=plan.seed, program=plan.program
        )
        self.acknowledged = 0
        self.claims: Counter[str] = Counter()
        self.tabs: list[Tab] = []
        self.visitors: dict[str, list[Tab]] = {}  # uid -> their tabs
        self.consoles: list[Tab] = []
        self.customers: Customers | None = None
        self.admin = ""
        self._tasks: list[asyncio.Task[None]] = []
        self._uploads: set[asyncio.Task[None]] = set()
        self._enough = False

    async def start(self) -> None:
        """Processes, then people; returns when everybody is connected."""
        plan = self.plan
        self.admin = await self.shop.start()
        for n in range(plan.visitors):
            token, uid = await self.shop.login(f"guest{n}")
            self.visitors[uid] = [self.tab(f"v{n}{letter}", uid, "visitor", token, [uid]) for letter in "ab"]
        for n in range(plan.agents):
            token, uid = await self.shop.add_agent(f"Agent{n}", "admin" if n % 2 else "agent")
            self.consoles.append(self.tab(f"a{n}", uid, "agent", token, self.visitors))
        await self.shop.ready()
        if plan.customers:
            key = await asyncio.to_thread(Key.made, self.shop.nodes[0].url, self.admin)
            self.customers = Customers(self, key)
        for tab in self.tabs:
            self.spawn(tab.live())
        await self.until(lambda: all(line.live for tab in self.tabs for line in tab.lines.values()), "everybody in")

    def tab(self, name: str, uid: str, role: str, token: str, conversations: Any) -> Tab:
        """One more party."""
        rng = random.Random(f"{self.plan.seed} {name}")
        tab = Tab(name, uid, role, token, self.shop.urls, conversations, rng)
        tab.on_ack = self._count
        self.tabs.append(tab)
        return tab

    def _count(self) -> None:
        self.acknowledged += 1

    def spawn(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Something that goes on beside; its failure is noticed in `until`."""
        self._tasks.append(asyncio.create_task(work))
        return self._tasks[-1]

    async def until(self, condition: Callable[[], bool], what: str, patience: float = SETTLE) -> None:
        """Wait for it; AssertionError after `patience` seconds, or when a party's task failed."""
        deadline = time.monotonic() + patience
        while not condition():
            for task in self._tasks:
                if task.done() and not task.cancelled() and (error := task.exception()):
                    raise error
            if time.monotonic() > deadline:
                raise AssertionError(f"not within {patience:.0f} s: {what}")
            await asyncio.sleep(0.05)

    # -- what people do -------------------------------------------------------------------------------------------

    async def write(self, tab: Tab, pace: float) -> None:
        """A visitor's tab: `pace` messages a second, as long as not too many are unanswered."""
        while not self._enough:
            await asyncio.sleep(tab.rng.expovariate(pace))
            if tab.waiting() < IN_FLIGHT:
                self._say(tab, tab.uid)

    async def answer(self, tab: Tab, pace: float) -> None:
        """An agent's console: writes where it is the holder, and now and then where it is not."""
        while not self._enough:
            await asyncio.sleep(tab.rng.expovariate(pace))
            held = [uid for uid, line in tab.lines.items() if line.holder == tab.uid and line.live]
            uid = tab.rng.choice(held if held and tab.rng.random() < 0.97 else list(tab.lines))
            if len(tab.lines[uid].outbox) < 4:
                self._say(tab, uid)

    def _say(self, tab: Tab, uid: str) -> None:
        """One more message; with a file, once that is up."""
        if tab.rng.random() >= self.plan.files:
            tab.say(uid)
        elif len(self._uploads) < UPLOADS:
            task = self.spawn(files.attach(tab, uid))
            self._uploads.add(task)
            task.add_done_callback(self._uploads.discard)

    async def handle(self, tab: Tab, pause: float) -> None:
        """An agent's hands: claim, transfer, release, resolve, on whichever node."""
        colleagues = [other.uid for other in self.consoles]
        while not self._enough:
            await asyncio.sleep(tab.rng.expovariate(1 / pause))
            uid = tab.rng.choice([uid for uid in tab.lines if not self._is_over(uid)])
            action = tab.rng.choice(("claim", "claim", "claim", "take_over", "transfer", "release", "resolve"))
            body = {"transfer": {"to": tab.rng.choice(colleagues)}, "take_over": {"take_over": True}}.get(action, {})
            route = "claim" if action == "take_over" else action
            url = tab.rng.choice(self.shop.urls())
            try:
                await call(url, f"/v1/conversations/{uid}/{route}", tab.token, body)
                self.claims[action] += 1
            except HttpError as refusal:
                self.claims[f"{action} refused"] += 1
                if refusal.status not in (403, 409, 429, 503):
                    tab.journal.complaints.append(f"{action}: {refusal}")
            except OSError:
                self.claims[f"{action} unknown"] += 1

    def _is_over(self, uid: str) -> bool:
        """Whether it goes on in another conversation; now and then somebody tries all the same, unaware."""
        return self.customers is not None and uid in self.customers.over

    def enough(self) -> None:
        """Nobody begins anything more."""
        self._enough = True

    @property
    def is_enough(self) -> bool:
        """Whether nobody is to begin anything more."""
        return self._enough

    def talk_together(self, pause: float) -> list[asyncio.Task[None]]:
        """Have all write, answer and, each agent every `pause` seconds, change hands; until it is `enough`."""
        writers, rate = [tab for tabs in self.visitors.values() for tab in tabs], self.plan.rate
        acting = [self.spawn(self.write(tab, rate * 0.8 / len(writers))) for tab in writers]
        for tab in self.consoles:
            acting.append(self.spawn(self.answer(tab, rate * 0.2 / len(self.consoles))))
            acting.append(self.spawn(self.handle(tab, pause)))
        return acting

    async def talk(self, faults: list[schedule.Fault]) -> Counter[str]:
        """Until enough messages are acknowledged and all faults are over; returns the faults by kind."""
        plan, acting = self.plan, self.talk_together(0.25)
        if self.customers is not None:
            acting += [
                self.spawn(self.customers.live(f"c{n}", device, VISIT_PAUSE))
                for n in range(plan.customers)
                for device in DEVICES
            ]
        harm = chaos.Chaos(self.shop, faults, lambda: self.acknowledged)
        doing = asyncio.create_task(harm.run())
        self.spawn(_follow(doing))
        told = 0
        while not doing.done() or self.acknowledged < plan.messages:
            before = self.acknowledged
            # Nothing lasts longer than a long stop and a start after it: a standstill is a finding.
            await self.until(lambda b=before: self.acknowledged > b or doing.done(), "one more message", 90)  # type: ignore[misc]
            await asyncio.sleep(0.2)
            if (tenth := self.acknowledged * 10 // plan.messages) > told:
                told = tenth
                plan.say(f"  {self.acknowledged} acknowledged, {harm.done.total()} faults")
        self.enough()
        await asyncio.gather(*acting)
        await asyncio.gather(*self._uploads)
        return harm.done

    async def settle(self) -> dict[str, list[dict[str, Any]]]:
        """Everything sent is answered and everybody has heard everything, or it is too late; the logs."""
        with_patience = time.monotonic() + SETTLE
        with suppress(AssertionError):  # the checker names who has no answer
            await self.until(lambda: not any(tab.waiting() for tab in self.tabs), "every answer")
        while True:
            logs = await self.logs()
            if self._all_heard(logs) or time.monotonic() > with_patience:
                return logs
            await asyncio.sleep(0.5)

    def _all_heard(self, logs: dict[str, list[dict[str, Any]]]) -> bool:
        return all(
            line.place and line.place[1] == len(logs[uid])  # nor more: they are judged by these logs
            for tab in self.tabs
            if tab.journal.complete
            for uid, line in tab.lines.items()
        )

    async def logs(self) -> dict[str, list[dict[str, Any]]]:
        """Every conversation as the store has it."""
        uids = [*self.visitors, *(self.customers.uids if self.customers else ())]
        return {uid: await history(self.shop.nodes[0].url, self.admin, uid) for uid in uids}

    # -- who is here ----------------------------------------------------------------------------------------------

    async def part(self) -> tuple[list[Expected], set[str]]:
        """Visitors go in several ways and some stay; who is expected where, and what the list says."""
        people = list(self.visitors.values())
        await self.until(lambda: all(tab.connected_at is not None for tabs in people for tab in tabs), "all back")
        await asyncio.sleep(CLOSED)  # who was between two nodes has arrived
        last = self.shop.nodes[-1]
        died, closed = people[::3], people[1::3]
        expected = await self._close(closed)
        # Of half of them the former node asks no more who else has them: others find out that this one is dead.
        await self.move(died[::2], last.number)
        await asyncio.sleep(CLOSED)
        await self.move(died[1::2], last.number)
        expected += await self._die(died, last)
        stay = time.time() + 10  # who was on the node that died comes back on another within it
        expected += [Expected(tabs[0].uid, "here", stay, how="stays") for tabs in people[2::3]]
        await asyncio.sleep(DIED + 1)
        rows = await call(self.shop.nodes[0].url, "/v1/users", self.admin)
        return expected, {row["uid"] for row in rows if row["online"]}

    async def _close(self, closed: list[list[Tab]]) -> list[Expected]:
        for tab in (tab for tabs in closed for tab in tabs):
            tab.wanted = False
            tab.close()
        now = time.time()
        await asyncio.sleep(CLOSED)  # before anybody's node is killed
        return [Expected(tabs[0].uid, "gone", now, CLOSED, "closed the page") for tabs in closed]

    async def move(self, people: list[list[Tab]], number: int) -> None:
        """Have these people's tabs on that node."""
        for tab in (tab for tabs in people for tab in tabs):
            tab.home = number
            if tab.connected_at != number:
                tab.drop()
        await self.until(lambda: all(tab.connected_at == number for tabs in people for tab in tabs), "all moved")

    async def _die(self, died: list[list[Tab]], node: Any) -> list[Expected]:
        """Their node is killed, or with only one its worker; and they do not come back."""
        for tab in (tab for tabs in died for tab in tabs):
            tab.wanted = False
        now = time.time()
        if self.shop.embedded:
            chaos.kill(node.workers())
        else:
            await self.shop.end_node(node, all_at_once=True)  # else the others may still say goodbye
        return [Expected(tabs[0].uid, "gone", now, DIED, "their node was killed") for tabs in died]

    # -- what is kept ---------------------------------------------------------------------------------------------

    async def keep(self, logs: dict[str, list[dict[str, Any]]]) -> tuple[checker.Verdict, dict[str, int]]:
        """Everybody goes, and what no message has is swept: the verdict on what is left, and figures."""
        for tab in self.tabs:
            tab.wanted = False
            tab.drop()
        wanted = {entry["file"]["id"] for log in logs.values() for entry in log if "file" in entry}
        before, left, kept = await files.after_sweep(self.shop, self.admin, wanted)
        verdict = checker.check_files((tab.journal for tab in self.tabs), logs, kept, left)
        cut = sum(tab.journal.cut_uploads for tab in self.tabs)
        return verdict, {"files_in_log": len(wanted), "uploads_cut": cut, "swept": before - len(left)}

    async def stop(self) -> None:
        """End people and processes."""
        await end(self.tabs, self._tasks)
        await self.shop.stop()


async def _follow(doing: asyncio.Task[None]) -> None:
    """So that a failure of the faults themselves is noticed where parties are watched."""
    await doing


async def execute(plan: Plan) -> Result:
    """A whole run and its verdict."""
    run = Run(plan)
    faults = schedule.schedule(
        plan.seed, messages=plan.messages, faults=plan.faults, nodes=len(_nodes(plan)), embedded=plan.embedded
    )
    plan.say(f"seed {plan.seed}, {plan.store} store, schedule {schedule.fingerprint(faults)}, {plan.program.name}")
    begin = time.monotonic()
    try:
        await run.start()
        done = await run.talk(faults)
        logs = await run.settle()
        talked = time.monotonic() - begin
        evidence = Evidence([tab.journal for tab in run.tabs], logs, errors=run.shop.errors())
        verdict = checker.check(evidence)
        who: dict[str, int] = {}
        if run.customers is not None:
            found, who = await run.customers.judged(logs)
            verdict.add_all(found)
        if plan.presence:
            expected, online = await run.part()
            later = Evidence([], await run.logs(), expected, online)
            verdict.add_all(checker.check(later))
        kept: dict[str, int] = {}
        if plan.files:
            found, kept = await run.keep(logs)
            verdict.add_all(found)
    finally:
        await run.stop()
    journals = evidence.journals
    figures = {
        "seed": plan.seed,
        "store": plan.store,
        "nodes": len(_nodes(plan)),
        "schedule": schedule.fingerprint(faults),
        "acknowledged": sum(len(journal.acked) for journal in journals),
        "repeated_acks": sum(journal.repeats for journal in journals),
        "refused": sum(len(journal.refused) for journal in journals),
        "in_log": sum(entry["type"] == "message" for log in logs.values() for entry in log),
        "heard": sum(len(heard) for journal in journals for heard in journal.heard.values()),
        "faults": done.total(),
        "faults_by_kind": dict(sorted(done.items())),
        "reconnects": sum(journal.reconnects for journal in journals),
        "resets": sum(journal.resets for journal in journals),
        "changes_of_hands": dict(sorted(run.claims.items())),
        "seconds": round(talked, 1),
        **who,
        **kept,
    }
    return Result(figures, verdict, evidence)


def _nodes(plan: Plan) -> range:
    return range(1 if plan.embedded else plan.nodes)
