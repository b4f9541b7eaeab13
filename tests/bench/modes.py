"""What is measured: each mode starts its servers, asks them in turn, A B A B, and gives every figure it saw."""

import statistics
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial

from tests.bench import machine
from tests.bench.first_answer import new_shop
from tests.bench.peers import LIGHTHOUSE, PEERS
from tests.bench.shop_page import plain_shop
from tests.bench.sides import TWO_CORES, Refused, Side
from tests.bench.turns import Figure, Ratio, slices, values
from tests.running import ROOT, Chatadmin, program_under_test

ECHOES = ("bare relay", "asgi echo", "quart echo")


@dataclass
class Bench:
    """How much is measured, on which cores; and what was seen: mode, case, side, one figure a round or slice."""

    rounds: int = 3
    seconds: float = 5.0
    warm: float = 1.0  # seconds before each measurement
    pairs: int = 16  # slices of each side
    slice: float = 0.5  # seconds
    slice_warm: float = 0.15
    rest: float = 4.0  # seconds of silence before memory is looked at
    conversations: tuple[int, ...] = (100, 1000, 4500)
    fixed_rate: float = 2000.0
    readers: int = 1000
    uploads: int = 100
    lookers: int = 1000
    sockets: int = 1000  # conversations of the idle mode: twice as many sockets
    server: int = 0
    others: int = 1
    say: Callable[[str], None] = print
    figures: dict[str, dict[str, dict[str, list[Figure]]]] = field(default_factory=dict)
    refused: list[str] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)

    @contextmanager
    def sides(self, *names: str) -> Iterator[list[Side]]:
        """The named servers, started; without those that lack something on this machine."""
        started: list[Side] = []
        try:
            for name in names:
                if name in PEERS and not PEERS[name].present:
                    self.leave_out(name)
                    continue
                started.append(Side(name, self.server, self.others))
            yield started
        finally:
            for side in started:
                side.stop()

    def leave_out(self, name: str) -> None:
        """Say once that something is not installed."""
        if name not in self.left_out:
            self.left_out.append(name)
            how = (PEERS.get(name) or LIGHTHOUSE).how
            self.say(f"  {name} is left out: what it needs is not installed. Run: {how}")

    def alternate(self, mode: str, case: str, asks: Mapping[str, Callable[..., Figure]]) -> None:
        """Ask each in turn, round after round. What has no figure is said, and left out."""
        for number in range(self.rounds):
            for name, ask in asks.items():
                try:
                    figure = ask()
                except Refused as error:
                    self.refused.append(f"{mode} {case} {name}: {error}")
                    self.say(f"  {mode} {case} {name}: no figure: {error}")
                    continue
                self.figures.setdefault(mode, {}).setdefault(case, {}).setdefault(name, []).append(figure)
                self.say(f"  {mode} {case} round {number + 1} {name}: {brief(figure)}")

    def take_turns(self, mode: str, names: Sequence[str], sizes: Sequence[int]) -> None:
        """Slices of all the named in turn (tests/bench/turns.py), as fast as each end is answered."""
        with self.sides(*names) as sides:
            for side in sides:
                side.prepare(max(sizes))
            for size in sizes if len(sides) > 1 else ():
                self.slices(mode, sides, size)

    def slices(self, mode: str, sides: list[Side], size: int, rate: float = 0) -> None:
        """The same of sides that are prepared; with a `rate`, at so many messages a second."""
        lengths = {"seconds": self.slice, "warm": self.slice_warm}
        found, refused = slices(sides, size, self.pairs, rate=rate, **lengths)
        for reason in refused:
            self.refused.append(f"{mode} {size} {reason}")
            self.say(f"  {mode} {size}: no figure: {reason}")
        self.figures.setdefault(mode, {}).setdefault(str(size), {}).update(found)
        for name, figures in found.items():
            self.say(f"  {mode} {size} {name}: {brief(figures[len(figures) // 2])}")

    def ratio(self, ours: tuple[str, ...], theirs: tuple[str, ...]) -> Ratio | None:
        """Of two ways to a number (mode, case, side and on), pair by pair; None where one has no figure."""
        mine, others = (
            values(self.figures.get(mode, {}).get(case, {}).get(side, []), *path)
            for mode, case, side, *path in (ours, theirs)
        )
        pairs = min(len(mine), len(others))
        return Ratio.of(mine[:pairs], others[:pairs]) if pairs else None

    def median(self, mode: str, case: str, side: str, *path: str) -> float | None:
        """The middle one of the rounds' figures; None where there is none."""
        found = values(self.figures.get(mode, {}).get(case, {}).get(side, []), *path)
        return statistics.median(found) if found else None


def brief(figure: Figure) -> str:
    """A figure in one line."""
    words = []
    for name, value in figure.items():
        inner = value.items() if isinstance(value, dict) else [("", value)]
        words += [f"{name} {key} {number:.5g}".replace("  ", " ") for key, number in inner]
    return ", ".join(words)


def echoes(bench: Bench) -> None:
    """Messages as fast as each end is answered, beside servers that keep nothing."""
    bench.take_turns("echoes", ("product", *ECHOES), bench.conversations)


def relay(bench: Bench) -> None:
    """Messages as fast as each end is answered, beside others that keep them in a store."""
    names = ("product", "socket.io", "centrifuge", "nchan", "bare relay")
    bench.take_turns("relay", names, bench.conversations[:2])


def tutorials(bench: Bench) -> None:
    """The same beside what tutorials write, with Quart and with Django."""
    names = ("product", "naive relay", "channels", "channels pub/sub")
    bench.take_turns("tutorials", names, bench.conversations[:2])


def latency(bench: Bench) -> None:
    """Half of what the product can do, timed from when each message was due; and others at that rate."""
    ceilings = {size: bench.median("echoes", str(size), "product", "per_second") for size in bench.conversations[:2]}
    if any(ceilings.values()):
        with bench.sides("product", *ECHOES) as sides:
            for side in sides:
                side.prepare(max(ceilings))
            for size, ceiling in ceilings.items():
                if ceiling is not None:
                    bench.slices("latency", sides, size, ceiling / 2)


def scale(bench: Bench) -> None:
    """One rate, few conversations and many."""
    with bench.sides("product") as (side,):
        side.prepare(bench.conversations[-1])
        sizes = {str(size): size for size in bench.conversations}
        bench.alternate(
            "scale", "product", {case: _asking(bench, side, size, bench.fixed_rate) for case, size in sizes.items()}
        )


def workers(bench: Bench) -> None:
    """One worker and two, on one core, and two on two, one of them the store's: as fast as each end is answered."""
    names = ("product", "product x2", "product x2" + TWO_CORES)
    bench.take_turns("workers", names, bench.conversations[:2])


def nodes(bench: Bench) -> None:
    """One node, and two on one core whose every message crosses from one to the other."""
    bench.take_turns("nodes", ("product", "product + product"), bench.conversations[1:2])


def idle(bench: Bench) -> None:
    """Memory of a socket that has carried traffic and is silent now: all that the server has grown since its start."""
    with bench.sides("product", "quart echo") as sides:
        asks = {}
        for side in sides:
            before = machine.memory(side.server_pids)
            side.prepare(bench.sockets)
            asks[side.name] = partial(_idle, bench, side, before)
        bench.alternate("idle", str(bench.sockets), asks)


def _idle(bench: Bench, side: Side, before: int) -> Figure:
    figure = side.ask("idle", conversations=bench.sockets, each=10, rest=bench.rest)
    after = machine.memory(side.server_pids)
    side.ask("leave")
    return {"kilobytes": (after - before) / figure["sockets"] / 1000, "whole_mb": after / 1e6, **figure}


def stream(bench: Bench) -> None:
    """The event stream with many readers."""
    with bench.sides("product", "quart stream") as sides:
        for side in sides:
            side.prepare(1)

        def ask(side: Side) -> Figure:
            return side.ask("stream", readers=bench.readers, seconds=bench.seconds, rate=5, watch=side.watch)

        bench.alternate("stream", str(bench.readers), {side.name: lambda side=side: ask(side) for side in sides})


def storm(bench: Bench) -> None:
    """Everybody comes back at once."""
    with bench.sides("product", "quart echo") as sides:
        for side in sides:
            side.prepare(bench.sockets)

        def ask(side: Side) -> Figure:
            return side.ask("storm", conversations=bench.sockets, watch=side.watch)

        bench.alternate("storm", str(bench.sockets), {side.name: lambda side=side: ask(side) for side in sides})


def stalled(bench: Bench) -> None:
    """Conversations while many readers of the event stream have stopped reading, and while they have not."""
    with bench.sides("product") as (side,):
        size = bench.conversations[0]
        side.prepare(size)
        rate = bench.fixed_rate / 10  # changes that a shop of a thousand readers might see
        none, many = (_asking(bench, side, size, rate, stalled=count) for count in (0, bench.readers))
        bench.alternate("stalled", str(bench.readers), {"none": none, "stalled": many})


def uploads(bench: Bench) -> None:
    """Two who talk while many files are sent slowly, and while none is."""
    _beside(bench, "uploads", bench.uploads, "relay_beside", uploads=bench.uploads)


def browsing(bench: Bench) -> None:
    """Two who talk while many look at the shop's pages, and while nobody does; and what those take."""
    _beside(bench, "browsing", bench.lookers, "relay_browsing", lookers=bench.lookers)


def _beside(bench: Bench, mode: str, count: int, question: str, **many: int) -> None:
    """Two who talk, asked by `question`, beside so `many` of something; and alone."""
    with bench.sides("product") as (side,):
        side.prepare(1)
        rate = bench.fixed_rate / 40  # messages a second: enough of them for a p99
        quiet = _asking(bench, side, 1, rate)

        def beside() -> Figure:
            order = {"conversations": 1, "seconds": bench.seconds, "warm": bench.warm, "rate": rate}
            return side.ask(question, watch=side.watch, **many, **order)

        bench.alternate(mode, str(count), {"none": quiet, mode: beside})


def startup(bench: Bench) -> None:
    """From the command to the first answer; and the shortest command."""

    def serve() -> Figure:
        began = time.perf_counter()
        running = Chatadmin(program=machine.pinned(bench.server, program_under_test()), cwd=ROOT)
        took = time.perf_counter() - began
        running.stop()
        return {"ms": took * 1000}

    def version() -> Figure:
        began = time.perf_counter()
        line = machine.pinned(bench.server, [*program_under_test(), "--version"])
        subprocess.run(line, check=True, capture_output=True, cwd=ROOT)
        return {"ms": (time.perf_counter() - began) * 1000}

    bench.alternate("startup", "product", {"serve": serve, "--version": version})


def lighthouse(bench: Bench) -> None:
    """A plain page of a shop's, without and with the widget's tag."""
    if not LIGHTHOUSE.present:
        return bench.leave_out("lighthouse")
    with plain_shop() as judged:
        bench.alternate(
            "lighthouse", "plain page", {"without": partial(judged, "/without"), "with": partial(judged, "/")}
        )
    return None


def first_answer(bench: Bench) -> None:
    """From an empty page of a shop, and a chat that runs, to the first answer on that page."""
    with new_shop() as ask:
        bench.alternate("first_answer", "from an empty page", {"product": ask})


def _asking(bench: Bench, side: Side, size: int, rate: float, stalled: int = 0) -> Callable[[], Figure]:
    def ask() -> Figure:
        return side.ask(
            "relay",
            conversations=size,
            seconds=bench.seconds,
            warm=bench.warm,
            rate=rate,
            watch=side.watch,
            stalled=stalled,
        )

    return ask


_SERVERS = (
    echoes,
    relay,
    tutorials,
    latency,
    scale,
    workers,
    nodes,
    idle,
    stream,
    storm,
    stalled,
    uploads,
    browsing,
    startup,
)
MODES = {mode.__name__: mode for mode in (*_SERVERS, lighthouse, first_answer)}
