"""All keys of a kind on one server: asked some at a time, and for what is done once in a while by a person."""

import os
from collections.abc import AsyncIterator

from app.store.pipeline import Pipeline
from app.store.resp import texts

# Keys looked at in one call: a millisecond of the store's time.
_KEYS_PER_CALL = 1000


async def scan(pipeline: Pipeline, *prefixes: str) -> AsyncIterator[tuple[str, set[str]]]:
    """By prefix what follows it in the names of keys, some at a time, each once, in no order, and all prefixes in one
    walk; what comes or goes meanwhile may be missed."""
    seen: dict[str, set[str]] = {prefix: set() for prefix in prefixes}
    async for names in matching(pipeline, f"{os.path.commonprefix(prefixes)}*"):  # noqa: RUF071 - letters, no path
        for prefix, before in seen.items():
            some = {name.removeprefix(prefix) for name in names if name.startswith(prefix)} - before
            before |= some
            if some:
                yield prefix, some


async def matching(pipeline: Pipeline, pattern: str) -> AsyncIterator[list[str]]:
    """The names of keys that a glob matches, some at a time, in no order. One may come twice; what comes or goes
    meanwhile may be missed."""
    cursor = b"0"
    while True:
        cursor, found = await pipeline.call("SCAN", cursor, "MATCH", pattern, "COUNT", _KEYS_PER_CALL)
        yield texts(found)
        if cursor == b"0":
            return
