"""`python -m tests.bench.live_list`: does the console's page answer while a thousand visitors change 50 times a second?

A real shop, so many real visitors with a session and a socket each (tests/bench/visitors.py), and Anna in Chromium with
a conversation of her own open, who writes in it all the time. Chromium's own trace gives every task of the page's main
thread: how long it took by the clock, and how much processor time it had, which is all that a quiet machine would take.
"""

import argparse
import json
import statistics
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.bench import machine
from tests.browser.chromium import launch
from tests.clients import api
from tests.running import ROOT, UNLIMITED, Chatadmin, Process, environment, wait_until

PASSWORD = "correct horse battery"
NOTICED = 1.0  # ms: a task shorter than that is no burden, and there are thousands, which would flatter the percentiles
WINDOW = 100_000  # us: in each of these, the longest task is what a key press would have to wait for
KEY_EVERY = 150  # ms
PATIENCE = 60_000  # ms, for a thousand rows on a busy machine

# What the page itself noticed: its long tasks, and how long its key presses took until the screen showed them.
_WATCH = """() => {
  for (const observer of window.observers ?? []) observer.disconnect(); // of the round before
  window.noticed = { long: [], presses: [] };
  const watch = (list, options, wanted) => {
    const note = (seen) => list.push(...seen.getEntries().filter(wanted).map((entry) => entry.duration));
    const observer = new PerformanceObserver(note);
    observer.observe(options);
    return observer;
  };
  window.observers = [
    watch(window.noticed.long, { type: "longtask" }, () => true),
    watch(window.noticed.presses, { type: "event", durationThreshold: 16 }, (entry) => entry.name === "keydown"),
  ];
}"""

# Whether all of these are in the list.
_SHOWS = """(here) => {
  const shown = new Set([...document.querySelectorAll(".visitor-row")].map((row) => row.dataset.uid));
  return here.every((uid) => shown.has(uid));
}"""

Figure = dict[str, Any]


@dataclass
class Floor:
    """A shop with its crowd, and Anna's page."""

    running: Chatadmin
    crowd: Process
    page: Page
    browser: Browser
    token: str

    def measure(self, rate: float, seconds: float) -> Figure:
        """What the page's main thread did while the crowd made its changes."""
        page, lines = self.page, len(self.crowd.lines)
        page.evaluate(_WATCH)
        self.browser.start_tracing(page=page, categories=["toplevel"])
        assert self.crowd.popen.stdin is not None
        self.crowd.popen.stdin.write(f"go {rate} {seconds}\n")
        self.crowd.popen.stdin.flush()
        presses = 0
        while len(self.crowd.lines) == lines:
            page.keyboard.press("a")
            presses += 1
            page.wait_for_timeout(KEY_EVERY)
        made = int(self.crowd.wait_for(r"made (\d+)", after=lines)[1])
        trace = json.loads(self.browser.stop_tracing())["traceEvents"]
        own: dict[str, list[float]] = page.evaluate("window.noticed")
        page.fill(".composer textarea", "")
        self.agrees()
        wall, busy, worst = tasks(trace)
        return {
            "changes": made,
            "task_ms": spread(wall),
            "task_cpu_ms": spread(busy),
            "longest_in_100_ms": spread(worst),
            "long_tasks": len(own["long"]),
            "presses": presses,
            "press_ms": spread(own["presses"]),  # of those that took 16 ms or more, which is a frame
        }

    def agrees(self) -> None:
        """The list shows whom the server knows to be here, once the last changes have come: some are still leaving."""

        def all_shown() -> bool:
            here = [item["uid"] for item in api.call(self.running.url, "/v1/users", self.token)]
            return bool(self.page.evaluate(_SHOWS, here))

        wait_until(all_shown, "the page to show who is here", PATIENCE / 1000)


def tasks(trace: list[dict[str, Any]]) -> tuple[list[float], list[float], list[float]]:
    """The page's main thread, in ms: noticed tasks by clock and by processor, and the longest task of each window."""
    mains = {_thread(event) for event in trace if event["args"].get("name") == "CrRendererMain"}
    by_thread: dict[tuple[int, int], list[dict[str, Any]]] = {}
    for event in trace:
        if event["name"] == "ThreadControllerImpl::RunTask" and event["ph"] == "X" and _thread(event) in mains:
            by_thread.setdefault(_thread(event), []).append(event)
    page = max(by_thread.values(), key=lambda events: sum(event["dur"] for event in events))
    noticed = [event for event in page if event["dur"] >= NOTICED * 1000]
    windows: dict[int, float] = dict.fromkeys(range(page[0]["ts"] // WINDOW, page[-1]["ts"] // WINDOW), 0.0)
    for event in page:
        window = event["ts"] // WINDOW
        windows[window] = max(windows.get(window, 0.0), event["dur"] / 1000)
    wall, busy = ([event.get(kind, 0) / 1000 for event in noticed] for kind in ("dur", "tdur"))
    return wall, busy, list(windows.values())


def _thread(event: dict[str, Any]) -> tuple[int, int]:
    return event["pid"], event["tid"]


def spread(values: list[float]) -> dict[str, float]:
    """How many, and the percentiles."""
    if len(values) < 2:
        return {"count": len(values), "p50": 0.0, "p95": 0.0, "p99": 0.0, "max": max(values, default=0.0)}
    cuts = statistics.quantiles(values, n=100, method="inclusive")
    return {"count": len(values), "p50": cuts[49], "p95": cuts[94], "p99": cuts[98], "max": max(values)}


@contextmanager
def floor(visitors: int, slower: float = 1) -> Iterator[Floor]:
    """Open the shop, let the crowd in, and seat Anna before it; everything ends with the block."""
    machine.many_descriptors()
    with Chatadmin(env=UNLIMITED) as running, sync_playwright() as playwright:
        token = api.set_up(running.url, running.setup_secret, "Anna", PASSWORD)
        api.add_agent(running, "Ben", PASSWORD)
        ben = api.login(running.url, "Ben", PASSWORD)[0]
        line = [sys.executable, "-m", "tests.bench.visitors", running.url, ben, str(visitors)]
        crowd = Process(line, environment(running.folder, None), ROOT, stdin=-1)
        try:
            crowd.wait_for("^here$", timeout=PATIENCE / 1000 * 3)
            browser = launch(playwright)
            page = _seat(browser, running.url, visitors)
            page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": slower})
            yield Floor(running, crowd, page, browser, token)
            browser.close()
        finally:
            crowd.close()


def _seat(browser: Browser, url: str, visitors: int) -> Page:
    """Anna at the console, every visitor in her list, a conversation of hers open."""
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    page.goto(url + "/admin")
    page.fill("#login-name", "Anna")
    page.fill("#login-password", PASSWORD)
    page.click(".login .button-main")
    expect(page.locator(".visitor-row")).to_have_count(visitors, timeout=PATIENCE)
    page.keyboard.press("c")
    page.focus(".composer textarea", timeout=PATIENCE)
    return page


def main(arguments: list[str] | None = None) -> int:
    """Measure, print, and write live_list.json."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.live_list", description=__doc__)
    parser.add_argument("--visitors", type=int, default=1000)
    parser.add_argument("--rate", type=float, default=50.0, help="changes a second")
    parser.add_argument("--seconds", type=float, default=20.0, help="of each measurement")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument(
        "--slower", type=float, default=1, help="how many times slower Chromium makes its page's thread"
    )
    parser.add_argument("--out", type=Path, default=Path("build/bench"))
    asked = parser.parse_args(arguments)
    with floor(asked.visitors, asked.slower) as opened:
        figures = [opened.measure(asked.rate, asked.seconds) for _ in range(asked.rounds)]
    for number, figure in enumerate(figures, 1):
        print(f"round {number}: {figure['changes']} changes, {figure['long_tasks']} long tasks (50 ms or more)")
        for name, value in figure.items():
            if isinstance(value, dict):
                print(f"  {name:18}" + "".join(f"{key} {number:.1f}  " for key, number in value.items()))
    asked.out.mkdir(parents=True, exist_ok=True)
    whole = {
        "machine": machine.model(),
        "visitors": asked.visitors,
        "rate": asked.rate,
        "slower": asked.slower,
        "rounds": figures,
    }
    (asked.out / "live_list.json").write_text(json.dumps(whole, indent=1) + "\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
