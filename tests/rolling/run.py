"""Two nodes behind nginx, of two versions, under load: changed for the newer one, back, and over to its format."""

import asyncio
import random
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.browser.nginx import nginx, readme_block
from tests.prove import checker, run
from tests.prove.journal import Evidence
from tests.prove.shop import Node, Program
from tests.rolling import next_version
from tests.running import Process, environment

# Seconds for a command that may watch for 12 s whether a node lives, on a busy machine.
PATIENCE = 60
# What nginx answers to a request whose node ended before it had answered.
_AWAY = """
    error_page 502 503 504 =503 @away;
    location @away { default_type application/json; return 503 '{"code":"store_unavailable"}'; }
"""
# Counts the messages that are written in the newer format, in all logs.
_NEWER = """
local newer = 0
for _, log in ipairs(redis.call('KEYS', '{s*}:c:v*')) do
  if redis.call('TYPE', log).ok == 'stream' then
    for _, entry in ipairs(redis.call('XRANGE', log, '-', '+')) do
      if string.sub(entry[2][4], 1, 1) == '~' then newer = newer + 1 end
    end
  end
end
return newer
"""


@dataclass(frozen=True)
class Plan:
    """A run: `each` messages are acknowledged between two changes, `rounds` times there and back; `rate` a second."""

    seed: int
    rounds: int = 1
    each: int = 400
    rate: float = 200.0
    visitors: int = 8
    agents: int = 3
    kills: bool = True  # some nodes are killed, all at once, and not told to end
    timings: float = 1.0  # what the contract's timings are multiplied by

    def people(self) -> run.Plan:
        """They who talk."""
        program = Program(settings={"CHATADMIN_TIMINGS_SCALE": str(self.timings)})
        return run.Plan(
            seed=self.seed,
            nodes=2,
            visitors=self.visitors,
            agents=self.agents,
            rate=self.rate,
            customers=0,
            program=program,
        )


class Rolling(run.Run):
    """The people and their shop, behind one address; what the operator does."""

    def __init__(self, plan: Plan, newer: Path) -> None:
        super().__init__(plan.people())
        self.rolling, self.older = plan, self.plan.program
        self.newer = Program(newer, self.older.settings)
        self.steps: list[str] = []
        self._chance = random.Random(f"rolling {plan.seed}")
        self._folder = Path(tempfile.mkdtemp(prefix="ca-rolling-"))
        self._proxy: Process | None = None

    async def start(self) -> None:
        """As ever, but that people find the nodes behind nginx."""
        start = self.shop.start

        async def behind_nginx() -> str:
            admin = await start()
            ports = [node.front.port for node in self.shop.nodes]
            nodes = " ".join(f"server 127.0.0.1:{port} max_fails=0;" for port in ports)
            block = readme_block(ports[0]).replace(f"http://127.0.0.1:{ports[0]}", "http://nodes")
            self._proxy, url = await asyncio.to_thread(
                nginx, self._folder, "127.0.0.1", block + _AWAY, before=f"upstream nodes {{ {nodes} }}"
            )
            self.shop.urls = lambda: [url]  # type: ignore[method-assign]
            return admin

        self.shop.start = behind_nginx  # type: ignore[method-assign]
        await super().start()

    async def stop(self) -> None:
        """End people and processes."""
        await super().stop()
        if self._proxy is not None:
            self._proxy.close()
        shutil.rmtree(self._folder, ignore_errors=True)

    # -- what the operator does -----------------------------------------------------------------------------------

    async def change(self, node: Node, program: Program) -> None:
        """Replace a node by one of that version, and have people talk on."""
        killed = self.rolling.kills and self._chance.random() < 0.5
        await self.shop.end_node(node, signal.SIGKILL if killed else signal.SIGTERM, all_at_once=killed)
        await self.shop.start_node(node, program)
        await self.shop.ready()
        how, version = "killed" if killed else "ended", "newer" if program is self.newer else "older"
        await self.talk_on(f"node {node.number} {how}, now {version}")

    async def talk_on(self, what: str) -> None:
        """Until so many more messages are acknowledged."""
        enough = self.acknowledged + self.rolling.each
        await self.until(lambda: self.acknowledged >= enough, f"{self.rolling.each} more messages: {what}")
        self.steps.append(f"{what}: {self.acknowledged} acknowledged, {self.written_newer()} in the newer format")

    async def command(self, program: Program, *words: str) -> tuple[int, str]:
        """A command of a version: its exit status, and all it said."""
        assert self.shop.store is not None
        line = [*program.line, *words, "--redis", self.shop.store.url, "--data-dir", str(self._folder / "data")]
        done = await asyncio.to_thread(
            subprocess.run,
            line,
            env=environment(self._folder, self.older.settings),
            cwd=program.place,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
        return done.returncode, done.stdout + done.stderr

    async def checked(self, what: str) -> str:
        """What the newer version's `check` says of something."""
        _, said = await self.command(self.newer, "check", "--server", "127.0.0.1:0")
        return next((line for line in said.splitlines() if f" {what}: " in line), said)

    def written_newer(self) -> int:
        """How many messages are written in the newer format."""
        assert self.shop.store is not None
        return int(self.shop.store.command("EVAL", _NEWER, 0).removeprefix(":"))


async def _there_and_back(people: Rolling) -> None:
    """A older and B newer; each replaced by the other; and undone."""
    a, b = people.shop.nodes
    await people.change(b, people.newer)
    older = a.workers()
    status, said = await people.command(people.newer, "upgrade", "--finish")
    named = any(f"process {pid}" in said for pid in older)
    assert (status, named) == (1, True), f"--finish is refused beside an older node, which it names: {said}"
    said = await people.checked("format")
    named = "Of an older version: " in said and any(f"process {pid}" in said for pid in older)
    assert named, f"check names the older node: {said}"
    await people.change(a, people.newer)
    await people.change(b, people.older)
    await people.change(a, people.older)
    assert people.written_newer() == 0, "nothing is written in the newer format before --finish"


async def _over(people: Rolling) -> None:
    """Both newer, and over to the newer format under way; then no older version can be started."""
    a, b = people.shop.nodes
    await people.change(a, people.newer)
    await people.change(b, people.newer)
    said = await people.checked("nodes")
    assert all(f"process {pid}" in said for n in (a, b) for pid in n.workers()), f"check lists both: {said}"
    deadline = time.monotonic() + PATIENCE  # of who was killed it is not known at once
    while "That ends" not in (said := await people.checked("format")):
        assert time.monotonic() < deadline, f"check says until when they can go back: {said}"
    status, said = await people.command(people.newer, "upgrade", "--finish")
    assert status == 0, f"--finish goes over where all nodes are newer: {said}"
    await people.talk_on("over to the newer format")
    assert people.written_newer() > 0, "the newer format is written"
    status, said = await people.command(people.older, "agent", "list")
    assert (status, "another version" in said) == (1, True), f"an older version is refused from then on: {said}"


async def execute(plan: Plan, say: Callable[[str], None] = lambda _text: None) -> dict[str, Any]:
    """A whole run: figures and verdict."""
    source = await asyncio.to_thread(next_version.make)
    people = Rolling(plan, source)
    try:
        await people.start()
        talking, began = people.talk_together(1.0), time.monotonic()
        await people.talk_on("both older")
        for n in range(plan.rounds):
            await _there_and_back(people)
            say(f"  round {n + 1}: {people.steps[-1]}")
        await _over(people)
        seconds = time.monotonic() - began
        people.enough()
        await asyncio.gather(*talking)
        evidence = Evidence([tab.journal for tab in people.tabs], await people.settle(), errors=people.shop.errors())
    finally:
        await people.stop()
        shutil.rmtree(source, ignore_errors=True)
    return _report(people, checker.check(evidence), seconds)


def _report(people: Rolling, verdict: checker.Verdict, seconds: float) -> dict[str, Any]:
    return {
        "seed": people.rolling.seed,
        "rounds": people.rolling.rounds,
        "acknowledged": people.acknowledged,
        "messages_a_second": round(people.acknowledged / seconds, 1),
        "seconds": round(seconds, 1),
        "reconnects": sum(tab.journal.reconnects for tab in people.tabs),
        "resets": sum(tab.journal.resets for tab in people.tabs),
        "steps": people.steps,
        "broken": dict(verdict.counts),
        "examples": verdict.examples,
        "clean": verdict.clean,
    }
