"""Which faults there will be, in which order, where and for how long: nothing but the seed decides.

A fault comes when so many messages were acknowledged, not at a time, so that a slow machine replays the same schedule.
"""

import random
import zlib
from collections.abc import Mapping
from dataclasses import astuple, dataclass

# What can happen to what, and how often: kinds of faults with their weights.
NETWORK = {"delay": 2, "reset": 3, "half_close": 2, "cut": 3, "swallow": 3, "black_hole": 2}
NODE = {"kill": 3, "kill_first": 2, "kill_worker": 3, "stop": 4, "long_stop": 0.4, "terminate": 1}
STORE = {"kill_store": 4, "stop_store": 2}
KINDS: dict[str, Mapping[str, float]] = {"node": NODE, "front": NETWORK, "link": NETWORK, "store": STORE}
# Of all faults, for each kind of store. The embedded one has no network of its own.
EXTERNAL = {"node": 3, "front": 3, "link": 3, "store": 2}
EMBEDDED = {"node": 3, "front": 3, "store": 3}
# Seconds: of most faults; and longer than a node may be silent before it counts as dead.
SHORT, LONG = (0.2, 3.0), (13.0, 16.0)


@dataclass(frozen=True)
class Fault:
    """One fault: due when `after` messages were acknowledged; `place` is `node0`, `front1`, `link0` or `store`."""

    number: int
    after: int
    kind: str
    place: str
    seconds: float
    size: int
    up: bool

    def __str__(self) -> str:
        return (
            f"#{self.number} after {self.after}: {self.kind} at {self.place}, {self.seconds:.1f} s, {self.size} bytes"
        )


def schedule(seed: int, *, messages: int, faults: int, nodes: int, embedded: bool) -> list[Fault]:
    """The faults of a run."""
    rng = random.Random(f"schedule {seed}")
    found = []
    for number in range(faults):
        layer = _pick(rng, EMBEDDED if embedded else EXTERNAL)
        kind = _pick(rng, KINDS[layer])
        place = layer if layer == "store" else f"{layer}{rng.randrange(nodes)}"
        seconds = rng.uniform(*LONG) if kind == "long_stop" else rng.uniform(*SHORT)
        after = round((number + rng.random()) * messages / (faults + 1))
        found.append(Fault(number, after, kind, place, round(seconds, 3), rng.randrange(1, 4000), rng.random() < 0.5))
    return found


def fingerprint(faults: list[Fault]) -> str:
    """The same for the same schedule."""
    return f"{zlib.crc32(repr([astuple(fault) for fault in faults]).encode()):08x}"


def _pick(rng: random.Random, weights: Mapping[str, float]) -> str:
    return rng.choices(list(weights), list(weights.values()))[0]
