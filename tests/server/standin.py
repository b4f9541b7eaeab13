"""A program of supervised workers that do nothing, to be killed by tests: python -m tests.server.standin DIR N."""

import errno
import json
import os
import signal
import sys
from pathlib import Path
from typing import Any

from app.live.tally import Tally
from app.server import log
from app.server.supervisor import UNFIT_STATUS, Supervisor
from app.store.embedded import EmbeddedStore


def load() -> None:
    how, folder = os.environ.get("STANDIN"), sys.argv[1]
    stuck = Path(folder, "stuck")
    sticks = how == "stuck" and not stuck.exists()  # the first time alone
    if sticks:
        stuck.touch()  # before the line below, which has us killed
    print("loads", os.getpid(), flush=True)
    if how == "unloadable" or Path(folder, "damaged").exists():
        raise ImportError("no such library")
    if how == "faulty":
        raise KeyError("a fault of ours")
    if sticks:
        signal.pause()


def deliver() -> int:
    print("delivers", os.getpid(), flush=True)
    raise OSError(errno.ENOSPC, "no room")


def work(number: int, pipe: int) -> int:
    how = os.environ.get("STANDIN")
    if how == "deaf":
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    else:
        signal.signal(signal.SIGTERM, lambda *_: print(f"drained {number}", flush=True) or sys.exit(0))
    os.write(pipe, json.dumps({"pid": os.getpid(), "ready": True}).encode() + b"\n")
    while how != "unfit":
        signal.pause()
    return UNFIT_STATUS


def main() -> int:
    log.set_up("info", "lines")
    count, store = int(sys.argv[2]), EmbeddedStore(sys.argv[1])
    store.start()

    def said(number: int, what: dict[str, Any]) -> None:
        print("worker", number, what.get("pid") or what["fatal"], flush=True)

    courier = deliver if os.environ.get("STANDIN") == "courier" else None
    supervisor = Supervisor(count, work, said, lambda: None, Tally(count), store, courier, load)
    print("store", store.pid, flush=True)
    return supervisor.run()


if __name__ == "__main__":
    sys.exit(main())
