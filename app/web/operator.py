"""For whoever runs it: alive, fit to serve, and figures. With several workers, those of the one that answers,
but for what waits in the store."""

from collections.abc import Iterable

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from quart import Blueprint, Response

from app import __version__
from app.chat.errors import Refusal
from app.live.metrics import Waiting, waiting
from app.live.node import Node
from app.web.answer import ok
from app.web.context import node

blueprint = Blueprint("operator", __name__)


@blueprint.get("/healthz")
async def healthz() -> Response:
    """The process answers."""
    return ok(msg="alive")


@blueprint.get("/readyz")
async def readyz() -> Response:
    """Fit to serve: started, the store within reach, not draining."""
    if node().unfinished:
        raise Refusal("restore_incomplete")
    if not node().ready:
        raise Refusal("draining" if node().draining else "store_unavailable")
    return ok(msg="ready")


@blueprint.get("/metrics")
async def metrics() -> Response:
    """Prometheus' text, for this machine or for whoever has the token."""
    registry = CollectorRegistry(auto_describe=False)
    found = node()
    registry.register(_Figures(found, await waiting(found.outbox) if found.store_up else None))
    return Response(generate_latest(registry), content_type="text/plain; version=0.0.4; charset=utf-8")


class _Figures(Collector):
    """The node's integers, read when asked for: nothing is counted twice on the hot path; and what waits in the store,
    where it says so."""

    def __init__(self, node: Node, waiting: Waiting | None) -> None:
        self._node, self._waiting = node, waiting

    def collect(self) -> Iterable[Metric]:
        found, counted = self._node, self._node.chats.metrics
        yield GaugeMetricFamily("chatadmin_store_up", "Is the store within reach?", value=float(found.store_up))
        yield GaugeMetricFamily("chatadmin_sockets", "Open WebSockets.", value=len(found.chats.connections))
        yield GaugeMetricFamily("chatadmin_streams", "Open event streams.", value=len(found.dashboard.streams))
        yield GaugeMetricFamily("chatadmin_conversations", "Conversations followed here.", value=len(found.chats.hub))
        yield CounterMetricFamily("chatadmin_messages", "Messages acknowledged.", value=counted.acknowledged)
        yield CounterMetricFamily("chatadmin_slow_readers", "Cut: read too slowly.", value=counted.slow_readers)
        yield CounterMetricFamily("chatadmin_silent", "Cut: silent too long.", value=counted.silent)
        yield CounterMetricFamily("chatadmin_gaps", "Times the feed had to be compared.", value=counted.gaps)
        if waits := self._waiting:
            yield GaugeMetricFamily("chatadmin_outbox_jobs", "What waits to be told by mail.", value=waits.jobs)
            told = "Seconds since something should have been told by mail that was not."
            yield GaugeMetricFamily("chatadmin_outbox_age_seconds", told, value=waits.age)
            told = "People to whom something was given up, in 30 days."
            yield GaugeMetricFamily("chatadmin_outbox_dead", told, value=waits.dead)
        build = GaugeMetricFamily("chatadmin_build", "Always 1.", labels=["version"])
        build.add_metric([__version__], 1)
        yield build
