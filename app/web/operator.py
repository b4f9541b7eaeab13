"""For whoever runs it: alive, fit to serve, and figures: of all workers, whichever of them answers."""

from prometheus_client import CollectorRegistry, generate_latest
from quart import Blueprint, Response

from app.chat.errors import Refusal
from app.live.metrics import kept
from app.web.answer import ok
from app.web.context import node, settings
from app.web.figures import Figures

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
    found, registry = node(), CollectorRegistry(auto_describe=False)
    found.count()  # of the others as of their last tick
    registry.register(Figures(found, settings(), await kept(found.store) if found.store_up else None))
    return Response(generate_latest(registry), content_type="text/plain; version=0.0.4; charset=utf-8")
