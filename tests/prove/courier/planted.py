"""Faults put into a copy of the courier on purpose: the proof that its proof would notice."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from tests.prove.changed import Changes
from tests.prove.courier.run import Plan, execute

_SCRIPTS = "app/store/scripts"
_DRIVER = "app/courier/mail/driver.py"
_PLANS = "if not await self._outbox.plan(shard, moved, jobs):"
_TWO_STEPS = (
    "if not (await self._outbox.plan(shard, moved, []) and await asyncio.sleep(0.3, True) "
    "and await self._outbox.plan(shard, {}, jobs)):"
)
_SENDS = "            await self._smtp.send(letter)\n"
_SENDS_SOMETIME = '            __import__("asyncio").get_running_loop().create_task(self._smtp.send(letter))\n'
_UP_TO = "jobs = [job for job in lane.jobs if job.seq <= begun.through]"
_ALL = "sorted(lane.jobs, key=lambda job: job.seq)"
_ID = 'return f"<{thread_code(self.token)}.{seq}@{urlsplit(self.url).hostname}>"'
_ANY_ID = 'import secrets; return f"<{secrets.token_hex(8)}@{urlsplit(self.url).hostname}>"'


@dataclass(frozen=True)
class Plant:
    """A fault: what to replace in which file, by what; the rules of which at least one must notice."""

    what: str
    changes: Changes
    caught_by: Sequence[str]


PLANTS = {
    "marks first": Plant(
        "a mark is moved, and in another step the jobs are added",
        (("app/courier/planning.py", _PLANS, _TWO_STEPS),),
        ("lost",),
    ),
    "no marks": Plant(
        "how far a conversation is planned is not kept: all of it is planned again",
        ((f"{_SCRIPTS}/plan.lua", "redis.call('HSET', marks, ARGV[i], ARGV[i + 2])", ""),),
        ("doubled", "mistold"),
    ),
    "told before it is": Plant(
        "a mail counts as sent before the mail server has it",
        ((_DRIVER, _SENDS, _SENDS_SOMETIME),),
        ("lost",),
    ),
    "no lease": Plant(
        "a lane that one courier delivers is taken by another",
        ((f"{_SCRIPTS}/take.lua", "redis.call('ZADD', due(lane), t + ARGV[1], lane)\n", "\n"),),
        ("repeated", "doubled"),
    ),
    "no fence": Plant(
        "a courier that stood still writes down what came of a lane that is another's by now",
        ((f"{_SCRIPTS}/settle.lua", "if known[1] ~= ARGV[3] then return 0 end", ""),),
        ("mistold", "doubled"),
    ),
    "an id each time": Plant(
        "a mail that is sent again has another Message-ID",
        (("app/courier/mail/answer.py", _ID, _ANY_ID),),
        ("doubled",),
    ),
    "a mail that grows": Plant(
        "a mail that is sent again tells of what was said since, too",
        ((_DRIVER, _UP_TO, "jobs = list(lane.jobs)"),),
        ("changed",),
    ),
    "last said, first told": Plant(
        "of what waits the newest goes first",
        ((_DRIVER, _ALL, f"{_ALL}[-1:]"),),
        ("reordered",),
    ),
}


async def all_of_them(plan: Plan) -> dict[str, Any]:
    """Every fault in turn: whether it was caught, and by what."""
    found: dict[str, Any] = {}
    for name, plant in PLANTS.items():
        seen = (await execute(replace(plan, changes=plant.changes))).verdict
        caught = any(seen.counts[rule] for rule in plant.caught_by)
        found[name] = {"caught": caught, "by": dict(seen.counts)}
        plan.say(f"  {name} ({plant.what}): {'caught' if caught else 'MISSED'} {dict(seen.counts)}")
    return {"seed": plan.seed, "planted": found, "clean": all(one["caught"] for one in found.values())}
