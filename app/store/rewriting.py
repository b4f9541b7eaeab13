"""Has the store write its append-only file anew: what was deleted stands there until then."""

import asyncio

from app.store.errors import NotNow, StoreError
from app.store.pipeline import Pipeline
from app.store.pipelines import Pipelines
from app.store.server_info import info_of

# Seconds between two looks at how far it is.
_LOOK_INTERVAL = 0.1
_AT_WORK = ("aof_rewrite_in_progress", "aof_rewrite_scheduled")


class Rewriting:
    """Of each server of the store."""

    def __init__(self, pipelines: Pipelines) -> None:
        self._pipelines = pipelines

    async def rewrite(self) -> list[str]:
        """Have it done, and wait for it; returns a line for each server that did not, and why."""
        return [trouble for pipeline in self._pipelines.servers() if (trouble := await _rewritten(pipeline))]


async def _rewritten(pipeline: Pipeline) -> str:
    """Why a server did not, "" where it did."""
    where = f"the store at {pipeline.address}"
    info = await info_of(pipeline)
    if info.get("aof_enabled") != "1":
        return f"{where} keeps no append-only file; its snapshots (dump.rdb) hold what was erased until it saves anew"
    while True:
        await _at_rest(pipeline)  # one that began before has what was erased since
        try:
            await pipeline.call("BGREWRITEAOF")
            break
        except NotNow:
            raise
        except StoreError as error:
            if "already in progress" not in str(error):  # it began one by itself just now
                return f"{where} refused to rewrite its append-only file ({error}): run BGREWRITEAOF there"
    info = await _at_rest(pipeline)
    if info.get("aof_last_bgrewrite_status") != "ok":
        return f"{where} could not rewrite its append-only file; see what it says, and run this again"
    return ""


async def _at_rest(pipeline: Pipeline) -> dict[str, str]:
    """What it says of itself once it rewrites nothing."""
    while True:
        info = await info_of(pipeline)
        if all(info.get(word, "0") == "0" for word in _AT_WORK):
            return info
        await asyncio.sleep(_LOOK_INTERVAL)
