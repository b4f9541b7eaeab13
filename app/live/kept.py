"""What the store says of itself and of what waits in it; the operator's page makes Prometheus' text of it."""

import asyncio
from dataclasses import dataclass

from app.live.clock import seconds_since
from app.store.backups import Known
from app.store.errors import StoreError
from app.store.store import Store


@dataclass(frozen=True)
class Kept:
    """What the store says, for all nodes.

    `jobs` wait to be told to people who are away; `job_age`: for how many seconds the oldest should have been told that
    was not, 0 where none should; `dead`: to how many people something was given up within 30 days. `memory`: bytes that
    the data takes on the server where they are most of what it may take; `memory_limit`: those it may take, 0 where
    nothing but the machine says so. `backups`: what is known of them.
    """

    jobs: int
    job_age: int
    dead: int
    memory: int
    memory_limit: int
    backups: Known


async def kept(store: Store) -> Kept | None:
    """As it is now; None where the store does not say."""
    try:
        found, servers, backups = await asyncio.gather(store.outbox.figures(), store.infos(), store.backups.read())
    except StoreError:
        return None
    memory, limit = max(((int(told["used_memory"]), int(told["maxmemory"])) for told in servers), key=_fullness)
    return Kept(found.waiting, int(seconds_since(found.oldest_ms)), found.dead, memory, limit, backups)


def _fullness(server: tuple[int, int]) -> float:
    used, limit = server
    return used / limit if limit else used / 2**63
