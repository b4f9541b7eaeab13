"""`python -m tests.bench`: measure, and write bench.json and bench.md."""

import argparse
from pathlib import Path

from tests.bench import machine, report
from tests.bench.modes import MODES, Bench


def main(arguments: list[str] | None = None) -> int:
    """Run the modes asked for; 1 if a run of the product's has no figure."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--only", help="modes, with commas between: " + ", ".join(MODES))
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=5.0, help="of each measurement in rounds")
    parser.add_argument("--pairs", type=int, default=16, help="slices of each side, where they take turns")
    parser.add_argument("--smoke", action="store_true", help="everything once, small: to see that it works")
    parser.add_argument("--out", type=Path, default=Path("build/bench"))
    asked = parser.parse_args(arguments)
    machine.many_descriptors()
    cores = machine.cores()
    bench = Bench(asked.rounds, asked.seconds, pairs=asked.pairs, server=cores[0], others=cores[-1])
    if asked.smoke:
        bench.rounds, bench.seconds, bench.warm, bench.rest, bench.fixed_rate = 1, 0.3, 0.1, 0.5, 100
        bench.pairs, bench.slice, bench.slice_warm = 2, 0.1, 0.05
        bench.conversations, bench.readers, bench.sockets, bench.uploads, bench.lookers = (4, 8), 8, 8, 8, 8
    for name in asked.only.split(",") if asked.only else MODES:
        bench.say(f"{name}: {(MODES[name].__doc__ or '').splitlines()[0]}")
        MODES[name](bench)
    report.write(bench, asked.out)
    bench.say(report.markdown(bench))
    return 1 if any(" product" in reason for reason in bench.refused) else 0


if __name__ == "__main__":
    raise SystemExit(main())
