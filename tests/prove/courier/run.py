"""One run: agents write to people who are away while everything that has a part in it is killed; then mails are judged.

The product is run from a copy of its source in which waits are short (SHORT): nobody could look for hours.
"""

import asyncio
import os
import random
import re
import shutil
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from email.message import EmailMessage
from pathlib import Path
from typing import Any, NamedTuple

from tests.clients import api
from tests.clients.aio import call, history
from tests.clients.api import HttpError
from tests.mail.post_office import SHOP, PostOffice
from tests.prove.changed import Changes, copy
from tests.prove.courier import checker
from tests.prove.courier.checker import Evidence, Mail, Told, Verdict
from tests.prove.courier.window import Window
from tests.prove.party import Tab, end
from tests.prove.shop import Node, Program, Shop
from tests.running import ROOT, Chatadmin

# Waits of the product, made short. A lane is leased for LEASE seconds: here a delivery may last longer, so that a
# courier that stood still comes back to what is another's by then.
LEASE = 6.0
SHORT: Changes = (
    ("app/courier/lanes.py", "_MINUTE = 60_000", "_MINUTE = 300"),
    ("app/courier/lanes.py", "LOOK_INTERVAL, RETRY_DELAY = 1.0, 2.0", "LOOK_INTERVAL, RETRY_DELAY = 0.1, 0.2"),
    ("app/courier/lanes.py", "DELIVERY_TIMEOUT = 45.0", "DELIVERY_TIMEOUT = 15.0"),
    ("app/store/outbox.py", "LEASE_MS = 60_000", f"LEASE_MS = {LEASE * 1000:.0f}"),
    ("app/live/timings.py", "probe: float = 60.0", "probe: float = 0.5"),
    ("app/chat/mail_when.py", "GONE_MS = 120 * _SECOND", "GONE_MS = 0"),
    ("app/chat/mail_when.py", "60 * _SECOND, 300 * _SECOND", "200, 1000"),
    ("app/store/mail_tokens.py", "MOST_A_DAY = 20", "MOST_A_DAY = 1_000_000"),
)
# Seconds: until a mail must have been taken for a fault to come in its midst; and for all to be told in the end.
TAKEN, SETTLE = 3.0, 120.0
# Messages that may be said while a fault goes on.
AHEAD = 50
# What is killed, and how often.
KILLS = {"courier": 5, "store": 3, "server": 2}
SAID = re.compile(r"\ba\d+c\d+(?:x\d+)?\.\d+\b")  # the ids of tabs, as content() begins with them


@dataclass(frozen=True)
class Plan:
    """A run, by its seed. `stops`: how often a courier stands still for longer than it has a lane for; `rate`: messages
    a second that all agents want to send together."""

    seed: int = 1
    jobs: int = 5_000
    kills: int = 100
    stops: int = 5
    nodes: int = 2
    visitors: int = 40
    agents: int = 2
    rate: float = 30.0
    source: Path = ROOT
    changes: Changes = ()
    say: Callable[[str], None] = lambda _text: None


class Fault(NamedTuple):
    """Due when `after` messages were acknowledged; `midst`: once a mail of this node's courier was taken, before it
    knows."""

    after: int
    kind: str
    node: int
    midst: bool
    seconds: float


def schedule(plan: Plan) -> list[Fault]:
    """The faults of a run: nothing but the seed decides."""
    rng = random.Random(f"courier {plan.seed}")
    kinds = rng.choices(list(KILLS), list(KILLS.values()), k=plan.kills) + ["stop"] * plan.stops
    rng.shuffle(kinds)
    return [
        Fault(
            after=round((number + rng.random()) * plan.jobs / (len(kinds) + 1)),
            kind=kind,
            node=rng.randrange(plan.nodes),
            midst=kind == "stop" or rng.random() < 0.5,
            seconds=rng.uniform(0.1, 1.0),
        )
        for number, kind in enumerate(kinds)
    ]


class MailShop(Shop):
    """A shop that sends mail; each node by a window of its own before the mail server."""

    def __init__(self, plan: Plan, folder: Path, office: PostOffice) -> None:
        super().__init__(nodes=plan.nodes, embedded=False, seed=plan.seed, program=Program(folder))
        self.office = office
        self.windows: list[Window] = []

    async def start_node(self, node: Node, program: Program | None = None) -> Chatadmin:
        if node.number == len(self.windows):
            self.windows.append(Window(f"127.0.0.1:{self.office.smtp_port}"))
            await self.windows[-1].start()
        mail = {"MAIL__SMTP": self.office.url(port=self.windows[node.number].port), "MAIL__FROM": SHOP}
        settings = {f"CHATADMIN_{name}": value for name, value in {**mail, "URL": "https://shop.test"}.items()}
        return await super().start_node(node, replace(program or self.program, settings=settings))

    async def stop(self) -> None:
        for window in self.windows:
            window.stop()
        await super().stop()

    def couriers(self) -> dict[int, int]:
        """The process of each node that delivers: the one that is nicer than who started it."""
        found: dict[int, int] = {}
        for node in self.nodes:
            with suppress(ProcessLookupError):
                nice = {pid: os.getpriority(os.PRIO_PROCESS, pid) for pid in node.workers()}
                found.update((node.number, pid) for pid, value in nice.items() if value > min(nice.values()))
        return found

    async def waiting(self) -> int:
        """Jobs that wait or were given up."""
        names = ("chatadmin_outbox_jobs", "chatadmin_outbox_dead")
        figures = [await asyncio.to_thread(api.figure, self.nodes[0].url, name) for name in names]
        return sum(figures)


class Proof:
    """Agents who write, people who are away, and faults."""

    def __init__(self, plan: Plan, folder: Path, office: PostOffice) -> None:
        self.plan, self.office = plan, office
        self.shop = MailShop(plan, folder, office)
        self.addresses: dict[str, str] = {}  # uid -> address
        self.tabs: list[Tab] = []
        self.acknowledged = self.in_flight = 0
        self._allowed = 0  # messages: nobody runs ahead of the faults
        self.done: Counter[str] = Counter()
        self.admin = ""
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        """Processes, then people; returns when the people are away and have left addresses."""
        plan = self.plan
        self.admin = await self.shop.start()
        await self.shop.ready()
        for n in range(plan.visitors):
            token, uid = await self.shop.login(f"guest{n}")
            self.addresses[uid] = f"guest{n}@customer.test"
            body = {"email": self.addresses[uid], "consent": True}
            await asyncio.to_thread(api.call, self.shop.nodes[0].url, "/v1/me/contact", token, body, "PUT")
        for n in range(plan.agents):
            token, uid = await self.shop.add_agent(f"Agent{n}", "admin")
            theirs = list(self.addresses)[n :: plan.agents]
            for visitor in theirs:
                await call(self.shop.nodes[0].url, f"/v1/conversations/{visitor}/claim", token, {})
            tab = Tab(f"a{n}", uid, "agent", token, self.shop.urls, theirs, random.Random(f"{plan.seed} {n}"))
            tab.on_ack = self._count
            self.tabs.append(tab)
            self._tasks += [asyncio.create_task(tab.live()), asyncio.create_task(self._write(tab))]

    def _count(self) -> None:
        self.acknowledged += 1

    async def _write(self, tab: Tab) -> None:
        """What an agent says, now to one, now to another, until it is enough."""
        while self.acknowledged < self.plan.jobs:
            await asyncio.sleep(tab.rng.expovariate(self.plan.rate / self.plan.agents))
            line = tab.rng.choice(list(tab.lines.values()))
            if self.acknowledged < self._allowed and line.live and len(line.outbox) < 4:
                tab.say(line.uid)

    async def go(self) -> Evidence:
        """Until enough is said, all faults are over, and nothing waits any more, or it is too late."""
        begin = time.monotonic()
        for number, fault in enumerate(schedule(self.plan), 1):
            self._allowed = fault.after + AHEAD
            await self._until(lambda after=fault.after: self.acknowledged >= after, "messages")  # type: ignore[misc]
            await self._harm(fault)
            self.plan.say(f"  {time.monotonic() - begin:.0f} s: {number}, {fault.kind}, {self.acknowledged} said")
        self._allowed = self.plan.jobs
        await self._until(lambda: self.acknowledged >= self.plan.jobs, "messages")
        await self._until(lambda: not any(tab.waiting() for tab in self.tabs), "every answer")
        waiting = await self._settle()
        return await self._evidence(waiting)

    async def _until(self, condition: Callable[[], bool], what: str) -> None:
        deadline = time.monotonic() + SETTLE
        while not condition():
            if time.monotonic() > deadline:
                raise AssertionError(f"not within {SETTLE:.0f} s: {what}")
            await asyncio.sleep(0.05)

    async def _settle(self) -> int:
        """What waits in the end: when all that was said is told, or it is too late.

        That nothing waits is not enough: of what no courier has looked at yet there is no job.
        """
        deadline, waiting, untold = time.monotonic() + SETTLE, 1, set(self.addresses)
        while (waiting or untold) and time.monotonic() < deadline:
            await asyncio.sleep(0.5)
            with suppress(LookupError, OSError, HttpError):  # the store was killed last, and is not heard of yet
                untold = {uid for uid in untold if not await self._all_told(uid)}
                waiting = await self.shop.waiting()
        return waiting

    async def _all_told(self, uid: str) -> bool:
        """Whether the conversation tells of a mail with the last that was said in it."""
        log = await history(self.shop.nodes[0].url, self.admin, uid)
        said = [entry["seq"] for entry in log if entry["type"] == "message"]
        return not said or any(one.through >= said[-1] for one in _told(log))

    # -- harm -----------------------------------------------------------------------------------------------------

    async def _harm(self, fault: Fault) -> None:
        window, midst = self.shop.windows[fault.node], False
        if fault.midst:
            midst = await window.wait(TAKEN)
        try:
            await getattr(self, f"_{fault.kind}")(fault)
        finally:
            window.go_on()
        self.done[f"{fault.kind}{' with a mail taken' if midst else ''}"] += 1

    async def _courier(self, fault: Fault) -> None:
        """Its supervisor starts another."""
        if pid := self.shop.couriers().get(fault.node):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
                self.in_flight += 1

    async def _stop(self, fault: Fault) -> None:
        """It stands still for longer than it has its lane for, and then goes on where it was."""
        if pid := self.shop.couriers().get(fault.node):
            os.kill(pid, signal.SIGSTOP)
            await asyncio.sleep(LEASE + 1 + fault.seconds)
            os.kill(pid, signal.SIGCONT)
            self.in_flight += 1

    async def _store(self, fault: Fault) -> None:
        assert self.shop.store is not None
        await asyncio.to_thread(self.shop.store.kill)
        self.shop.windows[fault.node].go_on()  # the courier is told that the mail was taken, and cannot write it down
        await asyncio.sleep(fault.seconds)
        await asyncio.to_thread(self.shop.store.restart)
        self.in_flight += self.plan.nodes

    async def _server(self, fault: Fault) -> None:
        await asyncio.to_thread(self.office.kill)
        await asyncio.sleep(fault.seconds)
        await asyncio.to_thread(self.office.restart)
        self.in_flight += self.plan.nodes

    # -- what came of it ------------------------------------------------------------------------------------------

    async def _evidence(self, waiting: int) -> Evidence:
        said: dict[str, dict[int, str]] = {}
        told: dict[str, list[Told]] = {}
        acked = {id: place for tab in self.tabs for id, place in tab.journal.acked.items()}
        for uid, address in self.addresses.items():
            log = await history(self.shop.nodes[0].url, self.admin, uid)
            own = {id: acked[id][1] for tab in self.tabs for id in tab.journal.acked if tab.journal.offered[id] == uid}
            said[address] = {seq: id for id, seq in own.items()}
            stored = {entry["seq"]: entry["id"] for entry in log if entry["type"] == "message"}
            said[address] = dict(sorted((said[address] | stored).items()))
            told[address] = _told(log)
        found = await asyncio.to_thread(self.office.world.mails)
        errors = self.shop.errors()
        return Evidence(said, [_mail(mail) for mail in found], told, self.in_flight, waiting, errors)

    async def stop(self) -> None:
        await end(self.tabs, self._tasks)
        await self.shop.stop()


def _told(log: list[dict[str, Any]]) -> list[Told]:
    """Of which mails a conversation tells."""
    return [Told(entry["first"], entry["through"]) for entry in log if entry.get("kind") == "mail.sent"]


def _mail(mail: EmailMessage) -> Mail:
    text = mail.get_body(("plain",))
    assert text is not None
    # exim's own number of a mail: when it began to come, by which process, which fraction of a second.
    number = re.search(r"\bid (\w+)-(\w+)-(\w+)", str(mail["Received"]))
    assert number is not None
    second, process, fraction = number.groups()
    says = tuple(SAID.findall(text.get_content()))
    return Mail(mail["Envelope-To"], str(mail["Message-ID"]), (second, fraction, process), says)


@dataclass
class Result:
    """Figures and verdict of a run."""

    figures: dict[str, Any]
    verdict: Verdict
    evidence: Evidence

    def report(self) -> dict[str, Any]:
        """For JSON."""
        broken = {rule: self.verdict.counts[rule] for rule in checker.RULES}
        return {**self.figures, **broken, "examples": dict(self.verdict.examples), "clean": self.verdict.clean}


@contextmanager
def _changed(plan: Plan) -> Iterator[Path]:
    folder = copy(SHORT + plan.changes, plan.source)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


async def execute(plan: Plan) -> Result:
    """One run."""
    begin = time.monotonic()
    with _changed(plan) as folder, PostOffice(starttls=False) as office:
        proof = Proof(plan, folder, office)
        try:
            await proof.start()
            evidence = await proof.go()
        finally:
            await proof.stop()
    figures = {
        "seed": plan.seed,
        "nodes": plan.nodes,
        "jobs": sum(len(said) for said in evidence.said.values()),
        "mails": len({mail.id for mail in evidence.mails}),
        "handed_in_again": checker.repeats(evidence),
        "may_have_been": evidence.in_flight,
        "faults": dict(sorted(proof.done.items())),
        "seconds": round(time.monotonic() - begin, 1),
    }
    return Result(figures, checker.check(evidence), evidence)
