"""In which format the store is written, which nodes there are, and until when going back is a swap of files."""

from collections.abc import Iterable
from datetime import UTC, datetime

from app.checks.finding import Finding
from app.config import Settings
from app.store.formats import NEWEST, UNDO_MS, Node, Standing
from app.store.store import Store


async def look(settings: Settings, store: Store) -> list[Finding]:
    """List the nodes; while the former format is written, say what keeps the newest from being, and how it comes to."""
    standing = await store.formats.standing()
    nodes = Finding("ok", "nodes", _listed(standing.nodes) or "none is at work")
    return [nodes, Finding("ok", "format", _format(standing))]


def _format(standing: Standing) -> str:
    if standing.in_force == NEWEST:
        return f"{NEWEST}, the newest of this version"
    former = f"{standing.in_force}, which the version before reads: you can go back to it until {NEWEST} is written"
    if standing.older:
        return f"{former}. Of an older version: {_listed(standing.older)}"
    now = "at once by `chatadmin upgrade --finish`"
    if not standing.all_newer_ms:
        return f"{former}. {NEWEST} is written a day after all nodes can; {now}"
    due = datetime.fromtimestamp((standing.all_newer_ms + UNDO_MS) / 1000, UTC)
    return f"{former}. That ends {due:%Y-%m-%d %H:%M} UTC if no older node comes; {now}"


def _listed(nodes: Iterable[Node]) -> str:
    return ", ".join(map(str, nodes))
