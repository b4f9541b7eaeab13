"""Two or more products, or a product and its peers, beside each other: by how much is each better than the first?

    python -m tests.bench.against before=../old/chatadmin after=. socket.io
    python -m tests.bench.against a=../old b=dist/chatadmin --only relay --conversations 100 --pairs 32

A side is a file or a tree of source (its `.venv` is taken), with a name before it if you like, and ` x2` or ` x2 on two
cores` behind it for two workers (`'two=. x2'`); or one of the peers.
"""

import argparse
import json
import resource
import statistics
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.bench import machine
from tests.bench.peers import PEERS
from tests.bench.sides import Build, Refused, Side
from tests.bench.turns import Figure, Ratio, in_turn, slices, values
from tests.clients.api import status
from tests.running import Chatadmin

Measure = tuple[str, ...]
# What is told of a slice: in words, the way to the number, what it is told in.
RELAY = (
    ("server's CPU a message, us", ("cpu_us", "server")),
    ("store's CPU a message, us", ("cpu_us", "store")),
    ("messages a second", ("per_second",)),
)
PACED = (*RELAY[:2], ("p50, ms", ("latency_ms", "p50")), ("p99, ms", ("latency_ms", "p99")))
START = (
    ("--version, CPU, ms", ("version",)),
    ("the very first start to the first page, CPU, ms", ("very_first",)),
    ("first page, CPU, ms", ("first",)),
    ("first page, by the clock, ms", ("first_wall",)),
)
MEMORY = (("PSS of all processes, MB", ("pss",)),)


@dataclass(frozen=True)
class Contender:
    """What is compared: a build, or where there is none the peer of that name."""

    name: str
    build: Build | None
    more: str = ""  # how many workers on how many cores, as Side has it

    @classmethod
    def named(cls, words: str) -> "Contender":
        """As the command line has it: `NAME=PLACE x2`, `PLACE`, or a peer's name. Raises SystemExit."""
        if words in PEERS:
            return cls(words, None)
        name, _, place = words.rpartition("=")
        place, mark, workers = place.partition(" x")
        if not Path(place).exists():
            raise SystemExit(f"{place} is neither a file, nor a tree, nor one of {', '.join(PEERS)}")
        return cls(name or place, Build.at(Path(place)), mark + workers)

    def start(self, server: int, others: int) -> Side:
        """Have it run with its store and its generator."""
        side = Side(self.name + self.more, server, others, self.build)
        side.name = self.name
        return side


@dataclass
class Comparison:
    """Who is compared, how much of it; and what was seen: the case, the side, a figure of each turn."""

    contenders: Sequence[Contender]
    pairs: int = 16
    seconds: float = 0.5
    warm: float = 0.15
    conversations: Sequence[int] = (100, 1000)
    server: int = 0
    others: int = 1
    say: Callable[[str], None] = print
    figures: dict[str, dict[str, list[Figure]]] = field(default_factory=dict)

    @property
    def lengths(self) -> dict[str, float]:
        """Of a slice."""
        return {"seconds": self.seconds, "warm": self.warm}

    @property
    def builds(self) -> list[Contender]:
        """Those that are chatadmin."""
        return [one for one in self.contenders if one.build]

    def tell(
        self, case: str, found: dict[str, list[Figure]], refused: list[str], measures: Sequence[tuple[str, Measure]]
    ) -> None:
        """Say what each did, and its ratio to the first. Raises Refused where that has no figure."""
        self.figures[case] = found
        for reason in refused:
            self.say(f"\n{case}: no figure: {reason}")
        if (first := self.contenders[0].name) not in found:
            raise Refused(f"{first} has none to compare with")
        self.say(f"\n{case}\n\n| | side | median | against {first} |\n| --- | --- | --- | --- |")
        for words, path in measures:
            for name, figures in found.items():
                ours = values(figures, *path)
                ratio = "" if name == first else str(Ratio.of(ours, values(found[first], *path)))
                self.say(f"| {words} | {name} | {statistics.median(ours):.4g} | {ratio} |")

    @contextmanager
    def sides(self) -> Iterator[list[Side]]:
        """All of them, started and prepared."""
        started: list[Side] = []
        try:
            for contender in self.contenders:
                side = contender.start(self.server, self.others)
                started.append(side)
                side.prepare(max(self.conversations))
            yield started
        finally:
            for side in started:
                side.stop()


def relay(comparison: Comparison) -> None:
    """Messages as fast as each end is answered."""
    with comparison.sides() as sides:
        for size in comparison.conversations:
            found = slices(sides, size, comparison.pairs, **comparison.lengths)
            comparison.tell(_ceiling(size), *found, RELAY)


def latency(comparison: Comparison) -> None:
    """Messages at half of what the first can do: its figure of `relay`, or else of a few slices."""
    with comparison.sides() as sides:
        for size in comparison.conversations:
            known = comparison.figures.get(_ceiling(size)) or slices(sides[:1], size, 4, **comparison.lengths)[0]
            rate = statistics.median(values(known[sides[0].name], "per_second")) / 2
            found = slices(sides, size, comparison.pairs, rate=rate, **comparison.lengths)
            comparison.tell(f"{size} conversations, {rate:.0f} messages a second", *found, PACED)


def _ceiling(size: int) -> str:
    return f"{size} conversations, as fast as each end is answered"


def start(comparison: Comparison) -> None:
    """Processor time of the shortest command, of the very first start to its first page, and of later ones there."""
    with ExitStack() as folders:
        asks = {}
        for one in comparison.builds:
            data = Path(folders.enter_context(TemporaryDirectory(prefix="ca-bench-", ignore_cleanup_errors=True)))
            _first_page(one, comparison.server, data)  # what a file unpacks is in the kernel's cache from now on
            asks[one.name] = partial(_start, one, comparison.server, data)
        comparison.tell("start", in_turn(asks, max(comparison.pairs // 2, 2), []), [], START)


def memory(comparison: Comparison) -> None:
    """Memory of a server that has shown its first pages, its store's included."""
    for workers in (1, 2):
        asks = {one.name: partial(_memory, one, workers) for one in comparison.builds}
        comparison.tell(f"memory, workers: {workers}", in_turn(asks, 3, []), [], MEMORY)


def _start(contender: Contender, core: int, used: Path) -> Figure:
    assert contender.build is not None
    before = _of_children()
    line = machine.pinned(core, [*contender.build.program, "--version"])
    subprocess.run(line, check=True, capture_output=True, cwd=contender.build.folder)
    figure = {"version": (_of_children() - before) * 1000}
    with TemporaryDirectory(prefix="ca-bench-", ignore_cleanup_errors=True) as new:
        first, _ = _first_page(contender, core, Path(new) / "data")
    again, took = _first_page(contender, core, used)
    return figure | {"very_first": first, "first": again, "first_wall": took}


def _first_page(contender: Contender, core: int, data: Path) -> tuple[float, float]:
    """Milliseconds of processor time and by the clock from the command to the first page, of all processes."""
    assert contender.build is not None
    program, began = machine.pinned(core, list(contender.build.program)), time.perf_counter()
    with Chatadmin(wait=False, program=program, cwd=contender.build.folder, data_dir=data) as running:
        running.process.wait_for(r"Press Ctrl\+C")
        running.wait_ready()
        assert status(running.url, "/") == 200
        return machine.cpu_of_all(running.pids()) * 1000, (time.perf_counter() - began) * 1000


def _of_children() -> float:
    """Seconds of processor time that children which have ended used, theirs included."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _memory(contender: Contender, workers: int) -> Figure:
    assert contender.build is not None
    line = ("--workers", str(workers))
    with Chatadmin(*line, program=contender.build.program, cwd=contender.build.folder) as running:
        for _ in range(20):
            assert status(running.url, "/") == 200
        return {"pss": machine.memory(running.pids()) / 1e6}


MODES = {mode.__name__: mode for mode in (relay, latency, start, memory)}


def main(arguments: list[str] | None = None) -> int:
    """Compare, say it, and keep every figure."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.bench.against", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("sides", nargs="+")
    parser.add_argument("--only", default=",".join(MODES))
    parser.add_argument("--conversations", default="100,1000")
    parser.add_argument("--pairs", type=int, default=16)
    parser.add_argument("--slice", type=float, default=0.5, help="seconds")
    parser.add_argument("--out", type=Path, default=Path("build/bench/against.json"))
    asked = parser.parse_args(arguments)
    machine.many_descriptors()
    cores = machine.cores()
    comparison = Comparison(
        [Contender.named(words) for words in asked.sides],
        asked.pairs,
        asked.slice,
        conversations=[int(size) for size in asked.conversations.split(",")],
        server=cores[0],
        others=cores[-1],
    )
    for name in asked.only.split(","):
        MODES[name](comparison)
    asked.out.parent.mkdir(parents=True, exist_ok=True)
    asked.out.write_text(json.dumps({"machine": machine.model(), "figures": comparison.figures}, indent=1) + "\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
