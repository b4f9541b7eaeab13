"""A program of supervised workers that do nothing, to be killed by tests: python -m tests.server.standin DIR N."""

import json
import os
import signal
import sys
from typing import Any

from app.live.tally import Tally
from app.server import log
from app.server.supervisor import UNFIT_STATUS, Supervisor
from app.store.embedded import EmbeddedStore


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
        print("worker", number, what["pid"], flush=True)

    supervisor = Supervisor(count, work, said, lambda: None, Tally(count), store)
    print("store", store.pid, flush=True)
    return supervisor.run()


if __name__ == "__main__":
    sys.exit(main())
