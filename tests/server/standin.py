"""A program of supervised workers that do nothing, to be killed by tests: python -m tests.server.standin DIR N."""

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
    print("loads", os.getpid(), flush=True)
    if how == "unloadable":
        raise ImportError("no such library")
    if how == "stuck" and not os.path.exists(f"{folder}/stuck"):  # the first time alone
        Path(folder, "stuck").touch()
        signal.pause()


def work(number: int, pipe: int) -> int:
    how = os.environ.get("STANDIN")
    if how == "deaf":
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    else:
        signal.signal(signal.SIGTERM, lambda *_: print(f"drained {number}", flush=True) or sys.exit(0))
    os.write(pipe, json.dumps({"pid": os.getpid()}).encode() + b"\n")
    while how != "unfit":
        signal.pause()
    return UNFIT_STATUS


def main() -> int:
    log.set_up("info", "lines")
    count, store = int(sys.argv[2]), EmbeddedStore(sys.argv[1])
    store.start()

    def said(number: int, what: dict[str, Any]) -> None:
        print("worker", number, what.get("pid") or what["fatal"], flush=True)

    supervisor = Supervisor(count, work, said, lambda: None, Tally(count), store, load=load)
    print("store", store.pid, flush=True)
    return supervisor.run()


if __name__ == "__main__":
    sys.exit(main())
