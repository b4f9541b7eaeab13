"""Faults put into a copy of the product on purpose: the proof that the proof would notice.

Each is a small change of the source, of text that must be there, and a run that gives it an occasion.
"""

import asyncio
import shutil
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

from tests.prove import checker, run, stale
from tests.prove.changed import Changes, copy
from tests.prove.shop import Program


@dataclass(frozen=True)
class Plant:
    """A fault: what to replace in which file, by what; the rules of which at least one must notice; the occasion."""

    what: str
    changes: Changes
    caught_by: tuple[str, ...]
    occasion: Callable[[run.Plan], Awaitable[checker.Verdict]]


async def _short(plan: run.Plan) -> checker.Verdict:
    return (await run.execute(replace(plan, presence=False))).verdict


async def _customers(plan: run.Plan) -> checker.Verdict:
    return (await run.execute(replace(plan, presence=False, files=0, customers=10))).verdict


async def _presence(plan: run.Plan) -> checker.Verdict:
    return (await run.execute(replace(plan, messages=200, faults=0))).verdict


_APPEND = "app/store/scripts/_aside.lua"
_INTO, _LINKING = "app/store/scripts/link_into.lua", "app/live/linking.py"
_FENCE = "if role == 'a' and not note and held ~= holder then return {'fenced'} end"
_REPEAT = "if n <= last and last - n < REMEMBERED then return repeated(c, id, digest, at, last - n) end\n"
_ORDER = "if n ~= last + 1 then\n"
_NEXT = "elif encoded.seq == self.seq + 1 and encoded.epoch == self.epoch:"
# The feed's own guard against what was missed, and that of each subscription; without them, what comes is passed on.
_BLIND = (
    ("app/store/feed.py", "if number != self._last + 1:", "if False:"),
    ("app/live/room.py", _NEXT, "elif encoded.seq > self.seq:"),
)
_MARKED = "  if shown then redis.call('HSET', log .. ':f', file, before_seq .. seq .. '|' .. shown) end\n"
_UNSENT = "            [id for id, record in known.items() if not record.seq and record.at < before],\n"
_TAKEN = "        self._submissions.add(submission)\n"
_TOO_SOON = (
    _TAKEN + "        place = EncodedEntry(Entry(subscription.room.uid, subscription.seq + 1, subscription.epoch, "
    '"message", "", "", id, 0, b"", None))\n'
    "        self.acknowledge(place, repeat=True)\n"
)

PLANTS = {
    "a `$` read": Plant(
        "the feed is read from `$`: what comes between two reads is missed",
        (("app/store/feed.py", "self._key, after)", 'self._key, "$")'), *_BLIND),
        ("gap", "unsettled"),
        _short,
    ),
    "a bare XADD": Plant(
        "a message is stored whatever its number",
        ((_APPEND, _REPEAT, ""), (_APPEND, _ORDER, "if false then\n")),
        ("doubled", "reordered"),
        _short,
    ),
    "no fence": Plant(
        "an agent's message is stored whoever holds the conversation",
        ((_APPEND, _FENCE, ""),),
        ("late_write",),
        stale.verdict,
    ),
    "no dedupe": Plant(
        "a number that was used is stored again",
        ((_APPEND, _REPEAT, ""), (_APPEND, _ORDER, "if n > last + 1 then\n")),
        ("doubled",),
        _short,
    ),
    "presence without a lease": Plant(
        "nobody makes the people of a dead node depart",
        (("app/live/timings.py", "dead: float = 12.0", "dead: float = 1e9"),),
        ("presence",),
        _presence,
    ),
    "a file without its mark": Plant(
        "a message does not mark its file as sent: the sweep takes it",
        ((_APPEND, _MARKED, ""),),
        ("file_lost",),
        _short,
    ),
    "unsent for ever": Plant(
        "a file that nobody has sent stays",
        (("app/store/files.py", _UNSENT, "            [],\n"),),
        ("orphan",),
        _short,
    ),
    "nothing carried over": Plant(
        "who waits before a log-in waits nowhere after it",
        ((_INTO, "if c.status ~= 'blocked' then\n  if since", "if false then\n  if since"),),
        ("forgotten",),
        _customers,
    ),
    "a session that lives on": Plant(
        "the anonymous session does not end with the log-in",
        ((_LINKING, "        await self._store.sessions.revoke_all(anonymous)\n", ""),),
        ("outlived",),
        _customers,
    ),
    "a customer made anew": Plant(
        "whoever logs in becomes the customer, though the shop knew another as them",
        (
            ("app/live/identities.py", "uid = await identities.uid(identity.sub)", 'uid = ""'),
            ("app/store/scripts/identify.lua", "if owner then return owner end\n", ""),
        ),
        ("mixed_up",),
        _customers,
    ),
    "acknowledged too soon": Plant(
        "a message is acknowledged before the store has answered",
        (("app/live/conversing.py", _TAKEN, _TOO_SOON),),
        ("lost", "false_ack"),
        _short,
    ),
}


async def verdict(plant: Plant, plan: run.Plan) -> checker.Verdict:
    """What the checker says of the product with the fault in it."""
    folder = await asyncio.to_thread(copy, plant.changes, plan.program.place)
    try:
        return await plant.occasion(replace(plan, program=Program(folder)))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


async def all_of_them(plan: run.Plan) -> dict[str, object]:
    """Every fault in turn: whether it was caught, and by what; and the product without one, by the same occasions."""
    found: dict[str, object] = {}
    clean = True
    for name, plant in PLANTS.items():
        seen = await verdict(plant, plan)
        caught = any(seen.counts[rule] for rule in plant.caught_by)
        clean &= caught
        found[name] = {"caught": caught, "by": dict(seen.counts)}
        plan.say(f"  {name} ({plant.what}): {'caught' if caught else 'MISSED'} {dict(seen.counts)}")
    healthy = await stale.verdict(plan)
    plan.say(f"  late packets of a former holder, without a fault: {healthy}")
    return {
        "seed": plan.seed,
        "planted": found,
        "late_packets_healthy": healthy.clean,
        "clean": clean and healthy.clean,
    }
