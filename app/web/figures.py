"""What is counted, as Prometheus' families: of every process of this server from the tally, of the shop and the store
as this node sees them. `docs/watching` has rules and a dashboard that name them; a test compares."""

import os
from collections.abc import Iterable, Iterator

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from app import __version__
from app.config import Settings
from app.live.clock import now_ms, seconds_since
from app.live.kept import Kept
from app.live.node import Node
from app.live.tally import Tally
from app.store.backups import Known

_COUNTED = {
    "acknowledged": ("messages", "Messages acknowledged."),
    "closed": ("sockets_closed", "WebSockets that ended."),
    "slow_readers": ("slow_readers", "Cut: read too slowly."),
    "silent": ("silent", "Cut: silent too long."),
    "gaps": ("gaps", "Times the feed had to be compared."),
}
_NOW = {
    "sockets": ("sockets", "Open WebSockets."),
    "streams": ("streams", "Open event streams."),
    "conversations": ("conversations", "Conversations followed here; by two workers, twice."),
    "ready": ("workers_ready", "Workers that are fit to serve."),
}


class Figures(Collector):
    """Of one scrape. `kept`: what the store said; None where it is away."""

    def __init__(self, node: Node, settings: Settings, kept: Kept | None) -> None:
        self._node, self._settings, self._kept = node, settings, kept

    def collect(self) -> Iterable[Metric]:
        """All families."""
        yield from _workers(self._node.tally)
        yield from _processes(self._node.tally)
        yield from self._shop()
        yield from self._places()
        yield from self._certificate()
        if self._kept:
            yield from _of_store(self._kept)
            yield from _of_backups(self._kept.backups, expected=bool(self._settings.backup.at))
        build = GaugeMetricFamily("chatadmin_build", "Always 1.", labels=["version"])
        build.add_metric([__version__], 1)
        yield build

    def _shop(self) -> Iterator[Metric]:
        found = self._node.dashboard.figures()
        is_open = self._node.shop.desk.standing().open
        yield _gauge("visitors_online", "Visitors with a page open, on all servers.", found.visitors)
        yield _gauge("waiting_visitors", "Conversations that wait for an agent.", found.waiting)
        yield _gauge(
            "waiting_seconds", "For how long the one that waits longest does.", seconds_since(found.waiting_since_ms)
        )
        yield _gauge("held_conversations", "Conversations that an agent holds.", found.held)
        yield _gauge("agents_online", "Agents with a page open.", found.agents_online)
        yield _gauge("agents_accepting", "Those of them who take conversations.", found.agents_accepting)
        yield _gauge("shop_open", "Is the shop open by its hours?", is_open)
        yield _gauge("nodes", "Workers of all servers of this shop.", len(self._node.others()) + 1)

    def _certificate(self) -> Iterator[Metric]:
        """Of one that is lacking, that it ends now."""
        if self._node.certificate_ends:
            ends, now = self._node.certificate_ends(), now_ms() / 1000
            text = "Days until the first certificate that serves ends; less than 0 since."
            yield _gauge("certificate_days", text, ((ends or now) - now) / 86400)

    def _places(self) -> Iterator[Metric]:
        free = GaugeMetricFamily("chatadmin_disk_free_bytes", "Room on the disk.", labels=["place"])
        if not self._settings.redis:
            place = os.statvfs(self._settings.data_dir)
            free.add_metric(["data"], place.f_bavail * place.f_frsize)
        if room := self._node.files.room:
            total, left = room
            free.add_metric(["files"], left)
            yield _gauge("files_bytes", "What all files have.", total)
            yield _gauge("files_limit_bytes", "What they may have.", self._settings.limits.files_total_bytes or "+Inf")
        yield free


def _gauge(name: str, told: str, value: float | str) -> Metric:
    return GaugeMetricFamily(f"chatadmin_{name}", told, value=float(value))


def _workers(tally: Tally) -> Iterator[Metric]:
    """Of all workers together; whoever ended counts, and is in nothing that is so now."""
    alive = list(tally.alive("worker"))
    yield _gauge("store_up", "Is the store within reach of every worker?", all(row["up"] for row in alive))
    for name, (told, text) in _NOW.items():
        yield _gauge(told, text, sum(row[name] for row in alive))
    for name, (told, text) in _COUNTED.items():
        yield CounterMetricFamily(f"chatadmin_{told}", text, value=tally.total(name))
    text = "Seconds by which what is due once a second came late, of all workers: each has no more than 1 in 1."
    yield CounterMetricFamily("chatadmin_late_seconds", text, value=tally.total("late_us") / 1e6)
    silent = max((row.silent for row in alive if row["beat_us"]), default=0.0)
    yield _gauge("worker_silent_seconds", "For how long the worker that does nothing has done nothing.", silent)


def _processes(tally: Tally) -> Iterator[Metric]:
    labels = ["process"]
    expected = GaugeMetricFamily("chatadmin_processes_expected", "Processes there are to be.", labels=labels)
    alive = GaugeMetricFamily("chatadmin_processes", "Processes there are.", labels=labels)
    starts = CounterMetricFamily("chatadmin_process_starts", "How often one was started.", labels=labels)
    cpu = CounterMetricFamily("chatadmin_process_cpu_seconds", "Processor time used.", labels=labels)
    text = "Memory in use; workers share some of it."
    memory = GaugeMetricFamily("chatadmin_process_resident_memory_bytes", text, labels=labels)
    for kind in sorted({row.kind for row in tally.rows if row["expected"]}):
        rows = [row for row in tally.rows if row.kind == kind]
        expected.add_metric([kind], sum(row["expected"] for row in rows))
        alive.add_metric([kind], sum(row["pid"] > 0 for row in rows))
        starts.add_metric([kind], sum(row["starts"] for row in rows))
        cpu.add_metric([kind], sum(row.cpu() for row in rows))
        memory.add_metric([kind], sum(row.resident() for row in rows))
    logged = CounterMetricFamily("chatadmin_log_records", "Lines logged, where the log has them.", labels=["level"])
    for level in ("error", "warning"):
        logged.add_metric([level], tally.total(f"{level}s"))
    yield from (expected, alive, starts, cpu, memory, logged)


def _of_store(kept: Kept) -> Iterator[Metric]:
    yield _gauge("outbox_jobs", "What waits to be told by mail.", kept.jobs)
    yield _gauge(
        "outbox_age_seconds", "Seconds since something should have been told by mail that was not.", kept.job_age
    )
    yield _gauge("outbox_dead", "People to whom something was given up, in 30 days.", kept.dead)
    yield _gauge("store_memory_bytes", "Memory the data takes in the store, on its fullest server.", kept.memory)
    yield _gauge("store_memory_limit_bytes", "What it may take; 0 where nobody said.", kept.memory_limit)


def _of_backups(known: Known, *, expected: bool) -> Iterator[Metric]:
    yield _gauge("backup_expected", "Is one to be made each day?", expected)
    yield _gauge("backup_failing", "Did the last attempt fail?", known.failure is not None)
    if last := known.last:
        yield _gauge("backup_age_seconds", "How old the last backup is.", int(seconds_since(last.at_ms)))
        yield _gauge("backup_verified", "Was it looked through once it was written?", last.verified)
