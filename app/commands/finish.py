"""`chatadmin upgrade --finish`: write the newest format of the store from now on, and give up going back."""

import asyncio
import os
import time

from app.commands.error import CommandError
from app.commands.opened import with_store
from app.config import Settings
from app.live.timings import in_force
from app.store.formats import NEWEST, Node
from app.store.store import Store

# Seconds between two looks at heartbeats.
LOOK = 1.0


def finish(settings: Settings) -> int:
    """Do it; returns the exit status. Raises CommandError, which names them, while older nodes live."""
    watch = in_force(os.environ).dead

    async def work(store: Store) -> None:
        standing = await store.formats.standing()
        if standing.in_force == NEWEST:
            print(f"There is nothing to finish: the store is written in format {NEWEST}, the newest of this version.")
            return
        dead = await _dead(store, standing.older, watch) if standing.older else []
        if older := await store.formats.go_over(dead):
            raise CommandError(
                f"still at work: {', '.join(map(str, older))}; upgrade or stop each of them first. Nothing was changed"
            )
        print(f"The store is written in format {NEWEST} from now on: no older version can be started on it any more.")

    with_store(settings, work, begun=True)
    return 0


async def _dead(store: Store, older: list[Node], seconds: float) -> list[Node]:
    """Those of `older` whose heartbeats stand still so long that nodes, too, count them as dead."""
    print(f"Looking for up to {seconds:.0f} s whether they live: {', '.join(map(str, older))}", flush=True)
    still, deadline = older, time.monotonic() + seconds
    while still and (left := deadline - time.monotonic()) > 0:
        await asyncio.sleep(min(left, LOOK))
        now = {node.boot: node.counter for node in (await store.formats.standing()).nodes}
        still = [node for node in still if now.get(node.boot) == node.counter]
    return still
