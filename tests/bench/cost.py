"""What visitors cost a month: a socket, a message and a visit measured, and the rest on paper.

    python -m tests.bench.cost --core 8 --memory 3 --disk 0.05

Prices are of one month, in whatever one pays in: a core, a gigabyte of memory, a gigabyte of disk. A minute.
"""

import argparse
import json
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from tests.bench import machine
from tests.bench.sides import Side

GB, MONTH = 1e9, 30 * 86400.0
BUSY = 0.5  # of a core's time that is planned for: the rest is for the busy hour's busy minute


@dataclass(frozen=True)
class Measured:
    """What was seen. Bytes; seconds of processor time, server and store together; a socket is a visitor's."""

    server_bytes: float  # for a visitor who is here and silent: session, conversation, socket
    kernel_bytes: float  # for the socket
    store_bytes: float  # for a visitor of whom everything is kept, without messages
    empty_share: float  # of a core, for a node and a store that nobody uses
    idle_share: float  # of a core, for a socket that is asked for a sign of life every ten seconds
    visit_cpu: float  # to open a socket; logging in is in it
    message_cpu: float  # a message among few, 20 a second: nothing is shared with others
    busy_cpu: float  # a message among many, 1,000 a second
    message_bytes: float  # in the store's memory
    message_disk: float  # in the append-only file, until it is rewritten


@dataclass(frozen=True)
class Prices:
    """Of a month."""

    core: float
    memory: float
    disk: float


@dataclass(frozen=True)
class Habits:
    """What a visitor does in a month, and how long the shop keeps it."""

    minutes: float  # with a page of the chat's open
    messages: float  # both ways
    kept_days: float


def cost(seen: Measured, prices: Prices, habits: Habits, visitors: int = 1000) -> dict[str, float]:
    """A month of so many visitors, by what it goes into."""
    at_once = visitors * habits.minutes * 60 / MONTH
    messages, kept = visitors * habits.messages, habits.kept_days / 30
    cores = at_once * seen.idle_share + (visitors * seen.visit_cpu + messages * seen.message_cpu) / MONTH
    sockets = at_once * (seen.server_bytes + seen.kernel_bytes) / GB
    history = (visitors * seen.store_bytes + messages * seen.message_bytes) * kept / GB
    return {
        "processor": cores / BUSY * prices.core,
        "memory for sockets": sockets * prices.memory,
        "memory for history": history * prices.memory,
        "disk": messages * seen.message_disk * kept / GB * prices.disk,
    }


def a_million(seen: Measured, prices: Prices) -> Iterator[tuple[str, str, float]]:
    """What a million silent sockets take, how much, and its price a month."""
    sockets = 1e6
    for words, each in (("server's memory", seen.server_bytes), ("kernel's memory", seen.kernel_bytes)):
        size = sockets * each / GB
        yield words, f"{size:.1f} GB", size * prices.memory
    kept = sockets * seen.store_bytes / GB
    yield "store's memory for who they are", f"{kept:.1f} GB", kept * prices.memory
    cores = sockets * seen.idle_share
    yield "processor, to see that they are there", f"{cores:.1f} cores", cores / BUSY * prices.core


def tables(seen: Measured, prices: Prices) -> str:
    """All of it, in Markdown."""
    kb = {name: f"{value / 1e3:.2g}" for name, value in asdict(seen).items()}
    rows = {
        "memory while they are here, KB: server, kernel": f"{kb['server_bytes']}, {kb['kernel_bytes']}",
        "in the store, KB: memory for who they are": kb["store_bytes"],
        "for a message, KB: the store's memory, disk": f"{kb['message_bytes']}, {kb['message_disk']}",
        "processor, us a second, to be here and silent": f"{seen.idle_share * 1e6:.2g}",
        "server and store that nobody uses, of a core": f"{seen.empty_share:.1%}",
        "to come, ms": f"{seen.visit_cpu * 1e3:.2g}",
        "for a message, 20 and 1,000 a second, ms": f"{seen.message_cpu * 1e3:.2g}, {seen.busy_cpu * 1e3:.2g}",
    }
    lines = [
        "| of a visitor, measured | |",
        "| --- | --- |",
        *(f"| {words} | {told} |" for words, told in rows.items()),
    ]
    lines += ["", "| a million silent sockets | take | a month |", "| --- | --- | --- |"]
    million = list(a_million(seen, prices))
    lines += [f"| {words} | {size} | {price:.0f} |" for words, size, price in million]
    lines += [f"| together | | {sum(price for *_, price in million):.0f} |", ""]
    kinds = {
        "look, and are greeted: 5 minutes, no message": Habits(5, 0, 30),
        "ask: 15 minutes, 10 messages, kept for 30 days": Habits(15, 10, 30),
        "stay: 2 hours, 40 messages, kept for a year": Habits(120, 40, 365),
    }
    columns = list(cost(seen, prices, next(iter(kinds.values()))))
    lines += [f"| 1,000 visitors a month who | {' | '.join(columns)} | together |", "| --- |" + " --- |" * 5]
    for words, habits in kinds.items():
        parts = cost(seen, prices, habits)
        told = [f"{part:.5f}" for part in (*parts.values(), sum(parts.values()))]
        lines.append(f"| {words} | {' | '.join(told)} |")
    return "\n".join(lines)


def measure(sockets: int, rest: float, seconds: float) -> Measured:
    """So many visitors come, say something and are silent for `rest` s; then a hundred talk for so many `seconds`."""
    cores = machine.cores()
    side = Side("product", cores[0], cores[-1])
    try:
        before = side.store.info(), machine.memory(side.server_pids), machine.cpu(side.pids)
        side.prepare(sockets)
        logged_in = machine.cpu(side.pids) - before[2]
        began = time.perf_counter(), machine.cpu(side.pids)
        time.sleep(rest / 2)
        empty = (machine.cpu(side.pids) - began[1]) / (time.perf_counter() - began[0])
        kernel = machine.kernel_memory()
        figure = side.ask("idle", conversations=sockets, each=1, rest=rest, watch=side.watch, sides="v")
        grown, kernel = machine.memory(side.server_pids) - before[1], machine.kernel_memory() - kernel
        here = side.store.info()
        side.ask("leave")
        time.sleep(rest)  # that they have left is told, and what they said is indexed
        talked = []
        for rate in (20, 1000):
            order = {"conversations": min(100, sockets), "seconds": seconds, "warm": 1, "rate": rate}
            talked.append(side.ask("relay", watch=side.watch, **order))
        after = side.store.info()
    finally:
        side.stop()
    came, share, messages = figure["came_us"], figure["share"], sum(one["messages"] for one in talked)
    few, many = ((one["cpu_us"]["server"] + one["cpu_us"]["store"]) / 1e6 - empty / one["per_second"] for one in talked)
    message = (after["used_memory"] - here["used_memory"]) / messages
    return Measured(
        server_bytes=grown / sockets,
        kernel_bytes=kernel / sockets / 2,  # the generator's end is on this machine, too
        store_bytes=(here["used_memory"] - before[0]["used_memory"]) / sockets - message,
        empty_share=empty,
        idle_share=(share["server"] + share["store"] - empty) / sockets,
        visit_cpu=logged_in / sockets + (came["server"] + came["store"]) / 1e6,
        message_cpu=few,
        busy_cpu=many,
        message_bytes=message,
        message_disk=(after["aof_current_size"] - here["aof_current_size"]) / messages,
    )


def main(arguments: list[str] | None = None) -> int:
    """Measure, and say what it comes to."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.cost", description=__doc__)
    parser.add_argument("--core", type=float, default=8.0)
    parser.add_argument("--memory", type=float, default=3.0)
    parser.add_argument("--disk", type=float, default=0.05)
    parser.add_argument("--sockets", type=int, default=4000)
    parser.add_argument("--rest", type=float, default=20.0, help="seconds of silence")
    parser.add_argument("--seconds", type=float, default=10.0, help="of talking, at each rate")
    parser.add_argument("--out", type=Path, default=Path("build/bench/cost.json"))
    asked = parser.parse_args(arguments)
    machine.many_descriptors()
    seen = measure(asked.sockets, asked.rest, asked.seconds)
    asked.out.parent.mkdir(parents=True, exist_ok=True)
    asked.out.write_text(json.dumps(asdict(seen), indent=1) + "\n")
    print(tables(seen, Prices(asked.core, asked.memory, asked.disk)))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
