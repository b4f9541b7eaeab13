"""For whoever runs it: alive, fit to serve, and figures: of all workers, whichever of them answers."""

import asyncio
import importlib

from quart import Blueprint, Response

from app import __version__
from app.chat.errors import Refusal
from app.live.kept import kept
from app.web.admission import asked_by_operator
from app.web.answer import ok
from app.web.context import address, incoming, ip, node, proxied, settings

blueprint = Blueprint("operator", __name__)


@blueprint.get("/healthz")
async def healthz() -> Response:
    """The process answers."""
    return ok(msg="alive")


@blueprint.get("/readyz")
async def readyz() -> Response:
    """Fit to serve: started, the store within reach, not draining. The operator hears which version it is."""
    if node().unfinished:
        raise Refusal("restore_incomplete")
    if not node().ready:
        raise Refusal("draining" if node().draining else "store_unavailable")
    told = {"version": __version__, "started": node().tally.since} if asked_by_operator() or _from_here() else None
    return ok(told, msg="ready")


def _from_here() -> bool:
    """Whether it comes from the address it came to: so this machine asks who listens on one of its addresses alone."""
    server = incoming().scope.get("server") or ("",)
    return not proxied() and ip(address()) == ip(str(server[0])) is not None


@blueprint.get("/metrics")
async def metrics() -> Response:
    """Prometheus' text, for this machine or for whoever has the token."""
    # Loaded by those who are scraped alone, and beside the event loop: sockets would wait for it.
    await asyncio.to_thread(importlib.import_module, "app.web.figures")
    from prometheus_client import CollectorRegistry, generate_latest

    from app.web.figures import Figures

    found, registry = node(), CollectorRegistry(auto_describe=False)
    found.count()  # of the others as of their last tick
    registry.register(Figures(found, settings(), await kept(found.store) if found.store_up else None))
    return Response(generate_latest(registry), content_type="text/plain; version=0.0.4; charset=utf-8")
