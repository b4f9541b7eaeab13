"""`python -m tests.prove.backup`: a shop is backed up while people talk, burns down, and is restored elsewhere.

Twelve visitors with two tabs each, and four agents, over two nodes, while retention forgets older conversations. The
backup begins amid it. Then every process is killed, and the backup restored into a store of another engine and over
another number of shards, behind the same addresses. `restored.py` judges what is there by what everybody wrote down;
open pages must be told `reset`, and offer again what is theirs and missing; then all of it is judged as ever.

With `--matrix`: every pair of engines, over 1, 4 and 16 shards each.
"""

import argparse
import asyncio
import json
import random
import subprocess
import sys
import time
from dataclasses import dataclass, replace
from typing import Any

from app.chat import protocol
from app.store.messages import stored
from app.store.store import Store
from tests.prove import restored
from tests.prove.journal import Frame, Journal
from tests.prove.party import Tab
from tests.prove.run import IN_FLIGHT, Plan, Run
from tests.prove.shop import PASSWORD, Program
from tests.restore.sample import opened
from tests.running import UNLIMITED, Valkey, environment

# Conversations that are over, and messages in each, of which retention takes a few at a time; and the pause after each.
OLD, MESSAGES_OLD, FORGET_PAUSE = 150, 40, 0.05
# Messages that are said after all is restored.
AFTERWARDS = 500
COMMAND_TIMEOUT = 300.0


@dataclass(frozen=True)
class Target:
    """Into what it is restored."""

    engine: str = "redis"
    shards: int = 4


class Fire:
    """One shop, its backup, and what became of it."""

    def __init__(self, plan: Plan, target: Target) -> None:
        self.plan, self.target = plan, target
        self.run = Run(plan)
        self._file = self.run.shop.folder / "kept" / "shop.tar.gz"
        self._old: list[str] = []
        self.took: dict[str, float] = {}

    async def prove(self) -> dict[str, Any]:
        """Figures and verdict."""
        run, plan = self.run, self.plan
        await run.start()
        assert run.shop.store is not None
        old = opened(run.shop.store.url)
        await old.open()
        talking: list[asyncio.Task[None]] = []
        try:
            times = await self._long_ago(old)
            forgetting = asyncio.create_task(self._forget(old, times))
            talking = self._talk()
            await run.until(lambda: run.acknowledged >= plan.messages // 2, "half of the messages", 120)
            before = self._acknowledged()
            began, count = time.monotonic(), run.acknowledged
            await self._command("backup", str(self._file), redis=run.shop.store.url)
            self.took["backup"] = time.monotonic() - began
            rate = (run.acknowledged - count) / self.took["backup"]
            await run.until(lambda: run.acknowledged >= plan.messages, "the rest of the messages", 120)
            forgetting.cancel()
            await asyncio.gather(forgetting, return_exceptions=True)
        finally:
            await old.close()
        run.enough()
        await asyncio.gather(*talking)
        errors = run.shop.errors()
        journals = await self._burn_down()
        ends = await self._restore()
        logs = {uid: log[: ends[uid]] for uid, log in (await run.logs()).items()}
        verdict = restored.judge(journals, before, logs, errors)
        gone, again = await self._go_on(journals, logs)
        await run.until(lambda: all(tab.journal.resets for tab in run.tabs), "everybody told `reset`", 60)
        run.acknowledged = 0
        run._enough = False
        talking = self._talk()
        await run.until(lambda: run.acknowledged >= AFTERWARDS, "talk after the fire", 120)
        run.enough()
        await asyncio.gather(*talking)
        final = await run.settle()
        verdict.add_all(restored.judge_later([tab.journal for tab in run.tabs], final, ends, run.shop.errors()))
        missing = self._missing(again, final)
        return {
            "seed": plan.seed,
            "target": f"{self.target.engine}, {self.target.shards} shards",
            "acknowledged before the backup began": len(before),
            "messages a second while it was made": round(rate),
            "acknowledged in all": sum(len(one.acked) for one in journals),
            "missing after it": gone,
            "told reset": sum(tab.journal.resets for tab in run.tabs),
            "offered again": len(again),
            "offered again and not there": len(missing),
            "entries restored": sum(map(len, logs.values())),
            "seconds": {name: round(took, 1) for name, took in self.took.items()},
            "broken": dict(verdict.counts),
            "examples": verdict.examples,
            "clean": verdict.clean and not missing,
        }

    # -- before -------------------------------------------------------------------------------------------------

    async def _long_ago(self, store: Store) -> list[int]:
        """Conversations that are over; when each of their messages was written."""
        times: list[int] = []
        for number in range(OLD):
            visitor = await store.people.login_named(f"Old {number}", None)
            self._old.append(visitor.uid)
            write = store.messages.writer(visitor.uid, visitor.uid, "v")
            body = protocol.message_body(protocol.encode(visitor.user), "long ago")
            answers = [asyncio.get_running_loop().create_future() for _ in range(MESSAGES_OLD)]
            for n, answer in enumerate(answers, 1):
                write.append("message", 0, "t", n, "long ago", body, "", answer.set_result)
                if n % 10 == 0:
                    await answer
            times += [stored(await answer).time for answer in answers]  # type: ignore[union-attr]
            shard = store.keys.shard_of(visitor.uid)
            await store.pipelines.at(shard).call(
                "HSET", store.keys.conversation(visitor.uid).meta, "state", "here|0||0|0"
            )
        return sorted(times)

    async def _forget(self, store: Store, times: list[int]) -> None:
        """Retention, as if a day were a moment: a little later each time, in each of those conversations."""
        for at in range(0, len(times), len(times) // 200 or 1):
            for uid in random.Random(at).sample(self._old, 10):
                await store.retention.trim(uid, times[at])
            await asyncio.sleep(FORGET_PAUSE)

    def _talk(self) -> list[asyncio.Task[None]]:
        run, rate = self.run, self.plan.rate
        writers = [tab for tabs in run.visitors.values() for tab in tabs]
        acting = [run.spawn(run.write(tab, rate * 0.8 / len(writers))) for tab in writers]
        acting += [run.spawn(run.answer(tab, rate * 0.2 / len(run.consoles))) for tab in run.consoles]
        return acting + [run.spawn(run.handle(tab, 0.5)) for tab in run.consoles]

    def _acknowledged(self) -> set[str]:
        return {id for tab in self.run.tabs for id in tab.journal.acked}

    # -- the fire -----------------------------------------------------------------------------------------------

    async def _burn_down(self) -> list[Journal]:
        """All of it, at once; returns what everybody wrote down until then, who come back by themselves."""
        shop = self.run.shop
        for node in shop.nodes:
            await shop.end_node(node, all_at_once=True)
        assert shop.store is not None
        shop.store.stop()
        journals = []
        for tab in self.run.tabs:
            journals.append(tab.journal)
            tab.journal = Journal(tab.name, tab.uid, tab.role)
            for line in tab.lines.values():
                tab.journal.abandoned.update(line.outbox)
                line.outbox.clear()
                line.uncertain.clear()
                line.new_tab()
        return journals

    async def _restore(self) -> dict[str, int]:
        """Elsewhere, behind the same addresses; returns where each conversation ends then, before anybody is there."""
        run, target = self.run, self.target
        shop = run.shop
        shop.files = shop.folder / "files elsewhere"
        shop.files.mkdir()
        shop.store = await asyncio.to_thread(Valkey, target.engine, fsync=True)
        began = time.monotonic()
        await self._command("restore", str(self._file), redis=shop.store.url)
        self.took["restore"] = time.monotonic() - began
        ends = await self._ends()
        settings = {**self.plan.program.settings, "CHATADMIN_SHARDS": str(target.shards)}
        shop.program = replace(shop.program, settings=settings)
        for node in shop.nodes:
            assert node.link is not None
            node.link.target = str(shop.store.socket)
            await shop.start_node(node)
        await shop.ready()
        run.admin = (await shop.login("Anna", PASSWORD))[0]
        for number, console in enumerate(run.consoles):  # agents log in anew
            console.token, _ = await shop.login(f"Agent{number}", PASSWORD)
        return ends

    async def _ends(self) -> dict[str, int]:
        assert self.run.shop.store is not None
        store = opened(self.run.shop.store.url, self.target.shards)
        try:
            await store.open()
            return {uid: (await store.conversations.now(uid)).seq for uid in self.run.visitors}
        finally:
            await store.close()

    async def _command(self, *words: str, redis: str) -> None:
        """A command of the product, to its end; AssertionError where it fails."""
        shop = self.run.shop
        self._file.parent.mkdir(exist_ok=True)
        env = {**UNLIMITED, "CHATADMIN_FILES__DIRECTORY": str(shop.files), "CHATADMIN_REDIS": redis}
        if words[0] == "restore":
            env["CHATADMIN_SHARDS"] = str(self.target.shards)
        done = await asyncio.to_thread(
            subprocess.run,
            [*shop.program.line, *words],
            env=environment(shop.folder, env),
            cwd=shop.program.place,
            capture_output=True,
            text=True,
            timeout=COMMAND_TIMEOUT,
        )
        self.plan.say(f"  {words[0]}: {done.stdout.strip()} {done.stderr.strip()}")
        assert done.returncode == 0, done.stderr

    # -- and afterwards -----------------------------------------------------------------------------------------

    async def _go_on(self, journals: list[Journal], logs: dict[str, list[Frame]]) -> tuple[int, dict[str, str]]:
        """Each visitor's tab offers again what is its own and missing, as a page does: how many are missing in all, and
        which were offered again, by their new ids, and where."""
        run = self.run
        await run.until(lambda: all(line.live for tab in run.tabs for line in tab.lines.values()), "everybody in", 60)
        there = {entry["id"] for log in logs.values() for entry in log}
        gone, offering = 0, []
        for tab, journal in zip(run.tabs, journals, strict=True):
            known = there | journal.refused.keys()
            missing = [(id, uid) for id, uid in journal.offered.items() if id not in known]
            gone += sum(id in journal.acked for id, _ in missing)
            if tab.role == "visitor":
                offering.append(run.spawn(self._offer(tab, [uid for _, uid in missing])))
        await asyncio.gather(*offering)
        return gone, {id: uid for tab in run.tabs if tab.role == "visitor" for id, uid in tab.journal.offered.items()}

    async def _offer(self, tab: Tab, conversations: list[str]) -> None:
        """One behind the other, and no more unanswered than the store remembers."""
        for uid in conversations:
            await self.run.until(lambda: tab.waiting() < IN_FLIGHT, "answers", 120)
            tab.say(uid)

    @staticmethod
    def _missing(again: dict[str, str], logs: dict[str, list[Frame]]) -> list[str]:
        there = {entry["id"] for log in logs.values() for entry in log}
        return [id for id in again if id not in there]


async def prove(plan: Plan, target: Target) -> dict[str, Any]:
    """One shop that burns down."""
    fire = Fire(plan, target)
    try:
        return await fire.prove()
    finally:
        await fire.run.stop()


def main(arguments: list[str] | None = None) -> int:
    """Run what is asked for; 0 where every promise was kept."""
    parser = argparse.ArgumentParser(prog="python -m tests.prove.backup", description=__doc__)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1_000_000))
    parser.add_argument(
        "--messages", type=int, default=20_000, help="acknowledged in all; half of them before it begins"
    )
    parser.add_argument("--rate", type=float, default=500.0, help="messages a second")
    parser.add_argument("--engine", choices=("valkey", "redis"), default="redis", help="into which it is restored")
    parser.add_argument("--shards", type=int, default=4, help="over how many")
    parser.add_argument("--matrix", action="store_true", help="every pair of engines and numbers of shards instead")
    asked = parser.parse_args(arguments)
    print(f"seed {asked.seed}", file=sys.stderr)
    if asked.matrix:
        from tests.prove import backup_matrix

        report = asyncio.run(backup_matrix.prove(asked.seed))
    else:
        plan = Plan(
            seed=asked.seed,
            messages=asked.messages,
            nodes=2,
            rate=asked.rate,
            files=0.02,
            customers=0,
            program=Program(),
            say=lambda text: print(text, file=sys.stderr, flush=True),
        )
        report = asyncio.run(prove(plan, Target(asked.engine, asked.shards)))
    print(json.dumps(report, indent=1))
    return 0 if report["clean"] else 1


if __name__ == "__main__":
    sys.exit(main())
